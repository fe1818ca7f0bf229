"""Edits of what is around a site: the version of dlsite, its libraries and theme, the time."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dlsite.files import folders
from dlsite.files.folders import theme_directory
from dlsite.memory import tool
from dlsite.memory.keys import tool_digest
from edits import EditedSite
from running import NOON

Edit = Callable[[EditedSite, random.Random], str]
"""Edits a site, or what is around it, and says how: the fixture `edit`."""


def edited(site: EditedSite, rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make an edit of the site, or of what is around it: `theme_of_its_own` must stand."""
    number = rng.randrange(99)
    match rng.randrange(30):
        case 0:
            monkeypatch.setattr("dlsite.memory.tool.__version__", f"0.0.{number}")
            tool_digest.cache_clear()
            return "another version"
        case 1:
            there = tool.installed()
            monkeypatch.setattr(tool, "installed", lambda: (*there, f"pygments-{number}"))
            tool_digest.cache_clear()
            return "another library"
        case 2:
            years = rng.choice([-10, 0, 10, 20])
            monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOON + years * 31_536_000))
            return "another time"
        case 3:
            return f"another theme: {_upgrade_theme(rng)}"
    return site.edit()


def theme_of_its_own(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `folder` hold the default theme, so that `edit` can bring a new version of it.

    Its byte code is kept there as well: what others load is not written over.
    """
    for name in ("static", "templates"):
        shutil.copytree(theme_directory() / name, folder / name)
    for module in ("files.folders", "memory.compiled"):
        monkeypatch.setattr(f"dlsite.{module}.theme_directory", lambda: folder)


def _upgrade_theme(rng: random.Random) -> str:
    """Let a new version of the theme stand where the old one stood."""
    name, comment = rng.choice(
        [
            ("static/style.css", "/* new */\n"),
            ("static/site.js", "// new\n"),
            ("templates/page.html", "<!-- new -->\n"),
            ("templates/partials/site-footer.html", "<!-- new -->\n"),
        ]
    )
    with (folders.theme_directory() / name).open("a") as file:
        file.write(comment)
    return name
