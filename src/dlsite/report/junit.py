"""Diagnostics as JUnit XML, which GitLab, Jenkins and Azure show beside the tests.

A finding is a test case of its file; those that make the run fail are failures, others
passed with words.  A run without findings is one passed case: some readers take an
empty suite for a run that never happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET

from dlsite.diagnostics import Diagnostic, printable
from dlsite.report.words import Style


def as_junit(diagnostics: Iterable[Diagnostic], _: Mapping[str, str], style: Style) -> str:
    """Return diagnostics as one test suite."""
    found = tuple(diagnostics)
    failing = sum(each.level in style.failing for each in found)
    root = ET.Element("testsuites")
    suite = ET.SubElement(
        root,
        "testsuite",
        name="dlsite check",
        tests=str(max(1, len(found))),
        failures=str(failing),
        errors="0",
        skipped="0",
    )
    for diagnostic in found:
        _case(suite, diagnostic, style)
    if not found:
        ET.SubElement(suite, "testcase", classname="dlsite", name="no findings")
    ET.indent(root)
    # In ASCII it is whole in the encoding of every terminal.
    content: bytes = ET.tostring(root, encoding="us-ascii", xml_declaration=True)
    return content.decode("ascii") + "\n"


def _case(suite: ET.Element, diagnostic: Diagnostic, style: Style) -> None:
    place = diagnostic.position
    message = printable(diagnostic.message)
    name = f"{diagnostic.rule}: {message}"
    case = ET.SubElement(
        suite, "testcase", classname=printable(place.path) or "site", name=name, file=place.path
    )
    if place.line:
        case.set("line", str(place.line))
    words = [f"{printable(str(place))}: {diagnostic.level.value}: {message}"]
    words += [f"help: {printable(remedy)}" for remedy in diagnostic.help]
    if diagnostic.level in style.failing:
        part = ET.SubElement(case, "failure", type=diagnostic.rule, message=message)
    else:
        part = ET.SubElement(case, "system-out")
    part.text = "\n".join(words)
