"""The search index: what `static/search.js` reads, piece by piece.

The names of the files carry digests, so that a browser may keep what it has; only
`manifest.js`, which names the others, is asked for every time.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby

from dlsite.records import Json, OutputFile, Page, Site
from dlsite.search.entry import DIGITS, STEPS
from dlsite.search.pieces import script, text_script
from dlsite.search.words import fold
from dlsite.urls import href

FOLDER = "search/index/"
# Characters of terms and postings in one shard: about 5 KB on the wire.
_SHARD_SIZE = 12_000
# Headings stand beside the titles, to be found at the first key, up to this many characters.
_HEADINGS_SIZE = 60_000
# So many names that others give a page, up to this length; a longer one is a sentence.
_NAMES, _NAME_LENGTH = 3, 30
_DIGEST_LENGTH = 10
# A distance in digits of this base; those with more to come are larger by as much.
_BASE = len(DIGITS) // 2


def search(site: Site, stands: Callable[[OutputFile], bool]) -> Iterator[OutputFile]:
    """Yield the files of the index: manifest, titles, terms in shards, the text of each page.

    Pages are numbered from the oldest to the newest, so that a new one moves no other.
    The text of a page whose file `stands` is not asked for.
    """
    pages = [page for page in reversed(site.pages) if page.front_matter.search]
    texts = [_text(page, stands) for page in pages]
    titles = _file(_titles(site, pages, texts))
    shards = [(first, _file(shard)) for first, shard in _shards(_postings(pages))]
    manifest: Json = {
        "titles": _name(titles),
        "starts": [first for first, _ in shards],
        "shards": [_name(shard) for _, shard in shards],
        "steps": STEPS,
    }
    yield OutputFile(f"{FOLDER}manifest.js", script(manifest))
    yield titles
    yield from (shard for _, shard in shards)
    # Pages with the same text share a file.
    yield from {text.path: text for text in texts}.values()


def _file(value: Json) -> OutputFile:
    content = script(value)
    digest = hashlib.sha256(content).hexdigest()
    return OutputFile(_path(digest), content, digest=digest)


def _text(page: Page, stands: Callable[[OutputFile], bool]) -> OutputFile:
    known = OutputFile(_path(page.text_digest), digest=page.text_digest)
    if stands(known):
        return known
    content = text_script(page.text, page.headings, page.front_matter.description)
    return replace(known, content=content)


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
    size = sum(len(heading.text) for page in pages for heading in page.headings)
    headings: list[Json] = [[heading.text for heading in page.headings] for page in pages]
    return {
        "titles": [page.title for page in pages],
        "names": [_names(site, page) for page in pages],
        "urls": [href("", site.routes.permalink_by_path[page.path])[1:] for page in pages],
        "texts": [_name(text).removesuffix(".js") for text in texts],
        "tags": [tag.name for tag in tags],
        "tagged": named,
        "headings": headings if size <= _HEADINGS_SIZE else None,
    }


def _names(site: Site, page: Page) -> list[Json]:
    """Return what other pages call this one in links, most often first, where that is short."""
    own = fold(page.title)
    texts = Counter(
        folded
        for backlink in site.backlinks.get(page.path, ())
        if (folded := fold(backlink.text)) not in own and len(folded) <= _NAME_LENGTH
    )
    return [
        text for text, _ in sorted(texts.items(), key=lambda pair: (-pair[1], pair[0]))[:_NAMES]
    ]


def _postings(pages: Iterable[Page]) -> dict[str, str]:
    """Return for each term its pages: distance from the one before, section, weight."""
    postings: dict[str, list[str]] = {}
    last: dict[str, int] = {}
    # The same few thousand pieces make up millions: each is in memory once.
    shared: dict[str, str] = {}
    for number, page in enumerate(pages):
        for entry in page.terms.split():
            term = entry[:-2]
            piece = _distance(number - last.get(term, 0)) + entry[-2:]
            postings.setdefault(term, []).append(shared.setdefault(piece, piece))
            last[term] = number
    # Each list goes as its text comes.
    return {term: "".join(postings.pop(term)) for term in list(postings)}


@cache
def _distance(number: int) -> str:
    digits = DIGITS[number % _BASE]
    while number >= _BASE:
        number //= _BASE
        digits = DIGITS[_BASE + number % _BASE] + digits
    return digits


def _shards(postings: Mapping[str, str]) -> Iterator[tuple[str, Json]]:
    """Yield the terms in shards, each with the first term that may stand in it."""
    # In the order of JavaScript, which compares halves of code points.
    terms = sorted(postings, key=lambda term: term.encode("utf-16-be"))
    for shard in _cut(terms, postings, 0):
        shared: Json = {term: postings[term] for term in shard}
        yield shard[0], shared


def _cut(terms: Sequence[str], postings: Mapping[str, str], depth: int) -> Iterator[list[str]]:
    """Cut terms, alike in the first `depth` letters, into runs that are not too large.

    Runs end where the next letter changes: a term more or less moves only the borders
    among those that begin like it.
    """
    waiting: list[str] = []
    size = 0
    for _, grouped in groupby(terms, lambda term: term[: depth + 1]):
        group = list(grouped)
        more = sum(len(term) + len(postings[term]) + 6 for term in group)
        if waiting and size + more > _SHARD_SIZE:
            yield waiting
            waiting, size = [], 0
        if more > _SHARD_SIZE and len(group) > 1:
            yield from _cut(group, postings, depth + 1)
        else:
            waiting, size = waiting + group, size + more
    if waiting:
        yield waiting
