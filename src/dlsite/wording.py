"""Find words for links that say nothing of their own, or no more than "Figure".  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from dlsite.records import Found, Page, PageRoute, Permalink, Reference, Routes, TermRoute


def words_for(
    reference: Reference,
    found: Found,
    here: Permalink,
    routes: Routes,
    page_by_path: Mapping[str, Page],
) -> str:
    """Return what names a target; empty where nothing but its address does.

    A figure is named by its number, a heading by its words, with the title of the page
    unless it is this one.  A link that says "Figure" gets the number alone.
    """
    match routes.route_by_permalink.get(found.permalink):
        case PageRoute(path=path):
            page = page_by_path[path]
        case TermRoute(taxonomy=taxonomy):
            terms = routes.terms[taxonomy]
            return next(term.name for term in terms if term.permalink == found.permalink)
        case _:
            return ""
    fragment = unquote(found.suffix.partition("#")[2])
    label = page.labels.get(fragment, "")
    if reference.text:
        return label
    headings = (each.text for each in page.headings if fragment and each.fragment == fragment)
    label = label or next(headings, "")
    own = label if found.permalink == here else ", ".join(filter(None, (page.title, label)))
    return own or page.title
