"""Read YAML text into plain values, with the place of every key and value.

The only module that knows the YAML library.  It never raises: what is wrong is a
problem with a place, a reason and, where one is plain, a remedy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

import yaml

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Position
from dlsite.records import Json

MAX_CHARACTERS = 256 * 1024
MAX_NODES = 10_000
"""How many values a document may have, aliases counted as what they stand for."""
MAX_DEPTH = 100
_MANY = 500
"""Marks that begin something nested: with fewer nothing can be too deep for the library."""

Where = tuple[str | int, ...]
"""The way to a value from the root: keys and list indexes."""

_CORE_TAGS = frozenset(
    f"tag:yaml.org,2002:{name}"
    for name in ("null", "bool", "int", "float", "str", "seq", "map", "merge", "timestamp", "value")
)
_TRUE = frozenset(["true", "yes", "on"])
_TOO_DEEP = f"it is nested more than {MAX_DEPTH} levels deep"


@dataclass(frozen=True, slots=True)
class YamlTree:
    """A YAML document as plain data.

    Dates stay strings.  `sources` holds each scalar as the author wrote it, so that the tag
    `1.0` need not become a number.
    """

    value: Json
    positions: Mapping[Where, Position] = field(default_factory=dict)
    key_positions: Mapping[Where, Position] = field(default_factory=dict)
    sources: Mapping[Where, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class YamlProblem:
    """Something that is wrong with a YAML text.

    `is_repeat` marks a key that stands twice in its mapping, of which the last counts.
    """

    position: Position
    reason: str
    help: tuple[str, ...] = ()
    is_repeat: bool = False


class _TooMuchError(Exception):
    """The document is past a limit; carries the node where that was noticed."""

    def __init__(self, node: yaml.Node, reason: str) -> None:
        super().__init__(reason)
        self.node = node


class _TooDeepError(Exception):
    """What the library would follow down until the stack ends; line and column from 0."""

    def __init__(self, line: int, column: int) -> None:
        super().__init__(_TOO_DEEP)
        self.line, self.column = line, column


def read(text: str, *, path: str, first_line: int = 1) -> tuple[YamlTree, tuple[YamlProblem, ...]]:
    """Return what `text` says, and what is wrong with it.

    `first_line` is the line of the file `path` on which `text` starts.
    """
    top = Position(path, first_line, 1)
    if len(text) > MAX_CHARACTERS:
        reason = f"it is longer than {MAX_CHARACTERS // 1024} KiB"
        return YamlTree({}), (YamlProblem(top, reason),)
    try:
        node = _compose(text)
    except yaml.YAMLError as error:
        return YamlTree({}), (_problem(error, text, path, first_line),)
    except _TooDeepError as error:
        place = Position(path, error.line + first_line, error.column + 1)
        return YamlTree({}), (YamlProblem(place, _TOO_DEEP),)
    if node is None:
        return YamlTree(None), ()
    reader = _Reader(path, first_line)
    try:
        value = reader.value(node, ())
    except _TooMuchError as error:
        reader.problem(error.node, str(error))
        return YamlTree({}), tuple(reader.problems)
    tree = YamlTree(value, reader.positions, reader.key_positions, reader.sources)
    return tree, tuple(reader.problems)


def _compose(text: str) -> yaml.Node | None:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    _require_shallow(text, loader)
    return yaml.compose(text, Loader=loader)


def _require_shallow(text: str, loader: type[yaml.SafeLoader]) -> None:
    """Raise `_TooDeepError` where something is nested too deep, which would end the process.

    The events of a text are read without recursion.
    """
    if sum(map(text.count, ("[", "{", "- ", "? "))) < _MANY:
        return
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                mark = event.start_mark
                assert mark is not None
                raise _TooDeepError(mark.line, mark.column)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def syntax_fault(text: str) -> tuple[int, int, str] | None:
    """Return line and column, from 1, of what keeps documents from being YAML, and why.

    Of what is nested too deep nobody says.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _require_shallow(text, loader)
        for _ in yaml.compose_all(text, Loader=loader):
            pass
    except _TooDeepError:
        return None
    except yaml.YAMLError as error:
        found = _problem(error, text, "", 1)
        return found.position.line, found.position.column, found.reason
    return None


