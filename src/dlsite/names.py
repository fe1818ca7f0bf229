"""What a wiki link may call a page: its last segment, title, old addresses, file name."""

from __future__ import annotations

from collections import defaultdict
from pathlib import PurePosixPath

from dlsite.records import Page, Routes
from dlsite.taxonomy import identity


def pages_by_name(pages: tuple[Page, ...], routes: Routes) -> dict[str, tuple[str, ...]]:
    """Index pages by what a wiki link may call them: last segment, title, alias, file name.

    A name that fits one page by a stronger claim is not made ambiguous by a weaker one.
    """
    ranked: list[dict[str, dict[str, None]]] = [defaultdict(dict) for _ in range(4)]
    for page in pages:
        permalink = routes.permalink_by_path[page.path]
        stem = PurePosixPath(page.content_path).stem
        claims = (
            [permalink.strip("/").rpartition("/")[2]],
            [page.title],
            [old.strip("/").rpartition("/")[2] for old in page.front_matter.redirect_from],
            [stem],
        )
        for rank, names in enumerate(claims):
            for name in names:
                if key := identity(name) if name else "":
                    ranked[rank][key][page.path] = None
    index: dict[str, tuple[str, ...]] = {}
    for claims_of_rank in ranked:
        for key, paths in claims_of_rank.items():
            index.setdefault(key, tuple(paths))
    return index


def asked_for(name: str) -> str:
    """Return the permalink that a wiki link's words ask for, in the seed's style."""
    return "_".join(name.strip().strip("/").lower().split())
