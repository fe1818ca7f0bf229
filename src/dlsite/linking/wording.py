"""Find words for links that say nothing of their own, or no more than "Figure".  Pure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from urllib.parse import unquote

from dlsite.records import Found, Page, PageRoute, Permalink, Reference, Routes, TermRoute


class LinkWords:
    """The names of what links lead to."""

    def __init__(self, routes: Routes, page_by_path: Mapping[str, Page]) -> None:
        self._routes = routes
        self._page_by_path = page_by_path

    def words_for(self, reference: Reference, found: Found, here: Permalink) -> str:
        """Return what names a target; empty where nothing but its address does.

        A figure is named by its number, a heading by its words, with the title of the page
        unless it is this one.  A link that says "Figure" gets the number alone.
        """
        match self._routes.route_by_permalink.get(found.permalink):
            case PageRoute(path=path):
                page = self._page_by_path[path]
            case TermRoute():
                return self._terms[found.permalink]
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

    @cached_property
    def _terms(self) -> dict[Permalink, str]:
        """The terms by where their pages stand."""
        terms = self._routes.terms.values()
        return {term.permalink: term.name for group in terms for term in group}
