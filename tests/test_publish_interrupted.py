"""Publishing that is killed, watched or not alone: nothing is torn, and the next build mends it."""

from __future__ import annotations

import ctypes
import errno
import random
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from dlsite.config.settings import Config
from dlsite.files.leftovers import JOURNAL
from dlsite.publish.directory import output_directory
from dlsite.publish.journal import complete
from dlsite.publish.lock import locked
from dlsite.publish.manifest import read_manifest
from dlsite.publish.run import FEW, publish
from publishing import outputs_of, publish_texts, texts_in
from running import LINUX, broken_off

_CHILD = """
import sys
from pathlib import Path
from dlsite.publish.run import publish
from dlsite.records import OutputFile

output, count = Path(sys.argv[1]), int(sys.argv[2])
print("ready", flush=True)
while True:
    for state in ("new", "old"):
        names = [f"p{n}/index.html" for n in range(count)] + [f"{state}/only.html"]
        publish([OutputFile(name, (state * 5000).encode()) for name in names], output)
"""


def _site(state: str, count: int) -> dict[str, str]:
    names = [*(f"p{number}/index.html" for number in range(count)), f"{state}/only.html"]
    return dict.fromkeys(names, state * 5000)


def _without_journal(files: Mapping[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if not path.startswith(JOURNAL)}


def _kill_at(seconds: float, output: Path, count: int) -> None:
    """Kill a process that publishes one state after the other, so long after its start."""
    command = [sys.executable, "-c", _CHILD, str(output), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(seconds)
        child.kill()


@LINUX
@pytest.mark.parametrize("count", [5, FEW + 8], ids=["a few files", "many files"])
def test_build_that_is_killed_tears_nothing_and_the_next_one_mends_it(
    tmp_path: Path, count: int
) -> None:
    seconds = random.Random(7)
    output = tmp_path / "public"
    publish_texts(_site("old", count), output)
    for _ in range(12):
        _kill_at(seconds.uniform(0, 0.05), output, count)
        files = _without_journal(texts_in(output))
        states = {text[:3] for text in files.values()}
        assert all(text == text[:3] * 5000 for text in files.values()), "a torn file"
        assert len([path for path in files if path.startswith("p")]) == count, "a missing file"
        if count > FEW:
            (state,) = states
            assert files == _site(state, count), "a mixture"
        publish_texts(_site("old", count), output)
        assert texts_in(output) == _site("old", count)
        assert [path.name for path in tmp_path.iterdir()] == ["public"], "litter"


@LINUX
def test_reader_of_a_site_that_is_exchanged_misses_nothing(tmp_path: Path) -> None:
    output, count = tmp_path / "public", FEW + 8
    publish_texts(_site("old", count), output)
    command = [sys.executable, "-c", _CHILD, str(output), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        end = time.monotonic() + 0.7
        polls = 0
        while time.monotonic() < end:
            assert (output / f"p{polls % count}/index.html").read_text()[:3] in ("old", "new")
            polls += 1
        child.kill()
    assert polls > count


@pytest.mark.parametrize("step", ["undecided", "decided", "half done"])
def test_journal_is_completed_once_it_is_decided(tmp_path: Path, step: str) -> None:
    old, new = {"a.html": "old a", "s.html": "old s"}, {"a.html": "new a", "b/c.html": "new"}
    publish_texts(old, tmp_path)
    dies_at = {"undecided": 0, "decided": 1, "half done": 2}[step]
    with broken_off(after=dies_at):
        publish_texts(new, tmp_path)
    complete(tmp_path)
    assert texts_in(tmp_path) == (old if step == "undecided" else new)
    assert set(read_manifest(tmp_path)) == set(texts_in(tmp_path))


@pytest.mark.parametrize(
    "plan",
    [
        "nonsense",
        "{}",
        '{"first": ["../x"], "renames": {}, "last": []}',
        '{"first": [], "renames": {"a/../../x": "0"}, "last": []}',
        '{"first": [], "renames": {"x": "../../secret"}, "last": []}',
        '{"first": [], "renames": [1], "last": []}',
    ],
)
def test_journal_that_cannot_be_trusted_is_dropped(tmp_path: Path, plan: str) -> None:
    output = tmp_path / "public"
    publish_texts({"a.html": "a"}, output)
    (tmp_path / "x").write_text("mine")
    (output / JOURNAL).mkdir()
    (output / JOURNAL / "0").write_text("evil")
    (output / JOURNAL / "plan.json").write_text(plan)
    assert publish_texts({"a.html": "a"}, output).unchanged == 1
    assert (tmp_path / "x").read_text() == "mine"
    assert texts_in(output) == {"a.html": "a"}


def test_what_a_killed_first_build_left_is_adopted_and_swept(tmp_path: Path) -> None:
    output = tmp_path / "public"
    (output / JOURNAL).mkdir(parents=True)
    (output / JOURNAL / "0").write_text("half a file")
    (tmp_path / ".public.dlsite-k1ll3d").mkdir()
    assert output_directory(tmp_path, Config()) == output
    publish_texts({"a.html": "a"}, output)
    assert texts_in(output) == {"a.html": "a"}
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


@LINUX
def test_many_files_beside_those_of_others_are_changed_in_place(tmp_path: Path) -> None:
    output, count = tmp_path / "public", FEW + 8
    publish_texts(_site("old", count), output)
    (output / ".git").mkdir()
    (output / ".git/HEAD").write_text("ref")
    inode = output.stat().st_ino
    publish_texts(_site("new", count), output)
    assert output.stat().st_ino == inode
    assert texts_in(output) == _site("new", count) | {".git/HEAD": "ref"}


@LINUX
def test_exchanged_directory_keeps_its_rights_and_links_what_is_unchanged(tmp_path: Path) -> None:
    output, count = tmp_path / "public", FEW + 8
    same = {"same.html": "same"}
    publish_texts(_site("old", count) | same, output)
    output.chmod(0o750)
    before = (output / "same.html").stat()
    publish_texts(_site("new", count) | same, output)
    after = (output / "same.html").stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert output.stat().st_mode & 0o777 == 0o750
    assert texts_in(output) == _site("new", count) | same


@LINUX
@pytest.mark.parametrize("refusal", [errno.EXDEV, errno.EBUSY, errno.ENOSYS, errno.EPERM])
def test_system_that_cannot_exchange_gets_the_files_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refusal: int
) -> None:
    output, count = tmp_path / "public", FEW + 8
    publish_texts(_site("old", count), output)

    def refuse(*_: object) -> int:
        ctypes.set_errno(refusal)
        return -1

    with monkeypatch.context() as patch:
        patch.setattr(ctypes, "CDLL", lambda *_, **__: SimpleNamespace(renameat2=refuse))
        publish_texts(_site("new", count), output)
    assert texts_in(output) == _site("new", count)
    assert [path.name for path in tmp_path.iterdir()] == ["public"]


@LINUX
def test_second_build_waits_for_the_first(tmp_path: Path) -> None:
    output = tmp_path / "public"
    publish_texts({"a.html": "a"}, output)
    said: list[str] = []
    with ThreadPoolExecutor() as threads:
        with locked(output, lambda: said.append("nobody holds it yet")):
            waiting = threads.submit(
                publish, outputs_of({"a.html": "b"}), output, on_wait=lambda: said.append("waits")
            )
            while not said:
                time.sleep(0.01)
            assert (output / "a.html").read_text() == "a"
        waiting.result(timeout=10)
    assert said == ["waits"]
    assert texts_in(output) == {"a.html": "b"}