class _Reader:
    """Turns nodes into values, once for every place that an alias stands in."""

    def __init__(self, path: str, first_line: int) -> None:
        self._path = path
        self._first_line = first_line
        self._nodes = 0
        self._active: set[int] = set()
        self.positions: dict[Where, Position] = {}
        self.key_positions: dict[Where, Position] = {}
        self.sources: dict[Where, str] = {}
        self.problems: list[YamlProblem] = []

    def problem(self, node: yaml.Node, reason: str, *help_: str) -> None:
        self.problems.append(YamlProblem(self._position(node), reason, help_))

    def value(self, node: yaml.Node, where: Where) -> Json:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _TooMuchError(node, f"it has more than {MAX_NODES} values, aliases counted")
        if len(where) > MAX_DEPTH or id(node) in self._active:
            raise _TooMuchError(node, _TOO_DEEP)
        self.positions[where] = self._position(node)
        if node.tag not in _CORE_TAGS:
            self.problem(node, f"the tag '{node.tag}' has no meaning here", "remove the tag")
            return None
        if isinstance(node, yaml.ScalarNode):
            self.sources[where] = node.value
            return self._scalar(node)
        self._active.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(each, (*where, index)) for index, each in enumerate(node.value)]
            assert isinstance(node, yaml.MappingNode)
            return self._mapping(node, where)
        finally:
            self._active.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Json]:
        values: dict[str, Json] = {}
        merged: dict[str, Json] = {}
        for key_node, value_node in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                merged = self._merged(value_node, where) | merged
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                self.problem(key_node, "a key must be plain text")
                continue
            key = key_node.value
            if key in values:
                first = self.key_positions[(*where, key)].line
                reason = f"the key '{key}' stands twice, first in line {first}"
                place, help_ = self._position(key_node), ("remove one of the two",)
                self.problems.append(YamlProblem(place, reason, help_, is_repeat=True))
            self.key_positions[(*where, key)] = self._position(key_node)
            values[key] = self.value(value_node, (*where, key))
        return merged | values

    def _merged(self, node: yaml.Node, where: Where) -> dict[str, Json]:
        """Return what `<<` brings in; of several mappings the first wins (YAML merge key type)."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, Json] = {}
        for each in nodes:
            if isinstance(each, yaml.MappingNode):
                value = self.value(each, (*where, "<<"))
                assert isinstance(value, dict)
                merged = value | merged
            else:
                self.problem(each, "'<<' must name a mapping")
        return merged

    def _scalar(self, node: yaml.ScalarNode) -> Json:
        kind = node.tag.rpartition(":")[2]
        if kind == "null":
            return None
        if kind == "bool":
            return node.value.lower() in _TRUE
        if kind in ("int", "float"):
            try:
                number = yaml.SafeLoader("").construct_object(node)
            except (ValueError, OverflowError):
                # Python refuses to read integers of some thousand digits.
                return str(node.value)
            return number if isinstance(number, int | float) else str(node.value)
        return str(node.value)

    def _position(self, node: yaml.Node) -> Position:
        start, end = node.start_mark, node.end_mark
        length = end.column - start.column if end.line == start.line else 0
        line, column = start.line + self._first_line, start.column + 1
        if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"') and length:
            # The quotes are not part of what the author means.
            return Position(self._path, line, column + 1, length - 2)
        return Position(self._path, line, column, length)


_REMEDIES = (
    ("mapping values are not allowed", ("quote values that contain ': ' or '#'",)),
    ("found character '\\t'", ("indent with blanks, not with tabs",)),
    ("cannot start any token", ("quote a value that begins with '@', '`', '%' or a tab",)),
    ("found unexpected end of stream", ("close the quotes",)),
    ("found undefined alias", ("quote a value that begins with '*'",)),
    ("unknown escape character", ("use single quotes: backslashes are plain in them",)),
    ("did not find expected <document start>", ("quote values that begin with '%'",)),
    ("did not find expected key", ("indent the keys alike, and quote values with quotes in them",)),
    ("could not find expected ':'", ("write 'key: value', with a blank after the colon",)),
)


def _problem(error: yaml.YAMLError, text: str, path: str, first_line: int) -> YamlProblem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML"
    lines = text.count("\n") + 1
    line = min(mark.line, lines - 1) if mark is not None else 0
    column = mark.column + 1 if mark is not None and mark.line < lines else 1
    if mark is None and isinstance(position := getattr(error, "position", None), int):
        line, column = text.count("\n", 0, position), position - text.rfind("\n", 0, position)
        reason = "it has a control character"
    remedies = next((remedy for sign, remedy in _REMEDIES if sign in reason), ())
    return YamlProblem(Position(path, line + first_line, column), str(reason), remedies)
