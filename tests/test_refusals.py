"""What the system refuses, gives without an end or leaves out: a line says so, the site stays."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from running import LINUX, NOON, PATIENCE_SECONDS, Run, Write, of_one_process, run_as_typed, tree

Done = subprocess.CompletedProcess[str]

SITE = {
    f"content/p{number}.md": f"---\ntitle: P{number}\n---\n[x](/p{(number + 1) % 9}/) $x$\n"
    for number in range(9)
}
PIPE = os.mkfifo

# linux/prctl.h and linux/capability.h
_DROP_FOR_GOOD = 24
_PASSES_OVER_RIGHTS = (1, 2)


def dlsite(root: Path, *arguments: str, before: Callable[[], object] | None = None) -> Done:
    """Run the program as a process, for a bounded time; `before` is done in it first."""
    ran = subprocess.run(
        [sys.executable, "-m", "dlsite", "-C", str(root), *arguments],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        preexec_fn=before,
    )
    assert "Traceback" not in ran.stdout + ran.stderr
    return ran


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOON))
    for name in ("GITHUB_ACTIONS", "DLSITE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def under(limit: int, most: int) -> Callable[[], object]:
    return lambda: resource.setrlimit(limit, (most, most))


def without_rights() -> None:
    """Let the program that is started next be bound by rights, though it is root's."""
    for right in _PASSES_OVER_RIGHTS:
        ctypes.CDLL(None).prctl(_DROP_FOR_GOOD, right, 0, 0, 0)


def build(root: Path) -> None:
    """Build the site in this process, in which nothing is refused."""
    assert run_as_typed(["-C", str(root), "build"])[0] == 0


def clean(root: Path) -> dict[str, bytes]:
    """Return what a build without memory makes of the site."""
    return of_one_process(root, root.with_name("clean"))


@LINUX
@pytest.mark.parametrize("what", ["first build", "build", "check"])
@pytest.mark.parametrize(
    ("limit", "most"),
    [
        *((resource.RLIMIT_AS, most << 20) for most in (50, 60)),
        (resource.RLIMIT_NOFILE, 6),
        *((resource.RLIMIT_FSIZE, most) for most in (0, 10_000)),
    ],
)
def test_too_little_is_said_in_a_line_and_harms_nothing(
    site: Write, what: str, limit: int, most: int
) -> None:
    root = site(SITE)
    if what != "first build":
        build(root)
        (root / "content/p3.md").write_text(SITE["content/p3.md"] + "More words.\n")
    before = tree(root / "public")
    ran = dlsite(root, what.rsplit(maxsplit=1)[-1], before=under(limit, most))
    assert ran.returncode in (0, 1, 2)
    if ran.returncode or what == "check":
        assert tree(root / "public") == before
    assert ran.stderr.startswith("dlsite: ") == (ran.returncode != 0)
    if limit == resource.RLIMIT_FSIZE and (what == "first build" or (what, most) == ("build", 0)):
        assert "file too large" in ran.stderr.lower()
    build(root)
    assert tree(root / "public") == clean(root)
    assert not [path.name for path in root.iterdir() if path.name.startswith(".public")]


@LINUX
@pytest.mark.parametrize(
    ("path", "make", "said"),
    [
        ("dlsite.yml", PIPE, "it is no regular file"),
        ("dlsite.yml", lambda path: path.symlink_to("/dev/zero"), "it is no regular file"),
        ("dlsite.yml", lambda path: path.symlink_to("gone.yml"), "no such file or directory"),
        ("dlsite.yml", lambda path: path.symlink_to(path), "too many levels of symbolic links"),
        ("dlsite.yml", Path.mkdir, "is a directory"),
        ("_config.yml", PIPE, "it is no regular file"),
    ],
    ids=["pipe", "device", "gone", "loop", "folder", "Jekyll's"],
)
def test_configuration_that_cannot_be_read_is_not_passed_over(
    site: Write, run: Run, path: str, make: Callable[[Path], object], said: str
) -> None:
    root = site(SITE)
    make(root / path)
    words = f"dlsite: the configuration '{root / path}' cannot be read: {said}\n"
    for command in ("build", "check", "build"):
        ran = run(root, command)
        assert (ran.code, ran.err) == (2, words)


@LINUX
def test_configuration_may_be_a_pipe_that_is_named(site: Write) -> None:
    root = site(SITE)
    for title in ("One", "Two"):
        ends = os.pipe()
        os.write(ends[1], f"title: {title}\n".encode())
        os.close(ends[1])
        os.dup2(ends[0], 0)
        os.close(ends[0])
        assert dlsite(root, "build", "--config", "/dev/stdin").returncode == 0
        assert title in (root / "public/index.html").read_text()


@LINUX
@pytest.mark.parametrize("words", ["More words.", "## A heading"])
def test_pipe_in_the_place_of_what_was_written_is_not_read(
    site: Write, run: Run, words: str
) -> None:
    root = site(SITE)
    build(root)
    for path in ("public/.dlsite-manifest.json", "public/site.json", "public/p1/index.html"):
        (root / path).unlink()
        PIPE(root / path)
    (root / "content/p3.md").write_text(SITE["content/p3.md"] + words)
    ran = run(root, "build")
    assert "is in the way" in ran.err or ran.code == 0
    assert run(root, "build", "--force").code == 0
    # What the list knew that is gone, nobody knows to be ours.
    assert clean(root).items() <= tree(root / "public").items()


@LINUX
@pytest.mark.parametrize("new", ["More words.", "[a](/p1/) [new](/p1/more/)"])
def test_folder_of_the_output_that_may_not_be_written_stops_all(site: Write, new: str) -> None:
    root = site(SITE)
    build(root)
    before = tree(root / "public")
    (root / "content/p1.md").write_text(SITE["content/p1.md"] + new)
    page = "---\ntitle: More\npermalink: /p1/more/\n---\n[x](/p1/)\n"
    (root / "content/more.md").write_text(page)
    (root / "public/p1").chmod(0o555)
    try:
        ran = dlsite(root, "build", before=without_rights)
        assert tree(root / "public") == before
    finally:
        (root / "public/p1").chmod(0o755)
    words = f"dlsite: cannot write '{root / 'public/p1'}': Permission denied\n"
    assert (ran.returncode, ran.stderr) == (1, words)
    build(root)
    assert tree(root / "public") == clean(root)
