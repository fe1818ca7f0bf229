"""Look up what stands where, by the many names that authors have for it.  Pure."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from functools import cached_property
from pathlib import PurePosixPath

from dlsite.linking.names import pages_by_name
from dlsite.records import MARKDOWN_SUFFIXES, Page, Permalink, Route, Routes, SkippedPage
from dlsite.terms.taxonomy import identity
from dlsite.texts.dates import FILE_DATE
from dlsite.texts.liquid import POSTS
from dlsite.urls.permalinks import collision_key, forms_of, is_file
from dlsite.urls.targets import Target, join


class Lookup:
    """The routes of a site with the indexes into them; each is made when it is first needed."""

    def __init__(self, pages: tuple[Page, ...], routes: Routes) -> None:
        self._pages = pages
        self._routes = routes

    def route_at(self, path: str) -> Route | None:
        """Return what stands at a path from the top, with or without the slash at its end."""
        for permalink in forms_of(path):
            if (route := self._routes.route_by_permalink.get(permalink)) is not None:
                return route
        if path.isascii() or not self._decomposed:
            return None
        forms = forms_of(unicodedata.normalize("NFC", path))
        found = next((form for form in forms if form in self._decomposed), None)
        return None if found is None else self._routes.route_by_permalink[self._decomposed[found]]

    def skipped_at(self, path: str) -> SkippedPage | None:
        """Return the page that would stand at a path, in whatever case, if it were published."""
        for permalink in forms_of(path):
            if (skipped := self._skipped.get(collision_key(permalink))) is not None:
                return skipped
        return None

    def source_of(self, target: Target, page: Page | None) -> str | None:
        """Return the page that a link to a Markdown file means, from its folder or from the top."""
        if not target.path.lower().endswith(MARKDOWN_SUFFIXES):
            return None
        for content_path in _content_paths(target, page):
            if content_path in self._path_by_content_path:
                return self._path_by_content_path[content_path]
        if target.path.startswith(POSTS):
            # Jekyll finds a post by its name, in whatever folder and with whatever ending.
            return self._post_by_name.get(PurePosixPath(target.path).stem)
        return None

    def source_in_other_case(self, target: Target, page: Page | None) -> str | None:
        """Return the page whose Markdown file differs from what a link says by case alone."""
        if not target.path.lower().endswith(MARKDOWN_SUFFIXES):
            return None
        keys = map(collision_key, _content_paths(target, page))
        return next(
            (self._path_by_folded[key] for key in keys if key in self._path_by_folded), None
        )

    def in_other_case(self, path: str) -> Permalink | None:
        """Return what differs from a path by letter case or Unicode form alone."""
        found = (self._folded.get(collision_key(form)) for form in forms_of(path))
        return next((permalink for permalink in found if permalink is not None), None)

    def pages_called(self, name: str) -> tuple[str, ...]:
        """Return the source paths of the pages that a wiki link may call so."""
        return self._names.get(identity(name), ())

    def files_called(self, name: str) -> list[Permalink]:
        """Return the files whose path ends in `name`, which begins with a slash."""
        name = unicodedata.normalize("NFC", name)
        return sorted(
            permalink
            for permalink in self._files_by_name.get(name.rpartition("/")[2], ())
            if unicodedata.normalize("NFC", permalink).endswith(name)
        )

    @cached_property
    def _path_by_content_path(self) -> dict[str, str]:
        """The pages by their paths, composed as those of targets are."""
        return {unicodedata.normalize("NFC", page.content_path): page.path for page in self._pages}

    @cached_property
    def _path_by_folded(self) -> dict[str, str]:
        return {collision_key(page.content_path): page.path for page in self._pages}

    @cached_property
    def _files_by_name(self) -> dict[str, list[Permalink]]:
        """The files by the last segment of their paths."""
        found: dict[str, list[Permalink]] = defaultdict(list)
        for permalink in self._routes.route_by_permalink:
            if is_file(permalink):
                name = permalink.rpartition("/")[2]
                found[unicodedata.normalize("NFC", name)].append(permalink)
        return found

    @cached_property
    def _decomposed(self) -> dict[Permalink, Permalink]:
        """The files whose names are in another Unicode form than targets, by that of these."""
        return {
            Permalink(unicodedata.normalize("NFC", permalink)): permalink
            for permalink in self._routes.route_by_permalink
            if not unicodedata.is_normalized("NFC", permalink)
        }

    @cached_property
    def _post_by_name(self) -> dict[str, str]:
        """The posts by the names that Jekyll knows them by."""
        return {
            name: page.path
            for page in self._pages
            if FILE_DATE.match(name := PurePosixPath(page.content_path).stem)
        }

    @cached_property
    def _folded(self) -> dict[str, Permalink]:
        """The permalinks by what they are but for case."""
        return {collision_key(link): link for link in self._routes.route_by_permalink}

    @cached_property
    def _skipped(self) -> dict[str, SkippedPage]:
        """The pages that are left out by what their permalinks are but for case."""
        return {collision_key(entry.permalink): entry for entry in self._routes.skipped}

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        """The pages by what wiki links may call them."""
        return pages_by_name(self._pages, self._routes)


def _content_paths(target: Target, page: Page | None) -> tuple[str, ...]:
    """Return the paths in the folder of content that a target may mean, composed."""
    folder = "/" if page is None else f"/{PurePosixPath(page.content_path).parent}/"
    return tuple(
        unicodedata.normalize("NFC", join(Permalink(base), target.path).lstrip("/"))
        for base in (folder, "/")
    )
