"""A build in which nothing changed: what it costs, what it says, and when it is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlsite import early
from dlsite.cli import main

Write = Callable[[Mapping[str, str]], Path]

GOOD = {
    "content/a.md": "---\ntitle: A\n---\n[b](/b)\n",
    "content/b.md": "---\ntitle: B\ndraft: true\n---\n![](/x.png)\n",
    "content/c.md": "---\ntitle: C\n---\n[a](/a) ![](/x.png) é\n",
    "static/x.png": "x",
}
OURS = {"dlsite", "dlsite.start", "dlsite.early", "dlsite.store", "dlsite.tool", "dlsite.walk"}
# Beside what Python itself has at its start; on any platform, so no test of equality.
STANDARD = {
    *("__future__", "_collections", "_collections_abc", "_datetime", "_functools", "_json"),
    *("_operator", "_sqlite3", "_sre", "_string", "_strptime", "_typing", "abc", "collections"),
    *("collections.abc", "contextlib", "copyreg", "datetime", "enum", "fnmatch", "functools"),
    *("gc", "genericpath", "itertools", "json", "json.decoder", "json.encoder", "json.scanner"),
    *("keyword", "math", "operator", "os", "posixpath", "re", "re._casefix", "re._compiler"),
    *("re._constants", "re._parser", "reprlib", "sqlite3", "sqlite3.dbapi2", "stat", "string"),
    *("threading", "time", "types", "typing", "typing.io", "typing.re", "warnings", "weakref"),
    *("_weakrefset", "zlib", "_bisect", "_struct", "_thread", "errno", "_stat", "_abc"),
    *("numbers", "_pydatetime", "_pyrepr"),
}
SHOW_MODULES = """
import sys
before = set(sys.modules)
sys.argv[0] = "dlsite"
from dlsite.start import main
code = main()
print("modules", *sorted(set(sys.modules) - before))
sys.exit(code)
"""


@dataclass(frozen=True)
class Ran:
    """A build that has ended; `said` is all but the line that counts and tells the time."""

    code: int
    said: tuple[str, str]
    counts: str


Run = Callable[..., Ran]


@pytest.fixture
def dlsite(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what does a build as the program does, without a process of its own."""

    def run(root: Path, *flags: str, epoch: int = 1_700_000_000, command: str = "build") -> Ran:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(epoch))
        arguments = ["-C", str(root), command, *flags]
        code = early.repeat(arguments)
        if code is None:
            code = main(arguments)
        out, err = capsys.readouterr()
        findings, _, counts = err.rstrip("\n").rpartition("\n")
        return Ran(code, (out, findings), counts)

    return run


@pytest.mark.parametrize("command", early.COMMANDS)
def test_nothing_large_is_imported(dlsite: Run, site: Write, command: str) -> None:
    root = site(GOOD)
    dlsite(root, command=command)
    # What has only just changed is looked at more closely.
    time.sleep(0.1)
    dlsite(root, command=command)
    arguments = ["-C", str(root), command]
    ran = subprocess.run(
        [sys.executable, "-c", SHOW_MODULES, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    modules = set(ran.stdout.rpartition("modules ")[2].split())
    assert {name for name in modules if name.partition(".")[0] == "dlsite"} == OURS
    assert modules - OURS - STANDARD == set()
    assert "0 written" in ran.stderr or "3 pages checked" in ran.stdout


@pytest.mark.parametrize(
    "flags", [[], ["-v"], ["--format", "json"], ["--color", "always"], ["-q"], ["-D"]], ids=str
)
def test_findings_are_said_again(dlsite: Run, site: Write, flags: list[str]) -> None:
    root = site(GOOD)
    first = dlsite(root, *flags)
    again = dlsite(root, *flags)
    assert (again.code, again.said) == (first.code, first.said) == (0, first.said)
    assert ("image-alt" in "".join(first.said)) is (flags != ["-q"])


def test_page_that_comes_due_is_published(dlsite: Run, site: Write) -> None:
    root = site(GOOD | {"content/d.md": "---\ntitle: D\ndate: 2030-01-01\n---\n"})
    page = root / "public/d/index.html"
    for epoch, is_due in [(1_700_000_000, False)] * 2 + [(1_900_000_000, True)] * 2:
        dlsite(root, epoch=epoch)
        assert page.exists() is is_due
    dlsite(root)
    assert not page.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "content/new.md").write_text("x"),
        lambda root: (root / "content/a.md").unlink(),
        lambda root: (root / "static/x.png").write_text("y"),
        lambda root: (root / "dlsite.yml").write_text("title: New\n"),
        lambda root: (root / "_config.yml").write_text("title: New\n"),
        lambda root: (root / "templates").mkdir(),
        lambda root: (root / "urls.txt").write_text("/gone/\n"),
        lambda root: (root / "public/a/index.html").write_text("mine"),
        lambda root: (root / "public/a/index.html").unlink(),
        lambda root: (root / ".dlsite/cache.sqlite").write_bytes(b"no database"),
        lambda root: shutil.rmtree(root / ".dlsite"),
    ],
    ids=["new", "gone", "static", "config", "jekyll", "folder", "ledger", "tampered", "removed",
         "damaged", "forgotten"],
)  # fmt: skip
def test_any_change_is_built(
    dlsite: Run, site: Write, change: Callable[[Path], object], tmp_path: Path
) -> None:
    root = site(GOOD)
    dlsite(root)
    change(root)
    ours = dlsite(root)
    clean = dlsite(root, "--no-cache", "-o", str(tmp_path / "clean"))
    assert ours.said == clean.said
    assert _tree(root / "public") == _tree(tmp_path / "clean")


def test_edit_of_the_same_size_at_the_same_time_is_seen(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    page = root / "content/a.md"
    dlsite(root)
    status = page.stat()
    page.write_text(GOOD["content/a.md"].replace("[b]", "[X]"))
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    dlsite(root)
    assert ">X</a>" in (root / "public/a/index.html").read_text()


def test_files_that_had_just_changed_settle(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    dlsite(root)
    time.sleep(0.2)
    for _ in range(2):
        assert "0 written" in dlsite(root).counts


def test_cache_in_another_folder_spares_the_parsing(
    dlsite: Run, site: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(GOOD)
    dlsite(root)
    expected = _tree(root / "public")
    fresh = tmp_path / "fresh"
    shutil.copytree(root, fresh, ignore=shutil.ignore_patterns("public"))

    def parse(*_: object, **__: object) -> None:
        raise AssertionError("a page was parsed")

    monkeypatch.setattr("dlsite.workers.parse_in_time", parse)
    assert dlsite(fresh).code == 0
    assert _tree(fresh / "public") == expected


def test_site_without_room_for_a_memory_is_built(dlsite: Run, site: Write) -> None:
    root = site(GOOD | {".dlsite": "a file, not a folder"})
    assert dlsite(root).code == 0
    assert (root / "public/a/index.html").exists()
    assert (root / ".dlsite").read_text() == "a file, not a folder"


def _tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
