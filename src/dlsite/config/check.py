"""Read the parts of the configuration's `check` that are tables of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from dlsite.config.settings import Exemption, ExternalOptions, Level
from dlsite.diagnostics import Position
from dlsite.records import Json
from dlsite.rules import RULES, Severity, rules_named
from dlsite.texts.spelling import guess

Where = tuple[str | int, ...]
_EVERYWHERE = "*"
_EXEMPTION_KEYS = ("rule", "path", "target", "reason", "until")


class Reader(Protocol):
    """What reads the configuration: knows places, gathers what is wrong."""

    def position(self, where: Where) -> Position:
        """Return the place of the value at `where`, or of the file."""

    def unfit(self, where: Where, reason: str) -> None:
        """Remark on a value that cannot be used."""


def levels(reader: Reader, where: Where, value: Json) -> tuple[Level, ...]:
    """Read `rules`: a severity for a rule or family, or severities by path pattern.

    Later rows win over earlier ones, so that exceptions follow what they are from.
    """
    if not isinstance(value, dict):
        reader.unfit(where, "must be a mapping")
        return ()
    return tuple(
        row for name, given in value.items() for row in _levels_of(reader, (*where, name), given)
    )


def _levels_of(reader: Reader, where: Where, given: Json) -> Iterator[Level]:
    rules = _rules(reader, where, str(where[-1]))
    by_path = given if isinstance(given, dict) else {_EVERYWHERE: given}
    for path, level in by_path.items():
        place = (*where, path) if isinstance(given, dict) else where
        # YAML takes a bare `off` for false.
        if level in ("off", False):
            severity = None
        elif isinstance(level, str) and level in tuple(Severity):
            severity = Severity(level)
        else:
            reader.unfit(place, "must be error, warning, info or off")
            continue
        for rule in rules:
            yield Level(rule, path, severity)


def _rules(reader: Reader, where: Where, name: str) -> tuple[str, ...]:
    rules = rules_named(name)
    if not rules:
        reader.unfit(where, f"is not a rule{guess(name, RULES)}")
    return rules


def exemptions(reader: Reader, where: Where, value: Json) -> tuple[Exemption, ...]:
    """Read `ignore`: a list of mappings, each with a `reason` and something to go by."""
    if not isinstance(value, list):
        reader.unfit(where, "must be a list of 'rule', 'path', 'target', 'reason', 'until'")
        return ()
    rows = (_exemption(reader, (*where, index), row) for index, row in enumerate(value))
    return tuple(row for row in rows if row is not None)


def _exemption(reader: Reader, where: Where, row: Json) -> Exemption | None:
    if not isinstance(row, dict):
        reader.unfit(where, "must be a mapping with 'rule', 'path' or 'target', and 'reason'")
        return None
    for key in row:
        if key not in _EXEMPTION_KEYS:
            reader.unfit((*where, key), f"is no key here; known: {', '.join(_EXEMPTION_KEYS)}")
    texts = {key: str(row.get(key) or "").strip() for key in _EXEMPTION_KEYS}
    if not texts["reason"]:
        reader.unfit(where, "needs a 'reason'")
        return None
    if not (texts["rule"] or texts["path"] or texts["target"]):
        reader.unfit(where, "needs a 'rule', a 'path' or a 'target'")
        return None
    until = _until(reader, (*where, "until"), texts["until"])
    if texts["rule"] and not _may_be_exempted(reader, (*where, "rule"), texts["rule"]):
        return None
    return Exemption(
        texts["rule"],
        texts["path"],
        texts["target"],
        texts["reason"],
        until,
        reader.position(where),
    )


def _until(reader: Reader, where: Where, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        reader.unfit(where, f"must be a day such as 2026-12-31, not '{text}'")
        return None


def _may_be_exempted(reader: Reader, where: Where, name: str) -> bool:
    rules = _rules(reader, where, name)
    blocking = [rule for rule in rules if RULES[rule].blocks]
    if blocking and len(blocking) == len(rules):
        reader.unfit(where, "stops the build, so it cannot be ignored")
        return False
    return bool(rules)


@dataclass(frozen=True, slots=True)
class _Number:
    """A number that a setting takes: the field it fills, from what to what, whole or not."""

    field: str
    least: float
    most: float
    is_whole: bool = False


# As much as a server may be asked to bear, and as long as anybody waits.
_EXTERNAL_NUMBERS = {
    "timeout": _Number("timeout_seconds", 0.1, 600),
    "retries": _Number("retries", 0, 10, is_whole=True),
    "at_once": _Number("at_once", 1, 256, is_whole=True),
    "per_host": _Number("per_host", 1, 64, is_whole=True),
    "pause": _Number("pause_seconds", 0, 600),
    "max_age": _Number("max_age_days", 0, 3650),
}
_EXTERNAL_KEYS = (*_EXTERNAL_NUMBERS, "ignore")


def external(reader: Reader, where: Where, value: Json) -> ExternalOptions:
    """Read `external`: how servers outside the site are asked; what is unfit keeps its default."""
    if not isinstance(value, dict):
        reader.unfit(where, f"must be a mapping of {', '.join(_EXTERNAL_KEYS)}")
        return ExternalOptions()
    fields: dict[str, Any] = {}
    for key, given in value.items():
        place = (*where, key)
        number = _EXTERNAL_NUMBERS.get(key)
        if number is not None:
            if _is_within(number, given):
                fields[number.field] = given
            else:
                kind = "whole number" if number.is_whole else "number"
                reader.unfit(place, f"must be a {kind} from {number.least} to {number.most}")
        elif key == "ignore":
            fields[key] = _patterns(reader, place, given)
        else:
            known = ", ".join(_EXTERNAL_KEYS)
            hint = guess(key, _EXTERNAL_KEYS) or f"; known: {known}"
            reader.unfit(place, f"is no key here{hint}")
    return ExternalOptions(**fields)


def _is_within(number: _Number, given: Json) -> bool:
    if isinstance(given, bool) or not isinstance(given, int if number.is_whole else int | float):
        return False
    return number.least <= given <= number.most


def _patterns(reader: Reader, where: Where, value: Json) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    for index, pattern in enumerate(listed):
        if not isinstance(pattern, str) or not pattern.strip():
            place = (*where, index) if isinstance(value, list) else where
            reader.unfit(place, "must be an address or a pattern such as 'https://x.org/*'")
    return tuple(each.strip() for each in listed if isinstance(each, str) and each.strip())


def tags_allowed(reader: Reader, where: Where, value: Json) -> tuple[str, ...] | None:
    """Read the tags that the site wants: a list; `None` where every tag is fine."""
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        reader.unfit(where, "must be a list of tags")
        return None
    return tuple(tag.strip() for tag in value if isinstance(tag, str) and tag.strip())
