"""What goes wrong outside of the content: each ends in a line and an exit code of its own."""

from __future__ import annotations

import os
import re
import signal
import sys
import tempfile
import time
from pathlib import Path

import pytest

from dlsite import __version__
from dlsite.cli import main
from running import Ran, Run, Write, stamps
from smallsites import GOOD

pytestmark = pytest.mark.usefixtures("environment")


def test_interruption_is_told_apart(
    dlsite: Run, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stamps(published / "public")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dlsite.incremental.run.publish", interrupted)
    ran = dlsite(published, "build")
    assert ran == Ran(130, "", "dlsite: interrupted; nothing more was written\n")
    assert stamps(published / "public") == before


def test_terminated_run_says_so_and_leaves_with_143(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site({"content/a.md": "---\ntitle: A\n---\nText.\n"})
    before = signal.getsignal(signal.SIGTERM)

    def terminated(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)

    monkeypatch.setattr("dlsite.incremental.run.publish", terminated)
    ran = dlsite(root, "build")
    assert ran == Ran(143, "", "dlsite: terminated; nothing more was written\n")
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "there is not enough memory"),
        (
            ImportError("cannot map _x.so", name="_x", path="/lib/_x.so"),
            "a library cannot be loaded: cannot map _x.so",
        ),
    ],
)
def test_lack_of_memory_is_said_in_one_line(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def starved(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("dlsite.incremental.run.publish", starved)
    ran = dlsite(site({"content/a.md": "Text."}), "build")
    assert ran == Ran(2, "", f"dlsite: {said}\n")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Put a bug into every command that reads a site; returns the folder for its traceback."""

    def buggy(*_: object, **__: object) -> None:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr("dlsite.reading.analyse", buggy)
    folder = tmp_path / "bugs"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_bug_is_owned_up_to_in_one_line_with_a_traceback_in_a_file(
    dlsite: Run, site: Write, broken: Path
) -> None:
    ran = dlsite(site(GOOD), "check")
    (file,) = broken.iterdir()
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("dlsite: a bug in dlsite (ZeroDivisionError); please report it")
    assert ran.err.endswith(f"with the file {file}\n")
    text = file.read_text()
    assert text.startswith(f"dlsite {__version__}, Python {sys.version}")
    assert "Traceback" in text
    assert text.endswith("ZeroDivisionError: first line\nsecond line\n")


def test_bug_is_owned_up_to_where_no_file_can_be_written(
    site: Write, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken.rmdir()
    assert main(["-C", str(site(GOOD)), "check"]) == 3
    lines = capsys.readouterr().err.splitlines()
    assert "second line" in lines
    assert lines[-1].endswith("with the lines above")


def test_refusal_of_the_system_is_no_bug(
    dlsite: Run, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *, missing_ok: bool = False) -> None:
        del missing_ok
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    ran = dlsite(published, "clean")
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"dlsite: '.*/public/\S+': permission denied\n", ran.err)
