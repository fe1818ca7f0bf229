"""The words of links in Markdown: what stands in the brackets before a target, or in a tag."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator, Mapping

from dlsite.deferred import deferred
from dlsite.texts.places import Place

_BRACKETS = deferred(r"\\[^\n]|[\[\]]|\n\n")
_NO_WORDS = deferred(r"!\[[^\[\]]*\]\([^()\s]*\)|\[\^[^\[\]]+\]|<[^<>]*>")
_DEFINED = deferred(r"[ \t>]*\[(?P<id>[^\]\n]+)\]:")
_LONGEST = 1_000
"""Code points of a label that is looked for in front of a target."""


def key_of(words: str) -> str:
    """Return what the words of a link are compared by: letters and digits, in lower case."""
    if not words.isalnum():
        if "<" in words or "[" in words:
            words = _NO_WORDS.sub("", words)
        words = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", html.unescape(words))))
    return words.casefold()


def label_key(text: str, place: Place) -> str | None:
    """Return the key of the words that lead to a place; `None` where they are not known."""
    if not place.is_markdown:
        return _key_in_tag(text, place)
    close = text.rfind("](", max(0, place.start - _LONGEST), place.start)
    if close >= 0 and not text[close + 2 : place.start].strip(" \t\n<"):
        start = _opening(text, close)
        return None if start < 0 else key_of(text[start + 1 : close])
    if text.startswith("[[", place.start - 2):
        end = text.find("]]", place.start)
        _, mark, words = text[place.start : end].partition("|")
        # Without words it says what it leads to, and a picture nothing.
        return key_of(words) if mark else None
    return key_of(text[place.start : place.start + place.length])


def _key_in_tag(text: str, place: Place) -> str | None:
    """Return the key of what stands between `<a …>` and its end."""
    start = text.rfind("<", max(0, place.start - _LONGEST), place.start)
    if text[start : start + 3].lower().rstrip() != "<a":
        return None
    begun = text.find(">", place.start + place.length) + 1
    end = text.find("</", begun, begun + _LONGEST)
    return key_of(text[begun:end]) if begun and end >= 0 else None


def _opening(text: str, close: int) -> int:
    """Return where the bracket opens that closes at `close`; -1 where that is far away."""
    depth = 0
    for index in range(close - 1, max(-1, close - _LONGEST), -1):
        sign = text[index]
        if sign not in "[]" or text[index - 1 : index] == "\\":
            continue
        if sign == "]":
            depth += 1
        elif not depth:
            return index
        else:
            depth -= 1
    return -1


def pairs(text: str) -> dict[int, int]:
    """Return where brackets open, by where they close in the same paragraph."""
    opened: list[int] = []
    found: dict[int, int] = {}
    for match in _BRACKETS.finditer(text):
        if match[0] == "[":
            opened.append(match.start())
        elif match[0] == "]" and opened:
            found[match.start()] = opened.pop()
        elif match[0] == "\n\n":
            opened.clear()
    return found


def uses(text: str, definitions: Mapping[str, Place]) -> Iterator[tuple[int, str, Place]]:
    """Yield where links use definitions, which are given by id: the place, the key of their words.

    `[words][id]`, `[id][]` and `[id]`.
    """
    taken: set[int] = set()
    opened = pairs(text)
    close_of = {start: close for close, start in opened.items()}
    for start, close in sorted(close_of.items()):
        if start in taken or text.startswith(("(", ":"), close + 1):
            continue
        words = name = text[start + 1 : close]
        if (second := close_of.get(close + 1)) is not None:
            taken.add(close + 1)
            name = text[close + 2 : second] or name
        if (definition := definitions.get(name_of(name))) is not None:
            yield start, key_of(words), definition


def definitions_of(text: str, places: list[Place]) -> dict[str, Place]:
    """Return the definitions among places by their ids; of several with one id the first."""
    found: dict[str, Place] = {}
    for place in places:
        line = text.rfind("\n", 0, text.rfind("]:", 0, place.start)) + 1
        if place.is_definition and (match := _DEFINED.match(text, line)):
            found.setdefault(name_of(match["id"]), place)
    return found


def name_of(label: str) -> str:
    """Return an id as it is compared: letter case and blanks count for nothing."""
    return " ".join(label.split()).casefold()
