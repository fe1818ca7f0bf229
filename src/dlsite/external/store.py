"""Remember what was found out about addresses, each at once, so that a run can go on later."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from dlsite.external.verdicts import Answer, Verdict

_VERSION = 1


class Store:
    """Answers by address in an SQLite file; `path` `None` remembers nothing.

    A file that is damaged or from another version is begun anew, and one that cannot be
    written is done without.
    """

    def __init__(self, connection: sqlite3.Connection | None) -> None:
        self._connection = connection

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Store]:
        """Open the store at a path, whose folder is made."""
        connection = _connect(path)
        try:
            yield cls(connection)
        finally:
            if connection is not None:
                connection.close()

    def answers(self, urls: Iterable[str]) -> dict[str, Answer]:
        """Return what is remembered about the addresses."""
        if self._connection is None:
            return {}
        wanted = set(urls)
        found: dict[str, Answer] = {}
        for url, text in self._connection.execute("SELECT url, answer FROM answers"):
            answer = _answer(url, text) if url in wanted else None
            if answer is not None:
                found[url] = answer
        return found

    def remember(self, answer: Answer) -> None:
        """Keep an answer, whatever happens next."""
        if self._connection is None:
            return
        fields = asdict(answer)
        del fields["url"]
        row = (answer.url, json.dumps(fields))
        try:
            with self._connection:
                self._connection.execute("REPLACE INTO answers VALUES (?, ?)", row)
        except sqlite3.Error:
            # A full disk costs the memory, not the run.
            self._connection.close()
            self._connection = None


def _answer(url: str, text: str) -> Answer | None:
    try:
        fields = json.loads(text)
        fields["verdict"] = Verdict(fields["verdict"])
        fields["seconds"] = float(fields["seconds"])
        return Answer(url=url, **fields)
    except (ValueError, TypeError, KeyError):
        return None


def _connect(path: Path) -> sqlite3.Connection | None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _open(path) or _open_anew(path)
    except (OSError, sqlite3.Error):
        return None


def _open(path: Path) -> sqlite3.Connection | None:
    """Open the file; `None` where it is none of this version."""
    connection = sqlite3.connect(path, timeout=5)
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        with connection:
            connection.execute("CREATE TABLE IF NOT EXISTS answers (url PRIMARY KEY, answer)")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
    except sqlite3.Error as error:
        connection.close()
        if isinstance(error, sqlite3.OperationalError):
            # Locked or not to be written: it may be sound.
            raise
        return None
    if version in (0, _VERSION):
        return connection
    connection.close()
    return None


def _open_anew(path: Path) -> sqlite3.Connection | None:
    path.unlink()
    return _open(path)
