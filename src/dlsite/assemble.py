"""Put the resolved URLs back into bodies that were cut at their references."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import assert_never

from dlsite.pictures import sources_of
from dlsite.records import (
    IMAGES,
    Ambiguous,
    Body,
    External,
    Found,
    ImageMarkup,
    ImagePlace,
    Json,
    Missing,
    OutputPlan,
    Page,
    PlannedBody,
    Resolution,
    Route,
    Site,
    StaticRoute,
    image_marked,
)
from dlsite.urls import href, split_base_url

_IN_MARKDOWN = str.maketrans({"(": "%28", ")": "%29", " ": "%20"})

NO_IMAGES = ImageMarkup()


def resolved_href(resolution: Resolution, base_path: str, origin: str = "") -> str:
    """Return the URL that a reference gets in the output, not yet escaped for HTML.

    What is missing still points where it would stand, so that the link works on the
    day the page is written.  With `origin` a target on the site is a full URL, as one is
    that its author wrote so.
    """
    match resolution:
        case Found(permalink, suffix, own) | Missing(permalink, suffix, _, own):
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
    images = image_markup(page, site, base_path)
    return PlannedBody(section, name, page.body_digest, urls, images, page.contents)


def planned_markdown(
    page: Page, site: Site, *, base_url: str, section: str, name: str
) -> PlannedBody:
    """Return a page as it was written for a place in a context."""
    origin, base_path = split_base_url(base_url)
    urls = tuple(
        # What would end a link in Markdown.
        resolved_href(resolution, base_path, origin).translate(_IN_MARKDOWN)
        for resolution in site.resolutions[page.path]
    )
    digest = markdown_digest(page)
    return PlannedBody(section, name, digest, urls, NO_IMAGES, page.contents, is_markdown=True)


def markdown_digest(page: Page) -> str:
    """Return what changes with a page as it was written."""
    return f"{page.digest} {page.body_digest}"


def image_markup(page: Page, site: Site, base_path: str) -> ImageMarkup:
    """Return what there is to say of the images among a page's references."""
    table = site.routes.route_by_permalink
    sizes, sources = [], []
    for reference, resolution in zip(page.references, site.resolutions[page.path], strict=True):
        size = source = ""
        if reference.kind in IMAGES and isinstance(resolution, Found):
            size = _size(table.get(resolution.permalink))
            source = sources_of(resolution.permalink, reference.room, table, base_path)
        sizes.append(size)
        sources.append(source)
    return ImageMarkup(tuple(sizes) if any(sizes) else (), tuple(sources) if any(sources) else ())


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
        return joined(body.contents.body, body.urls, body.images)
    pieces = body.contents.markdown
    return "".join([piece if isinstance(piece, str) else body.urls[piece] for piece in pieces])


def body_html(
    body: Body,
    resolutions: Sequence[Resolution],
    *,
    base_path: str,
    origin: str = "",
    images: ImageMarkup = NO_IMAGES,
) -> str:
    """Return a body as HTML; with `origin` internal links are full URLs, as feeds want them."""
    urls = [resolved_href(resolution, base_path, origin) for resolution in resolutions]
    return joined(body, urls, images)


def joined(body: Body, urls: Sequence[str], images: ImageMarkup = NO_IMAGES) -> str:
    """Return a body as HTML with these URLs, not yet escaped, at its references."""
    sizes, sources = images.sizes, images.sources
    pieces = []
    for piece in body:
        if isinstance(piece, str):
            pieces.append(piece)
        elif piece >= 0:
            pieces.append(html.escape(urls[piece]))
        else:
            index, place = image_marked(piece)
            if place is ImagePlace.SIZE:
                pieces.append(sizes[index] if sizes else "")
            elif sources and sources[index]:
                is_first = place is ImagePlace.BEFORE
                pieces.append(f"<picture>{sources[index]}" if is_first else "</picture>")
    return "".join(pieces)
