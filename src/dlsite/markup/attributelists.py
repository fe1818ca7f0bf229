"""What an attribute list says: `{: .wide #results width="300"}`, and `{.wide}` without the colon.

With a colon it is kramdown's, which drops what it does not understand; words in it stand
for the lists that `{:name: .wide}` defines.  Braces without one are as likely a set or a
type, so every part of them must be a class, an id, or an attribute that pictures and
links are commonly given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from dlsite.deferred import deferred

_VALUE = r"""(?:"[^"\n\x02\x03]*"|'[^'\n\x02\x03]*'|[^\s{}"'\x02\x03]+)"""
_NAMED = r"(?:#[^\s#.{}=\"'\x02\x03]+|(?:\.[^\s#.{}=\"'\x02\x03]+)+)+"
# The caption of a table becomes text, and so may hold what is stashed away: formulas.
_CAPTION = r"caption=\"[^\"\n]*\""
_PAIR = rf"(?:{_CAPTION}|[A-Za-z_][\w:.-]*={_VALUE})"
_COMMON_PAIR = (
    r"(?:width|height|style|class|id|title|alt|align|target|rel|lang|dir|loading|role|start|type"
    rf"|download|(?:data|aria)-[\w-]+)={_VALUE}"
)
_WORD = r"[A-Za-z_][\w-]*"
_PART = rf"{_NAMED}|{_PAIR}|{_WORD}"
_COMMON_PART = rf"{_NAMED}|{_COMMON_PAIR}"
LIST = (
    rf"(?:\{{:[ \t]*(?:{_PART})(?:[ \t]+(?:{_PART}))*[ \t]*\}}"
    rf"|\{{[ \t]*(?:{_COMMON_PART})(?:[ \t]+(?:{_COMMON_PART}))*[ \t]*\}})"
)
"""The pattern of a list as a whole, on one line, without a group."""

DEFINITION = deferred(rf" {{0,3}}\{{:({_WORD}):[ \t]*([^{{}}\n]*?)[ \t]*\}}[ \t]*")
"""A line that gives a list a name, and nothing else: the name and the list."""

_PARTS = deferred(rf"({_PAIR})|({_NAMED})|({_WORD})")
# Attributes that are on by being there; `toc` marks the place of a table of contents.
_SWITCHES = frozenset(
    ["autoplay", "controls", "download", "hidden", "loop", "muted", "open", "reversed", "toc"]
)


def assign(element: Element, text: str, named: Mapping[str, str]) -> None:
    """Put what a list says on an element: classes are added, anything else replaces."""
    for key, value in _attributes(text, named, frozenset()):
        if key == "class":
            classes = [*element.get("class", "").split(), *value.split()]
            element.set("class", " ".join(dict.fromkeys(classes)))
        else:
            element.set(key, value)


def _attributes(
    text: str, named: Mapping[str, str], above: frozenset[str]
) -> Iterator[tuple[str, str]]:
    for pair, names, word in _PARTS.findall(text):
        if pair:
            key, _, value = pair.partition("=")
            yield key, value.strip(value[0]) if value[0] in "\"'" else value
        elif names:
            for mark, name in re.findall(r"([#.])([^#.]+)", names):
                yield ("id" if mark == "#" else "class"), name
        elif word in named and word not in above:
            yield from _attributes(named[word], named, above | {word})
        elif word in _SWITCHES:
            yield word, word
