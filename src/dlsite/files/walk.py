"""Find the files below a folder, with what tells cheaply whether one of them has changed.

An effect, and a light one: a build in which nothing changed imports this and `sqlite3`,
so nothing here may import dataclasses, records or anything that does.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterable
from fnmatch import translate
from operator import attrgetter
from stat import S_ISDIR, S_ISLNK, S_ISREG

SEPARATOR = "\0"
"""Stands between the parts of a listing: the one character that no file name has."""

COARSE_NS = 1_000_000_000
_TICK_NS = 50_000_000
_COARSE_TICK_NS = 2 * COARSE_NS

FILE, LINKED_FILE, FOLDER = "file", "linked file", "folder"
FOLDER_LINK, OUTSIDE, ODD = "folder link", "outside", "odd"
UNREADABLE, UNDECODABLE = "unreadable", "undecodable"

numbers_of: Callable[[os.stat_result], tuple[int, int, int, int]] = attrgetter(
    "st_size", "st_mtime_ns", "st_ctime_ns", "st_ino"
)
"""Return what changes whenever a file does: size, times of content and of inode, inode.

The time of the inode cannot be set back, so an edit that keeps size and time shows.
"""

Racy = list[tuple[str, str, str]]
"""Path, stamp and digest of files that had just changed when they were looked at."""


class Walk:
    """What stands below one folder.

    `files` are path relative to the folder and stamp of every regular file, in order of
    path, a folder's files where the folder's name stands.  `remarks` are kind, relative
    path and the system's reason of what is not read.  `exists` is false where there is
    no folder.
    """

    __slots__ = ("exists", "files", "folders", "remarks")

    def __init__(self) -> None:
        self.exists = True
        self.files: list[tuple[str, str]] = []
        self.folders: list[str] = []
        self.remarks: list[tuple[str, str, str]] = []

    def listing(self) -> str:
        """Return all of this as one text: equal texts mean that nothing changed."""
        parts = [SEPARATOR.join(entry) for entry in self.files]
        parts += [f"{folder}/" for folder in self.folders]
        parts += [SEPARATOR.join(remark) for remark in self.remarks]
        return SEPARATOR.join([str(self.exists), *parts, ""])


class Globs:
    """Names to leave out of a walk, and paths to take in nevertheless.

    As in `.gitignore`, a pattern without a slash inside is for names at any depth.
    """

    __slots__ = ("_exclude_names", "_exclude_paths", "_include")

    def __init__(self, exclude: Iterable[str], include: Iterable[str] = ()) -> None:
        bare = [pattern.strip("/") for pattern in exclude]
        self._exclude_names = _joined(each for each in bare if each and "/" not in each)
        self._exclude_paths = _joined(each for each in bare if "/" in each)
        self._include = _joined(include)

    def kept(self, below: str, names: Collection[str]) -> list[str]:
        """Return the names in a folder that are the site's, in order; `below` ends in a slash."""
        # All at once: a walk takes little more than the system's part of it.
        gone = {*filter(self._exclude_names, names)}
        if self._exclude_paths is not _nothing:
            gone.update(name for name in names if self._exclude_paths(below + name))
        gone = {name for name in gone if not self._include(below + name)}
        return sorted(name for name in names if name not in gone) if gone else sorted(names)

    def leave_out(self, relative: str, name: str) -> bool:
        """Say whether a file or folder is none of the site's."""
        return not self.kept(relative.removesuffix(name), [name])


def _joined(patterns: Iterable[str]) -> Callable[[str], object]:
    """Return what finds one of the patterns in a text; where there are none, without looking."""
    joined = "|".join(translate(pattern) for pattern in patterns)
    return re.compile(joined).match if joined else _nothing


def _nothing(text: str) -> None:  # noqa: ARG001
    return None


def walk(folder: str, globs: Globs) -> Walk:
    """Return what stands below `folder`; links that lead out of it are remarks."""
    found = Walk()
    if not os.path.isdir(folder):
        found.exists = False
        return found
    _walk(folder, "", globs, found)
    return found


def _walk(folder: str, below: str, globs: Globs, found: Walk) -> None:
    here = f"{folder}/{below}"
    try:
        names = os.listdir(here)
    except OSError as error:
        found.remarks.append((UNREADABLE, below, _reason(error)))
        return
    add, look = found.files.append, os.lstat
    for name in globs.kept(below, names):
        relative = below + name
        if not name.isascii() and _is_undecodable(name):
            readable = relative.encode("utf-8", "backslashreplace").decode()
            found.remarks.append((UNDECODABLE, readable, ""))
            continue
        try:
            status = look(here + name)
            kind = FILE if S_ISREG(status.st_mode) else _kind(folder, relative, status)
            if kind == LINKED_FILE:
                status, kind = os.stat(here + name), FILE
        except OSError as error:
            found.remarks.append((UNREADABLE, relative, _reason(error)))
            continue
        if kind == FILE:
            add((relative, stamp(status)))
        elif kind == FOLDER:
            found.folders.append(relative)
            _walk(folder, f"{relative}/", globs, found)
        else:
            found.remarks.append((kind, relative, ""))


def _is_undecodable(name: str) -> bool:
    # Python keeps the bytes of a name that cannot be decoded as lone surrogates.
    return any("\ud800" <= c <= "\udfff" for c in name)


def _kind(folder: str, relative: str, status: os.stat_result) -> str:
    """Return what stands there; the kinds that are not read are named as in remarks."""
    if S_ISDIR(status.st_mode):
        return FOLDER
    if not S_ISLNK(status.st_mode):
        return ODD
    inside, target = os.path.realpath(folder), os.path.realpath(f"{folder}/{relative}")
    if target != inside and not target.startswith(inside.rstrip("/") + "/"):
        return OUTSIDE
    mode = os.stat(target).st_mode
    if S_ISREG(mode):
        return LINKED_FILE
    # A folder inside is read where it stands: twice would be a conflict, and a link to a
    # parent would never end.
    return FOLDER_LINK if S_ISDIR(mode) else ODD


def stamp(status: os.stat_result) -> str:
    """Return as text what changes whenever a file does (`numbers_of`)."""
    size, changed, inode_changed, inode = numbers_of(status)
    return f"{size} {changed} {inode_changed} {inode}"


def is_settled(stamp_: str, taken_ns: int) -> bool:
    """Say whether a stamp taken at `taken_ns` (since the epoch) can be trusted later.

    A file that changed within one tick of the file system's clock before it was looked
    at may change again within that tick, and show the same times.
    """
    _, changed, inode_changed, _ = map(int, stamp_.split(" "))
    newest = max(changed, inode_changed)
    # File systems that count whole seconds (or two, as FAT) have no digits below.
    tick = _COARSE_TICK_NS if newest % COARSE_NS == 0 else _TICK_NS
    return newest + tick < taken_ns


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
