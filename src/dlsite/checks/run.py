"""The list of checks, and the one function that runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from dlsite.checks.pages import (
    broken_images,
    dead_ends,
    images_without_words,
    orphan_pages,
    pages_for_images,
)
from dlsite.checks.redirects import broken_redirects
from dlsite.diagnostics import Diagnostic
from dlsite.records import Site

Check = Callable[[Site], Iterable[Diagnostic]]

CHECKS: tuple[Check, ...] = (
    broken_images,
    broken_redirects,
    dead_ends,
    images_without_words,
    orphan_pages,
    pages_for_images,
)


def run(site: Site) -> tuple[Diagnostic, ...]:
    """Return what all checks say of `site`."""
    return tuple(diagnostic for check in CHECKS for diagnostic in check(site))
