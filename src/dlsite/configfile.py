"""Read `dlsite.yml` into a `Config`.

Pure: whoever calls has read the file and the environment.  What cannot be used is a
diagnostic, and keeps its default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Any, TypeGuard
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dlsite.checkconfig import exemptions, external, levels, tags_allowed
from dlsite.config import (
    NAMED_PATTERNS,
    PLACEHOLDERS,
    CheckOptions,
    Config,
    ConfigRedirect,
    Defaults,
    License,
    MarkupOptions,
    NavEntry,
)
from dlsite.diagnostics import Diagnostic, Position, likely
from dlsite.records import Json
from dlsite.spelling import nearest
from dlsite.yamltree import YamlTree, read


class _UnfitError(ValueError):
    """A value that a key cannot take; the message says what it must be."""


MacroFaults = Callable[[Mapping[str, str]], Mapping[str, str]]
"""Takes the TeX macros of a site; returns those that cannot be used, with the reason."""


def _no_faults(_: Mapping[str, str]) -> Mapping[str, str]:
    return {}


def read_config(
    text: str, *, path: str = "dlsite.yml", macro_faults: MacroFaults = _no_faults
) -> tuple[Config, tuple[Diagnostic, ...]]:
    """Return the settings that `text` gives; what it gives wrongly keeps its default.

    `macro_faults` is what knows TeX.
    """
    tree, problems = read(text, path=path)
    found = [Diagnostic("config-invalid", p.position, p.reason, p.help) for p in problems]
    if tree.value is None or problems:
        return Config(path=path), tuple(found)
    if not isinstance(tree.value, dict):
        where = Position(path, 1)
        return Config(path=path), (
            Diagnostic("config-invalid", where, "the configuration must be a mapping of keys"),
        )
    return config_of(tree.value, tree, path=path, macro_faults=macro_faults)


def config_of(
    values: Mapping[str, Json],
    tree: YamlTree,
    *,
    path: str,
    macro_faults: MacroFaults = _no_faults,
) -> tuple[Config, tuple[Diagnostic, ...]]:
    """Return the settings of `values`, which have the shape of `dlsite.yml`.

    `tree` says where in the file `path` they were written.
    """
    reader = _Reader(tree, path, macro_faults)
    fields = reader.section((), values, _KEYS)
    markup = MarkupOptions(**fields.pop("markdown", {}), **fields.pop("math", {}))
    return replace(Config(path=path, markup=markup), **fields), tuple(reader.diagnostics)


@dataclass(frozen=True, slots=True)
class _Key:
    """One row of the table of keys: the field it fills and how its value is read."""

    field: str
    read: Callable[[_Reader, tuple[str | int, ...], Json], Any]


class _Reader:
    """Walks the YAML tree by the table of keys and gathers diagnostics."""

    def __init__(self, tree: YamlTree, path: str, macro_faults: MacroFaults) -> None:
        self.macro_faults = macro_faults
        self._tree = tree
        self._path = path
        self.diagnostics: list[Diagnostic] = []

    def position(self, where: tuple[str | int, ...]) -> Position:
        """Return the place of the value at `where`, or of the file."""
        return self._tree.positions.get(where, Position(self._path))

    def section(
        self, where: tuple[str | int, ...], value: Mapping[str, Json], keys: Mapping[str, _Key]
    ) -> dict[str, Any]:
        """Return the fields that a mapping fills."""
        fields: dict[str, Any] = {}
        for name, given in value.items():
            key = keys.get(name)
            if key is None:
                self._unknown((*where, name), name, keys)
            elif given is not None:
                try:
                    fields[key.field] = key.read(self, (*where, name), given)
                except _UnfitError as unfit:
                    self.unfit((*where, name), str(unfit))
        return fields

    def unfit(self, where: tuple[str | int, ...], reason: str) -> None:
        """Remark on a value that cannot be used."""
        name = ".".join(str(part) for part in where)
        message = f"'{name}' {reason}"
        self.diagnostics.append(Diagnostic("config-invalid", self.position(where), message))

    def _unknown(self, where: tuple[str | int, ...], name: str, keys: Mapping[str, _Key]) -> None:
        near = nearest(name, keys, most=1, cutoff=0.6)
        remedy = tuple(f"did you mean '{guess}'?" for guess in near) or (
            f"known keys here: {', '.join(sorted(keys))}",
        )
        place = self._tree.key_positions.get(where, Position(self._path))
        shown = ".".join(str(part) for part in where)
        self.diagnostics.append(
            Diagnostic(
                "config-unknown",
                place,
                f"'{shown}' is not a configuration key",
                remedy,
                target=name,
                suggestions=likely(*near),
            )
        )


def _text(_: _Reader, __: tuple[str | int, ...], value: Json) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise _UnfitError("must be text")
    return str(value)


def _flag(_: _Reader, __: tuple[str | int, ...], value: Json) -> bool:
    if not isinstance(value, bool):
        raise _UnfitError("must be true or false")
    return value


def _texts(reader: _Reader, where: tuple[str | int, ...], value: Json) -> tuple[str, ...]:
    if not isinstance(value, list):
        return (_text(reader, where, value),)
    return tuple(_text(reader, (*where, index), entry) for index, entry in enumerate(value))


def _mapping(_: _Reader, __: tuple[str | int, ...], value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise _UnfitError("must be a mapping")
    return value


def _directory(reader: _Reader, where: tuple[str | int, ...], value: Json) -> str:
    text = _text(reader, where, value).strip().rstrip("/")
    if not text or "\0" in text:
        raise _UnfitError("must name a directory")
    return text.removeprefix("./") or "."


def base_url(text: str) -> str:
    """Return a base URL in normal form; raises `ValueError` for what is none.

    Takes a full address, or a path (`/notes`) where the host is not known.
    """
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError("must be an address such as 'https://example.org/notes'") from error
    full = parts.scheme in ("http", "https") and parts.netloc and parts.hostname
    if url and not full and not (url.startswith("/") and not url.startswith("//")):
        raise ValueError("must be an address such as 'https://example.org/notes', or a path")
    if parts.query or parts.fragment or any(c.isspace() for c in url):
        raise ValueError("must be an address without query, fragment and blanks")
    return url


def _base_url(reader: _Reader, where: tuple[str | int, ...], value: Json) -> str:
    try:
        return base_url(_text(reader, where, value))
    except ValueError as error:
        raise _UnfitError(str(error)) from error


def _pattern(reader: _Reader, where: tuple[str | int, ...], value: Json) -> str:
    text = _text(reader, where, value)
    pattern = NAMED_PATTERNS.get(text, text)
    for name in re.findall(r":([a-z_]+)", pattern):
        if not any(name.startswith(known) for known in PLACEHOLDERS):
            raise _UnfitError(f"has the unknown placeholder ':{name}'")
    if not pattern.startswith("/"):
        raise _UnfitError("must begin with '/' or be one of " + ", ".join(NAMED_PATTERNS))
    return pattern


_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


def _timezone(reader: _Reader, where: tuple[str | int, ...], value: Json) -> tzinfo:
    name = _text(reader, where, value)
    if name in ("UTC", "Z"):
        return UTC
    if offset := _OFFSET.fullmatch(name):
        sign = -1 if offset[1] == "-" else 1
        minutes = int(offset[2]) * 60 + int(offset[3])
        if minutes < 24 * 60:
            return timezone(sign * timedelta(minutes=minutes))
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise _UnfitError(
            f"must be a time zone such as 'America/New_York' or '-05:00', not '{name}'"
        ) from error


def _defaults(reader: _Reader, where: tuple[str | int, ...], value: Json) -> tuple[Defaults, ...]:
    if not isinstance(value, list):
        raise _UnfitError("must be a list of 'scope' and 'values'")
    rows = []
    for index, entry in enumerate(value):
        scope = entry.get("scope") if isinstance(entry, dict) else None
        values = entry.get("values") if isinstance(entry, dict) else None
        prefix = scope.get("path", "") if isinstance(scope, dict) else ""
        kind = scope.get("type", "") if isinstance(scope, dict) else ""
        if not (isinstance(values, dict) and isinstance(prefix, str) and isinstance(kind, str)):
            reader.unfit((*where, index), "must have 'values' and may have 'scope: {path: …}'")
        else:
            rows.append(Defaults(prefix.strip("/"), values, kind))
    return tuple(rows)


def _nav(
    reader: _Reader, where: tuple[str | int, ...], value: Json, section: str = ""
) -> tuple[NavEntry, ...]:
    """Read links, and sections of links one level deep."""
    shape = "'Title: /permalink/'" if section else "'Title: /permalink/' or 'Section: [links]'"
    if not isinstance(value, list):
        raise _UnfitError(f"must be a list of {shape}")
    entries: list[NavEntry] = []
    for index, entry in enumerate(value):
        title, target = next(iter(entry.items())) if _is_pair(entry) else ("", None)
        place = (*where, index, title)
        if isinstance(target, str):
            entries.append(NavEntry(title, target, reader.position(place), section))
        elif isinstance(target, list) and title and not section:
            entries += _nav(reader, place, target, title)
        else:
            reader.unfit((*where, index), f"must be {shape}")
    return tuple(entries)


def _is_pair(value: Json) -> TypeGuard[dict[str, Json]]:
    return isinstance(value, dict) and len(value) == 1


def _license(reader: _Reader, where: tuple[str | int, ...], value: Json) -> License:
    fields = value if isinstance(value, dict) else {"name": value}
    if not fields.get("name") or not fields.keys() <= {"name", "url"}:
        raise _UnfitError("must be a name, or have 'name' and may have 'url'")
    url = fields.get("url")
    return License(
        _text(reader, (*where, "name"), fields["name"]),
        "" if url is None else _address(reader, (*where, "url"), url),
    )


def _address(reader: _Reader, where: tuple[str | int, ...], value: Json) -> str:
    text = _text(reader, where, value).strip()
    if not text.startswith(("http://", "https://")) or any(c.isspace() for c in text):
        raise _UnfitError("must be an address that begins with 'https://'")
    return text


def _redirects(
    reader: _Reader, where: tuple[str | int, ...], value: Json
) -> tuple[ConfigRedirect, ...]:
    rows = []
    for old, new in _mapping(reader, where, value).items():
        if isinstance(new, str):
            rows.append(ConfigRedirect(old, new, reader.position((*where, old))))
        else:
            reader.unfit((*where, old), "must be a permalink or an address")
    return tuple(rows)


def _macros(reader: _Reader, where: tuple[str | int, ...], value: Json) -> dict[str, str]:
    macros = {}
    wheres = {}
    for name, body in _mapping(reader, where, value).items():
        if isinstance(body, str) and re.fullmatch(r"\\?[A-Za-z]+", name):
            macros[name.removeprefix("\\")] = body
            wheres[name.removeprefix("\\")] = (*where, name)
        else:
            reader.unfit((*where, name), "must map a macro of letters to its TeX")
    for name, reason in reader.macro_faults(macros).items():
        reader.unfit(wheres[name], f"cannot be used: {reason}")
        del macros[name]
    return macros


def _markdown(reader: _Reader, where: tuple[str | int, ...], value: Json) -> dict[str, Any]:
    return reader.section(where, _mapping(reader, where, value), _MARKDOWN_KEYS)


def _math(reader: _Reader, where: tuple[str | int, ...], value: Json) -> dict[str, Any]:
    return reader.section(where, _mapping(reader, where, value), _MATH_KEYS)


def _toc_depth(_: _Reader, __: tuple[str | int, ...], value: Json) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 6:  # noqa: PLR2004 - HTML has six levels
        raise _UnfitError("must be a heading level from 1 to 6")
    return value


def _check(reader: _Reader, where: tuple[str | int, ...], value: Json) -> CheckOptions:
    return CheckOptions(**reader.section(where, _mapping(reader, where, value), _CHECK_KEYS))


_MARKDOWN_KEYS = {
    "typography": _Key("typography", _flag),
    "wikilinks": _Key("wikilinks", _flag),
    "autolink": _Key("autolink", _flag),
    "raw_html": _Key("raw_html", _flag),
    "toc_depth": _Key("toc_depth", _toc_depth),
    "extensions": _Key("extensions", _texts),
    "caption_numbers": _Key("caption_numbers", _flag),
}
_MATH_KEYS = {
    "macros": _Key("math_macros", _macros),
    "brackets": _Key("math_brackets", _flag),
}
_CHECK_KEYS = {
    "rules": _Key("levels", levels),
    "ignore": _Key("exemptions", exemptions),
    "external": _Key("external", external),
}
_KEYS = {
    "title": _Key("title", _text),
    "description": _Key("description", _text),
    "author": _Key("author", _text),
    "language": _Key("language", _text),
    "base_url": _Key("base_url", _base_url),
    "content": _Key("content", _directory),
    "templates": _Key("templates", _directory),
    "static": _Key("static", _directory),
    "output": _Key("output", _directory),
    "permalink": _Key("permalink", _pattern),
    "timezone": _Key("timezone", _timezone),
    "drafts": _Key("drafts", _flag),
    "future": _Key("future", _flag),
    "exclude": _Key("exclude", _texts),
    "include": _Key("include", _texts),
    "defaults": _Key("defaults", _defaults),
    "markdown": _Key("markdown", _markdown),
    "math": _Key("math", _math),
    "check": _Key("check", _check),
    "tags_allowed": _Key("tags_allowed", tags_allowed),
    "nav": _Key("nav", _nav),
    "license": _Key("license", _license),
    "source_url": _Key("source_url", _address),
    "redirects": _Key("redirects", _redirects),
    "feed": _Key("feed", _flag),
    "sitemap": _Key("sitemap", _flag),
    "robots": _Key("robots", _flag),
    "search": _Key("search", _flag),
    "graph": _Key("graph", _flag),
    "llms": _Key("llms", _flag),
    "images": _Key("images", _flag),
    "extra": _Key("extra", _mapping),
}
