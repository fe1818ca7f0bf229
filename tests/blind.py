"""A file system that is blind to letter case but keeps it, like those of macOS and Windows.

Below one folder every function of `os` with a path finds what stands there in any letter case.
What is put in the place of a file keeps the name of that, as on FAT.
"""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

_OF_ONE_PATH = ("access", "chmod", "listdir", "lstat", "mkdir", "open", "remove", "rmdir",
                "scandir", "stat", "unlink", "utime")  # fmt: skip
_OF_TWO_PATHS = ("link", "rename", "replace")


def make_blind(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the file system below `folder` be blind to letter case."""
    names = dict.fromkeys(_OF_ONE_PATH, 1) | dict.fromkeys(_OF_TWO_PATHS, 2)
    find = _finder(str(folder), os.listdir)
    for name, paths in names.items():
        patch.setattr(os, name, _blind(getattr(os, name), paths, find))
    for module in (builtins, io):
        patch.setattr(module, "open", _blind(open, 1, find))


def _blind(
    function: Callable[..., object], paths: int, find: Callable[[object], object]
) -> Callable[..., object]:
    def call(*arguments: object, **named: object) -> object:
        return function(*map(find, arguments[:paths]), *arguments[paths:], **named)

    return call


def _finder(top: str, names_in: Callable[[str], list[str]]) -> Callable[[object], object]:
    """Return what turns a path below `top` into that of what it means."""

    def find(path: object) -> object:
        if not isinstance(path, str | Path) or not str(path).startswith(f"{top}/"):
            return path
        here = top
        for name in Path(path).relative_to(top).parts:
            try:
                known = [each for each in names_in(here) if each.casefold() == name.casefold()]
            except OSError:
                known = []
            here = f"{here}/{known[0] if known else name}"
        return here

    return find
