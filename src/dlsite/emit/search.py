"""The search index: what `static/search.js` reads, piece by piece.

The names of the files carry digests, so that a browser may keep what it has; only
`manifest.js`, which names the others, is asked for every time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from dlsite.quiet import Linked, Reworded
from dlsite.records import Json, OutputFile, Page, Permalink, Site
from dlsite.search.entry import STEPS
from dlsite.search.pieces import script, value_of
from dlsite.search.postings import (
    Segment,
    changed_terms,
    cut_again,
    in_order,
    is_large,
    postings_of,
    revise,
    segment_of,
    shards,
)
from dlsite.search.words import fold
from dlsite.urls.escapes import href

FOLDER = "search/index/"
_MANIFEST = f"{FOLDER}manifest.js"
# Headings stand beside the titles, to be found at the first key, up to this many characters.
HEADINGS_SIZE = 60_000
# So many names that others give a page, up to this length; a longer one is a sentence.
_NAMES, _NAME_LENGTH = 3, 30
_DIGEST_LENGTH = 10


def search(site: Site, stands: Callable[[OutputFile], bool]) -> Iterator[OutputFile]:
    """Yield the files of the index: manifest, titles, terms in shards, the text of each page.

    Pages are numbered from the oldest to the newest, so that a new one moves no other.
    The text of a page whose file `stands` is not asked for.
    """
    pages = [page for page in reversed(site.pages) if page.front_matter.search]
    texts = [_named(page) for page in pages]
    titles = _file(_titles(site, pages, texts))
    postings = postings_of(page.contents.terms for page in pages)
    runs = [(terms[0], _shard(terms, postings)) for terms in shards(postings)]
    yield _manifest(titles, [(first, _name(shard)) for first, shard in runs])
    yield titles
    yield from (shard for _, shard in runs)
    # Pages with the same text share a file.
    shared = {text.path: (text, page) for text, page in zip(texts, pages, strict=True)}
    for text, page in shared.values():
        yield text if stands(text) else _text(page)


def _manifest(titles: OutputFile, shards_: Sequence[tuple[str, str]]) -> OutputFile:
    """Return the file that names the others; a shard has the first term that may be in it."""
    facts: Json = {
        "titles": _name(titles),
        "starts": [first for first, _ in shards_],
        "shards": [name for _, name in shards_],
        "steps": STEPS,
    }
    return OutputFile(_MANIFEST, script(facts))


def _shard(terms: Iterable[str], postings: Mapping[str, str]) -> OutputFile:
    return _file({term: postings[term] for term in terms})


def _file(value: Json) -> OutputFile:
    return _made(script(value))


def _with_names(titles: bytes, names: Iterable[tuple[str, str]]) -> OutputFile | None:
    """Return the file of titles with other names of texts; `None` where one is not seen at once.

    A tenth of what it takes to write the whole anew.
    """
    for old, new in names:
        known = f'"{old}"'.encode()
        if titles.count(known) != 1:
            # A text that pages share, or words that look like a name.
            return None
        titles = titles.replace(known, f'"{new}"'.encode())
    return _made(titles)


def _made(content: bytes) -> OutputFile:
    digest = hashlib.sha256(content).hexdigest()
    return OutputFile(_path(digest), content, digest=digest)


def _named(page: Page) -> OutputFile:
    """Return the file with the text of a page, without its content."""
    return OutputFile(_path(page.text_digest), digest=page.text_digest)


def _text(page: Page) -> OutputFile:
    return replace(_named(page), content=page.contents.piece)


def _path(digest: str) -> str:
    return f"{FOLDER}{digest[:_DIGEST_LENGTH]}.js"


def _name(file: OutputFile) -> str:
    return file.path.removeprefix(FOLDER)


def _titles(site: Site, pages: Sequence[Page], texts: Sequence[OutputFile]) -> Json:
    """Return titles, other names, addresses, texts and tags of the pages, a list for each.

    Headings are `null` where there are too many for a file that every search begins with.
    """
    tags = site.routes.terms["tags"]
    number_by_name = {name: number for number, tag in enumerate(tags) for name in tag.variants}
    named: list[Json] = [
        list(dict.fromkeys(number_by_name[name] for name in page.front_matter.tags))
        for page in pages
    ]
    size = sum(letters_of(page) for page in pages)
    headings: list[Json] = [_headings(page) for page in pages]
    return {
        "titles": [page.title for page in pages],
        "names": [_names(page.title, _called(site, page)) for page in pages],
        "urls": [href("", site.routes.permalink_by_path[page.path])[1:] for page in pages],
        "texts": [_name(text).removesuffix(".js") for text in texts],
        "tags": [tag.name for tag in tags],
        "tagged": named,
        "headings": headings if size <= HEADINGS_SIZE else None,
    }


def _headings(page: Page) -> Json:
    return [*page.headings.texts]


def letters_of(page: Page) -> int:
    """Return how many characters the headings of a page have."""
    return sum(map(len, page.headings.texts))


def _called(site: Site, page: Page) -> Iterable[str]:
    """Return the words of the links to a page."""
    return (backlink.text for backlink in site.backlinks.get(page.path, ()))


def _names(title: str, called: Iterable[str]) -> list[Json]:
    """Return what links call a page of this title, most often first, where that is short."""
    own = fold(title)
    texts = Counter(
        folded
        for text in called
        if (folded := fold(text)) not in own and len(folded) <= _NAME_LENGTH
    )
    return [
        text for text, _ in sorted(texts.items(), key=lambda pair: (-pair[1], pair[0]))[:_NAMES]
    ]


# What stands already


def revised(
    read: Callable[[str], bytes],
    changes: Iterable[Reworded],
    linked: Mapping[Permalink, Linked],
) -> tuple[dict[str, OutputFile], Collection[str]]:
    """Return the files that an index needs anew, by path, and the paths of what goes.

    `read` gives the files of the index as they stand; `linked` are the pages told anew.
    Raises `ValueError` where the files are not what `search` makes of the pages before.
    """
    changes = tuple(changes)
    manifest = value_of(read(_MANIFEST))
    standing = read(FOLDER + manifest["titles"])
    titles = value_of(standing)
    number_by_url = {url: number for number, url in enumerate(titles["urls"])}
    numbers = [number_by_url[href("", change.permalink)[1:]] for change in changes]
    texts = [_text(change.after) for change in changes]
    made = {text.path: text for text in texts}
    renamed: list[tuple[str, str]] = []
    for number, text in zip(numbers, texts, strict=True):
        name = _name(text).removesuffix(".js")
        renamed.append((titles["texts"][number], name))
        titles["texts"][number] = name
    called = {
        number_by_url[url]: _names(page.title, (link.text for link in page.after))
        for permalink, page in linked.items()
        if (url := href("", permalink)[1:]) in number_by_url
    }
    pages = {number: change.after for number, change in zip(numbers, changes, strict=True)}
    is_retold = _retell(titles, pages, called)
    runs = [*zip(manifest["starts"], manifest["shards"], strict=True)]
    entries = [
        (number, change.before.contents.terms, change.after.contents.terms)
        for number, change in zip(numbers, changes, strict=True)
    ]
    for start, end, shards_ in shards_again(read, runs, entries):
        made |= {shard.path: shard for _, shard in shards_}
        runs[start:end] = [(first, _name(shard)) for first, shard in shards_]
    file = _file(titles) if is_retold else _with_names(standing, renamed) or _file(titles)
    made[file.path] = file
    made[_MANIFEST] = _manifest(file, runs)
    # A text that pages share stays for the others.
    before = {f"{old}.js" for old, _ in renamed if old not in titles["texts"]}
    before |= {manifest["titles"], *manifest["shards"]}
    return made, [FOLDER + name for name in before - {_name(file), *(name for _, name in runs)}]


def _retell(
    titles: Any,  # noqa: ANN401 - what `_titles` made, read again
    pages: Mapping[int, Page],
    called: Mapping[int, list[Json]],
) -> bool:
    """Write title, headings and names of pages, by number, into `titles`; say if any is another."""
    told: list[tuple[str, int, Json]] = []
    for number, page in pages.items():
        told.append(("titles", number, page.title))
        if titles["headings"] is not None:
            told.append(("headings", number, _headings(page)))
    told += [("names", number, names) for number, names in called.items()]
    others = [(key, number, new) for key, number, new in told if titles[key][number] != new]
    for key, number, new in others:
        titles[key][number] = new
    return bool(others)


Runs = Sequence[tuple[str, str]]
"""The first term of each shard, and the name of its file."""


def shards_again(
    read: Callable[[str], bytes], runs: Runs, entries: Sequence[tuple[int, str, str]]
) -> list[tuple[int, int, list[tuple[str, OutputFile]]]]:
    """Return the shards that are others after edits, the last first, and which they replace.

    `entries` are number, entry before and entry now of the pages.  Only those shards are read
    that may be cut otherwise.
    """
    starts = [first for first, _ in runs]
    terms = {term for _, *entry in entries for term in changed_terms(*entry)}
    segments: dict[Segment, set[str]] = {}
    for term in terms:
        segments.setdefault(segment_of(term, starts), set()).add(term)
    made = _cut_segments(read, runs, entries, segments)
    if made is None:
        made = _cut_segments(read, runs, entries, {Segment(0, len(runs), 0, is_whole=True): terms})
    return made or []


def _cut_segments(
    read: Callable[[str], bytes],
    runs: Runs,
    entries: Iterable[tuple[int, str, str]],
    segments: Mapping[Segment, set[str]],
) -> list[tuple[int, int, list[tuple[str, OutputFile]]]] | None:
    """Do it segment by segment; `None` where one is not cut for itself any more."""
    known = {
        segment: [value_of(read(FOLDER + name)) for _, name in runs[segment.start : segment.end]]
        for segment in segments
    }
    postings = {
        term: own for found in known.values() for shard in found for term, own in shard.items()
    }
    for number, before, after in entries:
        revise(postings, number, before, after)
    made = []
    by_terms = sorted(segments.items(), key=lambda pair: min(map(in_order, pair[1])), reverse=True)
    for segment, terms in by_terms:
        own = terms.union(*known[segment]) & postings.keys()
        if segment.depth and segment.is_whole and not is_large(own, postings):
            return None
        cut = [(run[0], _shard(run, postings)) for run in cut_again(own, postings, segment.depth)]
        made.append((segment.start, segment.end, cut))
    return made
