"""Atom feeds (RFC 4287) of the newest pages: of the whole site, and of each tag and category."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from dlsite.assemble import body_html, word_markup
from dlsite.config.settings import EPOCH, Config
from dlsite.emit.xml import Element, document, element, stamp
from dlsite.quiet import Reworded
from dlsite.records import GeneratedRoute, OutputFile, Page, Permalink, Site, Term
from dlsite.urls.escapes import href
from dlsite.urls.permalinks import output_path
from dlsite.urls.targets import split_base_url

ATOM = "http://www.w3.org/2005/Atom"
MAX_ENTRIES = 30
# Whole pages stand in the feed of each of their terms: with more of them the feeds would
# outweigh the site.
MAX_TERM_ENTRIES = 10


def feeds(site: Site, config: Config) -> Iterator[OutputFile]:
    """Yield the feeds that have a route: the newest dated pages, whole.

    Their dates come from the pages alone.  Where the host is not known the ids are
    `urn:` names made from the permalinks, so that they do not change with the host.
    """
    writer = _Writer(site, config)
    term_by_permalink = {
        term.permalink: term for group in site.routes.terms.values() for term in group
    }
    page_by_path = {page.path: page for page in site.pages}
    for route in site.routes.route_by_permalink.values():
        if not isinstance(route, GeneratedRoute) or route.name != "feed":
            continue
        term = term_by_permalink.get(Permalink(route.permalink.removesuffix("feed.xml")))
        if term is None:
            pages = list(islice(_dated(site.pages), MAX_ENTRIES))
            content = writer.site_feed(route.permalink, pages)
        else:
            listed = (page_by_path[path] for path in term.paths)
            pages = list(islice(_dated(listed), MAX_TERM_ENTRIES))
            content = writer.term_feed(route.permalink, term, pages)
        yield OutputFile(output_path(route.permalink), content)


def _dated(pages: Iterable[Page]) -> Iterator[Page]:
    return (page for page in pages if page.front_matter.date is not None)


class _Writer:
    """Writes the feeds of one site; an entry that stands in several is written once."""

    def __init__(self, site: Site, config: Config) -> None:
        self._site = site
        self._config = config
        self._origin, _ = split_base_url(config.base_url)
        self._entries: dict[str, bytes] = {}

    def site_feed(self, here: Permalink, pages: list[Page]) -> bytes:
        """Return the feed of the site."""
        config = self._config
        return self._feed(here, Permalink("/"), config.title, config.description, pages)

    def term_feed(self, here: Permalink, term: Term, pages: list[Page]) -> bytes:
        """Return the feed of a tag or category."""
        title = f"{self._config.title}: {term.name}"
        return self._feed(here, term.permalink, title, "", pages)

    def _feed(
        self, here: Permalink, of: Permalink, title: str, subtitle: str, pages: list[Page]
    ) -> bytes:
        config = self._config
        updated = max((_updated(page) for page in pages), default=EPOCH)
        children = [
            element("title", title),
            *([element("subtitle", subtitle)] if subtitle else []),
            element("id", self._identity(of)),
            element("updated", stamp(updated)),
            element("link", rel="self", type="application/atom+xml", href=self._url(here)),
            element("link", rel="alternate", type="text/html", href=self._url(of)),
            element("author", element("name", config.author or config.title)),
            *([element("rights", config.license.name)] if config.license else []),
            element("generator", "dlsite"),
        ]
        root = element("feed", *children, xmlns=ATOM, **{"xml:lang": config.language})
        return document(root, [self._entry(page) for page in pages])

    def _entry(self, page: Page) -> bytes:
        if page.path not in self._entries:
            self._entries[page.path] = self._written(page)
        return self._entries[page.path]

    def _written(self, page: Page) -> bytes:
        site, config = self._site, self._config
        permalink = site.routes.permalink_by_path[page.path]
        resolutions = site.resolutions[page.path]
        whole = body_html(
            page.body,
            resolutions,
            base_path=config.base_path,
            origin=self._origin,
            markup=word_markup(page, site),
        )
        return _entry(page, permalink, whole, config).encode()

    def _url(self, permalink: Permalink) -> str:
        return _url(permalink, self._config)

    def _identity(self, permalink: Permalink) -> str:
        return _identity(permalink, self._config)


def _entry(page: Page, permalink: Permalink, whole: str, config: Config) -> Element:
    """Return the entry of a page at a permalink, of which `whole` is the content."""
    fields, url = page.front_matter, _url(permalink, config)
    language = {"xml:lang": fields.lang} if fields.lang else {}
    children = [
        element("title", page.title),
        element("id", _identity(permalink, config)),
        element("link", rel="alternate", type="text/html", href=url),
        element("published", stamp(fields.date or EPOCH)),
        element("updated", stamp(_updated(page))),
        *(
            element(
                "author",
                element("name", author.name),
                *([element("uri", author.url)] if author.url else []),
                *([element("email", author.email)] if author.email else []),
            )
            for author in fields.authors
        ),
        *(element("category", term=tag) for tag in dict.fromkeys(fields.tags)),
        *([element("summary", fields.description)] if fields.description else []),
        _content(whole, url),
    ]
    return element("entry", *children, **language)


def _url(permalink: Permalink, config: Config) -> str:
    return split_base_url(config.base_url)[0] + href(config.base_path, permalink)


def _identity(permalink: Permalink, config: Config) -> str:
    has_host = bool(split_base_url(config.base_url)[0])
    return _url(permalink, config) if has_host else f"urn:dlsite:{href('', permalink)}"


def revised(feed: bytes, change: Reworded, whole: str, config: Config) -> bytes:
    """Return a feed after an edit of the words of a page, where that has an entry.

    `whole` is its content.  Raises `ValueError` where the entry is not as `feeds` writes it.
    """
    # Nothing but a base of an entry holds this mark: in texts `<` is escaped.
    url = _url(change.permalink, config)
    mark, close, _ = _content(" ", url).encode().partition(b">")
    at = feed.find(mark)
    if at < 0:
        return feed
    start, end = feed.rfind(b"<entry", 0, at), feed.find(_END, at)
    if feed[at + len(mark) : at + len(mark) + 1] != close or start < 0 or end < 0:
        raise ValueError(url)
    entry = _entry(change.after, change.permalink, whole, config).encode()
    return feed[:start] + entry + feed[end + len(_END) :]


_END = b"</entry>"


def _content(whole: str, url: str) -> Element:
    # Notes are linked by fragment alone, which a reader resolves against the base.
    return element("content", whole, type="html", **{"xml:base": url})


def _updated(page: Page) -> datetime:
    return page.front_matter.last_modified_at or page.front_matter.date or EPOCH
