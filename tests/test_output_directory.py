"""What `build` and `clean` do in the output directory, and what they leave alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from running import Ran, Run, Write, everything, stamps
from smallsites import DANGLING, FULL, GOOD


def test_unchanged_files_are_not_written_again(dlsite: Run, site: Write, published: Path) -> None:
    public = published / "public"
    before = stamps(public)
    ran = dlsite(published, "build")
    assert f"0 written, {len(before) - 1} unchanged, 0 removed" in ran.err
    assert stamps(public) == before
    root = site({"content/b.md": GOOD["content/b.md"] + "\nMore.\n"})
    assert dlsite(root, "build").code == 0
    after = stamps(public)
    assert after["icon.svg"] == before["icon.svg"]
    assert after["b/index.html"] != before["b/index.html"]


def test_stale_files_of_ours_are_removed_and_others_survive(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING | {"dlsite.yml": "search: false\n"})
    public = root / "public"
    dlsite(root, "build")
    foreign = {"CNAME": b"example.org", "c/mine.txt": b"mine", "mine/index.html": b"mine"}
    for path, content in foreign.items():
        (public / path).parent.mkdir(exist_ok=True)
        (public / path).write_bytes(content)
    (root / "content/c.md").unlink()
    ran = dlsite(root, "build")
    assert "2 removed" in ran.err
    after = everything(public)
    assert "c/index.html" not in after
    assert foreign.items() <= after.items()


def test_second_build_ends_as_a_clean_one(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING)
    dlsite(root, "build")
    shutil.rmtree(root / "content")
    site(FULL)
    dlsite(root, "build")
    dlsite(root, "build", "-o", "clean")
    assert everything(root / "public") == everything(root / "clean")


@pytest.mark.parametrize(
    "output",
    [
        ".",
        "..",
        "/",
        "{home}",
        "{parent}",
        "content",
        "content/x",
        "static/x",
        "foreign",
        "dlsite.yml",
    ],
    ids=[
        "the site",
        "the folder above",
        "the root",
        "the home directory",
        "a parent by its full path",
        "the content",
        "inside the content",
        "inside the static files",
        "a folder of somebody else",
        "a file",
    ],
)
def test_foolish_output_directory_is_refused(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, output: str
) -> None:
    root = site(GOOD | {"foreign/mine.txt": "mine", "static/a.txt": "a", "dlsite.yml": ""})
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    where = output.format(home=home, parent=tmp_path)
    before = everything(tmp_path)
    ran = dlsite(root, "build", "-o", where)
    assert ran.code == 2
    assert ran.err.startswith(f"dlsite: '{where}' ")
    assert everything(tmp_path) == before
    if output != "foreign":
        assert dlsite(root, "build", "--force", "-o", where).code == 2
        assert everything(tmp_path) == before


def test_foreign_folder_is_adopted_by_force(dlsite: Run, site: Write) -> None:
    root = site(GOOD | {"foreign/mine.txt": "mine"})
    assert dlsite(root, "build", "--force", "-o", "foreign").code == 0
    assert everything(root / "foreign")["mine.txt"] == b"mine"
    assert dlsite(root, "build", "-o", "foreign").code == 0


def test_foreign_file_in_the_way_stops_the_build(dlsite: Run, site: Write, published: Path) -> None:
    site({"public/c/index.html": "mine"} | DANGLING)
    before = everything(published)
    ran = dlsite(published, "build")
    assert ran.code == 1
    assert "'public/c/index.html' is in the way" in ran.err
    assert everything(published) == before


def test_clean_removes_what_was_written_and_nothing_else(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    before = everything(root)
    dlsite(root, "build")
    (root / "public/mine.txt").write_text("mine")
    count = len(everything(root / "public")) - 2
    assert dlsite(root, "clean") == Ran(0, f"{count} files removed from 'public'\n", "")
    assert everything(root) == before | {"public/mine.txt": b"mine"}
    assert not (root / ".dlsite").exists()
    assert dlsite(root, "clean").out == "0 files removed from 'public'\n"


def test_memory_hides_from_version_control(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    dlsite(root, "check")
    assert (root / ".dlsite/.gitignore").read_text() == "*\n"
    (root / ".dlsite/mine").write_text("")
    dlsite(root, "clean")
    assert sorted(path.name for path in (root / ".dlsite").iterdir()) == [".gitignore", "mine"]


def test_clean_knows_other_output_directories(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    before = everything(root)
    dlsite(root, "build", "-o", "out")
    assert dlsite(root, "clean", "-o", "out").code == 0
    assert everything(root) == before
    assert dlsite(root, "clean", "-o", "content").code == 2
    assert everything(root) == before
