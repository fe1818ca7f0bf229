"""The lists that a knowledge base lives on, as rows of plain data."""

from __future__ import annotations

from collections.abc import Callable

from dlsite.records import RedirectRoute, Site, SkipReason
from dlsite.taxonomy import sort_key

Row = dict[str, str | int | list[str]]


def pages(site: Site) -> list[Row]:
    """Return the published pages in site order."""
    return [
        {
            "permalink": site.routes.permalink_by_path[page.path],
            "title": page.title,
            "date": "" if page.front_matter.date is None else page.front_matter.date.isoformat(),
            "tags": list(page.front_matter.tags),
            "file": page.path,
        }
        for page in site.pages
    ]


def _terms(taxonomy: str) -> Callable[[Site], list[Row]]:
    def listed(site: Site) -> list[Row]:
        terms = sorted(
            site.routes.terms[taxonomy], key=lambda term: (-len(term.paths), sort_key(term.name))
        )
        return [
            {"count": len(term.paths), "name": term.name, "permalink": term.permalink}
            for term in terms
        ]

    return listed


def skipped(site: Site) -> list[Row]:
    """Return every page that is left out, with the reason."""
    return [
        {"file": entry.page.path, "reason": entry.reason.value, "permalink": entry.permalink}
        for entry in site.routes.skipped
    ]


def drafts(site: Site) -> list[Row]:
    """Return the pages that are drafts."""
    return [row for row in skipped(site) if row["reason"] == SkipReason.DRAFT.value]


def redirects(site: Site) -> list[Row]:
    """Return every redirect, by old address."""
    routes = sorted(site.routes.route_by_permalink.items())
    return [
        {"from": permalink, "to": route.target, "file": str(route.position)}
        for permalink, route in routes
        if isinstance(route, RedirectRoute)
    ]


def wanted(site: Site) -> list[Row]:
    """Return the pages that links ask for and that are not there, most wanted first."""
    return [
        {
            "links": len(row.positions),
            "permalink": row.permalink,
            "titles": list(row.titles),
            "places": [str(position) for position in row.positions],
        }
        for row in site.wanted
    ]


def orphans(site: Site) -> list[Row]:
    """Return the pages that no page and no navigation leads to."""
    title_by_path = {page.path: page.title for page in site.pages}
    return [
        {
            "permalink": site.routes.permalink_by_path[path],
            "title": title_by_path[path],
            "file": path,
        }
        for path in site.orphans
    ]


LISTS: dict[str, Callable[[Site], list[Row]]] = {
    "pages": pages,
    "tags": _terms("tags"),
    "categories": _terms("categories"),
    "skipped": skipped,
    "drafts": drafts,
    "redirects": redirects,
    "wanted": wanted,
    "orphans": orphans,
}
"""The lists by the name that `dlsite list` knows them by."""
