"""`init` and `new`: what they write, and what they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from running import Ran, Run, Write, everything
from smallsites import GOOD, SEED


def test_new_site_builds_and_checks_without_a_finding(
    dlsite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = dlsite(Path(), "init")
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "next: dlsite serve"
    assert dlsite(Path(), "build", "--strict").code == 0
    assert dlsite(Path(), "check", "--strict") == Ran(0, "2 pages checked: no findings\n", "")


def test_init_writes_over_nothing(dlsite: Run, tmp_path: Path) -> None:
    dlsite(tmp_path, "init", "notes")
    (tmp_path / "notes/dlsite.yml").unlink()
    (tmp_path / "notes/content/deep_learning.md").write_text("mine")
    before = everything(tmp_path)
    ran = dlsite(tmp_path, "init", "notes")
    assert ran.code == 2
    assert "is there already; nothing was written" in ran.err
    assert everything(tmp_path) == before


def test_init_makes_a_site_of_the_pages_that_are_there(dlsite: Run, site: Write) -> None:
    root = site(
        {
            "2020-01-10-backprop.md": "---\ntitle: Backprop\ntags: [a]\n---\n[L](/notes/lstm)\n",
            "notes/lstm.md": "---\ntitle: LSTM\ntags: [a]\n---\n[B](/backprop)\n",
            "README.md": "# A repository\n",
        }
    )
    ran = dlsite(root, "init")
    assert ran.code == 0
    assert ran.out.splitlines()[-2] == "the Markdown files that are here are its pages"
    assert not (root / "content").exists()
    assert dlsite(root, "build", "--strict").code == 0
    assert (root / "public/backprop/index.html").exists()
    assert dlsite(root, "check", "--strict") == Ran(0, "2 pages checked: no findings\n", "")


def test_init_takes_posts_without_settings_and_passes_over_a_readme(
    dlsite: Run, site: Write
) -> None:
    root = site({"a/_posts/2020-01-10-x.md": "---\ntitle: X\n---\n", "b/README.md": "# B\n"})
    dlsite(root, "init", "a")
    dlsite(root, "init", "b")
    assert not (root / "a/content").exists()
    assert (root / "b/content/deep_learning.md").exists()


def test_init_leaves_a_site_of_jekyll_as_it_is(dlsite: Run, site: Write) -> None:
    root = site({"_config.yml": "title: T\n", "_posts/2020-01-10-x.md": "---\ntitle: X\n---\n"})
    before = everything(root)
    ran = dlsite(root, "init")
    assert (ran.code, ran.out) == (2, "")
    assert "_config.yml' makes this a site that dlsite reads; nothing was written" in ran.err
    assert everything(root) == before
    assert dlsite(root, "new", "/y").out == "wrote y.md\n"


def test_init_keeps_settings_of_another_name(dlsite: Run, site: Write) -> None:
    root = site({"dlsite.yaml": "title: T\n"})
    assert dlsite(root, "init").code == 2
    assert not (root / "dlsite.yml").exists()


def test_init_of_a_folder_says_how_to_go_there(dlsite: Run, tmp_path: Path) -> None:
    ran = dlsite(tmp_path, "init", "my notes")
    assert ran.out.splitlines()[-1] == "next: cd 'my notes' && dlsite serve"


def test_init_keeps_the_gitignore_of_a_folder(dlsite: Run, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    assert dlsite(tmp_path, "init").code == 0
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_new_page_that_is_wanted_takes_title_and_tag_from_its_links(
    dlsite: Run, site: Write
) -> None:
    root = site(SEED)
    ran = dlsite(root, "new", "/recurrent_neural_networks")
    assert ran == Ran(0, "wrote content/recurrent_neural_networks.md\n", "")
    assert (root / "content/recurrent_neural_networks.md").read_text() == (
        "---\nlayout: post\n"
        'title: "Recurrent Neural Networks"\n'
        'permalink: "/recurrent_neural_networks/"\n'
        "tags:\n"
        '  - "Recurrent Neural Networks"\n'
        "draft: true\n---\n\n"
    )
    assert [
        row["file"] for row in json.loads(dlsite(root, "list", "drafts", "--format", "json").out)
    ] == ["content/recurrent_neural_networks.md"]


def test_new_page_takes_title_and_tags_from_the_command_line(dlsite: Run, site: Write) -> None:
    root = site(SEED)
    title = 'Say "hi": # 1'
    dlsite(root, "new", "/x/transfer", "--title", title, "--tag", "One", "--tag", "Two: 2")
    rows = json.loads(dlsite(root, "list", "drafts", "--format", "json").out)
    assert rows == [
        {"file": "content/x/transfer.md", "reason": "draft", "permalink": "/x/transfer/"}
    ]
    (root / "dlsite.yml").write_text("drafts: true\n")
    pages = json.loads(dlsite(root, "list", "pages", "--format", "json").out)
    found = [(page["title"], page["tags"]) for page in pages]
    assert ("Say \u201chi\u201d: # 1", ["One", "Two: 2"]) in found


def test_new_page_that_nobody_wants_is_called_after_its_permalink(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    dlsite(root, "new", "gated_recurrent-unit")
    text = (root / "content/gated_recurrent-unit.md").read_text()
    assert 'title: "Gated Recurrent Unit"\npermalink: "/gated_recurrent-unit/"\ndraft' in text


@pytest.mark.parametrize(
    "permalink",
    ["/a/", "a", "/A/", "/../x", "/", "/x.html", "//x/y", "/x?y", "/tags/gans/", "/notes", "/soon"],
)
def test_new_page_that_cannot_be_is_refused(dlsite: Run, site: Write, permalink: str) -> None:
    draft = "---\npermalink: /soon/\ndraft: true\n---\n"
    other = "---\npermalink: /other/\n---\n"
    root = site(GOOD | {"content/notes.md": other, "content/d.md": draft})
    before = everything(root)
    ran = dlsite(root, "new", permalink)
    assert ran.code == 2
    assert ran.err.startswith("dlsite: ")
    assert everything(root) == before
