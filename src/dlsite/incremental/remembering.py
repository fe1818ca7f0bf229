"""Leave a record of a run, by which the next one knows whether there is anything to do."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dlsite.config.settings import EPOCH
from dlsite.files.sitefiles import Sources
from dlsite.files.stamped import Stamped
from dlsite.files.walk import SEPARATOR, Racy, is_settled
from dlsite.incremental import early
from dlsite.incremental.start import Start
from dlsite.incremental.typed import typed
from dlsite.linking.names import names_asked_for, pages_that_name_links
from dlsite.memory.cache import Cache
from dlsite.memory.codec import encode
from dlsite.memory.keys import tool_digest
from dlsite.quiet import mentioned
from dlsite.rehearsal import own_templates
from dlsite.render.retell import has_lookalikes
from dlsite.rendering import Rendered
from dlsite.understanding import Analysis

_EVER = float("inf")


@dataclass(frozen=True, slots=True)
class Said:
    """What a run has printed and how it ended, for one in which nothing changed to do again.

    `shown` are the findings by the manner of telling (`early.manner`), or as they are in all
    (`early.ALIKE`); in `summary`, which goes to the standard error unless a run is quiet, marks
    stand for numbers (`early.SUMMARY`).
    """

    shown: Mapping[str, str]
    to_error: bool
    summary: tuple[str, ...] = ()
    code: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has ended: the site, what there was to say of it, and how that was said.

    `output` is where a build has published, `manifest` the digest of the list of what it has;
    a check has neither.
    """

    analysis: Analysis
    rendered: Rendered
    said: Said
    output: Path | None
    manifest: str


def remember(
    ended: Ended, arguments: Sequence[str], root: Path, start: Start, cache: Cache
) -> None:
    """Leave a record of a run for the next one whose arguments mean the same.

    There is none where a file has just changed whose digest is not known, or the memory is
    not kept.
    """
    analysis, output = ended.analysis, ended.output
    sources = analysis.sources
    unsure, asked = _racy(sources, root, start), typed(arguments)
    if unsure is None or asked is None or not cache.store.is_kept:
        return
    entries = [] if output is None else cache.left(str(output))
    racy = [] if output is None else cache.racy(str(output))
    since, until = _window(analysis)
    place = "." if output is None else os.path.relpath(output, root)
    found = [*analysis.diagnostics, *ended.rendered.diagnostics]
    record = {
        "folders": [
            [_relative(folder.path, root), folder.exclude, folder.include]
            for folder, _ in sources.folders
        ],
        "files": start.files,
        "output": place,
        "racy": [*unsure, *((f"{place}/{path}", *rest) for path, *rest in racy)],
        "since": since,
        "until": until,
        "shown": ended.said.shown,
        "to_error": ended.said.to_error,
        "summary": ended.said.summary,
        "code": ended.said.code,
        "outputs": len(entries),
        "own_templates": bool(own_templates(sources)),
        "mentioned": mentioned(found),
        "rules": sorted({each.rule for each in found}),
        "config": encode(replace(analysis.config, now=EPOCH)),
        "tool": tool_digest(),
        "manifest": ended.manifest,
        "noted": "" if output is None else cache.noted(),
        "asked": sorted(names_asked_for(analysis.pages)),
        "lookalikes": has_lookalikes(analysis.pages),
        "named": sorted(pages_that_name_links(analysis.site)),
    }
    listing = SEPARATOR.join([start.listing, *(walked.listing() for _, walked in sources.folders)])
    outputs = Stamped.of((path, stamp) for path, stamp, *_ in entries)
    early.keep(cache.store, early.run_key(asked), record, listing, outputs)


def _racy(sources: Sources, root: Path, start: Start) -> Racy | None:
    """Return the source files to look at again; `None` where one has no digest."""
    found = list(start.racy)
    for folder, walked in sources.folders:
        known = {path: digest for path, _, digest in sources.stamps[folder.place]}
        for path, stamp in walked.files:
            if is_settled(stamp, start.time_ns):
                continue
            if path not in known:
                return None
            found.append((f"{_relative(folder.path, root)}/{path}", stamp, known[path]))
    return found


def _relative(path: str, root: Path) -> str:
    """Return a path relative to the site where it is inside, so that the site may move."""
    inside = Path(path).is_relative_to(root)
    return Path(path).relative_to(root).as_posix() if inside else path


def _window(analysis: Analysis) -> tuple[float, float]:
    """Return from when to when there is the same to publish and to say, in seconds (Unix)."""
    now = analysis.config.now.timestamp()
    moments = [page.front_matter.date for page in analysis.pages]
    moments += [
        datetime.combine(row.until, datetime.min.time(), UTC)
        for row in analysis.config.check.exemptions
        if row.until is not None
    ]
    dates = [moment.timestamp() for moment in moments if moment is not None]
    since = max((date for date in dates if date <= now), default=-_EVER)
    return since, min((date for date in dates if date > now), default=_EVER)
