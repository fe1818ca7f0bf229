"""Diagnostics for people: the place, the words, the source line with carets, the remedies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dlsite.diagnostics import Diagnostic, Position, printable
from dlsite.report.words import Style, cells
from dlsite.rules import Severity

_WINDOW = 96
_MAX_CARETS = 80
_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33;1", Severity.INFO: "36;1"}


def as_text(
    diagnostics: Iterable[Diagnostic], text_by_path: Mapping[str, str], style: Style
) -> str:
    """Return diagnostics for people; `text_by_path` gives the source lines to show."""
    lines_by_path: dict[str, list[str]] = {}
    shown = []
    for each in diagnostics:
        path = each.position.path
        if path not in lines_by_path:
            lines_by_path[path] = text_by_path.get(path, "").split("\n")
        shown.append(_finding(each, lines_by_path[path], style))
    return "".join(shown)


def _finding(diagnostic: Diagnostic, source: Sequence[str], style: Style) -> str:
    place = printable(str(diagnostic.position))
    level = style.paint(diagnostic.level.value, _COLOURS[diagnostic.level])
    message = printable(diagnostic.message)
    lines = [f"{style.paint(place, '1')}: {level}: {message} [{diagnostic.rule}]"]
    margin = "      "
    excerpt = _source_line(diagnostic.position, source)
    if excerpt is not None:
        number, line, carets = excerpt
        margin = " " * max(6, len(number) + 1)
        lines.append(f"{number:>5} | {line}")
        if carets:
            lines.append(f"{margin}| {style.paint(carets, _COLOURS[diagnostic.level])}")
    lines += [f"{margin}= see: {printable(str(place))}" for place in diagnostic.related]
    lines += [f"{margin}= help: {printable(remedy)}" for remedy in diagnostic.help]
    return "\n".join(lines) + "\n"


def _source_line(position: Position, source: Sequence[str]) -> tuple[str, str, str] | None:
    """Return line number, the line cut to a window around the column, and the carets under it."""
    if not position.line or not position.column or len(source) < position.line:
        return None
    line = source[position.line - 1]
    if not any(source) or (not line and position.column > 1):
        return None
    start = position.column - 1
    end = min(start + max(position.length, 1), start + _MAX_CARETS, max(len(line), start + 1))
    left = max(0, min(start - 20, end - _WINDOW)) if end > _WINDOW else 0
    # A tab is one column here and there, so that the carets stand under the word.
    cut = "".join(c if c.isprintable() else " " for c in line[left : left + _WINDOW])
    ellipsis = "…" if left else ""
    before = ellipsis + cut[: start - left]
    after = "…" if left + _WINDOW < len(line) else ""
    under = cut[start - left : end - left]
    return (
        str(position.line),
        f"{ellipsis}{cut}{after}".rstrip(),
        " " * cells(before) + "^" * max(1, cells(under)),
    )
