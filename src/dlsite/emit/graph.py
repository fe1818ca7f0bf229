"""The knowledge base as data: `site.json`, its pages, its terms and every link between them.

`docs/site-json.md` says what the names mean and what may change; `docs/site.schema.json`
says the same to programs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from io import SEEK_END, BytesIO
from typing import BinaryIO

from dlsite.config import Config
from dlsite.emit.xml import stamp
from dlsite.quiet import Linked, LinkFrom, Reworded
from dlsite.records import Found, Json, OutputFile, Page, Permalink, Site, Term
from dlsite.urls import href, split_base_url

NAME = "site.json"

VERSION = 1
"""Raised when a name goes or changes its meaning, not when one is added."""

# No string of the file can hold the mark: quotes are escaped in strings.
_MARK = b'{"permalink":'
_START = re.compile(rb'\{"permalink":("(?:[^"\\]|\\.)*"),"title(s?)":')
_WINDOW = 16 * 1024
"""Bytes that few records are longer than."""

_PIECE = 256 * 1024
"""Bytes that are copied at once."""


def graph(site: Site, config: Config) -> Iterator[OutputFile]:
    """Yield `site.json`: pages in order of permalink, terms, and the pages that links want.

    Pages are named by their permalinks; previews are no part of it.
    """
    writer = _Writer(site)
    origin, _ = split_base_url(config.base_url)
    head: Json = {
        "version": VERSION,
        "site": {
            "title": config.title,
            "description": config.description,
            "language": config.language,
            "url": origin + href(config.base_path, Permalink("/")),
        },
    }
    # As texts at once: as facts, the pages of a large site take more memory than any output.
    pages = ",".join([_written(writer.page(page)) for page in writer.pages])
    rest: Json = {
        "terms": [writer.term(term) for group in site.routes.terms.values() for term in group],
        "wanted": [
            {"permalink": each.permalink, "titles": [*each.titles], "links": len(each.positions)}
            for each in site.wanted
        ],
    }
    whole = f'{_written(head)[:-1]},"pages":[{pages}],{_written(rest)[1:]}\n'
    yield OutputFile(NAME, whole.encode("utf-8", "replace"))


def revised(
    standing: BinaryIO, changes: Iterable[Reworded], linked: Mapping[Permalink, Linked]
) -> bytes:
    """Return `site.json` after edits of the words of pages; `linked` are those told anew.

    Raises `ValueError` where what is `standing` is not what `graph` makes of the pages before.
    """
    # This is the largest output of a site: few records are looked at, and each byte is moved once.
    edits: list[tuple[int, int, bytes]] = []
    for change in changes:
        before, after, here = change.before, change.after, change.permalink
        start, record = _record(standing, here)
        edits.append(_edit(start, record, _titled(here, before), _titled(here, after)))
        edits.append(_edit(start, record, *map(_counted, (before, after), change.links)))
    for here, page in linked.items():
        if page.before != page.after:
            start, record = _record(standing, here)
            edits.append(_edit(start, record, *map(_linked, (page.before, page.after))))
    whole = BytesIO()
    last = 0
    for start, end, new in sorted(edits):
        _copy(standing, last, start, whole)
        whole.write(new)
        last = end
    _copy(standing, last, standing.seek(0, SEEK_END), whole)
    content = whole.getvalue()
    if not content.endswith(b"\n"):
        raise ValueError("cut short")
    return content


def _edit(start: int, record: bytes, old: str, new: str) -> tuple[int, int, bytes]:
    """Return where a text of the record at `start` stands, and what is to stand there."""
    known = old.encode("utf-8", "replace")
    at = record.find(known)
    if at < 0:
        raise ValueError(old)
    return start + at, start + at + len(known), new.encode("utf-8", "replace")


def _record(standing: BinaryIO, permalink: Permalink) -> tuple[int, bytes]:
    """Return the record of a page, and where it stands.

    Records stand in the order of permalinks, which is that of their letters in UTF-8 as well.
    """
    # It begins behind the first of these places, and not behind the second.
    before, until = 0, standing.seek(0, SEEK_END)
    while before < until:
        middle = (before + until) // 2
        start = middle + len(_to_next(standing, middle))
        record = _to_next(standing, start)
        found = _START.match(record)
        if record and not found:
            raise ValueError("not the record of a page")
        # Pages that links want have titles, and come last.
        here = None if found is None or found[2] else json.loads(found[1])
        if here == permalink:
            return start, record
        if here is not None and here < permalink:
            before = start
        else:
            until = middle
    raise ValueError(permalink)


def _to_next(standing: BinaryIO, start: int) -> bytes:
    """Return what stands from a place to the beginning of the next record, or to the end."""
    size = _WINDOW
    while True:
        standing.seek(start)
        found = standing.read(size)
        end = found.find(_MARK, 1)
        if end >= 0 or len(found) < size:
            return found[:end] if end >= 0 else found
        size *= 4


def _copy(standing: BinaryIO, start: int, end: int, whole: BytesIO) -> None:
    """Add what stands from one place to another."""
    if start > end:
        raise ValueError("edits of the same place")
    standing.seek(start)
    while start < end:
        piece = standing.read(min(_PIECE, end - start))
        if not piece:
            raise ValueError("shorter than a moment ago")
        whole.write(piece)
        start += len(piece)


def _backlink(permalink: Permalink, text: str, sentence: str) -> Json:
    return {"from": permalink, "text": text, "sentence": sentence}


def _titled(permalink: Permalink, page: Page) -> str:
    """Return how the record of a page begins."""
    title, description = page.title, page.front_matter.description or ""
    facts: Json = {"permalink": permalink, "title": title, "description": description}
    return f'{_written(facts)[:-1]},"language":'


def _counted(page: Page, links: Iterable[Permalink]) -> str:
    """Return the part of the record of a page from the number of its words to its links."""
    facts: Json = {"words": page.words, "headings": _headings(page), "links": [*links]}
    return f",{_written(facts)[1:-1]}"


def _linked(links: Iterable[LinkFrom]) -> str:
    """Return the end of the record of a page."""
    facts: Json = {"backlinks": [_backlink(*link) for link in links]}
    return f",{_written(facts)[1:]}"


def _headings(page: Page) -> Json:
    return [
        {"level": each.level, "text": each.text, "fragment": each.fragment}
        for each in page.headings
    ]


def _written(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class _Writer:
    """Says what the pages and terms of one site are, in plain data."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._permalinks = site.routes.permalink_by_path
        published = (page for page in site.pages if page.path not in site.routes.previews)
        self.pages = sorted(published, key=lambda page: self._permalinks[page.path])
        self._paths = {page.path for page in self.pages}
        self._stands = {self._permalinks[path] for path in self._paths}

    def page(self, page: Page) -> Json:
        """Return what is known of a page."""
        fields = page.front_matter
        backlinks = self._site.backlinks.get(page.path, ())
        return {
            "permalink": self._permalinks[page.path],
            "title": page.title,
            "description": fields.description or "",
            "language": fields.lang or "",
            "date": None if fields.date is None else stamp(fields.date),
            "modified": None if fields.last_modified_at is None else stamp(fields.last_modified_at),
            "tags": [*fields.tags],
            "categories": [*fields.categories],
            "words": page.words,
            "headings": _headings(page),
            "links": [*self._links(page)],
            "backlinks": [
                _backlink(self._permalinks[each.path], each.text, each.sentence)
                for each in backlinks
                if each.path in self._paths
            ],
        }

    def _links(self, page: Page) -> Iterable[Permalink]:
        """Return the other pages that one leads to, each once, in the order of the text."""
        here = self._permalinks[page.path]
        found = (each for each in self._site.resolutions[page.path] if isinstance(each, Found))
        there = dict.fromkeys(each.permalink for each in found)
        return (each for each in there if each in self._stands and each != here)

    def term(self, term: Term) -> Json:
        """Return a tag or category with its pages, newest first."""
        paths = [path for path in term.paths if path in self._paths]
        return {
            "taxonomy": term.taxonomy,
            "name": term.name,
            "permalink": term.permalink,
            "spellings": [*term.variants],
            "pages": [self._permalinks[path] for path in paths],
        }
