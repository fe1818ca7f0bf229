"""A build in which nothing changed: what it costs, what it says, and when it is none."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dlsite.incremental import early
from dlsite.incremental.typed import typed
from dlsite.memory.store import Store
from running import NOON, Run, Write, tree

GOOD = {
    "content/a.md": "---\ntitle: A\n---\n[b](/b)\n",
    "content/b.md": "---\ntitle: B\ndraft: true\n---\n![](/x.png)\n",
    "content/c.md": "---\ntitle: C\n---\n[a](/a) ![](/x.png) é\n",
    "static/x.png": "x",
}
LIGHT = (
    *("start", "files", "files.leftovers", "files.stamped", "files.walk"),
    *("incremental", "incremental.early", "incremental.typed"),
    *("memory", "memory.store", "memory.tool"),
)
OURS = {"dlsite", *(f"dlsite.{name}" for name in LIGHT)}
# Beside what Python itself has at its start; on any platform, so no test of equality.
STANDARD = {
    *("__future__", "_collections", "_collections_abc", "_datetime", "_functools", "_json"),
    *(
        "_operator",
        "_sqlite3",
        "array",
        "_sre",
        "_string",
        "_strptime",
        "abc",
        "collections",
    ),
    *("collections.abc", "contextlib", "copyreg", "datetime", "enum", "fnmatch", "functools"),
    *("gc", "genericpath", "itertools", "json", "json.decoder", "json.encoder", "json.scanner"),
    *("keyword", "math", "operator", "os", "posixpath", "re", "re._casefix", "re._compiler"),
    *("re._constants", "re._parser", "reprlib", "sqlite3", "sqlite3.dbapi2", "stat", "string"),
    *("threading", "time", "types", "warnings", "weakref"),
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


@pytest.mark.parametrize("command", ["build", "check"])
def test_nothing_large_is_imported(run: Run, site: Write, command: str) -> None:
    root = site(GOOD)
    run(root, command)
    # What has only just changed is looked at more closely.
    time.sleep(0.1)
    run(root, command)
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
def test_findings_are_said_again(run: Run, site: Write, flags: list[str]) -> None:
    root = site(GOOD)
    first = run(root, "build", *flags)
    again = run(root, "build", *flags)
    assert (again.code, again.said) == (first.code, first.said) == (0, first.said)
    assert ("image-alt" in "".join(first.said)) is (flags != ["-q"])


def test_page_that_comes_due_is_published(
    run: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(GOOD | {"content/d.md": "---\ntitle: D\ndate: 2030-01-01\n---\n"})
    page = root / "public/d/index.html"
    later = NOON + 200_000_000
    for epoch, is_due in [
        (NOON, False),
        (NOON, False),
        (later, True),
        (later, True),
        (NOON, False),
    ]:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(epoch))
        run(root, "build")
        assert page.exists() is is_due


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
        lambda root: (root / "content/tags.yml").write_text("A: {synonyms: B}\n"),
        lambda root: (root / "public/a/index.html").write_text("mine"),
        lambda root: (root / "public/a/index.html").unlink(),
        lambda root: (root / ".dlsite/cache.sqlite").write_bytes(b"no database"),
        lambda root: shutil.rmtree(root / ".dlsite"),
    ],
    ids=["new", "gone", "static", "config", "jekyll", "folder", "ledger", "tags", "tampered",
         "removed", "damaged", "forgotten"],
)  # fmt: skip
def test_any_change_is_built(
    run: Run, site: Write, change: Callable[[Path], object], tmp_path: Path
) -> None:
    root = site(GOOD)
    run(root, "build")
    change(root)
    ours = run(root, "build")
    clean = run(root, "build", "--no-cache", "-o", str(tmp_path / "clean"))
    assert ours.said == clean.said
    assert tree(root / "public") == tree(tmp_path / "clean")


def test_configuration_elsewhere_is_looked_at(run: Run, site: Write, tmp_path: Path) -> None:
    root, elsewhere = site(GOOD), tmp_path / "elsewhere.yml"
    for title in ("One", "Two"):
        elsewhere.write_text(f"title: {title}\n")
        run(root, "build", "--config", str(elsewhere))
        assert title in (root / "public/index.html").read_text()


def test_edit_of_the_same_size_at_the_same_time_is_seen(run: Run, site: Write) -> None:
    root = site(GOOD)
    page = root / "content/a.md"
    run(root, "build")
    status = page.stat()
    page.write_text(GOOD["content/a.md"].replace("[b]", "[X]"))
    os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))
    run(root, "build")
    assert ">X</a>" in (root / "public/a/index.html").read_text()


def test_files_that_had_just_changed_settle(run: Run, site: Write) -> None:
    root = site(GOOD)
    run(root, "build")
    time.sleep(0.2)
    for _ in range(2):
        assert "0 written" in run(root, "build").counts


def test_tags_file_that_has_just_changed_costs_no_run_more(run: Run, site: Write) -> None:
    root = site(GOOD)
    run(root, "build")
    (root / "content/tags.yml").write_text("A: {synonyms: B}\n")
    assert [run(root, "build").was_early for _ in range(2)] == [False, True]


def test_cache_in_another_folder_spares_the_parsing(
    run: Run, site: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(GOOD)
    run(root, "build")
    expected = tree(root / "public")
    fresh = tmp_path / "fresh"
    shutil.copytree(root, fresh, ignore=shutil.ignore_patterns("public"))

    def parse(*_: object, **__: object) -> None:
        raise AssertionError("a page was parsed")

    monkeypatch.setattr("dlsite.processes.workers.parse_in_time", parse)
    assert run(fresh, "build").code == 0
    assert tree(fresh / "public") == expected


def test_memory_that_may_be_neither_written_nor_removed_costs_time_alone(
    run: Run, site: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(GOOD)
    run(root, "build")
    with (root / "content/a.md").open("a") as page:
        page.write("\nMore.\n")
    clean = run(root, "build", "--no-cache", "-o", str(tmp_path / "clean"))
    connect = sqlite3.connect

    def connect_to_read(path: str, **how: Any) -> sqlite3.Connection:  # noqa: ANN401 - those of `connect`
        database: sqlite3.Connection = connect(path, **how)
        if path:
            database.execute("PRAGMA query_only = ON")
        return database

    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    with monkeypatch.context() as patch:
        patch.setattr("dlsite.memory.store.sqlite3.connect", connect_to_read)
        patch.setattr("dlsite.commands.means.forget", refuse)
        ours = run(root, "build")
    assert (ours.code, ours.said) == (0, clean.said)
    assert tree(root / "public") == tree(tmp_path / "clean")


def test_folder_beside_which_nobody_may_look_is_published_into(
    run: Run, site: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def listdir(path: str) -> list[str]:
        if Path(path) == tmp_path / "closed":
            raise PermissionError(13, "Permission denied", path)
        return every(path)

    every = os.listdir
    root = site(GOOD)
    (tmp_path / "closed").mkdir()
    monkeypatch.setattr("dlsite.files.leftovers.os.listdir", listdir)
    runs = [run(root, "build", "-o", str(tmp_path / "closed/public")) for _ in range(2)]
    assert [(ran.code, ran.was_early) for ran in runs] == [(0, False), (0, True)]
    assert (tmp_path / "closed/public/a/index.html").exists()


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        ("KeyboardInterrupt", 130, "interrupted; nothing more was written"),
        ("MemoryError", 2, "there is not enough memory"),
        ("SystemError('error return without exception set')", 2, "there is not enough memory"),
        ("OSError(24, 'Too many open files', '/l/é')", 2, r"'/l/\xe9': too many open files"),
        (
            "ImportError('x.so: failed to map segment', path='/x.so')",
            2,
            "a library cannot be loaded: x.so: failed to map segment",
        ),
    ],
    ids=lambda value: str(value).partition("(")[0],
)
@pytest.mark.parametrize("module", ["incremental.early", "cli", "markup.converter"])
def test_what_ends_dlsite_while_it_is_read_is_said_in_a_line(
    site: Write, module: str, error: str, code: int, said: str
) -> None:
    program = f"""
