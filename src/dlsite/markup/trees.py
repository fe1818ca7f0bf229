"""Small readings of an element tree, before Python-Markdown has made it HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markdown.util import ETX, STX

_ESCAPED = re.compile(f"{STX}(\\d+){ETX}")
_STASHED = re.compile(f"{STX}[^{ETX}]*{ETX}")


def raw_words(element: Element) -> str:
    """Return the text of an element on one line, with the placeholders of what is stashed."""
    return " ".join(exact_words(element).split())


def exact_words(element: Element) -> str:
    """Return the text of an element with all its blanks, and placeholders as `raw_words` has."""
    text = "".join(_texts(element))
    if STX in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1])), text)
    return text.replace("\n", " ").strip()


def _texts(element: Element) -> Iterator[str]:
    """Yield the texts in an element; those of code are escaped already."""
    if element.text:
        yield html.unescape(element.text) if element.tag == "code" else element.text
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield child.tail


def words(element: Element) -> str:
    """Return the text of an element on one line, without what is stashed away."""
    return " ".join(_STASHED.sub("", raw_words(element)).split())


def take_out(element: Element, parent: Element) -> None:
    """Remove an element, and leave the text behind it where it is."""
    at = list(parent).index(element)
    if at:
        parent[at - 1].tail = (parent[at - 1].tail or "") + (element.tail or "")
    else:
        parent.text = (parent.text or "") + (element.tail or "")
    parent.remove(element)
