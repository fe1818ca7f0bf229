"""Which template makes a page, and which layouts have none.  Pure."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from dlsite.diagnostics import Diagnostic, Position
from dlsite.records import Page, Site

_OTHER_NAMES = {"default": "page.html"}
# They are given other things than a page, or are parts: no page can be made with them.
_NOT_FOR_PAGES = frozenset(
    f"{name}.html"
    for name in ("404", "archive", "base", "home", "redirect", "search", "term", "terms")
)
_PARTS = "partials/"


def template_of(page: Page, templates: AbstractSet[str]) -> str:
    """Return the template that makes a page which is not the home page.

    `templates` are the names of those there are: where none of them fits the layout it
    is `page.html`.
    """
    layout = page.front_matter.layout
    if layout is None:
        return "post.html" if page.front_matter.date is not None else "page.html"
    name = _named(layout)
    return name if name in templates and _is_for_pages(name) else "page.html"


def is_home(page: Page, permalink: str) -> bool:
    """Say whether a page is the home page, which has a template of its own."""
    return permalink == "/" and page.front_matter.layout in (None, "home")


def unknown_layouts(site: Site, templates: AbstractSet[str]) -> Iterator[Diagnostic]:
    """Remark on layouts that no page can be made with."""
    fit: set[str] = set()
    for page in site.pages:
        layout = page.front_matter.layout
        # Most pages have one of few layouts.
        if layout is None or layout in fit:
            continue
        if is_home(page, site.routes.permalink_by_path[page.path]):
            continue
        name = _named(layout)
        position = page.front_matter.positions.get("layout", Position(page.path))
        if name not in templates:
            message = f"no template '{name}' for the layout '{layout}': page.html is used"
            help_ = f"add templates/{name}, or write: layout: page"
        elif not _is_for_pages(name):
            message = f"the template '{name}' makes no pages of the content: page.html is used"
            help_ = "write: layout: page"
        else:
            fit.add(layout)
            continue
        yield Diagnostic("layout-unknown", position, message, (help_,), target=layout)


def _named(layout: str) -> str:
    return _OTHER_NAMES.get(layout, f"{layout}.html")


def _is_for_pages(name: str) -> bool:
    return name not in _NOT_FOR_PAGES and not name.startswith(_PARTS)