import sys

class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "dlsite.{module}":
            raise {error}

sys.meta_path.insert(0, Interrupting())
from dlsite.start import main
sys.exit(main())
"""
    ran = subprocess.run(
        [sys.executable, "-c", program, "-C", str(site(GOOD)), "build"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (code, "", f"dlsite: {said}\n")


@pytest.mark.skipif(sys.platform == "darwin", reason="has no such names")
def test_site_in_a_folder_whose_name_is_no_utf_8_is_remembered(run: Run, site: Write) -> None:
    root = site(GOOD)
    root = root.rename(root.with_name(os.fsdecode(b"caf\xe9")))
    for output in ("public", os.fsdecode(b"\xe9")):
        runs = [run(root, "build", "-o", output) for _ in range(2)]
        assert [(ran.code, ran.was_early) for ran in runs] == [(0, False), (0, True)]


def test_site_without_room_for_a_memory_is_built(run: Run, site: Write) -> None:
    root = site(GOOD | {".dlsite": "a file, not a folder"})
    assert run(root, "build").code == 0
    assert (root / "public/a/index.html").exists()
    assert (root / ".dlsite").read_text() == "a file, not a folder"


@pytest.mark.parametrize("text", ["{}", "[]", "null", '{"since": 0, "until": 1e99}', "no JSON"])
def test_run_that_was_remembered_in_another_form_is_done_in_full(
    run: Run, site: Write, text: str
) -> None:
    root = site(GOOD)
    first = run(root, "build")
    store = Store(str(root / ".dlsite/cache.sqlite"))
    asked = typed(["build"])
    assert asked is not None
    assert store.get("runs", early.run_key(asked)) is not None
    store.put("runs", [(early.run_key(asked), text)])
    store.close()
    again = run(root, "build")
    assert (again.said, again.was_early) == (first.said, False)
