"""XML documents from elements, with nothing in them that XML cannot hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

# What XML 1.0, section 2.2, does not let stand in a document.  What it lets stand would be
# said in fewer signs, and compiled in ten times the time.
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Element(str):
    """An element as it stands in a document, each element in it on a line of its own."""

    __slots__ = ()


def element(name: str, *children: str, **attributes: str) -> Element:
    """Return an element that holds either a text or other elements."""
    start = "".join([name, *[f' {key}="{_quoted(value)}"' for key, value in attributes.items()]])
    if not any(children):
        return Element(f"<{start} />")
    if isinstance(children[0], Element):
        inside = "\n".join(["", *children, ""])
    else:
        inside = _escaped(children[0])
    return Element(f"<{start}>{inside}</{name}>")


def document(root: Element, parts: Sequence[bytes] = ()) -> bytes:
    """Return the document that an element is the root of.

    `parts` stand behind the elements in it, as bytes because there may be many.
    """
    whole = f'<?xml version="1.0" encoding="utf-8"?>\n{root}\n'
    if not parts:
        return whole.encode()
    start, _, end = whole.rpartition("\n</")
    return b"\n".join([start.encode(), *parts, f"</{end}".encode()])


def stamp(moment: datetime) -> str:
    """Return an RFC 3339 time in UTC, to the second."""
    # Not by `strftime`: some systems leave noughts out of early years.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _escaped(text: str) -> str:
    # A carriage return would be read back as a line feed, so it is written as one.
    allowed = _FORBIDDEN.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    return escape(allowed, quote=False)


def _quoted(text: str) -> str:
    # Blanks of other kinds would be read back as plain ones (XML 1.0, section 3.3.3).
    quoted = _escaped(text).replace('"', "&quot;")
    return quoted.replace("\n", "&#10;").replace("\t", "&#09;")
