r"""Edits of front matter and configuration that change one field and leave the rest alone.

Texts are as sources are read: without byte order mark, lines ended by `\n`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from dlsite.diagnostics import Position
from dlsite.files.edits import Edit, written_at
from dlsite.records import Page
from dlsite.texts.heads import CLOSING, OPENING

_PLAIN = re.compile(r"[/\w][/\w.~-]*(?: [/\w.~-]+)*")
_ITEM = re.compile(r"[ \t]*-[ \t]+")
_NOT_PLAIN = frozenset(["true", "false", "yes", "no", "on", "off", "null", "y", "n"])


class FieldError(Exception):
    """A field is written in a way that cannot be edited; the message says where."""


def yaml_text(value: str) -> str:
    """Return a string as YAML, in quotes only where it needs them."""
    is_plain = _PLAIN.fullmatch(value) and value.lower() not in _NOT_PLAIN and not value.isdecimal()
    # A JSON string is a YAML string too, whatever stands in it.
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def set_field(page: Page, text: str, name: str, value: str) -> Edit:
    """Give a field of one line another value, or add it at the end of the front matter."""
    place = page.front_matter.positions.get(name)
    if place is None:
        return _added(page, text, f"{name}: {yaml_text(value)}\n")
    if not place.length:
        raise FieldError(f"{place}: '{name}' goes over several lines")
    return Edit(place, _in_place(text, place, value))


def _in_place(text: str, place: Position, value: str) -> str:
    """Return a value as it must be written where another stands, perhaps in quotes."""
    if not is_quoted(text, place):
        return yaml_text(value)
    if set(value) & set("'\"\\"):
        raise FieldError(f"{place}: write '{value}' there by hand")
    return value


def is_quoted(text: str, place: Position) -> bool:
    """Say whether a value stands in quotes."""
    before = Position(place.path, place.line, max(1, place.column - 1), 1)
    return place.column > 1 and written_at(text, before) in ("'", '"')


def _added(page: Page, text: str, lines: str) -> Edit:
    closing = CLOSING.search(text, text.index("\n") + 1) if has_front_matter(text) else None
    if closing is None:
        raise FieldError(f"{page.path}:1: there is no front matter to add '{lines.strip()}' to")
    line = text.count("\n", 0, closing.start()) + 1
    return Edit(Position(page.path, line, 1), lines)


def has_front_matter(text: str) -> bool:
    """Say whether a source begins with front matter."""
    return OPENING.match(text) is not None


def new_front_matter(page: Page, fields: Mapping[str, str]) -> Edit:
    """Give a page that has none a front matter with fields of one line."""
    lines = "".join(f"{name}: {yaml_text(value)}\n" for name, value in fields.items())
    return Edit(Position(page.path, 1, 1), f"---\n{lines}---\n")


def add_redirect(page: Page, text: str, old: str, *, instead_of: str = "") -> Edit:
    """Let an old address lead to the page, in the place of another of its old addresses.

    Without one to replace, it joins the list of the field in the style of that.
    """
    fields = page.front_matter
    for index, each in enumerate(fields.redirect_from):
        place = fields.positions.get(f"redirect_from.{index}")
        if instead_of and place is not None and each.strip("/") == instead_of.strip("/"):
            return Edit(place, _in_place(text, place, old))
    whole = fields.positions.get("redirect_from")
    if whole is None:
        return _added(page, text, f"redirect_from: {yaml_text(old)}\n")
    written = written_at(text, whole)
    if written.startswith("[") and written.endswith("]"):
        joint = ", " if written[1:-1].strip() else ""
        end = Position(whole.path, whole.line, whole.column + whole.length - 1)
        return Edit(end, f"{joint}{yaml_text(old)}")
    last = fields.positions.get(f"redirect_from.{len(fields.redirect_from) - 1}", whole)
    line = text.split("\n")[last.line - 1]
    if item := _ITEM.match(line):
        return Edit(Position(last.path, last.line + 1, 1), f"{item[0]}{yaml_text(old)}\n")
    if last == whole and whole.length and written and "\n" not in written:
        quote = line[whole.column - 2 : whole.column - 1]
        quote = quote if quote in ("'", '"') else ""
        start = Position(
            whole.path, whole.line, whole.column - len(quote), whole.length + 2 * len(quote)
        )
        return Edit(start, f"[{quote}{written}{quote}, {yaml_text(old)}]")
    raise FieldError(f"{whole}: add '{old}' to 'redirect_from' there by hand")


def without_entry(text: str, place: Position, name: str) -> Edit | None:
    """Take an entry that is not the first out of a list; `None` where its shape is not known.

    The list has an entry on each line, or stands in brackets, or is a string that is cut
    at commas or blanks.
    """
    line = text.split("\n")[place.line - 1]
    if re.fullmatch(rf"[ \t]*-[ \t]+(['\"]?){re.escape(name)}\1[ \t]*", line):
        return Edit(Position(place.path, place.line, 1, len(line)), "", line)
    written = written_at(text, place)
    if written.count(name) != 1:
        return None
    start = place.column - 1 + written.index(name)
    end = start + len(name)
    entry = re.compile(r"(?:[ \t]*,[ \t]*|[ \t]+)(['\"]?)$").search(line[:start])
    if entry is None:
        return None
    end += len(entry[1])
    start = entry.start()
    return Edit(Position(place.path, place.line, start + 1, end - start), "", line[start:end])


def add_config_redirect(text: str, path: str, old: str, new: str) -> Edit:
    """Add a redirect to the text of the configuration."""
    row = f"  {yaml_text(old)}: {yaml_text(new)}\n"
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if re.fullmatch(r"redirects:[ \t]*(?:#.*)?", line):
            following = lines[number] if number < len(lines) else ""
            indent = re.match(r"[ \t]+(?=\S)", following)
            return Edit(
                Position(path, number + 1, 1), (indent[0] if indent else "  ") + row.lstrip()
            )
        if line.startswith("redirects:"):
            raise FieldError(f"{path}:{number}: add '{old}: {new}' to 'redirects' there by hand")
    start = "" if not lines[-1] else "\n"
    column = len(lines[-1]) + 1
    return Edit(Position(path, len(lines), column), f"{start}redirects:\n{row}")
