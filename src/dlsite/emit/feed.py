"""The Atom feed of the newest pages (RFC 4287)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from dlsite.assemble import body_html
from dlsite.config import EPOCH, Config
from dlsite.records import OutputFile, Page, Permalink, Site
from dlsite.urls import href, split_base_url

ATOM = "http://www.w3.org/2005/Atom"
MAX_ENTRIES = 30
# What XML 1.0, section 2.2, does not let stand in a document.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(site: Site, config: Config) -> Iterator[OutputFile]:
    """Yield `feed.xml`: the newest dated pages, whole.

    Its dates come from the pages alone.  Where the host is not known the ids are
    `urn:` names made from the permalinks, so that they do not change with the host.
    """
    pages = [page for page in site.pages if page.front_matter.date is not None][:MAX_ENTRIES]
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": config.language})
    _add(root, "title", config.title)
    if config.description:
        _add(root, "subtitle", config.description)
    _add(root, "id", _identity(config, Permalink("/")))
    _add(root, "updated", _stamp(max((_updated(page) for page in pages), default=EPOCH)))
    _link(root, "self", "application/atom+xml", _url(config, Permalink("/feed.xml")))
    _link(root, "alternate", "text/html", _url(config, Permalink("/")))
    author = ET.SubElement(root, "author")
    _add(author, "name", config.author or config.title)
    for page in pages:
        _entry(root, page, site, config)
    ET.indent(root, " ")
    text = ET.tostring(root, encoding="unicode")
    yield OutputFile("feed.xml", f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode())


def _entry(root: ET.Element, page: Page, site: Site, config: Config) -> None:
    permalink = site.routes.permalink_by_path[page.path]
    fields = page.front_matter
    entry = ET.SubElement(root, "entry")
    _add(entry, "title", page.title)
    _add(entry, "id", _identity(config, permalink))
    _link(entry, "alternate", "text/html", _url(config, permalink))
    _add(entry, "published", _stamp(fields.date or EPOCH))
    _add(entry, "updated", _stamp(_updated(page)))
    for writer in fields.authors:
        author = ET.SubElement(entry, "author")
        _add(author, "name", writer.name)
        if writer.url:
            _add(author, "uri", writer.url)
        if writer.email:
            _add(author, "email", writer.email)
    for tag in fields.tags:
        ET.SubElement(entry, "category", {"term": _clean(tag)})
    if fields.description:
        _add(entry, "summary", fields.description)
    origin, _ = split_base_url(config.base_url)
    resolutions = site.resolutions[page.path]
    whole = body_html(page.body, resolutions, base_path=config.base_path, origin=origin)
    _add(entry, "content", whole).set("type", "html")


def _add(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = _clean(text)
    return child


def _link(parent: ET.Element, relation: str, media: str, url: str) -> None:
    ET.SubElement(parent, "link", {"rel": relation, "type": media, "href": url})


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


def _updated(page: Page) -> datetime:
    return page.front_matter.last_modified_at or page.front_matter.date or EPOCH


def _stamp(moment: datetime) -> str:
    """Return an RFC 3339 time in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _url(config: Config, permalink: Permalink) -> str:
    origin, _ = split_base_url(config.base_url)
    return origin + href(config.base_path, permalink)


def _identity(config: Config, permalink: Permalink) -> str:
    origin, _ = split_base_url(config.base_url)
    return _url(config, permalink) if origin else f"urn:dlsite:{href('', permalink)}"
