"""The lists that a knowledge base lives on, as rows of plain data."""

from __future__ import annotations

import re
from collections.abc import Callable, Sized

from dlsite.length import STUB_WORDS, is_stub
from dlsite.records import Found, Page, PageRoute, RedirectRoute, Site, SkipReason
from dlsite.terms.taxonomy import sort_key

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


def deadends(site: Site) -> list[Row]:
    """Return the pages that lead to no other page."""
    return [_page(site, page) for page in site.pages if not _leads_on(site, page)]


def _leads_on(site: Site, page: Page) -> bool:
    return any(
        isinstance(found, Found)
        and isinstance(route := site.routes.route_by_permalink.get(found.permalink), PageRoute)
        and route.path != page.path
        for found in site.resolutions[page.path]
    )


def stubs(site: Site) -> list[Row]:
    """Return the pages that say little, the shortest first."""
    short = [page for page in site.pages if is_stub(page.words)]
    return [
        {"words": page.words} | _page(site, page)
        for page in sorted(short, key=lambda page: (page.words, page.path))
    ]


def most_linked(site: Site) -> list[Row]:
    """Return the pages that others lead to, the most linked first."""
    count_by_path = {page.path: len(site.backlinks.get(page.path, ())) for page in site.pages}
    linked = [page for page in site.pages if count_by_path[page.path]]
    return [
        {"links": count_by_path[page.path]} | _page(site, page)
        for page in sorted(linked, key=lambda page: (-count_by_path[page.path], page.path))
    ]


def untagged(site: Site) -> list[Row]:
    """Return the pages without a tag and without a category."""
    return [
        _page(site, page)
        for page in site.pages
        if not page.front_matter.tags and not page.front_matter.categories
    ]


def _page(site: Site, page: Page) -> Row:
    permalink = site.routes.permalink_by_path[page.path]
    return {"permalink": permalink, "title": page.title, "file": page.path}


LISTS: dict[str, Callable[[Site], list[Row]]] = {
    "pages": pages,
    "tags": _terms("tags"),
    "categories": _terms("categories"),
    "skipped": skipped,
    "drafts": drafts,
    "redirects": redirects,
    "wanted": wanted,
    "orphans": orphans,
    "deadends": deadends,
    "stubs": stubs,
    "most-linked": most_linked,
    "untagged": untagged,
}
"""The lists by the name that `dlsite list` knows them by."""

_SECTIONS = {
    "wanted": ("Wanted pages", "Links ask for them, and they are not there."),
    "orphans": ("Orphan pages", "No page and no navigation leads to them."),
    "deadends": ("Dead ends", "They lead to no other page."),
    "stubs": ("Stubs", f"They have under {STUB_WORDS} words."),
    "untagged": ("Pages without tag or category", "No listing leads to them."),
    "most-linked": ("Most linked pages", "What the others rest on."),
    "redirects": ("Redirects", "Old addresses that are kept alive."),
    "skipped": ("Left out", "Pages that are written and not published."),
    "tags": ("Tags", "By the number of their pages."),
}


def as_page(site: Site, title: str) -> str:
    """Return the lists that keep a knowledge base in order as one Markdown page."""
    counts = f"{_some(site.pages, 'page')}, {_some(site.routes.terms['tags'], 'tag')}."
    parts = [f"# {_cell(title)}: state of the knowledge base\n\n{counts}\n"]
    for name, (heading, meaning) in _SECTIONS.items():
        rows = LISTS[name](site)
        parts.append(f"## {heading} ({len(rows)})\n\n{meaning}\n")
        if rows:
            parts.append(_table(rows))
    return "\n".join(parts)


def _some(things: Sized, one: str) -> str:
    return f"{len(things)} {one}{'' if len(things) == 1 else 's'}"


def _table(rows: list[Row]) -> str:
    lines = [list(rows[0]), ["---"] * len(rows[0])]
    lines += [[_cell(value) for value in row.values()] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: str | int | list[str]) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value)
    return re.sub(r"([\\`*_\[\]<>|#])", r"\\\1", " ".join(text.split()))
