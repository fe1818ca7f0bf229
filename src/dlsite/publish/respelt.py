"""Which files of the last build a file system that is blind to letter case has under new names.

On those of macOS and Windows `/Adam/` and `/adam/` are one folder: where an address changes in
case alone, what the last build wrote stands in the place of what is new, and would keep its name.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from functools import cached_property
from pathlib import Path

from dlsite.publish.manifest import folders_of, parents
from dlsite.urls.permalinks import collision_key


class Spellings:
    """The files that the last build wrote in `output`, by all names that find them there."""

    def __init__(self, output: Path, paths: Collection[str]) -> None:
        self._output = output
        self._paths = paths

    def __contains__(self, path: object) -> bool:
        """Say whether what stands at a path is one of them."""
        return path in self._paths or (isinstance(path, str) and self._is_respelt(path))

    def _is_respelt(self, path: str) -> bool:
        if not self._paths or not os.path.lexists(self._output / path):
            # As nearly always: nothing stands where something new is to be.
            return False
        return is_one_file(self._output, path, self._path_by_key.get(collision_key(path), ""))

    @cached_property
    def _path_by_key(self) -> dict[str, str]:
        return {collision_key(path): path for path in self._paths}


def in_new_spelling(output: Path, paths: Iterable[str], new: Collection[str]) -> frozenset[str]:
    """Return those of `paths` that stand under another spelling of a new one or of its folders."""
    spelling_by_key = {collision_key(each): each for each in (*folders_of(new), *new)}
    return frozenset(
        path
        for path in paths
        for each in (*parents(path), path)
        if (other := spelling_by_key.get(collision_key(each), each)) != each
        and is_one_file(output, each, other)
    )


def is_one_file(output: Path, *paths: str) -> bool:
    """Say whether there is a file or folder at two paths, and the same one."""
    try:
        one, other = (os.lstat(output / path) for path in paths)
    except OSError:
        return False
    return os.path.samestat(one, other)
