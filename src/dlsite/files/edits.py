"""Change a text at given places and nowhere else.  Pure."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dlsite.diagnostics import Position

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Put `new` in the place of what stands at `position`; a length of 0 puts it before that.

    A line end in `new` is written as the file writes its own; a line of which nothing is
    left goes with its end.  `old` is what must stand there, where that is known.
    """

    position: Position
    new: str
    old: str | None = None


class EditError(ValueError):
    """A text is not what an edit takes it for; the message says where."""


def by_path(edits: Iterable[Edit]) -> dict[str, list[Edit]]:
    """Return edits in order, each once, by the file that they change."""
    found: dict[str, list[Edit]] = defaultdict(list)
    for edit in sorted(set(edits), key=lambda each: (each.position, each.new)):
        found[edit.position.path].append(edit)
    return dict(found)


def edited(text: str, edits: Iterable[Edit]) -> str:
    r"""Return the text of one file with all edits made; everything else stays as it is.

    Lines are counted as everywhere: they end with `\n`, `\r\n` or `\r`.  Raises
    `EditError` where two edits overlap, or something else stands at a place.
    """
    starts = [match.start() for match in _LINE.finditer(text)]
    ends = {match.start(): match.end() for match in _LINE.finditer(text)}
    line_end = "\r\n" if "\r\n" in text else "\n"
    pieces: list[str] = []
    done = 0
    for edit in sorted(edits, key=lambda each: (each.position.line, each.position.column)):
        place = edit.position
        if not 1 <= place.line <= len(starts):
            raise EditError(f"{place}: there is no such line")
        line_start = starts[place.line - 1]
        start = line_start + max(place.column, 1) - 1
        end = start + place.length
        if start < done or end > ends[line_start]:
            raise EditError(f"{place}: two changes meet, or the line has ended")
        if edit.old is not None and text[start:end] != edit.old:
            raise EditError(f"{place}: '{edit.old}' does not stand there")
        pieces += [text[done:start], edit.new.replace("\n", line_end)]
        if not edit.new and place.length and start == line_start:
            is_whole = not text[end : ends[line_start]].strip("\r\n")
            end = ends[line_start] if is_whole else end
        done = end
    return "".join([*pieces, text[done:]])


def written_at(text: str, position: Position) -> str:
    """Return what stands at a position; empty where that is not in the text."""
    starts = [match.start() for match in _LINE.finditer(text)]
    if not position.column or not 1 <= position.line <= len(starts):
        return ""
    start = starts[position.line - 1] + position.column - 1
    return text[start : start + position.length]


def difference(
    before: Mapping[str, str], after: Mapping[str, str], renames: Mapping[str, str]
) -> str:
    """Return the diff between texts by path, as git has it; `renames` maps old to new paths.

    What is only on one side has no other.
    """
    old_by_new = {new: old for old, new in renames.items()}
    pieces: list[str] = []
    for path in sorted({*before, *after} - renames.keys()):
        source = old_by_new.get(path, path)
        old, new = before.get(source), after.get(path)
        if source != path:
            # Without the first line git takes the others for a remark.
            pieces.append(f"diff --git a/{source} b/{path}\n")
            pieces.append(f"rename from {source}\nrename to {path}\n")
        if old != new:
            pieces += difflib.unified_diff(
                [] if old is None else _lines(old),
                [] if new is None else _lines(new),
                "/dev/null" if old is None else f"a/{source}",
                "/dev/null" if new is None else f"b/{path}",
            )
    return "".join(pieces)


def _lines(text: str) -> list[str]:
    lines = [f"{line}\n" for line in text.split("\n")]
    if lines[-1] == "\n":
        del lines[-1]
    else:
        lines[-1] += "\\ No newline at end of file\n"
    return lines
