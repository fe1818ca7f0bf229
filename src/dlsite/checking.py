"""What `dlsite check` makes of the findings: which are asked for, which are known, which fail."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from dlsite.baseline import BaselineError, Compared, compared
from dlsite.diagnostics import Diagnostic
from dlsite.files.rewrite import called
from dlsite.rules import RULES, Severity, rules_named
from dlsite.texts.spelling import guess


class CheckError(ValueError):
    """What was asked for cannot be done; the message says why."""


def rules_asked_for(names: Iterable[str]) -> frozenset[str]:
    """Return the rules that names of rules and families stand for; raises `CheckError`."""
    found: set[str] = set()
    for name in (part.strip() for given in names for part in given.split(",")):
        rules = rules_named(name)
        if not rules:
            raise CheckError(f"there is no rule '{name}'{guess(name, RULES)}")
        found.update(rules)
    return frozenset(found)


def chosen(
    found: Iterable[Diagnostic], *, select: frozenset[str], ignore: frozenset[str]
) -> tuple[Diagnostic, ...]:
    """Keep the findings of the selected rules, all where none is, without those to ignore."""
    return tuple(
        each for each in found if (not select or each.rule in select) and each.rule not in ignore
    )


def within(
    found: tuple[Diagnostic, ...], paths: Iterable[str], root: Path
) -> tuple[Diagnostic, ...]:
    """Keep the findings in the given files and folders, all without any; raises `CheckError`."""
    wanted = []
    for path in paths:
        place = root / path
        if not place.exists() or not place.resolve().is_relative_to(root):
            raise CheckError(f"there is no '{path}' in the site")
        wanted.append(PurePosixPath(place.resolve().relative_to(root).as_posix()))
    if not wanted:
        return found
    return tuple(
        each
        for each in found
        if any(PurePosixPath(each.position.path).is_relative_to(place) for place in wanted)
    )


def beside_baseline(found: tuple[Diagnostic, ...], file: Path) -> Compared:
    """Return which findings a baseline file does not know; raises `CheckError`."""
    try:
        return compared(found, file.read_text("utf-8"))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CheckError(
            f"the baseline '{file}' cannot be read: {reason}\n"
            f"write one first: dlsite check --baseline {file} --write-baseline"
        ) from error
    except (BaselineError, UnicodeDecodeError) as error:
        raise CheckError(f"the baseline '{file}' cannot be used: {error}") from error


def write_text(file: Path, text: str) -> None:
    """Write a file that people commit: whole or not at all."""
    beside = file.with_name(f".{file.name}.part")
    with called(file):
        beside.write_text(text, encoding="utf-8", newline="\n")
        beside.replace(file)


def is_failing(
    found: Iterable[Diagnostic], failing: frozenset[Severity], max_warnings: int | None
) -> bool:
    """Say whether the findings make the run fail: one of those severities, or too many warnings."""
    levels = [each.level for each in found]
    too_many = max_warnings is not None and levels.count(Severity.WARNING) > max_warnings
    return too_many or any(level in failing for level in levels)
