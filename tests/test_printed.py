"""What is printed: forms of findings, colour, and no control character of the content."""

from __future__ import annotations

import json

import pytest

from dlsite import __version__
from dlsite.listing import LISTS
from running import Ran, Run, Write
from smallsites import DANGLING, DANGLING_PLACE, GOOD

ANNOTATION = (
    "::error file=content/c.md,title=dlsite link-missing,line=4,col=9,endColumn=17::"
    "link to '/dropout', but no page has that permalink"
    '%0Ahelp: create it: dlsite new /dropout/ --title "D"\n'
)


def test_findings_become_annotations_under_github_actions(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(DANGLING)
    assert dlsite(root, "check", "--format", "github") == Ran(1, ANNOTATION, "")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert dlsite(root, "check") == Ran(1, ANNOTATION, "")
    assert dlsite(root, "check", "--format", "text").out.startswith(DANGLING_PLACE)


def test_findings_are_one_json_document(dlsite: Run, site: Write) -> None:
    root = site(DANGLING)
    ran = dlsite(root, "check", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    assert json.loads(ran.out) == {
        "schema": 1,
        "tool": "dlsite",
        "version": __version__,
        "summary": {"errors": 1, "warnings": 0, "infos": 0},
        "findings": [
            {
                "rule": "link-missing",
                "severity": "error",
                "file": "content/c.md",
                "line": 4,
                "column": 9,
                "end_column": 17,
                "target": "/dropout",
                "message": "link to '/dropout', but no page has that permalink",
                "help": ['create it: dlsite new /dropout/ --title "D"'],
                "suggestions": [],
                "related": [],
            }
        ],
    }
    built = dlsite(root, "build", "--format", "json")
    assert (built.code, json.loads(built.out)) == (0, json.loads(ran.out))


@pytest.mark.parametrize("form", ["json", "github"])
def test_no_findings_are_a_document_too(dlsite: Run, site: Write, form: str) -> None:
    ran = dlsite(site(GOOD), "check", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "" if form == "github" else json.loads(ran.out)["findings"] == []


def test_colour_is_for_those_who_want_it(dlsite: Run, site: Write) -> None:
    root = site(DANGLING)
    assert "\x1b[" not in dlsite(root, "check").out
    assert "\x1b[31;1merror\x1b[0m" in dlsite(root, "--color", "always", "check").out
    assert "\x1b[" not in dlsite(root, "check", "--color", "never").out


HOSTILE = r'"\e]0;owned\a \x9b31m \u202e a\nb"'


HOSTILE_SITE = {
    "content/a.md": (
        f"---\ntitle: {HOSTILE}\npermalink: /a/\ntags: [{HOSTILE}]\nlayout: {HOSTILE}\n---\n"
        "# \x1b[31mred\n\n[\x1b[2J](/no\x1b[2Jpe) ![](\u202ex.png)\n"
    ),
    "content/b.md": f"---\ntitle: {HOSTILE}\npermalink: /A/\nredirect_from: {HOSTILE}\n---\n",
    "content/d.md": f"---\ntitle: {HOSTILE}\ndraft: true\n---\n",
    "dlsite.yml": 'output: "a\\e[31mb"\n',
}


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--format", "json"],
        ["check", "--format", "github"],
        ["build", "-v"],
        ["clean"],
        *(["list", what, "--format", form] for what in LISTS for form in ("text", "json")),
    ],
    ids=" ".join,
)
def test_control_characters_of_content_do_not_reach_the_terminal(
    dlsite: Run, site: Write, arguments: list[str]
) -> None:
    root = site(HOSTILE_SITE)
    ran = dlsite(root, *arguments)
    assert [c for c in ran.out + ran.err if not c.isprintable() and c != "\n"] == []
    if "json" in arguments:
        told = json.loads(ran.out)
        assert arguments[1] != "pages" or "\x9b31m" in told[0]["title"]


def test_control_characters_in_the_name_of_the_output_do_not_reach_the_terminal(
    dlsite: Run, site: Write
) -> None:
    root = site(GOOD | {"dlsite.yml": 'output: "a\\e[31mb"\n'})
    for arguments in (["build"], ["clean"], ["build", "-o", "content/\x1b[31m"]):
        ran = dlsite(root, *arguments)
        assert "\x1b" not in ran.out + ran.err
        assert r"\x1b[31m" in ran.out + ran.err
