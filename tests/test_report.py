"""What programs are told: every form is one document, whatever stands in a finding.

That the forms hold for the findings of every case file is seen to in `test_cases.py`.
"""

from __future__ import annotations

from argparse import Namespace

import pytest

from dlsite.commands.terminal import text_of
from dlsite.diagnostics import Diagnostic, Position, certain
from dlsite.report.formats import FORMATS
from dlsite.report.words import Style
from dlsite.rules import Severity
from forms import FINDINGS, JSON_FORM, github_commands, json_faults, junit_cases, sarif_results

HOSTILE = (
    Diagnostic(
        "link-missing",
        Position("content/a:b,c%20é\n.md", 3, 5, 4),
        "link to '\x1b[31m]]>&<\n::error::\u202e'",
        ("write <b>%0A</b>", 'or "x"'),
        "x\x00y",
        certain("/x/"),
        (Position("b.md", 1), Position("b.md")),
    ),
    Diagnostic("source-skipped", Position("a:b"), "no place in it"),
    Diagnostic("link-missing", Position("a", 2), "one"),
    Diagnostic("link-missing", Position("a", 3), "one"),
)


def test_schema_is_a_schema_and_refuses_what_is_not_as_it_says() -> None:
    JSON_FORM.check_schema(FINDINGS)
    place = {"file": "a.md", "line": 1, "column": 1}
    faults = {
        fault.json_path for fault in JSON_FORM.iter_errors({"schema": 2, "findings": [place]})
    }
    assert faults == {"$", "$.schema", "$.findings[0]"}


@pytest.mark.parametrize("found", [(), HOSTILE], ids=["none", "hostile"])
def test_forms_hold_for_anything_that_a_finding_may_say(found: tuple[Diagnostic, ...]) -> None:
    assert json_faults(found) == []
    assert len(sarif_results(found)) == len(found)
    # A run without findings is a case that has passed.
    assert len(junit_cases(found, Style())) == max(1, len(found))
    assert [each["line"] for each in github_commands(found)] == [
        str(each.position.line) if each.position.line else None for each in found
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_quiet_is_for_people(form: str) -> None:
    found = [
        Diagnostic("image-alt", Position("a.md", 1), "a warning"),
        Diagnostic("link-missing", Position("a.md", 2), "an error"),
        Diagnostic("title-missing", Position("a.md", 3), "a remark"),
    ]
    assert {each.level for each in found} == set(Severity)
    loud, quiet = (text_of(Namespace(quiet=q), found, {}, form, Style()) for q in (False, True))
    assert all(each.message in loud for each in found)
    assert (quiet == loud) is (form != "text")
    assert "an error" in quiet
