"""Keep texts by table and key in one SQLite file that may be lost, damaged or not ours.

An effect.  Nothing here fails for what is wrong with the file: whatever cannot be read
is not there, and whatever cannot be written is kept in memory instead.  Light, for a
build in which nothing changed imports it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from zlib import crc32

# To import it takes longer than to ask for all that a build needs in which nothing changed.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = ".dlsite"
NAME = "cache.sqlite"
"""Where the file stands in a site."""

IGNORE = ".gitignore"
"""Beside it, so that no version control sees either."""

FORMAT = 7
"""Version of the tables: a file of any other is started anew."""

TABLES = (
    *("pages", "bodies", "texts", "terms", "markdowns"),
    *("plans", "plan_heads", "listings", "listing_heads"),
    *("stamps", "runs"),
)
_APPLICATION = 0x444C5354  # "DLST": no other program's file is taken for ours.
_PATIENCE_SECONDS = 1.0
_FAULTS = (sqlite3.Error, UnicodeDecodeError)
"""What SQLite says where it cannot go on: words from a damaged file may be no UTF-8."""

_OF_THE_SYSTEM = frozenset(
    [
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL),
        *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN),
        *(sqlite3.SQLITE_AUTH, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM),
    ]
)
"""Kinds of faults of which the content of a file is not the cause."""
_MOST_VARIABLES = 500  # Far below SQLite's limit on the parameters of one statement.


class StoreError(Exception):
    """A text that was in the store a moment ago cannot be read any more."""


class Store:
    """Texts by table and key, each with a checksum.

    `path` is the file, made with its folder when the first text is put; an empty path
    means a store that ends with the process, in memory or, where it grows large, in a
    temporary file of SQLite's.
    """

    def __init__(self, path: str = "") -> None:
        self._lock = threading.Lock()
        self._path = path
        self._is_writing = False
        self._inherited: sqlite3.Connection | None = None
        self._fetched: dict[str, dict[str, bytes]] = {}
        # What is not there yet is made when there is something to put in.
        self._database = _open(path) if os.path.exists(path) else None
        self.is_kept = bool(path) and (self._database is not None or not os.path.exists(path))

    # Reading

    def get(self, table: str, key: str) -> str | None:
        """Return a text; `None` where there is none, or not the one that was put there."""
        for _, text in self.get_all(table, [key]):
            return text
        return None

    def get_all(self, table: str, keys: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Yield key and text of those of `keys` that are there, in any order."""
        for key, content in self.contents(table, keys):
            yield key, _text(content)

    def content(self, table: str, key: str) -> bytes | None:
        """Return a text in UTF-8; `None` where `get` has none."""
        fetched = self._fetched.get(table, {}).pop(key, None)
        if fetched is not None:
            return fetched
        for _, content in self.contents(table, [key]):
            return content
        return None

    def contents(self, table: str, keys: Iterable[str]) -> Iterator[tuple[str, bytes]]:
        """Yield key and content of those of `keys` that are there, in any order."""
        wanted = set(keys)
        for key, content, sum_ in self._rows(table, wanted):
            if key in wanted and _is_whole(table, key, content, sum_):
                yield key, content

    def _rows(self, table: str, wanted: Collection[str]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows with these keys, and others where most of a large table are wanted."""
        if len(wanted) > _MOST_VARIABLES and 2 * len(wanted) > self._count(table):
            yield from self._every_row(table)
            return
        for part, marks in _in_parts(wanted):
            yield from self._run(f"SELECT key, text, sum FROM {table} WHERE key IN ({marks})", part)  # noqa: S608 - a name of ours

    def _every_row(self, table: str) -> Iterator[tuple[Any, ...]]:
        """Yield all rows as they lie in the file, which is faster than to look each up."""
        last, number = -1, 0
        statement = (
            f"SELECT key, text, sum, rowid FROM {table} WHERE rowid > ? "  # noqa: S608 - as above
            f"ORDER BY rowid LIMIT {_MOST_VARIABLES}"
        )
        # In a damaged file they may come in any order.
        while number > last:
            last = number
            for *row, number in self._run(statement, [last]):  # noqa: B007 - the last one counts
                yield tuple(row)

    def _count(self, table: str) -> int:
        return sum(row[0] for row in self._run(f"SELECT count(*) FROM {table}"))  # noqa: S608 - as above

    def texts(self, table: str) -> Iterator[tuple[str, str]]:
        """Yield all keys and texts of a table."""
        rows = self._run(f"SELECT key, text, sum FROM {table}")  # noqa: S608 - as above
        for key, content, sum_ in rows:
            if _is_whole(table, key, content, sum_):
                yield key, _text(content)

    def fetch(self, table: str, keys: Iterable[str]) -> None:
        """Read texts that `content` is going to be asked for, once each, in fewer questions."""
        self._fetched[table] = dict(self.contents(table, keys))

    def keys_with(self, table: str, part: str) -> set[str]:
        """Return the keys of those texts of a table that have a part."""
        rows = self._run(f"SELECT key FROM {table} WHERE instr(text, ?)", [part])  # noqa: S608 - as above
        return {row[0] for row in rows}

    def present(self, table: str, keys: Iterable[str]) -> set[str]:
        """Return those of `keys` that a table has."""
        keys = set(keys)
        if len(keys) > _MOST_VARIABLES:
            # Asked for by name, each would be looked up.
            return keys & self.keys(table)
        found: set[str] = set()
        for part, marks in _in_parts(keys):
            rows = self._run(f"SELECT key FROM {table} WHERE key IN ({marks})", part)  # noqa: S608 - as above
            found.update(row[0] for row in rows)
        return found

    def keys(self, table: str) -> set[str]:
        """Return all keys of a table."""
        return {row[0] for row in self._run(f"SELECT key FROM {table}")}  # noqa: S608 - as above

    # Writing

    def put(self, table: str, rows: Iterable[tuple[str, str | bytes]]) -> None:
        """Put texts or contents by key; lone surrogates have no form, and what has some is left."""
        encoded = [(key, content, _sum(table, key, content)) for key, content in _encoded(rows)]
        if encoded:
            self._write(f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", encoded)  # noqa: S608 - a name of ours

    def put_for_sure(self, table: str, texts: Mapping[str, str | bytes]) -> None:
        """Put texts by key, and begin another file where they do not come back from this one.

        What damage has put out of order is found by no checksum, and SQLite may not notice.
        """
        wanted = dict(_encoded(texts.items()))
        self.put(table, wanted.items())
        if sorted(self.contents(table, wanted)) != sorted(wanted.items()):
            with self._lock:
                if self._database is not None:
                    self._give_up(self._database, sqlite3.DatabaseError("not what was put"))

    def remove(self, table: str, keys: Iterable[str]) -> None:
        """Remove texts."""
        self._write(f"DELETE FROM {table} WHERE key = ?", [(key,) for key in keys])  # noqa: S608 - as above

    def commit(self) -> None:
        """Let what was put survive the process."""
        if self._is_writing:
            self._run("COMMIT")
            self._is_writing = False

    def reopen(self) -> None:
        """Connect anew, in a process that was forked: what is committed is there to be read."""
        # That of the other process is not to be closed by this one.
        self._inherited, self._lock = self._database, threading.Lock()
        self._is_writing = False
        try:
            self._database = _connect(self._path)
        except _FAULTS:
            self._database = None

    def close(self) -> None:
        """Commit, and let go of the file."""
        self.commit()
        if self._database is not None:
            self._database.close()
            self._database = None

    def _begin(self) -> None:
        if self._database is None:
            self._database = _made(self._path) if self.is_kept else None
            self.is_kept = self._database is not None
            self._database = self._database or _connect("")
        if not self._is_writing:
            self._run("BEGIN IMMEDIATE")
            self._is_writing = True

    def _run(self, statement: str, values: Iterable[str | int] = ()) -> list[Any]:
        with self._lock:
            if self._database is None:
                return []
            try:
                return self._database.execute(statement, tuple(values)).fetchall()
            except _FAULTS as error:
                self._give_up(self._database, error)
                return []

    def _write(self, statement: str, rows: Sequence[tuple[str | bytes | int, ...]]) -> None:
        """Run a statement for each row; once more in what takes a damaged file's place."""
        self._fetched.clear()
        for _ in range(2):
            self._begin()
            with self._lock:
                if self._database is None:
                    return
                try:
                    self._database.executemany(statement, rows)
                except _FAULTS as error:
                    self._give_up(self._database, error)
                else:
                    return

    def _give_up(self, database: sqlite3.Connection, error: Exception) -> None:
        """Go on without the file, which is locked or on a full disk, or with a new one.

        A damaged one is removed: every later run would meet the damage again.
        """
        if self.is_kept:
            database.close()
            fresh = _open(self._path) if _is_damage(error) and _remove(self._path) else None
            self._database = fresh or _connect("")
            self.is_kept, self._is_writing = fresh is not None, False


def _sum(table: str, key: str, content: bytes) -> int:
    """Return the checksum of a text, which is another one under another key or in another table."""
    return crc32(content, crc32(f"{table} {key}".encode("utf-8", "surrogatepass")))


def _is_whole(table: str, key: object, content: object, sum_: object) -> bool:
    """Say whether a row is as it was put."""
    return isinstance(key, str) and isinstance(content, bytes) and _sum(table, key, content) == sum_


def _encoded(rows: Iterable[tuple[str, str | bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield what can be kept: lone surrogates cannot."""
    for key, text in rows:
        try:
            yield key, text.encode() if isinstance(text, str) else text
        except UnicodeEncodeError:
            continue


def _in_parts(keys: Iterable[str]) -> Iterator[tuple[list[str], str]]:
    """Yield keys, as many as one statement may have, and the marks that stand for them."""
    wanted = list(keys)
    for start in range(0, len(wanted), _MOST_VARIABLES):
        part = wanted[start : start + _MOST_VARIABLES]
        yield part, ",".join("?" * len(part))


def _made(path: str) -> sqlite3.Connection | None:
    folder = os.path.dirname(path)
    try:
        if not os.path.isdir(folder):
            os.makedirs(folder)
            # What can be made again is nothing to commit, and nobody need say so.
            with open(os.path.join(folder, IGNORE), "w", encoding="ascii") as stream:
                stream.write("*\n")
    except OSError:
        return None
    return _open(path)


def _open(path: str) -> sqlite3.Connection | None:
    """Return the file's database, new where it is none of ours; `None` where it cannot be used."""
    for is_last in (False, True):
        try:
            return _connect(path)
        except _FAULTS as error:
            if is_last or not _is_damage(error) or not _remove(path):
                return None
    return None


def _is_damage(error: Exception) -> bool:
    """Say whether a file is damaged, of another format, or no database at all."""
    code = getattr(error, "sqlite_errorcode", None)
    # The lower byte says of which kind a fault is.
    return code is None or code & 0xFF not in _OF_THE_SYSTEM


def _remove(path: str) -> bool:
    try:
        os.remove(path)
    except OSError:
        return False
    return True


def _connect(path: str) -> sqlite3.Connection:
    """Open or make a database; raises `DatabaseError` for one of another format or program."""
    database = sqlite3.connect(
        path, timeout=_PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
    )
    # A key that is no UTF-8 any more is none of ours.
    database.text_factory = _text
    try:
        marks = [database.execute(f"PRAGMA {name}").fetchone()[0] for name in _MARKS]
        rows = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {row[0] for row in rows}
        if marks == [0, 0] and not tables:
            _make_tables(database)
        elif marks != [_APPLICATION, FORMAT] or tables != {*TABLES}:
            raise sqlite3.DatabaseError("not a cache of this version")  # noqa: TRY301 - as SQLite does for what is none
        # What a power failure tears is found by the checksums, and only costs time.
        database.execute("PRAGMA synchronous = OFF")
    except BaseException:
        database.close()
        raise
    return database


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


_MARKS = ("application_id", "user_version")


def _make_tables(database: sqlite3.Connection) -> None:
    database.execute("BEGIN IMMEDIATE")
    for table in TABLES:
        database.execute(f"CREATE TABLE {table} (key TEXT PRIMARY KEY, text BLOB, sum INTEGER)")
    for name, value in zip(_MARKS, (_APPLICATION, FORMAT), strict=True):
        database.execute(f"PRAGMA {name} = {value}")
    database.execute("COMMIT")
