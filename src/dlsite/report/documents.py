"""Diagnostics for programs: JSON with a schema of our own, and values printed as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from dlsite import __version__
from dlsite.diagnostics import Diagnostic
from dlsite.report.words import Style, counts

JSON_SCHEMA = 1
"""Version of the JSON form: raised when a field changes its meaning or goes."""


def as_json(diagnostics: Iterable[Diagnostic], _: Mapping[str, str], __: Style) -> str:
    """Return diagnostics as one JSON document, by `docs/findings.schema.json`."""
    found = tuple(diagnostics)
    document = {
        "schema": JSON_SCHEMA,
        "tool": "dlsite",
        "version": __version__,
        "summary": {f"{level.value}s": count for level, count in counts(found).items()},
        "findings": [_json(diagnostic) for diagnostic in found],
    }
    return json_text(document) + "\n"


def json_text(value: object) -> str:
    """Return a value as JSON in ASCII: whole in every encoding, and safe on a terminal."""
    return json.dumps(value, indent=2)


def _json(diagnostic: Diagnostic) -> dict[str, object]:
    place = diagnostic.position
    return {
        "rule": diagnostic.rule,
        "severity": diagnostic.level.value,
        "file": place.path,
        "line": place.line,
        "column": place.column,
        "end_column": place.column + place.length,
        "target": diagnostic.target,
        "message": diagnostic.message,
        "help": list(diagnostic.help),
        "suggestions": [
            {"text": each.text, "certainty": each.certainty.value}
            for each in diagnostic.suggestions
        ],
        "related": [
            {"file": other.path, "line": other.line, "column": other.column}
            for other in diagnostic.related
        ],
    }
