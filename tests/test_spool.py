"""Outputs that wait in a file until they are published are the same, whatever room there is."""

from __future__ import annotations

import resource
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.processes.spool import Spool
from dlsite.publish.run import publish
from dlsite.records import OutputFile


@given(contents=st.lists(st.binary(max_size=50)), room=st.integers(0, 100))
def test_what_is_held_comes_back(contents: list[bytes], room: int) -> None:
    with Spool(room) as spool:
        outputs = [spool.hold(OutputFile(str(n), each)) for n, each in enumerate(contents)]
        back = [each.content if each.held is None else each.held.read() for each in outputs]
    assert back == contents
    assert sum(len(each.content) for each in outputs) <= room


def test_without_a_folder_for_temporary_files_outputs_stay_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(**_: object) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with Spool(0) as spool:
        output = OutputFile("a", b"text")
        assert spool.hold(output) == output


def test_on_a_full_disk_outputs_stay_in_memory() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with Spool(0) as spool:
            outputs = [spool.hold(OutputFile(str(n), b"x" * 600)) for n in range(4)]
            held = [each.held is not None for each in outputs]
            assert held == [True, False, False, False]
            assert outputs[0].held is not None
            assert outputs[0].held.read() == b"x" * 600
            assert {each.content for each in outputs[1:]} == {b"x" * 600}
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_held_outputs_are_published(tmp_path: Path) -> None:
    with Spool(0) as spool:
        outputs = [spool.hold(OutputFile(f"{n}/index.html", b"%d" % n)) for n in range(40)]
        published = publish(outputs, tmp_path / "public")
    assert len(published.added) == len(outputs)
    assert (tmp_path / "public/7/index.html").read_bytes() == b"7"


def test_what_the_system_lost_is_an_error() -> None:
    with Spool(0) as spool:
        output = spool.hold(OutputFile("a", b"text"))
    assert output.held is not None
    with pytest.raises(OSError, match=r"Bad file descriptor|no longer"):
        output.held.read()
