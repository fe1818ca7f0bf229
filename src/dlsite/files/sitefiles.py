"""What was read of a site: one snapshot of its files, and the texts that findings point into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dlsite.files.folders import LEDGER, TAGS_FILE, Folder
from dlsite.files.sourcetext import decode
from dlsite.files.walk import Walk
from dlsite.records import SourceFile, StaticFile
from dlsite.routing.standing import put_in


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A page's file that has not changed since its digest was taken, and is not read again."""

    path: str
    content_path: str
    digest: str
    origin: str


PageFile = SourceFile | SeenFile

Digests = Mapping[str, Mapping[str, tuple[str, str]]]
"""Stamp and digest by relative path, by place: what is known of the files of a folder."""


@dataclass(frozen=True, slots=True)
class Sources:
    """One snapshot of a site's files.

    `templates` maps a template name to its text, the site's own over the theme's;
    `template_paths` the same names to the path that a diagnostic shows;
    `theme_templates` are the names that the theme has.  `stylesheets` maps the path of
    a static CSS file to its text.  `ledger` and `tags_file` are the texts of `urls.txt`
    and of `tags.yml` in the content folder, `None` where there is no such file.
    `stamps` holds relative path, stamp and digest of every file of a folder, by its
    place, taken before it was read; `folders` what was walked, and what stood there.
    """

    pages: tuple[PageFile, ...] = ()
    statics: tuple[StaticFile, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    template_paths: Mapping[str, str] = field(default_factory=dict)
    theme_templates: frozenset[str] = frozenset()
    stylesheets: Mapping[str, str] = field(default_factory=dict)
    ledger: str | None = None
    tags_file: str | None = None
    stamps: Mapping[str, tuple[tuple[str, str, str], ...]] = field(
        default_factory=dict, compare=False
    )
    folders: tuple[tuple[Folder, Walk], ...] = field(default=(), compare=False)

    @property
    def texts(self) -> Texts:
        """The text of every file that a finding may point into, by path."""
        return Texts(self)

    def parsed(self) -> Sources:
        """Return the sources without the texts of pages: one that is asked for is read again."""
        folder = self.folders[0][0].path
        return replace(self, pages=tuple([_seen(file, folder) for file in self.pages]))

    def with_pages(self, files: Iterable[PageFile], places: Mapping[str, int]) -> Sources:
        """Return the sources with other files at the places that their paths have."""
        new = {file.path: file for file in files}
        return replace(self, pages=put_in(self.pages, new, places))


def _seen(file: PageFile, folder: str) -> SeenFile:
    if isinstance(file, SeenFile):
        return file
    return SeenFile(file.path, file.content_path, file.digest, f"{folder}/{file.content_path}")


class Texts(Mapping[str, str]):
    """Texts by path; those that were not read with the site are read when asked for."""

    def __init__(self, sources: Sources) -> None:
        self._pages = {page.path: page for page in sources.pages}
        self._others = {
            path: sources.templates.get(name, "") for name, path in sources.template_paths.items()
        }
        self._others |= sources.stylesheets
        content = sources.folders[0][0] if sources.folders else Folder("", "content")
        beside = {LEDGER: sources.ledger, content.shown(TAGS_FILE): sources.tags_file}
        self._others |= {path: text for path, text in beside.items() if text is not None}

    def __getitem__(self, path: str) -> str:
        if path in self._others:
            return self._others[path]
        page = self._pages[path]
        if isinstance(page, SourceFile):
            return page.text
        try:
            return decode(Path(page.origin).read_bytes(), path)[0]
        except OSError:
            return ""

    def __iter__(self) -> Iterator[str]:
        yield from self._pages
        yield from self._others

    def __len__(self) -> int:
        return len(self._pages) + len(self._others)
