"""Hold what was rendered in one temporary file until it is published, instead of in memory.

An effect.  Nothing of a site is published before all of it has rendered, and the pages of a
large one take more memory than everything else that a build makes.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

from dlsite.records import OutputFile

_ROOM = 32 * 1024 * 1024
"""Bytes that stay in memory: smaller sites need no file."""


@dataclass(frozen=True, slots=True)
class Spooled:
    """A content in the file of a spool."""

    file: int
    offset: int
    size: int

    def read(self) -> bytes:
        """Return the content; raises `OSError` where the system does not give it back."""
        content = os.pread(self.file, self.size, self.offset)
        if len(content) != self.size:
            raise OSError("what was rendered is no longer in the temporary file")
        return content


class Spool:
    """A temporary file without a name, that ends with the process or at the end of `with`.

    Where it cannot be made or grow, contents stay in memory; `room` is how many bytes of them
    do so anyway, without limit for `None`.
    """

    def __init__(self, room: int | None = _ROOM) -> None:
        self._room = sys.maxsize if room is None else room
        self._file: IO[bytes] | None = None
        self._size = 0
        self._is_full = False
        self._parts: list[Spool] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        for spool in (self, *self._parts):
            if spool._file is not None:  # noqa: SLF001 - a part of our own
                spool._file.close()  # noqa: SLF001
                spool._file = None  # noqa: SLF001

    def part(self) -> Spool:
        """Return a spool for a process that is forked next: what it holds can be read here."""
        part = Spool(0)
        part._is_full = not part._is_open()
        self._parts.append(part)
        return part

    def hold(self, output: OutputFile) -> OutputFile:
        """Return an output whose content lies in the file, once there is much of it."""
        size = len(output.content)
        if self._room >= size:
            self._room -= size
            return output
        place = None if self._is_full else self._put(output.content)
        if place is None:
            # Half a content may have been written: nothing is put behind it.
            self._is_full = True
            return output
        return OutputFile(output.path, b"", output.origin, output.digest, place)

    def _put(self, content: bytes) -> Spooled | None:
        with suppress(OSError):
            if (
                self._is_open()
                and self._file is not None
                and self._file.write(content) == len(content)
            ):
                place = Spooled(self._file.fileno(), self._size, len(content))
                self._size += len(content)
                return place
        return None

    def _is_open(self) -> bool:
        """Say whether there is a file, after an attempt to make one."""
        if self._file is None:
            with suppress(OSError):
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by `with` of the spool
        return self._file is not None
