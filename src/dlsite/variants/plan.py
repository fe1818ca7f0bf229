"""Which forms of an image are worth having.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WEBP, AVIF = "image/webp", "image/avif"
SUFFIX_BY_KIND = {WEBP: ".webp", AVIF: ".avif"}
"""The media types that variants have, and what their files are called."""

# From a phone (360 px at one dot a pixel) to the widest column (52rem) at three.
_WIDTHS = (480, 800, 1200, 1600)
WIDEST = 2400
# A step of less than this saves nobody anything.
_LEAST_STEP = 1.1
FEWEST_BYTES = 4096
"""Smaller files would not become smaller by more than their addresses in the page take."""


@dataclass(frozen=True, slots=True)
class Made:
    """A form of an image that has been made: its media type, pixels across, and length."""

    kind: str
    width: int
    length: int


def widths_for(own: int) -> tuple[int, ...]:
    """Return the widths to make of an image that is `own` pixels wide, narrowest first."""
    top = min(own, WIDEST)
    return (*(width for width in _WIDTHS if width * _LEAST_STEP < top), top)


def worthwhile(made: Iterable[Made], *, own_kind: str, own_width: int, length: int) -> list[Made]:
    """Return the forms to keep of an image of `length` bytes.

    More pixels always cost more bytes, and none as many as the original.  Where the
    widest form of a type would, there is none of that type, lest readers get a narrow one
    enlarged; unless the original, which is of that type, can stand at the top itself.
    AVIF has to be smaller than WebP.
    """
    forms = list(made)
    kept: list[list[Made]] = []
    for kind in (AVIF, WEBP):
        of_kind = sorted((form for form in forms if form.kind == kind), key=_width, reverse=True)
        is_top = kind == own_kind
        if is_top:
            of_kind = [form for form in of_kind if form.width < own_width]
        smaller = _descending(of_kind, length)
        has_top = is_top or smaller[:1] == of_kind[:1]
        kept.append(smaller if has_top else [])
    avif, webp = kept
    if avif and webp and _total(forms, AVIF) >= _total(forms, WEBP):
        avif = []
    return [*reversed(avif), *reversed(webp)]


def _descending(forms: Sequence[Made], limit: int) -> list[Made]:
    """Return the forms, widest first, each of which is smaller than all before it."""
    kept = []
    for form in forms:
        if form.length < limit:
            kept.append(form)
            limit = form.length
    return kept


def _width(form: Made) -> int:
    return form.width


def _total(forms: Iterable[Made], kind: str) -> int:
    return sum(form.length for form in forms if form.kind == kind)
