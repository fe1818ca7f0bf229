"""XML documents from elements, with nothing in them that XML cannot hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

# What XML 1.0, section 2.2, does not let stand in a document.  What it lets stand would be
# said in fewer signs, and compiled in ten times the time.
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def element(name: str, *children: str | ET.Element, **attributes: str) -> ET.Element:
    """Return an element that holds either a text or other elements."""
    made = ET.Element(name, {key: _allowed(value) for key, value in attributes.items()})
    for child in children:
        if isinstance(child, str):
            made.text = _allowed(child)
        else:
            made.append(child)
    return made


def document(root: ET.Element, parts: Sequence[bytes] = ()) -> bytes:
    """Return the document that an element is the root of, each element on a line of its own.

    `parts` stand behind the elements in it.
    """
    whole = part(root)
    if parts:
        end = f"</{root.tag}>".encode()
        whole = b"\n".join([whole.removesuffix(b"\n" + end), *parts, end])
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + whole + b"\n"


def part(root: ET.Element) -> bytes:
    """Return an element as it stands in a document, with the elements in it."""
    ET.indent(root, space="")
    return tostring(root)


def tostring(leaf: ET.Element) -> bytes:
    """Return an element that holds a text as it stands in a document."""
    text: str = ET.tostring(leaf, encoding="unicode")
    return text.encode()


def stamp(moment: datetime) -> str:
    """Return an RFC 3339 time in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _allowed(text: str) -> str:
    # A carriage return would be read back as a line feed, so it is written as one.
    return _FORBIDDEN.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
