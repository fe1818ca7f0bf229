"""Print diagnostics: as text with the source line and a caret, as JSON, for GitHub.

With `cli.py` and `commands.py` the only place that prints.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from dlsite import __version__
from dlsite.diagnostics import Diagnostic, Position, Severity, printable

JSON_SCHEMA = 1
"""Version of the JSON form: raised when a field changes its meaning or goes."""

_WINDOW = 96
_MAX_CARETS = 80
_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.INFO: "36;1"}


@dataclass(frozen=True, slots=True)
class Style:
    """How text is dressed: `colour` puts terminal colours in."""

    colour: bool = False

    def paint(self, text: str, code: str) -> str:
        """Return `text` in the colour of an SGR code."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour else text


Format = Callable[[Iterable[Diagnostic], Mapping[str, str], Style], str]


def as_text(
    diagnostics: Iterable[Diagnostic], text_by_path: Mapping[str, str], style: Style
) -> str:
    """Return diagnostics for people; `text_by_path` gives the source lines to show."""
    return "".join(_finding(each, text_by_path, style) for each in diagnostics)


def _finding(diagnostic: Diagnostic, text_by_path: Mapping[str, str], style: Style) -> str:
    place = printable(str(diagnostic.position))
    level = style.paint(diagnostic.level.value, _COLOURS[diagnostic.level])
    message = printable(diagnostic.message)
    lines = [f"{style.paint(place, '1')}: {level}: {message} [{diagnostic.rule}]"]
    margin = "      "
    excerpt = _source_line(diagnostic.position, text_by_path)
    if excerpt is not None:
        number, line, carets = excerpt
        margin = " " * max(6, len(number) + 1)
        lines.append(f"{number:>5} | {line}")
        if carets:
            lines.append(f"{margin}| {style.paint(carets, _COLOURS[diagnostic.level])}")
    lines += [f"{margin}= see: {printable(str(place))}" for place in diagnostic.related]
    lines += [f"{margin}= help: {printable(remedy)}" for remedy in diagnostic.help]
    return "\n".join(lines) + "\n"


def _source_line(
    position: Position, text_by_path: Mapping[str, str]
) -> tuple[str, str, str] | None:
    """Return line number, the line cut to a window around the column, and the carets under it."""
    text = text_by_path.get(position.path)
    if text is None or not position.line or not position.column:
        return None
    lines = text.split("\n", position.line)
    if len(lines) < position.line:
        return None
    # A tab is one column here and there, so that the carets stand under the word.
    line = "".join(c if c.isprintable() else " " for c in lines[position.line - 1])
    start = position.column - 1
    end = min(start + max(position.length, 1), start + _MAX_CARETS, max(len(line), start + 1))
    left = max(0, min(start - 20, end - _WINDOW)) if end > _WINDOW else 0
    cut = line[left : left + _WINDOW]
    before = ("…" if left else "") + line[left:start]
    after = "…" if left + _WINDOW < len(line) else ""
    shown = ("…" if left else "") + cut + after
    return (
        str(position.line),
        shown.rstrip(),
        " " * _cells(before) + "^" * max(1, _cells(line[start : min(end, left + _WINDOW)])),
    )


def _cells(text: str) -> int:
    """Return how many terminal columns a text takes: wide characters two, marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def as_json(diagnostics: Iterable[Diagnostic], _: Mapping[str, str], __: Style) -> str:
    """Return diagnostics for programs: one JSON document."""
    found = tuple(diagnostics)
    document = {
        "schema": JSON_SCHEMA,
        "tool": "dlsite",
        "version": __version__,
        "summary": {f"{level.value}s": count for level, count in counts(found).items()},
        "findings": [_json(diagnostic) for diagnostic in found],
    }
    return json_text(document) + "\n"


def json_text(value: object) -> str:
    """Return a value as JSON for programs that is safe to look at on a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # JSON escapes the ASCII controls alone; C1 controls and bidi marks steer a terminal too.
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)


def _json(diagnostic: Diagnostic) -> dict[str, object]:
    place = diagnostic.position
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.level.value,
        "file": place.path,
        "line": place.line,
        "column": place.column,
        "end_column": place.column + place.length,
        "target": diagnostic.target,
        "message": diagnostic.message,
        "help": list(diagnostic.help),
        "suggestions": list(diagnostic.suggestions),
        "related": [
            {"file": other.path, "line": other.line, "column": other.column}
            for other in diagnostic.related
        ],
    }


def as_github(diagnostics: Iterable[Diagnostic], _: Mapping[str, str], __: Style) -> str:
    """Return diagnostics as workflow commands of GitHub Actions, which become annotations."""
    return "".join(_command(diagnostic) for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    name = "notice" if diagnostic.level is Severity.INFO else diagnostic.level.value
    place = diagnostic.position
    fields = {"file": place.path, "title": f"dlsite {diagnostic.rule}"}
    if place.line:
        fields["line"] = str(place.line)
    if place.column:
        fields |= {"col": str(place.column), "endColumn": str(place.column + place.length)}
    properties = ",".join(f"{key}={_property(value)}" for key, value in fields.items())
    lines = [diagnostic.message, *(f"help: {remedy}" for remedy in diagnostic.help)]
    text = "\n".join(printable(line) for line in lines)
    return f"::{name} {properties}::{_escape(text)}\n"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(printable(text)).replace(":", "%3A").replace(",", "%2C")


FORMATS: dict[str, Format] = {"text": as_text, "json": as_json, "github": as_github}


def counts(diagnostics: Iterable[Diagnostic]) -> dict[Severity, int]:
    """Return how many diagnostics there are of each severity."""
    counter = Counter(diagnostic.level for diagnostic in diagnostics)
    return {level: counter[level] for level in Severity}


def count_words(diagnostics: Iterable[Diagnostic]) -> str:
    """Return `2 errors, 1 warning`; `no findings` where there are none."""
    words = [
        amount(number, level.value, f"{level.value}s" if level is not Severity.INFO else "infos")
        for level, number in counts(diagnostics).items()
        if number
    ]
    return ", ".join(words) or "no findings"


def amount(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: `1 page`, `2 pages`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def say(text: str, *, to_error: bool = False) -> None:
    """Print a line; a reader that has gone away is no error of ours."""
    stream = sys.stderr if to_error else sys.stdout
    print(text, file=stream, flush=True)
