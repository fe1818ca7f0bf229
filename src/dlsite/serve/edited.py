"""Tell which changes of files are edits of pages, and how far these reach.

An effect: the files are read.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from dlsite.diagnostics import Diagnostic
from dlsite.files.sourcetext import read_source
from dlsite.quiet import is_quiet_edit, mentioned
from dlsite.records import Parsed, SourceFile
from dlsite.understanding import Analysis, Places

Edit = tuple[Parsed, Parsed]
"""A page before and after an edit."""


def edited_sources(
    files: frozenset[Path], analysis: Analysis, places: Places
) -> list[SourceFile] | None:
    """Return those of `files` that are pages with another content; `None` for other files."""
    content, walked = analysis.sources.folders[0]
    top = Path(content.path).resolve()
    sources = []
    for file in files:
        relative = file.relative_to(top).as_posix() if file.is_relative_to(top) else ""
        place = places.among_all.get(content.shown(relative))
        if place is None:
            # What editors write beside a file, and take away again, is nobody's.
            is_gone = not file.exists() and all(relative != each for each, _ in walked.files)
            if not relative or not (is_gone or content.leaves_out(relative)):
                return None
            continue
        page = analysis.sources.pages[place]
        found: list[Diagnostic] = []
        source = read_source(Path(content.path, relative), page.path, relative, found)
        if source is None or found:
            return None
        if source.digest != page.digest:
            sources.append(source)
    return sources


def are_quiet(edits: Iterable[Edit], analysis: Analysis, found: Iterable[Diagnostic]) -> bool:
    """Say whether edits show on their own pages alone; `found` is all that the preview shows."""
    lines = mentioned(found)
    skipped = {entry.page.path for entry in analysis.site.routes.skipped}
    return all(
        new.page.path not in skipped and is_quiet_edit(before, new, lines) for before, new in edits
    )


def may_want_other_files(edits: Iterable[Edit]) -> bool:
    """Say whether the font and the stylesheets of the site may be others after edits."""
    return any(
        (old.page.has_math, old.page.math_signs) != (new.page.has_math, new.page.math_signs)
        for old, new in edits
    )
