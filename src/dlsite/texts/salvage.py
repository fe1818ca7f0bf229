"""What of a broken front matter can be read all the same, field by field.

A page that lost its permalink to a colon in its title would make every link to it a
finding: one mistake is to be said once, where it is.
"""

from __future__ import annotations

import re
from itertools import pairwise

from dlsite.deferred import deferred
from dlsite.diagnostics import Position
from dlsite.records import Json
from dlsite.texts.yamltree import Where, YamlTree, read

_FIELD = deferred(r"^(?=[A-Za-z_][\w-]*[ \t]*:)", re.MULTILINE)
# Fields that are one line of text: what their author meant can be seen, whatever YAML says.
_PLAIN = deferred(r"(?P<key>title|permalink)[ \t]*:[ \t]*(?P<value>\S.*?)[ \t]*(?:\n|\Z)")
FIELD_LINES = deferred(r"(?:[A-Za-z_][\w-]*[ \t]*:.*\n?|[ \t]+\S.*\n?|-[ \t].*\n?|#.*\n?)*")
"""The lines at the start of a text that look like front matter."""


def salvaged(text: str, *, path: str, first_line: int) -> YamlTree:
    """Return the fields of `text` that can be read alone."""
    value: dict[str, Json] = {}
    positions: dict[Where, Position] = {}
    key_positions: dict[Where, Position] = {}
    sources: dict[Where, str] = {}
    starts = [match.start() for match in _FIELD.finditer(text)]
    line = first_line + text.count("\n", 0, starts[0] if starts else 0)
    for start, end in pairwise([*starts, len(text)]):
        tree = _field(text[start:end], path, line)
        line += text.count("\n", start, end)
        if isinstance(tree.value, dict):
            value |= tree.value
            positions |= tree.positions
            key_positions |= tree.key_positions
            sources |= tree.sources
    return YamlTree(value, positions, key_positions, sources)


def _field(text: str, path: str, line: int) -> YamlTree:
    tree, problems = read(text, path=path, first_line=line)
    match = _PLAIN.match(text) if problems else None
    if match is None:
        return tree
    key, value = match["key"], match["value"].strip("\"'")
    place = Position(path, line, match.start("value") + 1, len(match["value"]))
    key_place = Position(path, line, 1, len(key))
    return YamlTree({key: value}, {(key,): place}, {(key,): key_place}, {(key,): value})
