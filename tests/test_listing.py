"""`list` prints rows, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from running import Ran, Run, Write
from smallsites import GOOD, LISTED

DATE = "2019-05-20T12:15:12-05:00"


LISTS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "pages": (
        [
            {
                "permalink": "/a/",
                "title": "A",
                "date": DATE,
                "tags": ["GANs", "RNNs"],
                "file": "content/a.md",
            },
            {
                "permalink": "/b/",
                "title": "B",
                "date": "",
                "tags": ["RNNs"],
                "file": "content/b.md",
            },
        ],
        [
            f"/a/  A  {DATE}  GANs, RNNs  content/a.md",
            f"/b/  B  {' ' * len(DATE)}  RNNs        content/b.md",
        ],
    ),
    "tags": (
        [
            {"count": 2, "name": "RNNs", "permalink": "/tags/rnns/"},
            {"count": 1, "name": "GANs", "permalink": "/tags/gans/"},
        ],
        ["2  RNNs  /tags/rnns/", "1  GANs  /tags/gans/"],
    ),
    "categories": (
        [{"count": 1, "name": "Basics", "permalink": "/categories/basics/"}],
        ["1  Basics  /categories/basics/"],
    ),
    "drafts": (
        [{"file": "content/c.md", "reason": "draft", "permalink": "/c/"}],
        ["content/c.md  draft  /c/"],
    ),
    "skipped": (
        [
            {"file": "content/c.md", "reason": "draft", "permalink": "/c/"},
            {"file": "content/d.md", "reason": "future date", "permalink": "/d/"},
            {"file": "content/e.md", "reason": "published: false", "permalink": "/e/"},
        ],
        [
            "content/c.md  draft             /c/",
            "content/d.md  future date       /d/",
            "content/e.md  published: false  /e/",
        ],
    ),
    "redirects": (
        [{"from": "/old/", "to": "/a/", "file": "content/a.md:5:16"}],
        ["/old/  /a/  content/a.md:5:16"],
    ),
    "wanted": (
        [
            {
                "links": 1,
                "permalink": "/dropout/",
                "titles": ["Dropout", "it"],
                "places": ["content/a.md:13:10"],
            }
        ],
        ["1  /dropout/  Dropout, it  content/a.md:13:10"],
    ),
    "orphans": (
        [{"permalink": "/a/", "title": "A", "file": "content/a.md"}],
        ["/a/  A  content/a.md"],
    ),
}


@pytest.mark.parametrize("what", LISTS)
def test_list_prints_rows_for_people_and_for_programs(dlsite: Run, site: Write, what: str) -> None:
    root = site(LISTED)
    rows, lines = LISTS[what]
    text = dlsite(root, "list", what)
    assert (text.code, text.out.splitlines(), text.err) == (0, lines, "")
    programs = dlsite(root, "list", what, "--format", "json")
    assert (programs.code, json.loads(programs.out)) == (0, rows)


def test_list_of_nothing_is_empty(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    assert dlsite(root, "list", "drafts") == Ran(0, "", "")
    assert dlsite(root, "list", "drafts", "--format", "json") == Ran(0, "[]\n", "")


@pytest.mark.parametrize("command", ["list wanted", "report", "explain /rnn/"])
def test_what_could_not_be_read_is_said_beside_what_is_known(
    dlsite: Run, tmp_path: Path, command: str
) -> None:
    ran = dlsite(tmp_path, *command.split())
    assert ran.code == 1
    assert "there is no content folder 'content' [source-unreadable]" in ran.err
    (tmp_path / "content").mkdir()
    ran = dlsite(tmp_path, *command.split())
    assert (ran.code, ran.err) == (0, "")


def test_columns_stand_below_each_other_in_any_script(dlsite: Run, site: Write) -> None:
    root = site(
        {
            "content/a.md": "---\ntitle: 注意力机制\n---\n",
            "content/b.md": "---\ntitle: Attention\n---\n",
        }
    )
    first, second = dlsite(root, "list", "pages").out.splitlines()
    # Five signs take ten columns of a terminal.
    assert first.index("content/a.md") + 5 == second.index("content/b.md")
