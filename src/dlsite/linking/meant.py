"""What authors may have meant by targets that are wrong; asked once for each target of a site."""

from __future__ import annotations

from functools import cached_property

from dlsite.diagnostics import Certainty, Suggestion
from dlsite.linking.near import FragmentNames, Names, written_in
from dlsite.records import Page, PageRoute, Permalink, Reference, Routes
from dlsite.urls.targets import Target


class Meant:
    """The pages, files and fragments of a site that wrong targets may mean, the best first."""

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._names = Names(routes, routes.pages)
        self._near: dict[tuple[str, bool], tuple[Suggestion, ...]] = {}
        self._fragments: dict[str, FragmentNames] = {}
        self._near_fragments: dict[tuple[str, str], tuple[Suggestion, ...]] = {}

    def near(self, permalink: Permalink, *, only_files: bool) -> tuple[Suggestion, ...]:
        """Return what stands near an address at which nothing does."""
        key = (permalink, only_files)
        if key not in self._near:
            self._near[key] = self._names.near(permalink, only_files=only_files)
        return self._near[key]

    def near_fragments(self, wanted_id: str, page: Page) -> tuple[Suggestion, ...]:
        """Return which fragment of a page may have been meant by one that it has not."""
        key = (page.path, wanted_id)
        if key not in self._near_fragments:
            if page.path not in self._fragments:
                self._fragments[page.path] = FragmentNames(page)
            self._near_fragments[key] = self._fragments[page.path].near(wanted_id)
        return self._near_fragments[key]

    def mended(self, reference: Reference, right: Permalink, target: Target | None) -> str:
        """Return the whole of what to write, with the fragment that is certainly meant.

        `right` is where the target is, `target` what was written; `None` for one that cannot
        be taken apart.
        """
        before = written_in(reference, right)
        if target is None:
            return before
        page = self._page_at(right)
        wanted_id = target.fragment.partition(":~:")[0]
        if page is not None and wanted_id and wanted_id not in page.fragments:
            near = self.near_fragments(wanted_id, page)
            if [guess.certainty for guess in near] == [Certainty.CERTAIN]:
                own = written_in(reference, near[0].text)
                return f"{before}{target.query}#{own}{text_fragment(reference)}"
        return before + target.suffix

    def _page_at(self, permalink: Permalink) -> Page | None:
        route = self._routes.route_by_permalink.get(permalink)
        return self._page_by_path.get(route.path) if isinstance(route, PageRoute) else None

    @cached_property
    def _page_by_path(self) -> dict[str, Page]:
        return {page.path: page for page in self._routes.pages}


def text_fragment(reference: Reference) -> str:
    """Return the words that a target leads to within its page, with their mark."""
    return "".join(reference.target.partition(":~:")[1:])
