"""Records of links: what each reference is, and the site that they tie together."""

from __future__ import annotations

from collections.abc import Mapping

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
    backlinks: Mapping[str, tuple[Backlink, ...]]
    wanted: tuple[WantedPage, ...]
    orphans: tuple[str, ...]
