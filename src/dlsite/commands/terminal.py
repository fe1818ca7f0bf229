"""What the terminal shows: findings in a form, their source lines, a progress bar."""

from __future__ import annotations

import argparse
import os
import sys
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.incremental.early import ALIKE, manner
from dlsite.pages import Progress, no_progress
from dlsite.report.formats import FORMATS
from dlsite.report.words import Style, say
from dlsite.rules import Severity
from dlsite.understanding import Analysis

Options = argparse.Namespace


def style_of(options: Options, stream_is_terminal: bool) -> Style:  # noqa: FBT001 - a fact, not a switch
    """Return how findings look: in colour where asked for or where a terminal shows them."""
    colour = options.color == "always"
    if options.color == "auto":
        colour = stream_is_terminal and not os.environ.get("NO_COLOR")
    return Style(colour=colour, failing=failing_levels(options))


def failing_levels(options: Options) -> frozenset[Severity]:
    """Return the severities that make a run fail."""
    strict = getattr(options, "strict", False)
    return frozenset([Severity.ERROR, *([Severity.WARNING] if strict else [])])


def show_findings(
    options: Options,
    diagnostics: Iterable[Diagnostic],
    texts: Mapping[str, str],
    form: str = "text",
    *,
    to_error: bool = True,
) -> None:
    """Print findings, for people those that `text_of` keeps."""
    stream = sys.stderr if to_error else sys.stdout
    text = text_of(options, diagnostics, texts, form, style_of(options, stream.isatty()))
    if text:
        say(text.rstrip("\n"), to_error=to_error)


def text_of(
    options: Options,
    diagnostics: Iterable[Diagnostic],
    texts: Mapping[str, str],
    form: str,
    style: Style,
) -> str:
    """Return findings in a form of `FORMATS`; of a quiet run, people get what makes it fail."""
    levels = failing_levels(options) if options.quiet and form == "text" else frozenset(Severity)
    return FORMATS[form]([each for each in diagnostics if each.level in levels], texts, style)


def in_every_manner(
    options: Options,
    diagnostics: Sequence[Diagnostic],
    texts: Mapping[str, str],
    form: str,
    summary: str = "",
) -> dict[str, str]:
    """Return findings as runs show them that differ in `--color` or `--quiet` alone.

    By manner (`early.manner`); under one name (`early.ALIKE`) where programs read them.
    `summary` is a line for people, which quiet runs leave out.
    """
    failing = failing_levels(options)
    if form != "text":
        return {ALIKE: FORMATS[form](diagnostics, texts, Style(failing=failing))}
    shown = {}
    for colour in ("always", "never"):
        style = Style(colour=colour == "always", failing=failing)
        worst = [each for each in diagnostics if each.level in failing]
        shown[manner(colour, is_quiet=False)] = FORMATS[form](diagnostics, texts, style) + summary
        shown[manner(colour, is_quiet=True)] = FORMATS[form](worst, texts, style)
    return shown


def config_text(root: Path, config: Config) -> dict[str, str]:
    """Return the text of the settings by path; empty where there is no file."""
    try:
        return {config.path: (root / config.path).read_text("utf-8", "replace")}
    except OSError:
        return {}


def texts_of(root: Path, analysis: Analysis) -> Mapping[str, str]:
    """Return the text of every file that a finding may point into, by path."""
    return ChainMap(config_text(root, analysis.config), analysis.sources.texts)  # type: ignore[arg-type]


@contextmanager
def progress_bar(options: Options) -> Iterator[Progress]:
    """Give a progress bar where somebody watches a terminal, and silence elsewhere."""
    if options.quiet or not sys.stderr.isatty() or os.environ.get("CI"):
        yield no_progress
        return
    # Imported here: nothing but a terminal needs it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.progress import TaskID  # noqa: PLC0415

    bar = Bar(console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}

    def advance(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage)
        bar.update(tasks[stage], completed=done, total=total)

    with bar:
        yield advance
