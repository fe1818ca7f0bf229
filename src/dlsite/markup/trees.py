"""Small readings of an element tree, before Python-Markdown has made it HTML."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown.util import ETX, STX

_ESCAPED = re.compile(f"{STX}(\\d+){ETX}")
_STASHED = re.compile(f"{STX}[^{ETX}]*{ETX}")


def raw_words(element: Element) -> str:
    """Return the text of an element on one line, with the placeholders of what is stashed."""
    return " ".join(exact_words(element).split())


def exact_words(element: Element) -> str:
    """Return the text of an element with all its blanks, and placeholders as `raw_words` has."""
    text = "".join(element.itertext())
    if STX in text:
        text = _ESCAPED.sub(lambda match: chr(int(match[1])), text)
    return text.replace("\n", " ").strip()


def words(element: Element) -> str:
    """Return the text of an element on one line, without what is stashed away."""
    return " ".join(_STASHED.sub("", raw_words(element)).split())
