"""Put the resolved URLs back into bodies that were cut at their references."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import assert_never

from dlsite.records import (
    Ambiguous,
    Body,
    External,
    Found,
    Json,
    Missing,
    OutputPlan,
    Page,
    PlannedBody,
    Resolution,
)
from dlsite.urls import href


def resolved_href(resolution: Resolution, base_path: str) -> str:
    """Return the URL that a reference gets in the output, not yet escaped for HTML.

    What is missing still points where it would stand, so that the link works on the
    day the page is written.
    """
    match resolution:
        case Found(permalink, suffix) | Missing(permalink, suffix, _):
            return href(base_path, permalink, suffix)
        case Ambiguous(candidates):
            return href(base_path, candidates[0])
        case External(url):
            return url
        case _:
            assert_never(resolution)


def planned_body(
    page: Page, resolutions: Sequence[Resolution], *, base_path: str, section: str, name: str
) -> PlannedBody:
    """Return the body of a page for a place in a context."""
    urls = tuple([resolved_href(resolution, base_path) for resolution in resolutions])
    return PlannedBody(section, name, page.body_digest, urls, page.contents)


def context_of(planned: OutputPlan) -> dict[str, Json]:
    """Return all that a template gets, with the body in its place."""
    context = dict(planned.context)
    if (body := planned.body) is not None:
        section = context[body.section]
        assert isinstance(section, dict)
        context[body.section] = section | {body.name: joined(body.contents.body, body.urls)}
    return context


def body_html(
    body: Body, resolutions: Sequence[Resolution], *, base_path: str, origin: str = ""
) -> str:
    """Return a body as HTML; with `origin` internal links are full URLs, as feeds want them."""
    return joined(
        body,
        [
            ("" if isinstance(resolution, External) else origin)
            + resolved_href(resolution, base_path)
            for resolution in resolutions
        ],
    )


def joined(body: Body, urls: Sequence[str]) -> str:
    """Return a body as HTML with these URLs, not yet escaped, at its references."""
    return "".join(piece if isinstance(piece, str) else html.escape(urls[piece]) for piece in body)
