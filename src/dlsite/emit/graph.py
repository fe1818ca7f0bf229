"""The knowledge base as data: `site.json`, its pages, its terms and where the pages lead.

`docs/site-json.md` says what the names mean and what may change; `docs/site.schema.json`
says the same to programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dlsite.config.settings import Config
from dlsite.emit.compactjson import edit_of, edited, encoded, written
from dlsite.emit.xml import stamp
from dlsite.quiet import Reworded
from dlsite.records import Found, Json, OutputFile, Page, Permalink, Site, Term
from dlsite.urls.escapes import href
from dlsite.urls.targets import split_base_url

NAME = "site.json"

VERSION = 1
"""Raised when a name goes or changes its meaning, not when one is added."""


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
    pages = ",".join([written(writer.page(page)) for page in writer.pages])
    rest: Json = {
        "terms": [writer.term(term) for group in site.routes.terms.values() for term in group],
        "wanted": [
            {"permalink": each.permalink, "titles": [*each.titles], "links": len(each.positions)}
            for each in site.wanted
        ],
    }
    whole = f'{written(head)[:-1]},"pages":[{pages}],{written(rest)[1:]}\n'
    yield OutputFile(NAME, encoded(whole))


def revised(read: Callable[[str], bytes], changes: Iterable[Reworded]) -> bytes | None:
    """Return `site.json` after edits of the words of pages; `None` where it stays as it is.

    `read` gives the file as it stands.  Raises `ValueError` where that is not what `graph`
    makes of the pages before.
    """
    others: list[tuple[Permalink, str, str]] = []
    for change in changes:
        here, both = change.permalink, (change.before, change.after)
        titled = (_titled(here, page) for page in both)
        for before, after in (titled, map(_counted, both, change.links)):
            if before != after:
                others.append((here, before, after))
    if not others:
        return None
    data = read(NAME)
    return edited(data, (edit_of(data, *_record(data, here), *texts) for here, *texts in others))


def _record(data: bytes, permalink: Permalink) -> tuple[int, int]:
    """Return where the record of a page stands."""
    # No string of the file can hold these marks: quotes are escaped in strings.
    mark = b'{"permalink":'
    start = data.index(mark + encoded(f'{written(permalink)},"title":'))
    end = data.find(mark, start + 1)
    return start, end if end >= 0 else len(data)


def _titled(permalink: Permalink, page: Page) -> str:
    """Return how the record of a page begins."""
    title, description = page.title, page.front_matter.description or ""
    facts: Json = {"permalink": permalink, "title": title, "description": description}
    return f'{written(facts)[:-1]},"language":'


def _counted(page: Page, links: Iterable[Permalink]) -> str:
    """Return the part of the record of a page from the number of its words to its links."""
    facts: Json = {"words": page.words, "headings": _headings(page), "links": [*links]}
    return f",{written(facts)[1:-1]}"


def _headings(page: Page) -> Json:
    return [
        {"level": each.level, "text": each.text, "fragment": each.fragment}
        for each in page.headings
    ]


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
