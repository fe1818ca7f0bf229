"""Forms to keep in a store: texts believed by fingerprint, and rows of short texts.

An effect, as the store is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dlsite.store import Store
from dlsite.walk import SEPARATOR

_TABLE = "stamps"


class Shelf:
    """The texts of one table, of which the fingerprints are known together."""

    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of each text, by key."""
        return dict(rows_of(self._store, self._table, 2))

    def get(self, key: str) -> str | None:
        """Return a text; `None` where there is none."""
        return self._store.get(self._table, key)

    def keys_with(self, part: str) -> set[str]:
        """Return the keys of the texts that have a part."""
        return self._store.keys_with(self._table, part)

    def keep(self, texts: Mapping[str, str]) -> None:
        """Keep texts by key."""
        self._store.put(self._table, texts.items())

    def renew(self, texts: Mapping[str, tuple[str, str]]) -> None:
        """Keep fingerprint and text of some that are known, by key."""
        if texts:
            self.keep({key: text for key, (_, text) in texts.items()})
            known = self.fingerprints() | {key: own for key, (own, _) in texts.items()}
            put_rows(self._store, self._table, known.items())

    def know(self, fingerprints: Mapping[str, str]) -> None:
        """Say which texts these are, by key; all others go."""
        put_rows(self._store, self._table, fingerprints.items())
        if gone := self._store.keys(self._table) - fingerprints.keys():
            self._store.remove(self._table, gone)


def put_rows(store: Store, key: str, rows: Iterable[tuple[str, ...]]) -> None:
    """Keep rows of texts, all of one width, under a key."""
    text = SEPARATOR.join(map(SEPARATOR.join, rows))
    if text != store.get(_TABLE, key):
        store.put(_TABLE, [(key, text)])


def rows_of(store: Store, key: str, width: int) -> list[Any]:
    """Return the rows that were kept under a key, as tuples."""
    text = store.get(_TABLE, key)
    if not text:
        return []
    parts = text.split(SEPARATOR)
    return list(zip(*(parts[index::width] for index in range(width)), strict=False))
