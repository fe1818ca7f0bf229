"""Records of links: what each reference is, and the site that they tie together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Position
from dlsite.records.names import Permalink
from dlsite.records.pages import Page
from dlsite.records.routes import Routes


@dataclass(frozen=True, slots=True)
class Found:
    """The target exists: `permalink` is canonical, `suffix` its query and fragment.

    `origin` is that of the site where the author wrote a full URL, and empty elsewhere.
    `words` name the target where the reference asks for that, and are empty elsewhere.
    """

    permalink: Permalink
    suffix: str = ""
    origin: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing is there; `permalink` is where the author pointed, as far as it can be read."""

    permalink: Permalink
    suffix: str = ""
    near: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one page fits; `candidates` are their permalinks."""

    candidates: tuple[Permalink, ...]


@dataclass(frozen=True, slots=True)
class External:
    """Outside the site, or not for resolving (`mailto:`, `data:`); kept as written."""

    url: str


Resolution = Found | Missing | Ambiguous | External


@dataclass(frozen=True, slots=True)
class Backlink:
    """A page that links here: its source path, the words of the link, and its sentence."""

    path: str
    text: str
    sentence: str = ""

    @classmethod
    def of(cls, page: Page, index: int) -> Backlink:
        """Return what the reference `index` of a page is to where it leads."""
        references = page.references
        return cls(page.path, references.texts[index], references.sentences[index])


LinkOf = tuple[Page, int]
"""A page, and the number of one of its references."""


class Backlinks(Mapping[str, tuple[Backlink, ...]]):
    """Who links to each page, by source path: the links to a page are made when asked for.

    A large site has very many, of which a preview shows those of the pages that are looked at.
    """

    __slots__ = ("_links",)

    def __init__(self, links: dict[str, tuple[Backlink, ...] | list[LinkOf]]) -> None:
        self._links = links

    def __getitem__(self, path: str) -> tuple[Backlink, ...]:
        links = self._links[path]
        if isinstance(links, list):
            links = self._links[path] = tuple([Backlink.of(*link) for link in links])
        return links

    def __contains__(self, path: object) -> bool:
        return path in self._links

    def __iter__(self) -> Iterator[str]:
        return iter(self._links)

    def __len__(self) -> int:
        return len(self._links)

    def amended(self, links: Mapping[str, tuple[Backlink, ...]]) -> Backlinks:
        """Return these with others to some pages; to those with none leads nobody."""
        found = {**self._links, **links}
        return Backlinks({path: each for path, each in found.items() if each})


@dataclass(frozen=True, slots=True)
class WantedPage:
    """A permalink that links ask for and no page has, with the titles that they propose."""

    permalink: Permalink
    titles: tuple[str, ...]
    tags: tuple[str, ...]
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """Everything known before rendering: pages, routes, and what each reference is.

    `resolutions[path]` runs parallel to the page's `references`, `nav` to the entries
    of the configuration.  `backlinks` and `orphans` speak of published pages only.
    """

    pages: tuple[Page, ...]
    routes: Routes
    resolutions: Mapping[str, tuple[Resolution, ...]]
    nav: tuple[Resolution, ...]
    backlinks: Backlinks
    wanted: tuple[WantedPage, ...]
    orphans: tuple[str, ...]
