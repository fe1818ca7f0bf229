"""Mistakes with which a build publishes nothing: each is found at its place."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from running import LINUX, Run, Write, everything, stamps
from smallsites import GOOD


@dataclass(frozen=True)
class Breakage:
    """A mistake: the files that make it, and the finding at its place."""

    files: Mapping[str, str]
    place: str
    rule: str
    encoding: str = "utf-8"


BREAKAGES = {
    "broken YAML": Breakage(
        {"content/x.md": "---\ntitle: a: b\n---\n"}, "content/x.md:2:9", "front-matter-syntax"
    ),
    "front matter of the wrong kind": Breakage(
        {"content/x.md": "---\ntitle: [a]\n---\n"}, "content/x.md:2:8", "front-matter-type"
    ),
    "a date that is none": Breakage(
        {"content/x.md": "---\ndate: 2019-13-40\n---\n"}, "content/x.md:2:7", "date-invalid"
    ),
    "Latin-1 bytes": Breakage(
        {"content/x.md": "---\ntitle: X\n---\n\nna\xefve\n"},
        "content/x.md:5:3",
        "source-encoding",
        encoding="latin-1",
    ),
    "undefined name in a template": Breakage(
        {"templates/page.html": "<p>\n{{ page.nothing.there }}\n"},
        "templates/page.html:2",
        "template-error",
    ),
    "template that is not valid": Breakage(
        {"templates/page.html": "<p>\n{% if %}\n"}, "templates/page.html:2", "template-error"
    ),
    "two pages on one URL": Breakage(
        {"content/x.md": "---\npermalink: /a\n---\n"}, "content/x.md:2:12", "permalink-conflict"
    ),
    "two pages that differ by letter case": Breakage(
        {"content/x.md": "---\npermalink: /A/\n---\n"}, "content/x.md:2:12", "permalink-case"
    ),
    "a file against a folder": Breakage(
        {
            "content/x.md": "---\npermalink: /x.html\n---\n",
            "content/y.md": "---\npermalink: /x.html/y/\n---\n",
        },
        "content/y.md:2:12",
        "permalink-conflict",
    ),
    "a page on the page of a tag": Breakage(
        {"content/x.md": "---\npermalink: /tags/gans/\n---\n"},
        "content/x.md:2:12",
        "permalink-conflict",
    ),
    "a permalink that climbs out": Breakage(
        {"content/x.md": "---\npermalink: /../x\n---\n"}, "content/x.md:2:12", "permalink-invalid"
    ),
    "redirects in a circle": Breakage(
        {
            "content/x.md": "---\npermalink: /x/\nredirect_to: /y/\n---\n",
            "content/y.md": "---\npermalink: /y/\nredirect_to: /x/\n---\n",
        },
        "content/x.md:3:14",
        "redirect-loop",
    ),
}


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES.keys())
def test_mistake_is_found_at_its_place_and_nothing_is_published(
    dlsite: Run, published: Path, breakage: Breakage
) -> None:
    root, public = published, published / "public"
    before = everything(public), stamps(public)
    for path, text in breakage.files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(text.encode(breakage.encoding))
    ran = dlsite(root, "build")
    line = re.compile(
        rf"^{re.escape(breakage.place)}: error: .+ \[{breakage.rule}\]$", re.MULTILINE
    )
    assert ran.code == 1
    assert line.search(ran.err), ran.err
    assert ran.err.splitlines()[-1].startswith("nothing was published: ")
    assert (everything(public), stamps(public)) == before
    checked = dlsite(root, "check")
    assert checked.code == 1
    assert line.search(checked.out)


def test_first_build_with_a_mistake_makes_no_output_directory(dlsite: Run, site: Write) -> None:
    root = site({"content/x.md": "---\ntitle: a: b\n---\n"})
    assert dlsite(root, "build").code == 1
    assert not (root / "public").exists()


def test_site_without_content_is_told_how_to_start(dlsite: Run, tmp_path: Path) -> None:
    ran = dlsite(tmp_path, "build")
    assert ran.code == 1
    assert "there is no content folder 'content'" in ran.err
    assert "dlsite init" in ran.err
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_file_name_that_is_not_utf_8_is_a_finding(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    (root / os.fsdecode(b"content/caf\xe9.md")).write_text("---\ntitle: X\n---\n")
    ran = dlsite(root, "check")
    assert ran.code == 1
    assert r"the name of 'content/caf\udce9.md' is not UTF-8 [source-encoding]" in ran.out
    assert dlsite(root, "build").code == 1
    assert not (root / "public").exists()
