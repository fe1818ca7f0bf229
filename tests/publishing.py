"""Outputs made of texts, published and read again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from dlsite.publish.manifest import MANIFEST
from dlsite.publish.run import Published, publish
from dlsite.records import OutputFile


def outputs_of(texts: Mapping[str, str]) -> tuple[OutputFile, ...]:
    return tuple(OutputFile(path, text.encode()) for path, text in texts.items())


def publish_texts(texts: Mapping[str, str], output: Path, *, force: bool = False) -> Published:
    return publish(outputs_of(texts), output, force=force)


def texts_in(output: Path) -> dict[str, str]:
    """Return every file below `output` but the manifest, by path."""
    return {
        path.relative_to(output).as_posix(): path.read_text()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def folders_in(output: Path) -> set[str]:
    return {p.relative_to(output).as_posix() for p in output.rglob("*") if p.is_dir()}
