"""The forms of findings for programs, each against what its readers expect of it.

SARIF's own schema is under a licence that keeps it out of this repository.
`SARIF` is what the standard (2.1.0 with errata 01) says of the objects that we write, and
nothing that it does not name may stand in them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from jsonschema import Draft202012Validator

from dlsite.diagnostics import Diagnostic
from dlsite.report.documents import as_json
from dlsite.report.github import as_github
from dlsite.report.junit import as_junit
from dlsite.report.sarif import as_sarif
from dlsite.report.words import Style

Schema = dict[str, Any]

FINDINGS: Schema = json.loads(
    (Path(__file__).parents[1] / "docs" / "findings.schema.json").read_text("utf-8")
)
JSON_FORM = Draft202012Validator(FINDINGS)


def _object(required: Iterable[str] = (), **properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": list(required),
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: Schema, least: int = 0) -> Schema:
    return {"type": "array", "items": items, "minItems": least}


_TEXT: Schema = {"type": "string"}
_NUMBER: Schema = {"type": "integer", "minimum": 1}
_INDEX: Schema = {"type": "integer", "minimum": 0}
_LEVEL: Schema = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10
_MESSAGE = _object(["text"], text=_TEXT)  # 3.11
_ARTIFACT = _object(uri=_TEXT, uriBaseId=_TEXT)  # 3.4
_REGION = _object(startLine=_NUMBER, startColumn=_NUMBER, endColumn=_NUMBER)  # 3.30
_LOCATION = _object(  # 3.28, 3.29
    physicalLocation=_object(["artifactLocation"], artifactLocation=_ARTIFACT, region=_REGION)
)
_REPLACEMENT = _object(["deletedRegion"], deletedRegion=_REGION, insertedContent=_MESSAGE)  # 3.57
_CHANGE = _object(  # 3.56
    ["artifactLocation", "replacements"],
    artifactLocation=_ARTIFACT,
    replacements=_list(_REPLACEMENT, least=1),
)
_FIX = _object(  # 3.55
    ["artifactChanges"], description=_MESSAGE, artifactChanges=_list(_CHANGE, least=1)
)
_RESULT = _object(  # 3.27
    ["message"],
    ruleId=_TEXT,
    ruleIndex=_INDEX,
    level=_LEVEL,
    message=_MESSAGE,
    locations=_list(_LOCATION),
    relatedLocations=_list(_LOCATION),
    fixes=_list(_FIX),
    partialFingerprints={"type": "object", "additionalProperties": _TEXT},
)
_RULE = _object(  # 3.49
    ["id"],
    id=_TEXT,
    shortDescription=_MESSAGE,
    fullDescription=_MESSAGE,
    help=_MESSAGE,
    defaultConfiguration=_object(level=_LEVEL),
)
_DRIVER = _object(["name"], name=_TEXT, version=_TEXT, rules=_list(_RULE))  # 3.19
_RUN = _object(  # 3.14
    ["tool"],
    tool=_object(["driver"], driver=_DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    results=_list(_RESULT),
)
SARIF: Schema = _object(  # 3.13
    ["version", "runs"], **{"$schema": _TEXT}, version={"const": "2.1.0"}, runs=_list(_RUN)
)
_SARIF_FORM = Draft202012Validator(SARIF)


def json_faults(found: Iterable[Diagnostic]) -> list[str]:
    """Return what the schema of `docs/` has against the JSON of findings."""
    document = json.loads(as_json(found, {}, Style()))
    return [fault.message for fault in JSON_FORM.iter_errors(document)]


def sarif_results(found: Iterable[Diagnostic]) -> list[dict[str, Any]]:
    """Return the results of a SARIF file, which must be as the standard has it."""
    document = json.loads(as_sarif(found, {}, Style()))
    assert [fault.message for fault in _SARIF_FORM.iter_errors(document)] == []
    (run,) = document["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(rules)) == len(rules)
    results: list[dict[str, Any]] = run["results"]
    prints = [result["partialFingerprints"]["dlsite/v1"] for result in results]
    assert len(set(prints)) == len(prints)
    for result in results:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        for place in [*result.get("locations", []), *result.get("relatedLocations", [])]:
            uri = place["physicalLocation"]["artifactLocation"]["uri"]
            assert re.fullmatch(r"[A-Za-z0-9._~%/:@-]+", uri)
            assert ":" not in uri.partition("/")[0]
    return results


def junit_cases(found: Iterable[Diagnostic], style: Style) -> list[ET.Element]:
    """Return the cases of a JUnit file, whose counts must be those of its cases."""
    root = ET.fromstring(as_junit(found, {}, style))
    assert root.tag == "testsuites"
    (suite,) = root
    cases = list(suite)
    assert {case.tag for case in cases} == {"testcase"}
    assert all(case.get("classname") and case.get("name") for case in cases)
    assert {part.tag for case in cases for part in case} <= {"failure", "system-out"}
    assert int(suite.attrib["tests"]) == len(cases)
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure"))
    assert (suite.attrib["errors"], suite.attrib["skipped"]) == ("0", "0")
    return cases


def github_commands(found: Iterable[Diagnostic]) -> list[re.Match[str]]:
    """Return the workflow commands of GitHub Actions, one to a line."""
    lines = as_github(found, {}, Style()).splitlines()
    command = re.compile(
        r"::(?P<level>error|warning|notice) file=(?P<file>[^,:]*),title=dlsite (?P<rule>[\w-]+)"
        r"(?:,line=(?P<line>\d+))?(?:,col=(?P<col>\d+),endColumn=\d+)?::(?P<message>.+)"
    )
    found_commands = [command.fullmatch(line) for line in lines]
    assert None not in found_commands, lines
    return [each for each in found_commands if each is not None]
