"""What `build` and `check` decide, by how bad the findings are, and how much of it is said."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from running import Run, Write, everything, stamps
from smallsites import DANGLING, DANGLING_PLACE, FULL, GOOD, REMARKED, WARNED


@dataclass(frozen=True)
class Verdict:
    """The exit codes for a site."""

    build: int
    build_strict: int
    check: int
    check_strict: int


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, Verdict(0, 0, 0, 0)),
        (REMARKED, Verdict(0, 0, 0, 0)),
        (WARNED, Verdict(0, 1, 0, 1)),
        (DANGLING, Verdict(0, 1, 1, 1)),
        ({"content/c.md": "---\ntitle: a: b\n---\n"}, Verdict(1, 1, 1, 1)),
    ],
    ids=["nothing to say", "remark", "warning", "dangling link", "broken front matter"],
)
def test_exit_code_says_how_bad_it_is(
    dlsite: Run, site: Write, more: Mapping[str, str], verdict: Verdict
) -> None:
    root = site(GOOD | dict(more))
    assert verdict == Verdict(
        dlsite(root, "build").code,
        dlsite(root, "build", "--strict").code,
        dlsite(root, "check").code,
        dlsite(root, "check", "--strict").code,
    )


def test_dangling_link_is_built_and_reported(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING)
    ran = dlsite(root, "build")
    assert ran.code == 0
    assert DANGLING_PLACE in ran.err
    assert 'href="/dropout/"' in (root / "public/c/index.html").read_text()


def test_strict_build_leaves_the_published_site_as_it_was(
    dlsite: Run, site: Write, published: Path
) -> None:
    public = published / "public"
    before = everything(public), stamps(public)
    ran = dlsite(site(DANGLING), "build", "--strict")
    assert ran.code == 1
    assert DANGLING_PLACE in ran.err
    assert ran.err.splitlines()[-1] == "nothing was published: 1 error; 'public' is as it was"
    assert (everything(public), stamps(public)) == before


def test_last_line_of_a_build_says_what_happened(dlsite: Run, site: Write) -> None:
    root = site(GOOD | {"content/d.md": "---\ntitle: D\ndraft: true\n---\n"})
    ran = dlsite(root, "build")
    assert ran.out == ""
    first, last = ran.err.splitlines()
    assert first == "skipped content/d.md: draft"
    shape = (
        r"2 pages, \d+ written, 0 unchanged, 0 removed, 1 skipped in 'public'; no findings; \S+ s"
    )
    assert re.fullmatch(shape, last)


def test_check_writes_nothing(dlsite: Run, site: Write) -> None:
    root = site(FULL)
    before = everything(root)
    dlsite(root, "check")
    assert everything(root) == before


def test_check_without_cache_writes_nothing(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    before = everything(root)
    dlsite(root, "check", "--no-cache")
    assert everything(root) == before
    assert not (root / ".dlsite").exists()


def test_check_may_be_told_which_rules_and_files(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING | {"content/w.md": WARNED["content/c.md"], "content/x.svg": ""})

    def found(*arguments: str) -> tuple[int, set[str]]:
        ran = dlsite(root, "check", "--format", "json", *arguments)
        return ran.code, {each["rule"] for each in json.loads(ran.out)["findings"]}

    assert found() == (1, {"link-missing", "image-alt", "page-orphan", "page-deadend"})
    assert found("--select", "image-alt") == (0, {"image-alt"})
    assert found("--select", "image-alt", "--strict") == (1, {"image-alt"})
    assert found("--ignore", "link-missing", "--ignore", "page-") == (0, {"image-alt"})
    assert found("content/w.md") == (0, {"image-alt", "page-orphan", "page-deadend"})
    assert found("content/a.md", "content/b.md") == (0, set())
    assert found("content") == found()


_VERDICTS = [["build"], ["build", "--strict"], ["check"], ["check", "--strict"]]


_OTHERS = [
    ["check", "--format", "json"],
    ["init", "x"],
    ["new", "/dropout"],
    ["list", "wanted"],
    ["clean"],
]


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        *((arguments, {}) for arguments in _VERDICTS),
        *((arguments, WARNED) for arguments in _VERDICTS),
        *((arguments, DANGLING) for arguments in [*_VERDICTS, *_OTHERS]),
    ],
)
def test_quiet_changes_what_is_printed_and_never_the_result(
    dlsite: Run, site: Write, published: Path, arguments: list[str], more: dict[str, str]
) -> None:
    site(more)
    twin = shutil.copytree(published, published.parent / "twin")
    loud, quiet = dlsite(published, *arguments), dlsite(twin, "-q", *arguments)
    assert quiet.code == loud.code
    assert everything(twin) == everything(published)
    if arguments[0] == "list" or "json" in arguments:
        assert quiet == loud
    elif arguments[0] == "check":
        # What makes it fail is said, and nothing else.
        assert ("warning" in quiet.out) == (more is WARNED and quiet.code == 1)
        assert ("error" in quiet.out) == (more is DANGLING)
    elif quiet.code == 0:
        assert quiet.err == ("" if more is not DANGLING else quiet.err)


def test_programs_are_told_everything_by_a_quiet_run(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING | {"content/w.md": WARNED["content/c.md"], "content/x.svg": ""})
    for form in ("json", "sarif", "github", "junit"):
        loud, quiet = (dlsite(root, *more, "check", "--format", form) for more in ([], ["-q"]))
        assert quiet == loud


def test_quiet_prints_errors_only(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING | {"content/w.md": WARNED["content/c.md"], "content/x.svg": ""})
    ran = dlsite(root, "-q", "check")
    assert DANGLING_PLACE in ran.out
    assert "warning" not in ran.out
    assert dlsite(root, "check", "-q") == ran
    assert "[page-orphan]" in dlsite(root, "build", "-v").err
    assert "[page-orphan]" not in dlsite(root, "build").err
