"""The forms by the name that `--format` knows them by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from dlsite.diagnostics import Diagnostic
from dlsite.report.documents import as_json
from dlsite.report.github import as_github
from dlsite.report.junit import as_junit
from dlsite.report.sarif import as_sarif
from dlsite.report.text import as_text
from dlsite.report.words import Style

Format = Callable[[Iterable[Diagnostic], Mapping[str, str], Style], str]

FORMATS: dict[str, Format] = {
    "text": as_text,
    "json": as_json,
    "github": as_github,
    "sarif": as_sarif,
    "junit": as_junit,
}
