"""Read the templates of a site and the theme, and nothing else of it.  An effect."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dlsite.config.settings import Config
from dlsite.files.folders import THEME_TEMPLATES, Folder
from dlsite.files.sourcetext import decode


def read_templates(folders: Iterable[Folder], config: Config) -> tuple[dict[str, str], ...]:
    """Return texts and paths to show of the templates by name, as `Sources` has them.

    Raises `OSError` for what cannot be read.
    """
    texts: dict[str, str] = {}
    paths: dict[str, str] = {}
    for folder in folders:
        if folder.place in (THEME_TEMPLATES, config.templates):
            for name, _ in folder.walk().files:
                paths[name] = folder.shown(name)
                texts[name], _ = decode(Path(folder.path, name).read_bytes(), paths[name])
    return texts, paths
