"""Remember what files are and what was parsed, between builds: records in a store.

Pages are found again by their keys (`keys`), and read from rows (`pagerows`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dlsite.files.walk import Racy, is_settled
from dlsite.memory.pagerows import Row, StoredContents, parsed_from
from dlsite.memory.shelf import Shelf, amend_rows, put_rows, row_of, rows_of
from dlsite.memory.store import FOLDER, IGNORE, NAME, Store
from dlsite.records import Contents, Parsed

_MOST_RECENT = 200
"""How many of the files that have changed are remembered as they were."""

_CONTENTS = ("bodies", "texts", "terms", "markdowns")
_ROOM = 2
"""How many times the pages of a site may lie in its cache before old ones are thrown out."""


class Cache:
    """The memory of one site.

    `folder` is the site's; without one, or where its file cannot be used, the memory
    ends with the process.  A `store` may be open already.
    """

    def __init__(self, folder: Path | None = None, store: Store | None = None) -> None:
        self.store = store or Store("" if folder is None else str(file_of(folder)))

    # Pages

    def pages(self, keys: Iterable[str]) -> dict[str, Parsed]:
        """Return the pages that are remembered, by key, their contents left in the store."""
        wanted = set(keys)
        for table in _CONTENTS:
            wanted = self.store.present(table, wanted)
        found = {}
        for key, text in self.store.get_all("pages", wanted):
            try:
                found[key] = parsed_from(text, self.contents(key))
            except (ValueError, TypeError):
                continue
        return found

    def contents(self, key: str) -> Contents:
        """Return the contents of a page that was kept, to be read when they are asked for."""
        return StoredContents(self.store, key)

    def keep_pages(self, rows: Mapping[str, Row]) -> None:
        """Remember pages by key."""
        self.store.put("bodies", ((key, row.body) for key, row in rows.items()))
        self.store.put("texts", ((key, row.piece) for key, row in rows.items()))
        self.store.put("terms", ((key, row.terms) for key, row in rows.items()))
        self.store.put("markdowns", ((key, row.markdown) for key, row in rows.items()))
        self.store.put("pages", ((key, row.facts) for key, row in rows.items()))

    def forget_pages(self, used: Iterable[str]) -> None:
        """Throw out pages that are not `used` where they have become many."""
        kept = set(used)
        known = self.store.keys("pages")
        if len(known) > _ROOM * len(kept):
            for table in ("pages", *_CONTENTS):
                self.store.remove(table, known - kept)

    # Plans

    @property
    def plans(self) -> Shelf:
        """The plans of pages and their twins, by source path."""
        return Shelf(self.store, "plans", "plan_heads")

    @property
    def listings(self) -> Shelf:
        """The plans of outputs that list pages, by output path."""
        return Shelf(self.store, "listings", "listing_heads")

    def noted(self) -> str:
        """Return the state of both of these, in one digest; empty where it is not known."""
        return self.store.get("stamps", "noted") or ""

    def keep_noted(self, state: str) -> None:
        """Remember that state."""
        if state != self.noted():
            self.store.put("stamps", [("noted", state)])

    # Files

    def digests(self, place: str) -> dict[str, tuple[str, str]]:
        """Return stamp and digest by relative path, of the files of a folder that are settled."""
        return {path: (stamp, digest) for path, stamp, digest in self._rows(place, 3)}

    def digest(self, place: str, path: str) -> tuple[str, str]:
        """Return stamp and digest of one of these files; empty where it is none."""
        _, stamp, digest = row_of(self.store, place, path, 3) or (path, "", "")
        return stamp, digest

    def recent(self, place: str) -> dict[tuple[str, str], str]:
        """Return digest by path and stamp, of files that had just changed or have changed since.

        Such a stamp says what was read once, and not what stands there.
        """
        return {(path, stamp): digest for path, stamp, digest in self._rows(f"recent {place}", 3)}

    def keep_digests(
        self, place: str, entries: Iterable[tuple[str, str, str]], taken_ns: int
    ) -> None:
        """Remember path, stamp and digest of the files of a folder; the stamps were `taken_ns`."""
        entries, rows = [*entries], self._rows(place, 3)
        if entries == rows:
            return
        known = set(rows)
        settled: list[tuple[str, str, str]] = []
        recent: list[tuple[str, str, str]] = []
        for entry in entries:
            is_steady = entry in known or is_settled(entry[1], taken_ns)
            (settled if is_steady else recent).append(entry)
        if gone := known.difference(settled):
            recent = [*gone, *recent]
        self._put_rows(place, settled)
        if recent:
            self._put_recent(place, recent)

    def keep_digest(self, place: str, entry: tuple[str, str, str], taken_ns: int) -> None:
        """Remember path, stamp and digest of one file of a folder that has changed."""
        path, stamp, _ = entry
        known = [(path, *rest) for rest in [self.digest(place, path)] if rest != ("", "")]
        if is_settled(stamp, taken_ns):
            amend_rows(self.store, place, [entry])
        else:
            amend_rows(self.store, place, [], gone=[path])
            known.append(entry)
        self._put_recent(place, known)

    def _put_recent(self, place: str, entries: list[tuple[str, str, str]]) -> None:
        rows = dict.fromkeys([*self._rows(f"recent {place}", 3), *entries])
        self._put_rows(f"recent {place}", [*rows][-_MOST_RECENT:])

    # Outputs

    def left(self, output: str) -> list[tuple[str, str, str, str]]:
        """Return what a build left in an output directory: path, stamp, fingerprint, digest."""
        return self._rows(_named("left", output), 4)

    def racy(self, output: str) -> Racy:
        """Return path, stamp and digest of those outputs that had only just been written."""
        return self._rows(_named("racy", output), 3)

    def keep_left(
        self, output: str, entries: Iterable[tuple[str, str, str, str]], racy: Racy
    ) -> None:
        """Remember what stands in an output directory."""
        self._put_rows(_named("left", output), entries)
        self._put_rows(_named("racy", output), racy)

    def amend_left(
        self,
        output: str,
        entries: Iterable[tuple[str, str, str, str]],
        gone: Iterable[str],
        racy: Racy,
    ) -> None:
        """Remember what else stands in an output directory, and what is `gone` from there."""
        amend_rows(self.store, _named("left", output), entries, gone)
        self._put_rows(_named("racy", output), racy)

    def sound(self) -> dict[str, str]:
        """Return the fingerprints, by path, of outputs that were rendered without a finding."""
        return dict(self._rows("sound", 2))

    def keep_sound(self, fingerprints: Mapping[str, str]) -> None:
        """Remember which outputs were rendered without a finding."""
        if fingerprints or self.store.get("stamps", "sound"):
            self._put_rows("sound", fingerprints.items())

    def _put_rows(self, key: str, rows: Iterable[tuple[str, ...]]) -> None:
        put_rows(self.store, key, rows)

    def _rows(self, key: str, width: int) -> list[Any]:
        return rows_of(self.store, key, width)


def clean(folder: Path) -> None:
    """Remove the memory of the site in `folder`, and the folder it is in where it is left empty."""
    file = file_of(folder)
    for path in (file, file.with_name(f"{NAME}-journal")):
        path.unlink(missing_ok=True)
    left = [each.name for each in file.parent.iterdir()] if file.parent.is_dir() else [NAME]
    if set(left) <= {IGNORE}:
        file.with_name(IGNORE).unlink(missing_ok=True)
        file.parent.rmdir()


def file_of(folder: Path) -> Path:
    """Return the file that is the memory of the site in `folder`."""
    return folder / FOLDER / NAME


def _named(what: str, output: str) -> str:
    """Return a key for an output directory, whose name may be no UTF-8."""
    return f"{what} {output}".encode("utf-8", "backslashreplace").decode()
