"""Forms to keep in a store: texts with fingerprints, and rows of short texts.

An effect, as the store is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from dlsite.store import Store
from dlsite.walk import SEPARATOR

_TABLE = "stamps"
_LONGEST_FINGERPRINT = 64


class Shelf:
    """The texts of one table, each with a fingerprint by which it is known to be the same."""

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of each text, by key."""
        heads = self._store.heads(self._table, _LONGEST_FINGERPRINT + 1)
        return {key: head.partition("\n")[0] for key, head in heads}

    def get(self, key: str) -> tuple[str, str] | None:
        """Return fingerprint and text; `None` where there is none."""
        fingerprint, end, text = (self._store.get(self._table, key) or "").partition("\n")
        return (fingerprint, text) if end else None

    def has(self, key: str) -> bool:
        """Say whether there is a text."""
        return bool(self._store.present(self._table, [key]))

    def keys_with(self, part: str) -> set[str]:
        """Return the keys of the texts that have a part."""
        return self._store.keys_with(self._table, part)

    def keep(self, texts: Mapping[str, tuple[str, str]]) -> None:
        """Keep fingerprint and text by key."""
        rows = ((key, f"{fingerprint}\n{text}") for key, (fingerprint, text) in texts.items())
        self._store.put(self._table, rows)

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget all texts but these."""
        if gone := self._store.keys(self._table).difference(keys):
            self._store.remove(self._table, gone)


def put_rows(store: Store, key: str, rows: Iterable[tuple[str, ...]]) -> None:
    """Keep rows of texts, all of one width, under a key."""
    text = SEPARATOR.join(map(SEPARATOR.join, rows))
    if store.get(_TABLE, _since(key)) is not None:
        store.remove(_TABLE, [_since(key)])
    elif text == store.get(_TABLE, key):
        return
    store.put(_TABLE, [(key, text)])


def amend_rows(
    store: Store, key: str, rows: Iterable[tuple[str, ...]], gone: Iterable[str] = ()
) -> None:
    """Put rows in the place of those that begin alike, and take out those that begin as `gone`.

    The rows have different beginnings.  What has changed is kept beside them: of many thousand
    rows a few are not to cost as much as all.
    """
    changed = _changed(store, key)
    changed |= dict.fromkeys(gone)
    changed |= {first: rest for first, *rest in rows}
    if changed:
        store.put(_TABLE, [(_since(key), json.dumps(changed))])


def rows_of(store: Store, key: str, width: int) -> list[Any]:
    """Return the rows that were kept under a key, as tuples."""
    parts = (store.get(_TABLE, key) or "").split(SEPARATOR)
    rows = list(zip(*(parts[index::width] for index in range(width)), strict=False))
    if not (changed := _changed(store, key)):
        return rows
    amended = [(first, *rest) for first, rest in changed.items() if rest is not None]
    return [row for row in rows if row[0] not in changed] + amended


def _since(key: str) -> str:
    return f"since {key}"


def _changed(store: Store, key: str) -> dict[str, Any]:
    """Return what has been amended: by the beginning of a row the rest, `None` for what is gone."""
    changed: dict[str, Any] = json.loads(store.get(_TABLE, _since(key)) or "{}")
    return changed
