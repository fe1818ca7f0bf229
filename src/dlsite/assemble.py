"""Put the resolved URLs back into bodies that were cut at their references."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import assert_never

from dlsite.records import Ambiguous, Body, External, Found, Missing, Resolution
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


def body_html(
    body: Body, resolutions: Sequence[Resolution], *, base_path: str, origin: str = ""
) -> str:
    """Return a body as HTML; with `origin` internal links are full URLs, as feeds want them."""
    pieces = []
    for piece in body:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        resolution = resolutions[piece]
        prefix = "" if isinstance(resolution, External) else origin
        pieces.append(html.escape(prefix + resolved_href(resolution, base_path)))
    return "".join(pieces)
