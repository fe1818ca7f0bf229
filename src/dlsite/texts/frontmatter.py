"""Split a source file into front matter and body, and read the fields of the front matter.

A field that cannot be used is a diagnostic and counts as not given: every file has a
front matter, if an empty one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Diagnostic, Position, likely
from dlsite.records import Author, FrontMatter, Json, Places, SourceFile
from dlsite.texts.dates import read_date
from dlsite.texts.heads import head_of, not_valid
from dlsite.texts.salvage import salvaged
from dlsite.texts.spelling import nearest
from dlsite.texts.yamltree import Where, YamlTree
from dlsite.texts.yamltree import read as read_yaml
from dlsite.urls.slugs import term_key

_TRUE, _FALSE = ("true", "yes", "on"), ("false", "no", "off")


@dataclass(frozen=True, slots=True)
class Split:
    """A source file taken apart; `body_line` is the line of the file on which `body` starts."""

    front_matter: FrontMatter
    body: str
    body_line: int


class _UnfitError(ValueError):
    """A value that a field cannot take: where, and what the field takes instead."""

    def __init__(self, where: Where, expected: str) -> None:
        super().__init__(expected)
        self.where = where


def read(
    source: SourceFile, *, timezone: tzinfo, defaults: Mapping[str, Json] | None = None
) -> tuple[Split, tuple[Diagnostic, ...]]:
    """Return front matter and body of `source`, and what is wrong with the former.

    `timezone` is for dates that name none; `defaults` are fields for those not given.
    """
    head, fault = head_of(source)
    body = source.text[head.end :]
    body_line = source.text.count("\n", 0, head.end) + 1
    found: list[Diagnostic] = [] if fault is None else [fault]
    tree = YamlTree({})
    if head.yaml:
        tree, problems = read_yaml(head.yaml, path=source.path, first_line=head.line)
        found += [not_valid(each.position, each.reason, *each.help) for each in problems]
        if problems and not tree.value:
            tree = salvaged(head.yaml, path=source.path, first_line=head.line)
    value = tree.value if tree.value is not None else {}
    if not isinstance(value, dict):
        found.append(
            not_valid(
                Position(source.path, 2, 1),
                "it must be fields, one to a line",
                "write: title: …",
            )
        )
        value = {}
    given = dict(defaults or {}) | value
    reader = _Fields(tree, source.path, timezone)
    fields = reader.read(given)
    return Split(fields, body, body_line), (*found, *reader.diagnostics)


@dataclass(frozen=True, slots=True)
class _Field:
    """One row of the table of fields: what it fills, and how its value is read."""

    name: str
    read: Callable[[_Fields, Where, Json], Any]


class _Fields:
    """Reads fields by the table and gathers diagnostics."""

    def __init__(self, tree: YamlTree, path: str, zone: tzinfo) -> None:
        self._tree = tree
        self._path = path
        self._zone = zone
        self._positions: dict[str, Position] = {}
        self.diagnostics: list[Diagnostic] = []

    def read(self, given: Mapping[str, Json]) -> FrontMatter:
        fields: dict[str, Any] = {}
        extra: dict[str, Json] = {}
        for key, value in given.items():
            field = _FIELDS.get(key)
            if field is None:
                extra[key] = value
                self._near_miss(key)
            elif value is not None:
                self._read_field(field, key, value, fields)
        return FrontMatter(**fields, extra=extra, positions=Places.of(self._path, self._positions))

    def _read_field(self, field: _Field, key: str, value: Json, fields: dict[str, Any]) -> None:
        try:
            read = field.read(self, (key,), value)
        except _UnfitError as unfit:
            place = self._tree.positions.get(unfit.where, Position(self._path, 1))
            message = f"'{key}' must be {unfit}"
            self.diagnostics.append(Diagnostic("front-matter-type", place, message))
            return
        except ValueError as error:
            self._bad_date(key, str(value), str(error))
            return
        if read == "":
            return
        if isinstance(read, tuple):
            before = fields.get(field.name, ())
            self._place_entries(field.name, key, len(before), read)
            fields[field.name] = before + read
        else:
            fields[field.name] = read
            if (key,) in self._tree.positions:
                self._positions[field.name] = self._tree.positions[key,]

    def _place_entries(self, name: str, key: str, before: int, entries: tuple[object, ...]) -> None:
        """Note the place of each entry of a list; those of one string share its place."""
        whole = self._tree.positions.get((key,))
        own = [
            self._tree.positions[key, index]
            for index in range(self._entries(key))
            if self._counts((key, index))
        ]
        for index in range(len(entries)):
            place = own[index] if len(own) == len(entries) else whole
            if place is not None:
                self._positions[f"{name}.{before + index}"] = place
        if whole is not None:
            self._positions.setdefault(name, whole)

    def _entries(self, key: str) -> int:
        value = self._tree.value
        listed = value.get(key) if isinstance(value, dict) else None
        return len(listed) if isinstance(listed, list) else 0

    def _counts(self, where: Where) -> bool:
        return where not in self._tree.sources or bool(self.source(where).strip())

    def _bad_date(self, key: str, written: str, reason: str) -> None:
        place = self._tree.positions.get((key,), Position(self._path, 1))
        message = f"'{written}' cannot be read as a date: {reason}"
        help_ = f"write: {key}: 2019-05-20 12:15:12 -0500"
        self.diagnostics.append(Diagnostic("date-invalid", place, message, (help_,), written))

    def _near_miss(self, key: str) -> None:
        near = nearest(key, _FIELDS, most=1, cutoff=0.8)
        if near:
            place = self._tree.key_positions.get((key,), Position(self._path, 1))
            message = f"'{key}' is not a field that dlsite knows"
            help_ = f"did you mean '{near[0]}'?"
            self.diagnostics.append(
                Diagnostic("front-matter-unknown", place, message, (help_,), key, likely(*near))
            )

    # How values are read

    def source(self, where: Where) -> str:
        """Return a scalar as its author wrote it; null and blank ones are empty."""
        written = self._tree.sources.get(where, "")
        return "" if written in ("~", "null", "Null", "NULL") else written

    def text(self, where: Where, value: Json) -> str:
        if isinstance(value, list | dict):
            raise _UnfitError(where, "text, not a list or a mapping")
        return self._tree.sources.get(where, str(value)).strip()

    def raw(self, where: Where, value: Json) -> str:
        """Read text in which blanks and line ends count."""
        self.text(where, value)
        return self._tree.sources.get(where, str(value))

    def flag(self, where: Where, value: Json) -> bool:
        if isinstance(value, bool):
            return value
        written = value.strip().lower() if isinstance(value, str) else ""
        if written in _TRUE or written in _FALSE:
            return written in _TRUE
        raise _UnfitError(where, "true or false")

    def date(self, where: Where, value: Json) -> datetime:
        return read_date(self.text(where, value), zone=self._zone)

    def texts(self, where: Where, value: Json) -> tuple[str, ...]:
        """Read a list, or one string as a list of one; blanks are passed over."""
        if not isinstance(value, list):
            text = self._lone(where, value)
            return (text,) if text else ()
        entries = [self._entry((*where, index), each) for index, each in enumerate(value)]
        return tuple(entry for entry in entries if entry)

    def _lone(self, where: Where, value: Json) -> str:
        if isinstance(value, dict):
            raise _UnfitError(where, "text, or a list of texts")
        return self.text(where, value)

    def _entry(self, where: Where, value: Json) -> str:
        return "" if value is None else self.text(where, value)

    def terms(self, where: Where, value: Json) -> tuple[str, ...]:
        """Read terms: a list, or one string cut at commas if it has any, else at blanks."""
        if not isinstance(value, list):
            text = self._lone(where, value)
            parts = text.split(",") if "," in text else text.split()
            return self._once(where, tuple(part.strip() for part in parts if part.strip()))
        return self._once(where, self.texts(where, value))

    def whole_term(self, where: Where, value: Json) -> tuple[str, ...]:
        """Read one term that may hold blanks and commas; a list is a list all the same."""
        return self._once(where, self.texts(where, value))

    def _once(self, where: Where, names: tuple[str, ...]) -> tuple[str, ...]:
        seen: dict[str, str] = {}
        for index, name in enumerate(names):
            key = term_key(name) or name
            if key in seen:
                place = self._tree.positions.get((*where, index)) or self._tree.positions.get(where)
                other = "" if seen[key] == name else f", first as '{seen[key]}'"
                message = f"'{name}' stands twice{other}"
                self.diagnostics.append(
                    Diagnostic(
                        "tag-duplicate",
                        place or Position(self._path, 1),
                        message,
                        ("remove one of the two",),
                        name,
                    )
                )
            seen.setdefault(key, name)
        return names

    def authors(self, where: Where, value: Json) -> tuple[Author, ...]:
        entries: list[Json] = [value]
        if isinstance(value, list):
            entries = value
        return tuple(self._authors(where, entries))

    def _authors(self, where: Where, entries: list[Json]) -> Iterator[Author]:
        for entry in entries:
            if isinstance(entry, dict):
                name, url, email = (entry.get(key) for key in ("name", "url", "email"))
                if isinstance(name, str) and name.strip():
                    yield Author(name.strip(), str(url or ""), str(email or ""))
                    continue
            elif entry is not None and not isinstance(entry, list) and str(entry).strip():
                yield Author(str(entry).strip())
                continue
            elif entry is None or entry == "":
                continue
            raise _UnfitError(where, "a name, or a mapping with 'name', 'url', 'email'")


_FIELDS = {
    "title": _Field("title", _Fields.text),
    "date": _Field("date", _Fields.date),
    "last_modified_at": _Field("last_modified_at", _Fields.date),
    "permalink": _Field("permalink", _Fields.text),
    "tags": _Field("tags", _Fields.terms),
    "tag": _Field("tags", _Fields.whole_term),
    "categories": _Field("categories", _Fields.terms),
    "category": _Field("categories", _Fields.whole_term),
    "layout": _Field("layout", _Fields.text),
    "description": _Field("description", _Fields.text),
    "excerpt": _Field("excerpt", _Fields.text),
    "excerpt_separator": _Field("excerpt_separator", _Fields.raw),
    "image": _Field("image", _Fields.text),
    "author": _Field("authors", _Fields.authors),
    "authors": _Field("authors", _Fields.authors),
    "lang": _Field("lang", _Fields.text),
    "sitemap": _Field("sitemap", _Fields.flag),
    "search": _Field("search", _Fields.flag),
    "redirect_from": _Field("redirect_from", _Fields.texts),
    "aliases": _Field("redirect_from", _Fields.texts),
    "redirect_to": _Field("redirect_to", _Fields.text),
    "requires": _Field("requires", _Fields.texts),
    "published": _Field("published", _Fields.flag),
    "draft": _Field("draft", _Fields.flag),
}
