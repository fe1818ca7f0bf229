"""Say how much each diagnostic weighs on this site, and which it has exempted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

from dlsite.config.settings import Config, Exemption
from dlsite.diagnostics import Diagnostic, in_order
from dlsite.rules import Severity, rules_named


def weigh(diagnostics: Iterable[Diagnostic], config: Config) -> tuple[Diagnostic, ...]:
    """Return diagnostics in order of place, with the severities that the site wants.

    Those that are exempted are left out, but for what a build cannot publish.
    """
    check, today = config.check, config.now.date()
    weighed = []
    for diagnostic in diagnostics:
        severity = _severity(diagnostic, config)
        if severity is None:
            continue
        own = diagnostic
        if severity != diagnostic.level:
            own = replace(diagnostic, severity=severity)
        row = next((row for row in check.exemptions if exempts(row, own)), None)
        if row is None or own.blocks:
            weighed.append(own)
        elif row.until is not None and row.until <= today:
            weighed.append(_returned(own, row))
    return in_order(weighed)


def exempted(diagnostics: Collection[Diagnostic], config: Config) -> frozenset[Exemption]:
    """Return the exemptions that any of the diagnostics falls under, past their end or not."""
    return frozenset(
        row
        for row in config.check.exemptions
        if any(exempts(row, each) and _severity(each, config) for each in diagnostics)
    )


def stale(rows: Iterable[Exemption], used: Collection[Exemption]) -> Iterator[Diagnostic]:
    """Remark on exemptions that exempt nothing."""
    for row in rows:
        if row not in used:
            parts = (("rule", row.rule), ("path", row.path), ("target", row.target))
            shown = ", ".join(f"{name}: {value}" for name, value in parts if value)
            message = f"no finding falls under this exemption ({shown})"
            yield Diagnostic("ignore-stale", row.position, message, ("remove it",), row.target)


def exempts(row: Exemption, diagnostic: Diagnostic) -> bool:
    """Say whether a diagnostic falls under an exemption: all that the row names must fit."""
    return (
        (not row.rule or diagnostic.rule in rules_named(row.rule))
        and (not row.path or fits(diagnostic.position.path, row.path))
        and (not row.target or fnmatchcase(diagnostic.target, row.target))
    )


def fits(path: str, pattern: str) -> bool:
    """Say whether a path is what a pattern names, or lies in the folder that it names.

    `*` stands for anything, slashes as well, as in `exclude`.
    """
    folder = pattern.rstrip("/")
    return fnmatchcase(path, pattern) or path.startswith(f"{folder}/")


def _severity(diagnostic: Diagnostic, config: Config) -> Severity | None:
    """Return the severity that the last fitting row gives, else the diagnostic's own."""
    severity: Severity | None = diagnostic.level
    for row in config.check.levels:
        if row.rule == diagnostic.rule and fits(diagnostic.position.path, row.path):
            severity = row.severity
    return severity


def _returned(diagnostic: Diagnostic, row: Exemption) -> Diagnostic:
    ended = f"it was exempted until {_day(row.until)}: {row.reason}"
    return replace(diagnostic, help=(*diagnostic.help, ended), related=(row.position,))


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()
