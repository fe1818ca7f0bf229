"""Rows of texts that are kept together, and of which some change."""

from __future__ import annotations

from contextlib import closing

from hypothesis import given
from hypothesis import strategies as st

from dlsite.memory.shelf import Kept, Shelf, amend_rows, put_rows, row_of, rows_of
from dlsite.memory.store import Store
from dlsite.texts.splices import Splice

FIRSTS = st.sampled_from(["a", "b", "c/d", "é", "", "x", "1"])
ROWS = st.dictionaries(FIRSTS, st.tuples(st.text("xy", max_size=2), st.text("12", max_size=2)))


@given(ROWS, st.lists(st.tuples(ROWS, st.sets(FIRSTS))), ROWS)
def test_amended_rows_are_those_that_are_put_anew(
    rows: dict[str, tuple[str, str]],
    changes: list[tuple[dict[str, tuple[str, str]], set[str]]],
    last: dict[str, tuple[str, str]],
) -> None:
    with closing(Store()) as store:
        put_rows(store, "left", ((first, *rest) for first, rest in rows.items()))
        known = dict(rows)
        for more, gone in changes:
            amend_rows(store, "left", ((first, *rest) for first, rest in more.items()), gone)
            known = {first: rest for first, rest in known.items() if first not in gone} | more
            assert dict_of(store) == known
            for first in ("a", "c/d", "", "x", "y", "1"):
                row = row_of(store, "left", first, 3)
                assert (None if row is None else row[1:]) == known.get(first)
        put_rows(store, "left", ((first, *rest) for first, rest in last.items()))
        assert dict_of(store) == last


def dict_of(store: Store) -> dict[str, tuple[str, str]]:
    rows = rows_of(store, "left", 3)
    found = {first: tuple(rest) for first, *rest in rows}
    assert len(found) == len(rows)
    return found


def test_texts_are_known_by_their_fingerprints() -> None:
    with closing(Store()) as store:
        shelf = Shelf(store, "plans", "plan_heads")
        texts = {"a": Kept("f1", "text\nof two lines"), "b": Kept("f2", ""), "c": Kept("f3", "c")}
        shelf.keep(texts)
        assert shelf.fingerprints() == {"a": "f1", "b": "f2", "c": "f3"}
        assert {key: shelf.get(key) for key in texts} == texts
        shelf.keep_only({"a", "b"})
        assert (shelf.has("b"), shelf.has("c"), shelf.get("c")) == (True, False, None)


def test_texts_are_found_by_their_marks() -> None:
    with closing(Store()) as store:
        shelf = Shelf(store, "plans", "plan_heads")
        shelf.keep({"a": Kept("f1", "/c", ("/a", "/b/c")), "b": Kept("f2", "", ("/b", "/a"))})
        assert shelf.keys_with("/a") == {"a", "b"}
        assert shelf.keys_with("/b/c") == {"a"}
        shelf.keep({"a": Kept("f1", "/c", ("/b",))})
        found = [shelf.keys_with(mark) for mark in ("/a", "/b", "/c", "f1")]
        assert found == [{"b"}, {"a", "b"}, set(), set()]


SPLICES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.text("ab", max_size=2)), max_size=4
)


@given(
    st.dictionaries(FIRSTS, st.text("ab\n", max_size=8), min_size=1),
    st.lists(st.tuples(FIRSTS, SPLICES), max_size=9),
)
def test_texts_after_splices_are_those_that_are_kept_whole(
    texts: dict[str, str], edits: list[tuple[str, list[Splice]]]
) -> None:
    with closing(Store()) as store:
        shelf = Shelf(store, "plans", "plan_heads")
        shelf.keep({key: Kept("f", text, ("/a",)) for key, text in texts.items()})
        for number, (key, drawn) in enumerate(edits):
            known = texts.setdefault(key, "a")
            splices = []
            for first, second, new in drawn:
                start, end = sorted(min(each, len(known)) for each in (first, second))
                splices.append((start, end, new))
                known = known[:start] + new + known[end:]
            texts[key] = known
            shelf.keep_spliced({key: (Kept(f"f{number}", known, ("/a",)), splices)})
            assert shelf.get(key) == Kept(f"f{number}", texts[key], ("/a",))
            assert shelf.fingerprints()[key] == f"f{number}"
        assert shelf.keys_with("/a") == texts.keys()
        assert {key: (shelf.get(key) or Kept("", "")).text for key in texts} == texts
