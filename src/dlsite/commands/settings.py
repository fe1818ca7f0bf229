"""The settings that a command works with: flags over environment over file."""

from __future__ import annotations

import os
import shlex
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from dlsite.build import CONFIG_NAMES, has_errors, load_config
from dlsite.commands.terminal import Options, config_text, show_findings
from dlsite.config.settings import Config
from dlsite.config.values import base_url
from dlsite.diagnostics import Diagnostic
from dlsite.report.words import count_words

EXIT_FINE, EXIT_FINDINGS, EXIT_USAGE, EXIT_BUG = 0, 1, 2, 3


class UsageError(Exception):
    """The command line or the configuration cannot be followed; the message says why."""


def root_of(options: Options) -> Path:
    """Return the folder of the site; raises `UsageError` where there is none."""
    folder = Path(options.directory)
    if not folder.is_dir():
        raise UsageError(f"there is no folder '{options.directory}'")
    root = folder.resolve()
    if not options.config and (above := _site_above(root)) is not None:
        raise UsageError(_elsewhere(options, above))
    return root


def _site_above(root: Path) -> Path | None:
    """Return the settings of the site that a folder is a part of, and is not one itself."""
    if any((root / name).exists() for name in (*CONFIG_NAMES, "_config.yml", Config().content)):
        return None
    above = (each / name for each in root.parents for name in CONFIG_NAMES)
    return next((each for each in above if each.is_file()), None)


def _elsewhere(options: Options, file: Path) -> str:
    """Say where the site is, with the command that works there."""
    folder = os.path.relpath(file.parent)
    words: list[str] = []
    given = iter(options.arguments)
    for word in given:
        if word in ("-C", "--directory"):
            next(given, None)
        elif not word.startswith(("-C", "--directory=")):
            words.append(word)
    typed = shlex.join(["dlsite", "-C", folder, *words])
    return f"there is no site in '{options.directory}': '{file.name}' is in '{folder}'\n  {typed}"


def editor_of(options: Options) -> str:
    """Return the editor that findings in the preview open in; by default Visual Studio Code."""
    editor: str = options.editor or os.environ.get("DLSITE_EDITOR") or "vscode"
    return editor


def config_of(options: Options, root: Path) -> Config:
    """Return the settings: flags over environment over file; raises on what cannot be used."""
    config, diagnostics = load_settings(options, root)
    if has_errors(diagnostics):
        show_findings(options, diagnostics, config_text(root, config))
        raise UsageError(f"the configuration cannot be used: {count_words(diagnostics)}")
    return config


def load_settings(options: Options, root: Path) -> tuple[Config, tuple[Diagnostic, ...]]:
    """Return the settings and what is wrong with them; raises on what cannot be followed."""
    try:
        config, diagnostics = load_config(root, options.config)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"the configuration '{error.filename}' cannot be read: {reason}"
        ) from error
    url = getattr(options, "base_url", None)
    if url is None:
        # A variable that is set to nothing is how a workflow says that it has none.
        url = os.environ.get("DLSITE_BASE_URL") or None
    if url is not None:
        try:
            config = replace(config, base_url=base_url(url))
        except ValueError as error:
            raise UsageError(f"the base URL '{url}' {error}") from error
    if getattr(options, "output", None):
        config = replace(config, output=options.output)
    return (
        replace(
            config,
            drafts=config.drafts or getattr(options, "drafts", False),
            future=config.future or getattr(options, "future", False),
            now=_now(),
        ),
        diagnostics,
    )


def _now() -> datetime:
    """Return the time that decides what is in the future: `SOURCE_DATE_EPOCH`, else the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(epoch) if epoch else time.time(), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is not a number of seconds: '{epoch}'") from error


def is_in_actions() -> bool:
    """Return whether this runs in a workflow of GitHub, which says so."""
    return os.environ.get("GITHUB_ACTIONS") == "true"
