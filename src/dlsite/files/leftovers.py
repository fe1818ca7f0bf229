"""Name what a build keeps in an output directory, and beside it, only while it is at work.

A light module: a build in which nothing changed imports it.
"""

from __future__ import annotations

import os

OWN_PREFIX = ".dlsite-"
"""How the names of everything begin that is in an output directory and no part of the site."""

JOURNAL = f"{OWN_PREFIX}journal"


def prefix_of(name: str) -> str:
    """Return how directories are called that are made beside an output directory of this name."""
    return f".{name}{OWN_PREFIX}"


def has_leftovers(output: str) -> bool:
    """Say whether something is there that a killed build left, or one that is at work.

    A run that publishes completes or removes it.
    """
    return os.path.lexists(f"{output}/{JOURNAL}") or bool(left_beside(output))


def left_beside(output: str) -> list[str]:
    """Return what builds have left beside an output directory; nothing where nobody may look."""
    folder, name = os.path.split(os.path.abspath(output))
    prefix = prefix_of(name)
    try:
        return [f"{folder}/{each}" for each in os.listdir(folder) if each.startswith(prefix)]
    except PermissionError:
        return []
