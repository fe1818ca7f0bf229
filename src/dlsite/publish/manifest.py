"""What the last build wrote, as the output directory itself records it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate
from pathlib import Path

MANIFEST = ".dlsite-manifest.json"
"""The file that marks a directory as one of ours."""

OWN_PREFIX = ".dlsite-"
"""How the names of everything begin that is in an output directory and no part of the site."""

_VERSION = 1

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
    # Indented it would take ten times as long.
    return (json.dumps(manifest, ensure_ascii=False) + "\n").encode()


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
