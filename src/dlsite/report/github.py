"""Diagnostics as workflow commands of GitHub Actions, which become annotations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dlsite.diagnostics import Diagnostic, printable
from dlsite.report.words import Style
from dlsite.rules import Severity


def as_github(diagnostics: Iterable[Diagnostic], _: Mapping[str, str], __: Style) -> str:
    """Return diagnostics as workflow commands of GitHub Actions, which become annotations."""
    return "".join(_command(diagnostic) for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic) -> str:
    name = "notice" if diagnostic.level is Severity.INFO else diagnostic.level.value
    place = diagnostic.position
    fields = {"file": place.path, "title": f"dlsite {diagnostic.rule}"}
    if place.line:
        fields["line"] = str(place.line)
    if place.column:
        fields |= {"col": str(place.column), "endColumn": str(place.column + place.length)}
    properties = ",".join(f"{key}={_property(value)}" for key, value in fields.items())
    lines = [diagnostic.message, *(f"help: {remedy}" for remedy in diagnostic.help)]
    text = "\n".join(printable(line) for line in lines)
    return f"::{name} {properties}::{_escape(text)}\n"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escape(printable(text)).replace(":", "%3A").replace(",", "%2C")
