"""Findings that were there when somebody began to look: kept in a file, and passed over.

A finding is known by rule, path, target and message, not by its line, so that a change
elsewhere in the file brings none of them back.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dlsite.diagnostics import Diagnostic

_VERSION = 1
_FIELDS = ("rule", "path", "target", "message")
Key = tuple[str, ...]


class BaselineError(ValueError):
    """A file that is no baseline; the message says why."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Findings beside a baseline: those that are new, how many it knew, how many are gone."""

    new: tuple[Diagnostic, ...]
    known: int
    gone: int


def written(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the baseline that knows these findings; one to a line, in order."""
    rows = [
        json.dumps(dict(zip(_FIELDS, key, strict=True)) | _count(count), ensure_ascii=False)
        for key, count in sorted(Counter(map(_key, diagnostics)).items())
    ]
    body = ",\n    ".join(rows)
    findings = f"[\n    {body}\n  ]" if rows else "[]"
    return f'{{\n  "version": {_VERSION},\n  "findings": {findings}\n}}\n'


def _count(count: int) -> dict[str, int]:
    return {"count": count} if count > 1 else {}


def _key(diagnostic: Diagnostic) -> Key:
    return (diagnostic.rule, diagnostic.position.path, diagnostic.target, diagnostic.message)


def compared(diagnostics: Iterable[Diagnostic], baseline: str) -> Compared:
    """Return which findings a baseline's text does not know.

    Of several that are alike the last ones are new.  Raises `BaselineError`.
    """
    left = _read(baseline)
    new = []
    known = 0
    for diagnostic in diagnostics:
        key = _key(diagnostic)
        if left[key] > 0:
            left[key] -= 1
            known += 1
        else:
            new.append(diagnostic)
    return Compared(tuple(new), known, left.total())


def _read(text: str) -> Counter[Key]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BaselineError("it is not JSON") from error
    if not isinstance(document, dict) or document.get("version") != _VERSION:
        raise BaselineError(f"it is no baseline of version {_VERSION}")
    rows = document.get("findings")
    known: Counter[Key] = Counter()
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict) or not all(isinstance(row.get(f), str) for f in _FIELDS):
            raise BaselineError(f"a row of it lacks one of {', '.join(_FIELDS)}")
        count = row.get("count", 1)
        known[tuple(row[field] for field in _FIELDS)] += count if isinstance(count, int) else 1
    return known
