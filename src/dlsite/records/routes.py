"""Records of addresses: what stands at every URL of the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Position
from dlsite.records.names import Permalink, Slug
from dlsite.records.pages import Page
from dlsite.records.sources import StaticFile


@dataclass(frozen=True, slots=True)
class PageRoute:
    """A page; `path` is its source file."""

    permalink: Permalink
    path: str


@dataclass(frozen=True, slots=True)
class TwinRoute:
    """A page in Markdown, for programs; `path` is its source file."""

    permalink: Permalink
    path: str


@dataclass(frozen=True, slots=True)
class TermRoute:
    """The listing of one term of a taxonomy."""

    permalink: Permalink
    taxonomy: str
    slug: Slug


@dataclass(frozen=True, slots=True)
class TaxonomyRoute:
    """The A to Z index of a taxonomy."""

    permalink: Permalink
    taxonomy: str


@dataclass(frozen=True, slots=True)
class ArchiveRoute:
    """All dated pages by year."""

    permalink: Permalink


@dataclass(frozen=True, slots=True)
class HomeRoute:
    """The home page, where no page of the content claims `/`."""

    permalink: Permalink


@dataclass(frozen=True, slots=True)
class SearchRoute:
    """The search page, where no page of the content claims `/search/`."""

    permalink: Permalink


@dataclass(frozen=True, slots=True)
class RedirectRoute:
    """An old address.

    `target` is a permalink of this site with query and fragment, or a full URL; `to` is
    the permalink alone, empty where the target leaves the site or cannot be read, and
    `suffix` what stands behind it, encoded.
    """

    permalink: Permalink
    target: str
    position: Position
    to: Permalink = Permalink("")
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """A static file."""

    permalink: Permalink
    file: StaticFile


@dataclass(frozen=True, slots=True)
class VariantRoute:
    """A smaller form of the image at `of`."""

    permalink: Permalink
    file: StaticFile
    of: Permalink


@dataclass(frozen=True, slots=True)
class GeneratedRoute:
    """A file that an emitter makes: feed, sitemap, robots, 404; `name` says which.

    A permalink that ends in a slash is a folder of the emitter's own, whose files are named
    after their contents.
    """

    permalink: Permalink
    name: str


Route = (
    PageRoute
    | TwinRoute
    | TermRoute
    | TaxonomyRoute
    | ArchiveRoute
    | HomeRoute
    | SearchRoute
    | RedirectRoute
    | StaticRoute
    | VariantRoute
    | GeneratedRoute
)


class SkipReason(StrEnum):
    """Why a page is left out of the output."""

    DRAFT = "draft"
    FUTURE = "future date"
    UNPUBLISHED = "published: false"


@dataclass(frozen=True, slots=True)
class SkippedPage:
    """A page that is not published; `permalink` is where it would stand."""

    page: Page
    permalink: Permalink
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class Term:
    """A group of pages: the tag `GANs`.

    `name` is the display spelling, `variants` every spelling met.  `paths` are the
    source files of its pages, in site order.  `description` and `parent`, the name of
    a wider term, are empty where nobody gave them.
    """

    taxonomy: str
    name: str
    slug: Slug
    permalink: Permalink
    variants: tuple[str, ...]
    paths: tuple[str, ...]
    description: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class TagEntry:
    """What `tags.yml` says of one tag; `name` is how it is to be written."""

    name: str
    synonyms: tuple[str, ...]
    parent: str
    description: str
    position: Position


@dataclass(frozen=True, slots=True)
class Routes:
    """What stands at every URL of the site; the only answer to that question.

    `pages` are the published ones in site order, newest first, then by path; those that
    only redirect are not among them.
    `previews` names the paths among them that a public build would leave out.
    """

    route_by_permalink: Mapping[Permalink, Route]
    permalink_by_path: Mapping[str, Permalink]
    pages: tuple[Page, ...]
    skipped: tuple[SkippedPage, ...]
    terms: Mapping[str, tuple[Term, ...]]
    previews: Mapping[str, SkipReason] = field(default_factory=dict)
