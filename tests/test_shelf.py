"""Rows of texts that are kept together, and of which some change."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dlsite.shelf import Shelf, amend_rows, put_rows, rows_of
from dlsite.store import Store

FIRSTS = st.sampled_from(["a", "b", "c/d", "é", ""])
ROWS = st.dictionaries(FIRSTS, st.tuples(st.text("xy", max_size=2), st.text("12", max_size=2)))


@given(ROWS, st.lists(st.tuples(ROWS, st.sets(FIRSTS))), ROWS)
def test_amended_rows_are_those_that_are_put_anew(
    rows: dict[str, tuple[str, str]],
    changes: list[tuple[dict[str, tuple[str, str]], set[str]]],
    last: dict[str, tuple[str, str]],
) -> None:
    store = Store()
    put_rows(store, "left", ((first, *rest) for first, rest in rows.items()))
    known = dict(rows)
    for more, gone in changes:
        amend_rows(store, "left", ((first, *rest) for first, rest in more.items()), gone)
        known = {first: rest for first, rest in known.items() if first not in gone} | more
        assert dict_of(store) == known
    put_rows(store, "left", ((first, *rest) for first, rest in last.items()))
    assert dict_of(store) == last


def dict_of(store: Store) -> dict[str, tuple[str, str]]:
    rows = rows_of(store, "left", 3)
    found = {first: tuple(rest) for first, *rest in rows}
    assert len(found) == len(rows)
    return found


def test_texts_are_known_by_their_fingerprints() -> None:
    shelf = Shelf(Store(), "plans")
    shelf.keep({"a": ("f1", "text\nof two lines"), "b": ("f2", ""), "c": ("f3", "c")})
    assert shelf.fingerprints() == {"a": "f1", "b": "f2", "c": "f3"}
    assert shelf.get("a") == ("f1", "text\nof two lines")
    shelf.keep_only({"a", "b"})
    assert (shelf.has("b"), shelf.has("c"), shelf.get("c")) == (True, False, None)
