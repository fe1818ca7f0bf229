"""What the last build wrote, as the output directory itself records it."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path

MANIFEST = ".dlsite-manifest.json"
"""The file that marks a directory as one of ours."""

_VERSION = 1
_NEXT = ",\n"
_START, _END = f'{{"version": {_VERSION}{_NEXT}"files": {{', "}}\n"

_UNFIT = re.compile(r"(?:\A|/)\.{0,2}(?:/|\Z)|\0")
"""An empty path, one from the root, and steps that lead nowhere or up."""


def read_manifest(output: Path) -> dict[str, str]:
    """Return path and digest of every file that the last build wrote; empty if unreadable."""
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
    return (json.dumps(manifest, ensure_ascii=False, separators=(_NEXT, ": ")) + "\n").encode()


class Entries:
    """The files of a manifest, to be changed one by one without looking at all others.

    Raises `ValueError` where `content` is not as `manifest_content` writes it.
    """

    def __init__(self, content: bytes) -> None:
        text = content.decode()
        if not (text.startswith(_START) and text.endswith(_END)):
            raise ValueError("no manifest")
        lines = text[len(_START) : -len(_END)].split(_NEXT)
        self._lines = lines if lines != [""] else []

    def __len__(self) -> int:
        return len(self._lines)

    def get(self, path: str) -> str:
        """Return the digest of a file; empty where there is none."""
        at = self._place(path)
        known, digest = _entry(self._lines[at]) if at < len(self._lines) else ("", "")
        return digest if known == path else ""

    def put(self, path: str, digest: str) -> None:
        """Take a file up, or its new digest."""
        at = self._place(path)
        has_one = at < len(self._lines) and _entry(self._lines[at])[0] == path
        line = f"{json.dumps(path, ensure_ascii=False)}: {json.dumps(digest)}"
        self._lines[at : at + has_one] = [line]

    def remove(self, path: str) -> None:
        """Take a file out."""
        if self.get(path):
            del self._lines[self._place(path)]

    def content(self) -> bytes:
        """Return the manifest of the files."""
        return f"{_START}{_NEXT.join(self._lines)}{_END}".encode()

    def _place(self, path: str) -> int:
        """Return where a file stands, or would stand, in order of path."""
        return bisect_left(self._lines, path, key=lambda line: _entry(line)[0])


def _entry(line: str) -> tuple[str, str]:
    path, _, digest = line.rpartition(": ")
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
