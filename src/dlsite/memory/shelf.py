"""Forms to keep in a store: texts with fingerprints, and rows of short texts.

An effect, as the store is.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from dlsite.files.walk import SEPARATOR
from dlsite.memory.store import Store
from dlsite.texts.splices import Splice, spliced

_TABLE = "stamps"
_MOST_SPLICES = 12


class Kept(NamedTuple):
    """A text with the fingerprint by which it is known to be the same.

    `marks` are those by which it is looked for, without line ends.
    """

    fingerprint: str
    text: str
    marks: tuple[str, ...] = ()


class Shelf:
    """The texts of one table, and in another, which is small, their fingerprints and marks.

    Beside these stand the splices of a text since it was written: of the largest texts a few
    words change.
    """

    def __init__(self, store: Store, table: str, heads: str) -> None:
        self._store = store
        self._table = table
        self._heads = heads

    def fingerprints(self) -> dict[str, str]:
        """Return the fingerprint of each text, by key."""
        return {key: head.partition("\n")[0] for key, head in self._store.texts(self._heads)}

    def get(self, key: str) -> Kept | None:
        """Return a text; `None` where there is none."""
        text = self._store.get(self._table, key)
        head = self._head(key)
        if text is None or head is None:
            return None
        return Kept(head.fingerprint, spliced(text, head.splices), head.marks)

    def has(self, key: str) -> bool:
        """Say whether there is a text."""
        return bool(self._store.present(self._heads, [key]))

    def keys_with(self, mark: str) -> set[str]:
        """Return the keys of the texts that have a mark."""
        return self._store.keys_with(self._heads, f"\n{mark}\n")

    def keep(self, texts: Mapping[str, Kept]) -> None:
        """Keep texts by key."""
        self._store.put(self._table, ((key, each.text) for key, each in texts.items()))
        heads = {key: _Head(each.fingerprint, each.marks) for key, each in texts.items()}
        self._store.put(self._heads, ((key, head.text()) for key, head in heads.items()))

    def keep_spliced(self, texts: Mapping[str, tuple[Kept, Sequence[Splice]]]) -> None:
        """Keep texts that come by splices from those that are kept."""
        whole = {}
        heads = []
        for key, (noted, more) in texts.items():
            head = self._head(key)
            if head is None or len(head.splices) + len(more) > _MOST_SPLICES:
                whole[key] = noted
            else:
                new = _Head(noted.fingerprint, noted.marks, (*head.splices, *more))
                heads.append((key, new.text()))
        self._store.put(self._heads, heads)
        self.keep(whole)

    def keep_only(self, keys: Collection[str]) -> None:
        """Forget all texts but these."""
        if gone := self._store.keys(self._heads).difference(keys):
            self._store.remove(self._table, gone)
            self._store.remove(self._heads, gone)

    def _head(self, key: str) -> _Head | None:
        known = self._store.get(self._heads, key)
        return None if known is None else _Head.of(known)


class _Head(NamedTuple):
    """What stands beside a text."""

    fingerprint: str
    marks: tuple[str, ...] = ()
    splices: Sequence[Splice] = ()

    @classmethod
    def of(cls, known: str) -> _Head:
        marked, _, splices = known.partition(SEPARATOR)
        fingerprint, *marks = marked.split("\n")[:-1]
        return cls(fingerprint, tuple(marks), json.loads(splices or "[]"))

    def text(self) -> str:
        """Return this as a text, with a line for each mark."""
        lines = "\n".join([self.fingerprint, *self.marks, ""])
        return f"{lines}{SEPARATOR}{json.dumps(self.splices)}" if self.splices else lines


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


def row_of(store: Store, key: str, first: str, width: int) -> Any:  # noqa: ANN401 - as `rows_of`
    """Return the row that begins like this; `None` where there is none.

    Of many thousand rows the others are not taken apart.
    """
    changed = _changed(store, key)
    if first in changed:
        rest = changed[first]
        return None if rest is None else (first, *rest)
    text = f"{SEPARATOR}{store.get(_TABLE, key) or ''}{SEPARATOR}"
    at = text.find(f"{SEPARATOR}{first}{SEPARATOR}")
    # The same text may stand within a row.
    while at >= 0 and text.count(SEPARATOR, 0, at) % width:
        at = text.find(f"{SEPARATOR}{first}{SEPARATOR}", at + 1)
    row = text[at + 1 :].split(SEPARATOR, width)[:width] if at >= 0 else []
    return tuple(row) if len(row) == width else None


def _since(key: str) -> str:
    return f"since {key}"


def _changed(store: Store, key: str) -> dict[str, Any]:
    """Return what has been amended: by the beginning of a row the rest, `None` for what is gone."""
    changed: dict[str, Any] = json.loads(store.get(_TABLE, _since(key)) or "{}")
    return changed
