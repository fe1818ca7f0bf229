"""Break links of a site one slip each, and count what the checker makes of them.

    python benchmarks/mutated_links.py SITE [--links 1000] [--seed 1] [--show 10]

The site is read once; the slips are put into its texts in memory, never on disk.  For
every broken link the report must stand at its line, column and length, nothing else may
be reported that was not before, and the address that was there must be proposed first.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from dlsite.build import load_config
from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic, Position
from dlsite.files.edits import by_path
from dlsite.files.edits import edited as edits_made
from dlsite.files.sitefiles import Sources
from dlsite.files.sources import read_sources
from dlsite.moves.fixes import certain_edits
from dlsite.pages import Pages
from dlsite.records import Found, Permalink, ReferenceKind, SourceFile
from dlsite.understanding import Analysis, understand
from dlsite.urls.permalinks import canonical

RULES = ("link-missing", "link-case", "link-anchor", "link-asset", "link-malformed")


def drop(name: str, at: int) -> str:
    """Leave a letter out."""
    return name[:at] + name[at + 1 :]


def swap(name: str, at: int) -> str:
    """Exchange a letter and the next."""
    return name[:at] + name[at : at + 2][::-1] + name[at + 2 :]


def double(name: str, at: int) -> str:
    """Write a letter twice."""
    return name[:at] + name[at] + name[at:]


def separator(name: str, at: int) -> str:
    """Write another separator at one place, or none where there is but one kind."""
    places = [index for index, letter in enumerate(name) if letter in "_-"]
    if not places:
        return name
    place = places[at % len(places)]
    return name[:place] + ("-" if at % 2 else "") + name[place + 1 :]


def case(name: str, at: int) -> str:
    """Change the case of a letter."""
    return name[:at] + name[at].swapcase() + name[at + 1 :]


def slash(name: str, at: int) -> str:
    """Write a slash for a separator, or two at the front."""
    places = [index for index, letter in enumerate(name) if letter in "_-"]
    if not places or at % 3 == 0:
        return f"/{name}"
    place = places[at % len(places)]
    return f"{name[:place]}/{name[place + 1 :]}"


SLIPS: tuple[Callable[[str, int], str], ...] = (drop, swap, double, separator, case, slash)


def slip(target: str, kind: Callable[[str, int], str], chance: random.Random) -> str:
    """Return `target` with one slip in its path; the same where the slip changes nothing."""
    path, mark, fragment = target.partition("#")
    head, name = path[:1], path[1:]
    if head != "/" or not name.strip("/"):
        return target
    at = chance.randrange(len(name.rstrip("/")))
    return head + kind(name, at) + mark + fragment


def read_pages(sources: Sources) -> list[SourceFile]:
    """Return the files of pages with their texts; where nothing is remembered, all have one."""
    return [source for source in sources.pages if isinstance(source, SourceFile)]


def positions(analysis: Analysis) -> list[tuple[SourceFile, Position, str, Permalink]]:
    """Return file, place, target and permalink of every internal link that leads to a page."""
    sources = {source.path: source for source in read_pages(analysis.sources)}
    found = []
    for page in analysis.site.pages:
        resolutions = analysis.site.resolutions[page.path]
        for reference, resolution in zip(page.references, resolutions, strict=True):
            if isinstance(resolution, Found) and reference.kind is ReferenceKind.LINK:
                place = reference.position
                if place.length and not reference.target.startswith("#"):
                    source = sources[page.path]
                    found.append((source, place, reference.target, resolution.permalink))
    return found


def main() -> None:
    """Break, check, count."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("site", type=Path)
    arguments.add_argument("--links", type=int, default=1000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--show", type=int, default=10)
    options = arguments.parse_args()
    config, _ = load_config(options.site)
    config = replace(config, now=datetime(2100, 1, 1, tzinfo=UTC))
    sources, _ = read_sources(options.site, config)
    pages = Pages()
    parsed = pages.parse(sources.pages, config)
    started = time.perf_counter()
    before = understand(sources, parsed, config)
    unbroken = time.perf_counter() - started
    known = set(before.diagnostics)
    links = positions(before)
    chance = random.Random(options.seed)
    chance.shuffle(links)
    routes = before.site.routes.route_by_permalink
    wanted: dict[Position, tuple[str, str, str]] = {}
    edits: dict[str, list[tuple[Position, str]]] = defaultdict(list)
    for number, (source, place, target, permalink) in enumerate(links):
        kind = SLIPS[number % len(SLIPS)]
        broken = slip(target, kind, chance)
        path = broken.partition("#")[0]
        if len(wanted) == options.links:
            break
        if (
            broken == target
            or (canonical(path) in routes and "//" not in path)
            or any(other.line == place.line for other, _ in edits[source.path])
        ):
            continue
        edits[source.path].append((place, broken))
        at = replace(place, length=len(broken))
        wanted[at] = (kind.__name__, broken, permalink + target[len(target.partition("#")[0]) :])
    mutated = replace(
        sources, pages=tuple(edited(source, edits[source.path]) for source in read_pages(sources))
    )
    parsed = pages.parse(mutated.pages, config)
    started = time.perf_counter()
    after = understand(mutated, parsed, config)
    seconds = time.perf_counter() - started
    report(after.diagnostics, known, wanted, options.show)
    print(f"linking and checking {len(parsed)} pages: {unbroken:.2f} s, with them {seconds:.2f} s")
    mend(mutated, pages, config, after, wanted)


def mend(
    mutated: Sources,
    pages: Pages,
    config: Config,
    after: Analysis,
    wanted: dict[Position, tuple[str, str, str]],
) -> None:
    """Make the edits of `check --fix`, and count those that are not what was there."""
    texts = mutated.texts
    changes = certain_edits(after.diagnostics, texts)
    right = [
        edit
        for edit in changes
        if edit.position in wanted and same(edit.new, wanted[edit.position][2])
    ]
    paths = by_path(changes)
    mended = tuple(
        replace(
            source,
            text=(text := edits_made(source.text, paths.get(source.path, ()))),
            digest=f"{source.digest}{hash(text)}",
        )
        for source in read_pages(mutated)
    )
    again = understand(replace(mutated, pages=mended), pages.parse(mended, config), config)
    fixed = {edit.position for edit in changes}
    left = [each for each in again.diagnostics if each.rule in RULES and each.position in fixed]
    print(
        f"--fix mends {len(changes)} of {len(wanted)}, {len(changes) - len(right)} wrongly; "
        f"findings left at those places: {len(left)}"
    )


def same(one: str, other: str) -> bool:
    """Say whether two targets are one address."""
    (path, _, fragment), (other_path, _, other_fragment) = one.partition("#"), other.partition("#")
    return (canonical(path), fragment) == (canonical(other_path), other_fragment)


def edited(source: SourceFile, changes: list[tuple[Position, str]]) -> SourceFile:
    """Return a source file with its targets replaced."""
    lines = source.text.split("\n")
    for place, broken in changes:
        line, start = lines[place.line - 1], place.column - 1
        lines[place.line - 1] = line[:start] + broken + line[start + place.length :]
    return replace(source, text="\n".join(lines), digest=source.digest + str(len(changes)))


def report(
    found: tuple[Diagnostic, ...],
    known: set[Diagnostic],
    wanted: dict[Position, tuple[str, str, str]],
    show: int,
) -> None:
    """Print how many were found, proposed and invented."""
    new = [each for each in found if each.rule in RULES and each not in known]
    at = {each.position: each for each in new}
    hits, firsts, total = Counter[str](), Counter[str](), Counter[str]()
    certain = 0
    for place, (kind, broken, permalink) in wanted.items():
        total[kind] += 1
        finding = at.get(place)
        if finding is None:
            print(f"not found: {place} {broken}")
            continue
        hits[kind] += 1
        first = finding.suggestions[0] if finding.suggestions else None
        if first is not None and first.text == permalink:
            firsts[kind] += 1
            certain += first.certainty == "certain"
        elif show:
            show -= 1
            texts = [each.text for each in finding.suggestions]
            print(f"{kind}: {broken} wants {permalink}, got {texts}")
    for kind in total:
        print(f"{kind:10} {total[kind]:5} found {hits[kind]:5} first {firsts[kind]:5}")
    invented = [each for each in new if each.position not in wanted]
    print(f"all        {total.total():5} found {hits.total():5} first {firsts.total():5}", end=" ")
    print(f"certain {certain} invented {len(invented)}")


if __name__ == "__main__":
    main()
