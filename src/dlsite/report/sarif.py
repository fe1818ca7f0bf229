"""Diagnostics as SARIF 2.1.0, which code hosts and editors read (OASIS, 27 March 2020)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from urllib.parse import quote

from dlsite import __version__
from dlsite.diagnostics import Certainty, Diagnostic, Position
from dlsite.report.documents import json_text
from dlsite.report.words import Style
from dlsite.rules import RULES, Rule, Severity

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_INDEX = {rule: index for index, rule in enumerate(RULES)}


def as_sarif(diagnostics: Iterable[Diagnostic], _: Mapping[str, str], __: Style) -> str:
    """Return diagnostics as one run; columns count code points from 1, ends are exclusive."""
    seen: Counter[str] = Counter()
    driver = {
        "name": "dlsite",
        "version": __version__,
        "rules": [_rule(rule) for rule in RULES.values()],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(each, seen) for each in diagnostics],
    }
    return json_text({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.fix},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(diagnostic: Diagnostic, seen: Counter[str]) -> dict[str, object]:
    lines = [diagnostic.message, *(f"help: {remedy}" for remedy in diagnostic.help)]
    print_ = _fingerprint(diagnostic)
    seen[print_] += 1
    result: dict[str, object] = {
        "ruleId": diagnostic.rule,
        "ruleIndex": _INDEX[diagnostic.rule],
        "level": _LEVELS[diagnostic.level],
        "message": {"text": "\n".join(lines)},
        "partialFingerprints": {"dlsite/v1": f"{print_}:{seen[print_]}"},
    }
    if diagnostic.position.path:
        result["locations"] = [_location(diagnostic.position)]
    if diagnostic.related:
        result["relatedLocations"] = [_location(place) for place in diagnostic.related]
    if fixes := _fixes(diagnostic):
        result["fixes"] = fixes
    return result


def _fingerprint(diagnostic: Diagnostic) -> str:
    """Return what stays the same when lines move: rule, file, target, words."""
    parts = (diagnostic.rule, diagnostic.position.path, diagnostic.target, diagnostic.message)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _location(place: Position) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": _artifact(place)}
    if place.line:
        physical["region"] = _region(place)
    return {"physicalLocation": physical}


def _artifact(place: Position) -> dict[str, object]:
    # A colon in the first segment would make it a scheme (RFC 3986, section 4.2).
    return {"uri": quote(place.path, safe="/"), "uriBaseId": "%SRCROOT%"}


def _region(place: Position) -> dict[str, object]:
    region: dict[str, object] = {"startLine": place.line}
    if place.column:
        region |= {"startColumn": place.column, "endColumn": place.column + place.length}
    return region


def _fixes(diagnostic: Diagnostic) -> list[dict[str, object]]:
    """Return the repairs that are certain: a tool may write them without asking."""
    place = diagnostic.position
    if not place.length:
        return []
    return [
        {
            "description": {"text": f"write '{each.text}'"},
            "artifactChanges": [
                {
                    "artifactLocation": _artifact(place),
                    "replacements": [
                        {"deletedRegion": _region(place), "insertedContent": {"text": each.text}}
                    ],
                }
            ],
        }
        for each in diagnostic.suggestions
        if each.certainty is Certainty.CERTAIN
    ]
