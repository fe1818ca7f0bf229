"""Outputs that are written beside an empty directory are published with it, or leave no trace."""

from __future__ import annotations

import shutil
import stat
import sys
from pathlib import Path

import pytest

from dlsite.publish.exchange import sweep
from dlsite.publish.lock import locked_if_free
from dlsite.publish.run import FEW, publish
from dlsite.publish.staging import Staged, Staging
from dlsite.records import OutputFile
from running import Run, tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")

SITE = {f"{number}/index.html": b"%d" % number for number in range(FEW + 8)}


def held(staging: Staging, output: Path) -> list[OutputFile]:
    """Return the outputs of a site, every other one staged."""
    stage = staging.beside(output)
    assert stage is not None
    outputs = [OutputFile(path, content) for path, content in SITE.items()]
    return [*map(stage.hold, outputs[::2]), *outputs[1::2]]


def published(output: Path) -> dict[str, bytes]:
    files = tree(output)
    return {path: content for path, content in files.items() if not path.startswith(".dlsite-")}


def test_what_is_staged_is_published_where_it_stands(tmp_path: Path) -> None:
    output = tmp_path / "public"
    with Staging() as staging:
        outputs = held(staging, output)
        place = outputs[3].held
        assert isinstance(place, Staged)
        inode = Path(place.stage, place.path).stat().st_ino
        assert len(publish(outputs, output).added) == len(SITE)
        assert (output / place.path).stat().st_ino == inode
    assert published(output) == SITE
    assert [*tmp_path.iterdir()] == [output]
    assert publish([OutputFile(*each) for each in SITE.items()], output).unchanged == len(SITE)


def test_what_is_staged_is_copied_where_directories_cannot_be_exchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlsite.publish.exchange._exchange", lambda *_: False)
    with Staging() as staging:
        publish(held(staging, tmp_path / "public"), tmp_path / "public")
    assert published(tmp_path / "public") == SITE
    assert [*tmp_path.iterdir()] == [tmp_path / "public"]


def test_what_is_not_published_goes(tmp_path: Path) -> None:
    with Staging() as staging:
        assert held(staging, tmp_path / "public")
        assert len([*tmp_path.iterdir()]) == 1
    assert not [*tmp_path.iterdir()]


def test_stage_of_a_build_at_work_is_not_swept(tmp_path: Path) -> None:
    output = tmp_path / "public"
    (tmp_path / ".public.dlsite-k1ll3d").mkdir()
    with Staging() as staging:
        outputs = held(staging, output)
        # Another build comes first.
        publish([OutputFile("a", b"a")], output)
        assert all(each.held is None or each.held.read() for each in outputs)
        assert len([*tmp_path.iterdir()]) == 2
        publish(outputs, output)
    assert published(output) == SITE
    assert [*tmp_path.iterdir()] == [output]


def test_there_is_no_stage_where_the_file_system_has_no_locks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(9, "Bad file descriptor")

    # As NFS does with folders: what nobody can hold is taken for what a killed build left.
    monkeypatch.setattr("dlsite.publish.lock._FCNTL.flock", refuse)
    with Staging() as staging:
        assert staging.beside(tmp_path / "public") is None
    assert not [*tmp_path.iterdir()]


def test_what_is_staged_has_group_and_rights_from_the_folder(tmp_path: Path) -> None:
    output = tmp_path / "public"
    output.mkdir()
    output.chmod(0o2775)
    with Staging() as staging:
        publish(held(staging, output), output)
    assert {
        stat.S_IMODE(each.stat().st_mode) & stat.S_ISGID
        for each in [output, *output.glob("[0-9]*")]
    } == {stat.S_ISGID}


def test_what_is_swept_is_held_to_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def remove(folder: Path, *, ignore_errors: bool) -> None:
        with locked_if_free(folder) as is_free:
            seen.append(is_free)
        rmtree(folder, ignore_errors=ignore_errors)

    rmtree, seen = shutil.rmtree, list[bool]()
    left = tmp_path / ".public.dlsite-k1ll3d"
    left.mkdir()
    monkeypatch.setattr("dlsite.publish.exchange.shutil.rmtree", remove)
    sweep(tmp_path / "public")
    assert (seen, left.exists()) == ([False], False)


def test_what_is_copied_from_a_file_is_not_staged(tmp_path: Path) -> None:
    (tmp_path / "image").write_bytes(b"image")
    with Staging() as staging:
        stage = staging.beside(tmp_path / "public")
        assert stage is not None
        output = OutputFile("image.png", origin=str(tmp_path / "image"))
        assert stage.hold(output) == output


def test_there_is_no_stage_where_something_stands(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    (tmp_path / "public/mine").touch()
    with Staging() as staging:
        assert staging.beside(tmp_path / "public") is None
        assert staging.beside(tmp_path / "nowhere/public") is None


def test_build_that_is_stopped_by_findings_leaves_nothing(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlsite.incremental.run.FEWEST_APART", 1)
    (tmp_path / "content").mkdir()
    (tmp_path / "content/a.md").write_text("---\ntitle: A\n---\n[No](/nowhere/)\n")
    before = {path.name for path in tmp_path.iterdir()}
    assert run(tmp_path, "build", "-j2", "--strict").code == 1
    assert {path.name for path in tmp_path.iterdir()} == before | {".dlsite"}


def test_site_is_whole_where_no_more_can_be_staged(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> OutputFile:
        raise OSError

    (tmp_path / "content").mkdir()
    for number in range(FEW + 8):
        (tmp_path / f"content/{number}.md").write_text(f"---\ntitle: Page {number}\n---\n")
    assert run(tmp_path, "build", "-j1", "-o", "one").code == 0
    monkeypatch.setattr("dlsite.incremental.run.FEWEST_APART", 1)
    monkeypatch.setattr("dlsite.publish.staging.Stage.hold", fail)
    assert run(tmp_path, "build", "-j2", "-o", "two").code == 0
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
