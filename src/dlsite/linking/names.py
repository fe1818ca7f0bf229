"""What a wiki link may call a page: its last segment, title, old addresses, file name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from dlsite.records import WIKI, Found, Page, PageRoute, Routes, Site
from dlsite.terms.taxonomy import identity, slug_of

_MOST_SIGNS = 3
"""So many `#` of a wiki link are taken for a part of its name."""
_NOT_IN_PERMALINK = re.compile(r"[?#$\\\x00-\x1f\x7f]")


def pages_by_name(pages: tuple[Page, ...], routes: Routes) -> dict[str, tuple[str, ...]]:
    """Index pages by what a wiki link may call them: last segment, title, alias, file name.

    A name that fits one page by a stronger claim is not made ambiguous by a weaker one.
    """
    ranked: list[dict[str, dict[str, None]]] = [defaultdict(dict) for _ in range(4)]
    for page in pages:
        permalink = routes.permalink_by_path[page.path]
        stem = PurePosixPath(page.content_path).stem
        claims = (
            [permalink.strip("/").rpartition("/")[2]],
            titles_of(page),
            [old.strip("/").rpartition("/")[2] for old in page.front_matter.redirect_from],
            [stem],
        )
        for rank, names in enumerate(claims):
            for name in names:
                if key := identity(name) if name else "":
                    ranked[rank][key][page.path] = None
    index: dict[str, tuple[str, ...]] = {}
    for claims_of_rank in ranked:
        for key, paths in claims_of_rank.items():
            index.setdefault(key, tuple(paths))
    return index


def titles_of(page: Page) -> tuple[str, ...]:
    """Return the title of a page in plain text, and as its author wrote it: `$L_2$ norm`."""
    written = page.front_matter.title
    return (page.title,) if written is None else (page.title, written)


def readings(target: str) -> Iterator[tuple[str, str]]:
    """Yield what a wiki link may mean, the longest name first: names with their fragments.

    `[[F# basics]]` is a page of that title, or what `F` has at `# basics`.
    """
    signs = [index for index, sign in enumerate(target) if sign == "#"][:_MOST_SIGNS]
    for end in [len(target), *reversed(signs)]:
        yield target[:end].strip(), target[end + 1 :].strip()


def names_asked_for(pages: Iterable[Page]) -> set[str]:
    """Return the keys (`taxonomy.identity`) of the names by which wiki links call pages."""
    names = {
        name
        for page in pages
        for kind, target in zip(page.references.kinds, page.references.targets, strict=True)
        if kind in WIKI
        for name, _ in readings(target)
    }
    return {identity(name) for name in names if name}


def pages_that_name_links(site: Site) -> set[str]:
    """Return the source paths of pages that links without words take their words from."""
    routes = site.routes.route_by_permalink
    found = set()
    for page in site.pages:
        if not any(page.references.ask_words):
            continue
        resolutions = site.resolutions[page.path]
        for asks_words, resolution in zip(page.references.ask_words, resolutions, strict=True):
            if asks_words and isinstance(resolution, Found):
                route = routes.get(resolution.permalink)
                if isinstance(route, PageRoute):
                    found.add(route.path)
    return found


def asked_for(name: str) -> str:
    """Return the permalink that a wiki link's words ask for, in the seed's style.

    What no permalink may have is left out: signs that mean something else in an address or
    in a formula, and dots before a segment; the sign of `C#` is spelled.
    """
    words = "_".join(_NOT_IN_PERMALINK.sub(" ", name.replace("#", " sharp ")).lower().split())
    segments = (segment.strip("_").lstrip("._") for segment in words.split("/"))
    return "/".join(filter(None, segments)) or slug_of(name.strip())
