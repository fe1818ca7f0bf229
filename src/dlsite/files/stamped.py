"""Compare many files at once with what they were: their stamps as numbers, one after another.

Light: a build in which nothing changed imports it.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Collection, Iterable
from itertools import chain

from dlsite.files.walk import SEPARATOR, numbers_of

_EACH = 4
"""Numbers of one file: those of its stamp (`walk.stamp`)."""

_MOST = (1 << 64) - 1

_GONE = "0 0 0 0"
"""The stamp that no file has."""


class Stamped:
    """Files of one folder, and what they were.

    `paths` are relative to the folder; `numbers` are 64 bits each, four to a path.
    Raises `ValueError` where there are more or fewer.
    """

    __slots__ = ("numbers", "paths")

    def __init__(self, paths: list[str], numbers: array[int]) -> None:
        if len(numbers) != _EACH * len(paths):
            raise ValueError("not the stamps of these files")
        self.paths = paths
        self.numbers = numbers

    @classmethod
    def of(cls, stamps: Iterable[tuple[str, str]]) -> Stamped:
        """Return files by path and stamp; one that was not there had an empty stamp."""
        pairs = list(stamps)
        numbers = " ".join(stamp or _GONE for _, stamp in pairs).split()
        return cls([path for path, _ in pairs], _in_array([*map(int, numbers)]))

    @classmethod
    def kept(cls, paths: str, numbers: bytes) -> Stamped:
        """Return what `to_keep` has given."""
        found = array("Q")
        found.frombytes(numbers)
        return cls(paths.split(SEPARATOR) if paths else [], found)

    def to_keep(self) -> tuple[str, bytes]:
        """Return the paths as one text, and the numbers as this machine writes them."""
        return SEPARATOR.join(self.paths), self.numbers.tobytes()

    def stand_in(self, folder: str) -> bool:
        """Say whether all files stand in `folder` as they were."""
        full = [f"{folder}/{path}" for path in self.paths]
        try:
            found = [*chain.from_iterable(map(numbers_of, map(os.stat, full)))]
        except OSError:
            # One is gone.
            return False
        return self.numbers == _in_array(found)

    def stamps(self, paths: Collection[str]) -> dict[str, str]:
        """Return the stamps of those files that are at `paths`."""
        return {
            path: " ".join(map(str, self.numbers[_EACH * index : _EACH * (index + 1)]))
            for index, path in enumerate(self.paths)
            if path in paths
        }

    def without(self, paths: Collection[str]) -> Stamped:
        """Return the files but for those at `paths`."""
        if not paths:
            return self
        names, numbers = self.paths[:], self.numbers[:]
        gone = [index for index, path in enumerate(names) if path in paths]
        for index in reversed(gone):
            del names[index], numbers[_EACH * index : _EACH * (index + 1)]
        return Stamped(names, numbers)

    def __add__(self, other: Stamped) -> Stamped:
        """Return the files of both."""
        return Stamped(self.paths + other.paths, self.numbers + other.numbers)


def _in_array(numbers: list[int]) -> array[int]:
    try:
        return array("Q", numbers)
    except OverflowError:
        # A time before 1970, which we have not written; but somebody may have set it.
        return array("Q", [number & _MOST for number in numbers])
