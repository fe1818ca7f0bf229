"""Read `dlsite.yml` into a `Config`.

Pure: whoever calls has read the file and the environment.  What cannot be used is a
diagnostic, and keeps its default.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from dlsite.config.check import exemptions, external, levels, tags_allowed
from dlsite.config.settings import (
    CheckOptions,
    Config,
    ConfigRedirect,
    Defaults,
    MarkupOptions,
    NavEntry,
)
from dlsite.config.values import (
    UnfitError,
    base_url_of,
    directory_of,
    flag_of,
    license_of,
    mapping_of,
    pattern_of,
    source_address_of,
    text_of,
    texts_of,
    timezone_of,
    toc_depth_of,
)
from dlsite.diagnostics import Diagnostic, Position, likely
from dlsite.records import Json
from dlsite.texts.spelling import nearest
from dlsite.texts.yamltree import YamlTree, read

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


def _plain(field: str, take: Callable[[Json], Any]) -> _Key:
    """Return a row whose value needs no look at where it was written."""
    return _Key(field, lambda _, __, value: take(value))


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
                except UnfitError as unfit:
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


def _defaults(reader: _Reader, where: tuple[str | int, ...], value: Json) -> tuple[Defaults, ...]:
    if not isinstance(value, list):
        raise UnfitError("must be a list of 'scope' and 'values'")
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
        raise UnfitError(f"must be a list of {shape}")
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


def _redirects(
    reader: _Reader, where: tuple[str | int, ...], value: Json
) -> tuple[ConfigRedirect, ...]:
    rows = []
    for old, new in mapping_of(value).items():
        if isinstance(new, str):
            rows.append(ConfigRedirect(old, new, reader.position((*where, old))))
        else:
            reader.unfit((*where, old), "must be a permalink or an address")
    return tuple(rows)


def _macros(reader: _Reader, where: tuple[str | int, ...], value: Json) -> dict[str, str]:
    macros = {}
    wheres = {}
    for name, body in mapping_of(value).items():
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
    return reader.section(where, mapping_of(value), _MARKDOWN_KEYS)


def _math(reader: _Reader, where: tuple[str | int, ...], value: Json) -> dict[str, Any]:
    return reader.section(where, mapping_of(value), _MATH_KEYS)


def _check(reader: _Reader, where: tuple[str | int, ...], value: Json) -> CheckOptions:
    return CheckOptions(**reader.section(where, mapping_of(value), _CHECK_KEYS))


_MARKDOWN_KEYS = {
    "typography": _plain("typography", flag_of),
    "wikilinks": _plain("wikilinks", flag_of),
    "autolink": _plain("autolink", flag_of),
    "raw_html": _plain("raw_html", flag_of),
    "toc_depth": _plain("toc_depth", toc_depth_of),
    "extensions": _plain("extensions", texts_of),
    "caption_numbers": _plain("caption_numbers", flag_of),
}
_MATH_KEYS = {
    "macros": _Key("math_macros", _macros),
    "brackets": _plain("math_brackets", flag_of),
}
_CHECK_KEYS = {
    "rules": _Key("levels", levels),
    "ignore": _Key("exemptions", exemptions),
    "external": _Key("external", external),
}
_KEYS = {
    "title": _plain("title", text_of),
    "description": _plain("description", text_of),
    "author": _plain("author", text_of),
    "language": _plain("language", text_of),
    "base_url": _plain("base_url", base_url_of),
    "content": _plain("content", directory_of),
    "templates": _plain("templates", directory_of),
    "static": _plain("static", directory_of),
    "output": _plain("output", directory_of),
    "permalink": _plain("permalink", pattern_of),
    "timezone": _plain("timezone", timezone_of),
    "drafts": _plain("drafts", flag_of),
    "future": _plain("future", flag_of),
    "exclude": _plain("exclude", texts_of),
    "include": _plain("include", texts_of),
    "defaults": _Key("defaults", _defaults),
    "markdown": _Key("markdown", _markdown),
    "math": _Key("math", _math),
    "check": _Key("check", _check),
    "tags_allowed": _Key("tags_allowed", tags_allowed),
    "nav": _Key("nav", _nav),
    "license": _plain("license", license_of),
    "source_url": _plain("source_url", source_address_of),
    "redirects": _Key("redirects", _redirects),
    "feed": _plain("feed", flag_of),
    "sitemap": _plain("sitemap", flag_of),
    "robots": _plain("robots", flag_of),
    "search": _plain("search", flag_of),
    "graph": _plain("graph", flag_of),
    "llms": _plain("llms", flag_of),
    "images": _plain("images", flag_of),
    "extra": _plain("extra", mapping_of),
}
