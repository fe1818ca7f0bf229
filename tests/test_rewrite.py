"""Source files rewritten: at the places of edits alone, all files or none."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.diagnostics import Position
from dlsite.files.edits import Edit, EditError, edited
from dlsite.files.rewrite import Rewrite, carry_out
from running import texts_of


@given(st.data())
def test_edits_change_nothing_but_their_places(data: st.DataObject) -> None:
    lines = data.draw(st.lists(st.text("ab\u4e2d ", max_size=8), min_size=1, max_size=6))
    line_end = data.draw(st.sampled_from(["\n", "\r\n"]))
    number = data.draw(st.integers(1, len(lines)))
    line = lines[number - 1]
    start = data.draw(st.integers(0, len(line)))
    length = data.draw(st.integers(0, len(line) - start))
    edit = Edit(Position("a", number, start + 1, length), "NEW", line[start : start + length])
    expected = [*lines]
    expected[number - 1] = f"{line[:start]}NEW{line[start + length :]}"
    assert edited(line_end.join(lines), [edit]) == line_end.join(expected)


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(Position("a", 9, 1), "x")],
        [Edit(Position("a", 1, 90, 1), "x")],
        [Edit(Position("a", 1, 1, 3), "x"), Edit(Position("a", 1, 2, 1), "y")],
        [Edit(Position("a", 1, 1, 1), "x", "z")],
    ],
    ids=["no such line", "beyond the line", "overlap", "something else stands there"],
)
def test_edit_that_does_not_fit_is_refused(edits: list[Edit]) -> None:
    with pytest.raises(EditError):
        edited("text\nmore", edits)


def test_files_are_put_back_where_one_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "c").write_bytes(b"no folder")
    rewrite = Rewrite(
        {"a": b"old", "b": None, "c/d": None}, {"a": b"new", "b": b"new", "c/d": b"new"}, {}
    )
    with pytest.raises(OSError, match=re.escape(os.strerror(20)) + "|exists"):
        carry_out(tmp_path, rewrite)
    assert texts_of(tmp_path) == {"a": "old", "c": "no folder"}
