"""Put the resolved URLs back into bodies that were cut at their references."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from dlsite.pictures import sources_of
from dlsite.records import (
    IMAGES,
    Ambiguous,
    Body,
    External,
    Found,
    Json,
    Missing,
    OutputPlan,
    Page,
    Place,
    PlannedBody,
    Reference,
    Resolution,
    Route,
    Site,
    SiteMarkup,
    StaticRoute,
    place_marked,
)
from dlsite.urls.escapes import href
from dlsite.urls.targets import split_base_url

_IN_MARKDOWN = str.maketrans({"(": "%28", ")": "%29", " ": "%20"})
_WORDS_IN_MARKDOWN = str.maketrans({"[": r"\[", "]": r"\]"})

NOTHING = SiteMarkup()


def resolved_href(resolution: Resolution, base_path: str, origin: str = "") -> str:
    """Return the URL that a reference gets in the output, not yet escaped for HTML.

    What is missing still points where it would stand, so that the link works on the
    day the page is written.  With `origin` a target on the site is a full URL, as one is
    that its author wrote so.
    """
    match resolution:
        case Found(permalink, suffix, own, _) | Missing(permalink, suffix, _, own):
            return (own or origin) + href(base_path, permalink, suffix)
        case Ambiguous(candidates):
            return origin + href(base_path, candidates[0])
        case External(url):
            return url
        case _:
            assert_never(resolution)


def planned_body(page: Page, site: Site, *, base_path: str, section: str, name: str) -> PlannedBody:
    """Return the body of a page for a place in a context."""
    resolutions = site.resolutions[page.path]
    urls = tuple([resolved_href(resolution, base_path) for resolution in resolutions])
    markup = site_markup(page, site, base_path)
    return PlannedBody(section, name, page.body_digest, urls, markup, page.contents)


def planned_markdown(
    page: Page, site: Site, *, base_url: str, section: str, name: str
) -> PlannedBody:
    """Return a page as it was written for a place in a context."""
    origin, base_path = split_base_url(base_url)
    urls = tuple(
        # What would end a link in Markdown.
        in_markdown(resolved_href(resolution, base_path, origin))
        for resolution in site.resolutions[page.path]
    )
    digest = markdown_digest(page)
    markup = word_markup(page, site)
    return PlannedBody(section, name, digest, urls, markup, page.contents, is_markdown=True)


def in_markdown(url: str) -> str:
    """Return a URL with what would end a link in Markdown escaped."""
    has_some = "(" in url or ")" in url or " " in url
    return url.translate(_IN_MARKDOWN) if has_some else url


def markdown_digest(page: Page) -> str:
    """Return what changes with a page as it was written."""
    return f"{page.digest} {page.body_digest}"


def site_markup(page: Page, site: Site, base_path: str) -> SiteMarkup:
    """Return what the site says of a page's references beside their addresses."""
    words = word_markup(page, site)
    if not any(kind in page.references.kinds for kind in IMAGES):
        return words
    table = site.routes.route_by_permalink
    sizes, sources = [], []
    for reference, resolution in zip(page.references, site.resolutions[page.path], strict=True):
        size = source = ""
        if reference.kind in IMAGES and isinstance(resolution, Found):
            size = _size(table.get(resolution.permalink))
            source = sources_of(resolution.permalink, reference.room, table, base_path)
        sizes.append(size)
        sources.append(source)
    return replace(
        words,
        sizes=tuple(sizes) if any(sizes) else (),
        sources=tuple(sources) if any(sources) else (),
    )


def word_markup(page: Page, site: Site) -> SiteMarkup:
    """Return the words alone, as feeds and the Markdown of a page have them."""
    if not any(page.references.ask_words):
        return NOTHING
    pairs = zip(page.references, site.resolutions[page.path], strict=True)
    return SiteMarkup(words=tuple(_words(*pair) if pair[0].asks_words else "" for pair in pairs))


def _words(reference: Reference, resolution: Resolution) -> str:
    """Return the words of a link, its address where it has no better ones."""
    match resolution:
        case Found(words=words) if words:
            return words
        case External(url) if not reference.text:
            return url.removeprefix("mailto:")
        case _:
            return reference.text or reference.target


def _size(route: Route | None) -> str:
    if not isinstance(route, StaticRoute) or route.file.size is None:
        return ""
    width, height = route.file.size
    return f' width="{width}" height="{height}"'


def context_of(planned: OutputPlan) -> dict[str, Json]:
    """Return all that a template gets, with the body in its place."""
    context = dict(planned.context)
    if (body := planned.body) is not None:
        section = context[body.section]
        assert isinstance(section, dict)
        context[body.section] = section | {body.name: _text(body)}
    return context


def _text(body: PlannedBody) -> str:
    if not body.is_markdown:
        return joined(body.contents.body, body.urls, body.markup)
    urls, words = body.urls, body.markup.words
    return "".join(
        [
            piece
            if isinstance(piece, str)
            else urls[piece]
            if piece >= 0
            else words[place_marked(piece)[0]].translate(_WORDS_IN_MARKDOWN)
            for piece in body.contents.markdown
        ]
    )


def body_html(
    body: Body,
    resolutions: Sequence[Resolution],
    *,
    base_path: str,
    origin: str = "",
    markup: SiteMarkup = NOTHING,
) -> str:
    """Return a body as HTML; with `origin` internal links are full URLs, as feeds want them."""
    # Of an excerpt few are asked for.
    urls = {
        piece: resolved_href(resolutions[piece], base_path, origin)
        for piece in body
        if isinstance(piece, int) and piece >= 0
    }
    return joined(body, urls, markup)


def joined(
    body: Body, urls: Sequence[str] | Mapping[int, str], markup: SiteMarkup = NOTHING
) -> str:
    """Return a body as HTML with these URLs, not yet escaped, at its references."""
    sizes, sources, words = markup.sizes, markup.sources, markup.words
    pieces = []
    for piece in body:
        if isinstance(piece, str):
            pieces.append(piece)
        elif piece >= 0:
            pieces.append(html.escape(urls[piece]))
        else:
            index, place = place_marked(piece)
            if place is Place.SIZE:
                pieces.append(sizes[index] if sizes else "")
            elif place is Place.WORDS:
                pieces.append(html.escape(words[index], quote=False) if words else "")
            elif sources and sources[index]:
                is_first = place is Place.BEFORE
                pieces.append(f"<picture>{sources[index]}" if is_first else "</picture>")
    return "".join(pieces)
