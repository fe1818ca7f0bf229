"""What the last build wrote, as the output directory itself records it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path

MANIFEST = ".dlsite-manifest.json"
"""The file that marks a directory as one of ours."""

_VERSION = 1
_NEXT = b",\n"
_START, _END = b'{"version": %d%b"files": {' % (_VERSION, _NEXT), b"}}\n"

_UNFIT = re.compile(r"(?:\A|/)\.{0,2}(?:/|\Z)|\0")
"""An empty path, one from the root, and steps that lead nowhere or up."""


def read_manifest(output: Path) -> dict[str, str]:
    """Return path and digest of every file that the last build wrote; empty if unreadable."""
    if not (output / MANIFEST).is_file():
        # There is none, or a pipe of somebody else's, which would be read for ever.
        return {}
    try:
        manifest = json.loads((output / MANIFEST).read_text(encoding="utf-8"))
        files = manifest["files"]
        if manifest["version"] != _VERSION or not isinstance(files, dict):
            return {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {
        path: digest for path, digest in files.items() if isinstance(digest, str) and is_plain(path)
    }


def manifest_content(digests: Mapping[str, str]) -> bytes:
    """Return the manifest for files by path, the same bytes for any order."""
    manifest = {"version": _VERSION, "files": dict(sorted(digests.items()))}
    # A line for each file, by the separator: indented it would take ten times as long.
    return (
        json.dumps(manifest, ensure_ascii=False, separators=(_NEXT.decode(), ": ")) + "\n"
    ).encode()


class Entries:
    """The files of a manifest, to be changed one by one without looking at all others.

    Raises `ValueError` where `content` is not as `manifest_content` writes it.
    """

    def __init__(self, content: bytes) -> None:
        if not (content.startswith(_START) and content.endswith(_END)):
            raise ValueError("no manifest")
        # A line for each file, in order of path, and the separator between two.
        self._lines = bytearray(content[len(_START) : -len(_END)])
        self._count = self._lines.count(b"\n") + 1 if self._lines else 0

    def __len__(self) -> int:
        return self._count

    def get(self, path: str) -> str:
        """Return the digest of a file; empty where there is none."""
        start, end = self._place(path)
        return _entry(self._lines[start:end])[1] if start < end else ""

    def put(self, path: str, digest: str) -> None:
        """Take a file up, or its new digest."""
        start, end = self._place(path)
        line = f"{json.dumps(path, ensure_ascii=False)}: {json.dumps(digest)}".encode()
        if start == end:
            if self._count:
                line = line + _NEXT if start < len(self._lines) else _NEXT + line
            self._count += 1
        self._lines[start:end] = line

    def remove(self, path: str) -> None:
        """Take a file out."""
        start, end = self._place(path)
        if start == end:
            return
        if end < len(self._lines):
            end += len(_NEXT)
        else:
            start = max(0, start - len(_NEXT))
        del self._lines[start:end]
        self._count -= 1

    def content(self) -> bytes:
        """Return the manifest of the files."""
        return b"".join([_START, self._lines, _END])

    def _place(self, path: str) -> tuple[int, int]:
        """Return where the line of a file begins and ends; at once, where it would begin."""
        low, high = 0, len(self._lines)
        while low < high:
            middle = (low + high) // 2
            before = self._lines.rfind(_NEXT, low, middle)
            start = before + len(_NEXT) if before >= 0 else low
            end = self._lines.find(_NEXT, start)
            end = end if end >= 0 else len(self._lines)
            known = _entry(self._lines[start:end])[0]
            if known == path:
                return start, end
            if known < path:
                low = min(end + len(_NEXT), len(self._lines))
            else:
                high = start
        return low, low


def _entry(line: bytearray) -> tuple[str, str]:
    path, _, digest = line.rpartition(b": ")
    return json.loads(path), json.loads(digest)


def is_plain(path: object) -> bool:
    """Say whether a path stays inside the folder; what is read from it may be tampered with."""
    return isinstance(path, str) and not _UNFIT.search(path)


def folders_of(paths: Iterable[str]) -> set[str]:
    """Return all folders that paths of the output directory stand in."""
    found: set[str] = set()
    waiting = {path.rpartition("/")[0] for path in paths}
    while waiting:
        found |= waiting
        waiting = {folder.rpartition("/")[0] for folder in waiting} - found
    return found - {""}


def parents(path: str) -> Iterator[str]:
    """Yield the folders of a path of the output directory, outermost first."""
    parts = path.split("/")[:-1]
    return accumulate(parts, "{}/{}".format)
