"""Stamps of many files, compared at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlsite.files.stamped import Stamped
from dlsite.incremental.early import stamps_of

NAMES = ["a", "b/c", "é", "d"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in NAMES:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    return tmp_path


def _stamped(folder: Path, names: list[str]) -> Stamped:
    return Stamped.of(zip(names, stamps_of(str(folder), names), strict=True))


def test_files_stand_until_one_is_another(folder: Path) -> None:
    before = _stamped(folder, NAMES)
    assert before.stand_in(str(folder))
    (folder / "é").write_text("z")
    assert not before.stand_in(str(folder))
    assert before.without({"é"}).stand_in(str(folder))
    assert (before.without({"é"}) + _stamped(folder, ["é"])).stand_in(str(folder))


@pytest.mark.parametrize("time_ns", [-1, -(10**18), 9 * 10**18])
def test_file_that_is_gone_or_has_another_time_does_not_stand(folder: Path, time_ns: int) -> None:
    before = _stamped(folder, NAMES)
    os.utime(folder / "a", ns=(time_ns, time_ns))
    assert not before.stand_in(str(folder))
    assert before.without({"a"}).stand_in(str(folder))
    odd = _stamped(folder, NAMES)
    assert odd.stand_in(str(folder))
    os.utime(folder / "a", ns=(time_ns - 1, time_ns - 1))
    assert not odd.stand_in(str(folder))
    (folder / "d").unlink()
    assert not before.without({"a"}).stand_in(str(folder))


def test_file_that_was_gone_never_stands(folder: Path) -> None:
    gone = _stamped(folder, ["a", "no"])
    (folder / "no").write_text("")
    assert not gone.stand_in(str(folder))


@pytest.mark.parametrize("names", [[], NAMES])
def test_what_is_kept_comes_back(folder: Path, names: list[str]) -> None:
    paths, numbers = _stamped(folder, names).to_keep()
    again = Stamped.kept(paths, numbers)
    assert again.paths == names
    assert again.stand_in(str(folder))
    for wrong in (numbers[:-8], numbers + numbers[:8], numbers + bytes(32)):
        if wrong != numbers:
            with pytest.raises(ValueError, match="not the stamps"):
                Stamped.kept(paths, wrong)
    with pytest.raises(ValueError, match="multiple"):
        Stamped.kept(paths, numbers + b"x")
