"""The store of texts: what is damaged is not there, and is there again after the next put."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from dlsite.memory.store import TABLES, Store

TEXTS = {f"key{number}": f"text {number} é" * 200 for number in range(300)}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a store's file that holds `TEXTS`."""
    path = tmp_path / ".dlsite" / "cache.sqlite"
    _put(path, TEXTS)
    assert _held(path) == TEXTS
    return path


def _put(path: Path, texts: dict[str, str]) -> None:
    store = Store(os.fspath(path))
    store.put("texts", texts.items())
    store.close()


def _held(path: Path) -> dict[str, str]:
    store = Store(os.fspath(path))
    found = dict(store.get_all("texts", TEXTS))
    store.close()
    return found


def test_torn_file_is_empty_and_holds_again_what_is_put_next(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:8192] + bytes(4096) * (len(content) // 4096 - 3) + content[-4096:])
    assert len(_held(file)) < len(TEXTS)
    _put(file, TEXTS)
    assert _held(file) == TEXTS


@pytest.mark.parametrize("table", TABLES)
def test_file_without_a_table_is_begun_anew(file: Path, table: str) -> None:
    with sqlite3.connect(file) as database:
        database.execute(f"DROP TABLE {table}")
    database.close()
    assert _held(file) == {}
    _put(file, TEXTS)
    assert _held(file) == TEXTS


def test_file_that_gives_back_something_else_is_begun_anew(file: Path) -> None:
    # As where an index is out of order: what is put does not take the place of what was there.
    with sqlite3.connect(file) as database:
        rows = database.execute("SELECT * FROM texts").fetchall()
        database.execute("DROP TABLE texts")
        database.execute("CREATE TABLE texts (key TEXT, text TEXT, sum INTEGER)")
        database.executemany("INSERT INTO texts VALUES (?, ?, ?)", rows)
    database.close()
    new = {"key7": "new", "key8": "newer"}
    for _ in range(2):
        store = Store(os.fspath(file))
        store.put_for_sure("texts", new | {"key9": "\ud800"})
        store.close()
    assert _held(file) == new


@pytest.mark.parametrize("name", [b"texts", b"sqlite_autoindex_texts_1"])
def test_file_of_which_the_complaint_is_no_utf_8_is_begun_anew(file: Path, name: bytes) -> None:
    content = file.read_bytes()
    file.write_bytes(content.replace(name, name[:-1] + b"\xfe"))
    assert _held(file) == {}
    _put(file, TEXTS)
    assert _held(file) == TEXTS


def test_text_that_stands_under_another_key_or_in_another_table_is_lost(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("INSERT INTO bodies SELECT * FROM texts WHERE key = 'key7'")
        database.execute("UPDATE texts SET key = 'key' WHERE key = 'key7'")
    database.close()
    store = Store(os.fspath(file))
    assert store.get("bodies", "key7") is store.get("texts", "key") is None
    assert "key" not in dict(store.texts("texts"))
    store.close()
    assert _held(file) == {key: text for key, text in TEXTS.items() if key != "key7"}


def test_text_that_is_no_utf_8_any_more_is_alone_in_being_lost(file: Path) -> None:
    with sqlite3.connect(file) as database:
        database.execute("UPDATE texts SET text = CAST(x'c328' AS TEXT) WHERE key = 'key7'")
    database.close()
    assert _held(file) == {key: text for key, text in TEXTS.items() if key != "key7"}
    _put(file, {"key7": TEXTS["key7"]})
    assert _held(file) == TEXTS


def test_file_that_is_locked_is_neither_read_nor_removed(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dlsite.memory.store._PATIENCE_SECONDS", 0.05)
    with sqlite3.connect(file, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert _held(file) == {}
        _put(file, {"key1": "another"})
        other.execute("COMMIT")
    other.close()
    assert _held(file) == TEXTS


def test_what_was_fetched_is_what_is_there(file: Path) -> None:
    store = Store(os.fspath(file))
    store.fetch("texts", ["key1", "key2", "key3", "key4", "no key"])
    texts = {key: content.encode() for key, content in TEXTS.items()}
    for _ in range(2):
        assert store.content("texts", "key1") == texts["key1"]
    assert store.content("texts", "no key") is store.content("bodies", "key2") is None
    store.put("texts", [("key2", "new")])
    store.remove("texts", ["key3"])
    assert [store.content("texts", key) for key in ("key2", "key3")] == [b"new", None]
    assert store.content("texts", "key4") == texts["key4"]
    store.close()


@pytest.mark.parametrize("wanted", [400, 700, 1500], ids=["few", "most", "all"])
def test_many_texts_are_those_that_were_asked_for(tmp_path: Path, wanted: int) -> None:
    store = Store(str(tmp_path / "cache.sqlite"))
    texts = {f"key{number}": f"text {number}" for number in range(1500)}
    store.put("texts", texts.items())
    # A text that is put again lies elsewhere.
    store.put("texts", [("key3", "new")])
    texts["key3"] = "new"
    keys = [*texts][:wanted]
    assert dict(store.get_all("texts", [*keys, "none"])) == {key: texts[key] for key in keys}
    assert store.present("texts", [*keys, "none"]) == set(keys)
    store.close()
