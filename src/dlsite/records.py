"""The records that travel down the pipeline: frozen, complete when made, plain to compare.

Nothing here computes; a record says what it holds, and what it never holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType, Protocol

from dlsite.diagnostics import Diagnostic, Position

Permalink = NewType("Permalink", str)
"""Site-relative URL path, decoded, NFC: `/x/`, or with a file name, `/404.html`."""

Slug = NewType("Slug", str)
"""One URL segment, lower case, never empty."""

Fragment = NewType("Fragment", str)
"""What follows `#` in a URL, decoded, without the `#`."""

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
"""Plain data: what front matter may carry and what a template context is made of."""


# Sources


@dataclass(frozen=True, slots=True)
class SourceFile:
    r"""A file under the content directory before parsing.

    `path` is POSIX, relative to the site; `content_path` relative to the content
    directory.  `text` has `\n` line ends and no byte order mark.  `digest` is the
    SHA-256 of the bytes in hex.
    """

    path: str
    content_path: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that is published as it is.

    `url_path` is where it stands below the site's root, without a leading slash;
    `path` is its place relative to the site, for diagnostics, or a name such as
    `theme:static/style.css`; `origin` is the file on disk, read by `publish` alone.
    An asset is a stylesheet or script that templates link to: it is published under a
    name that carries its digest, so that a browser may keep it for ever.  `size` is that
    of an image as it is shown, width and height in CSS pixels; `None` where it is not known.
    """

    url_path: str
    path: str
    origin: str
    digest: str
    is_asset: bool = False
    size: tuple[int, int] | None = None


# Pages


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a page; `url` and `email` are empty where not given."""

    name: str
    url: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of one page as its author gave them, with types checked.

    `None` means that the field is not there.  Dates carry a zone.  `tags` and
    `categories` are display names in the order written, each non-empty.
    `redirect_from` holds `redirect_from` and `aliases` together.  `extra` holds all
    fields that dlsite gives no meaning to.  `positions` maps `field` and, for lists,
    `field.0`, `field.1` to the place of the value in the source file.
    """

    title: str | None = None
    date: datetime | None = None
    last_modified_at: datetime | None = None
    permalink: str | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    layout: str | None = None
    description: str | None = None
    excerpt: str | None = None
    excerpt_separator: str | None = None
    image: str | None = None
    authors: tuple[Author, ...] = ()
    lang: str | None = None
    sitemap: bool = True
    search: bool = True
    redirect_from: tuple[str, ...] = ()
    redirect_to: str | None = None
    published: bool = True
    draft: bool = False
    extra: Mapping[str, Json] = field(default_factory=dict)
    positions: Mapping[str, Position] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a body.

    `text` is plain, `html` is its inline HTML without links.  `fragment` is the id it
    carries in the rendered page.  `line` is the number of lines of the page's text above.
    """

    level: int
    text: str
    html: str
    fragment: Fragment
    line: int = 0


class ReferenceKind(StrEnum):
    """What kind of place a target was written in."""

    LINK = "link"
    IMAGE = "image"
    WIKI_LINK = "wiki link"
    WIKI_IMAGE = "wiki image"
    HTML = "html"


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or image as written, not yet resolved.

    `target` is the author's string with character references undone.  `text` is the
    plain text of the link, or the alternative text of the image; `heading` the text
    of the nearest heading before it; `sentence` the plain text of the one that a link
    to this site stands in.  All three are empty where there is none.
    """

    kind: ReferenceKind
    target: str
    position: Position
    text: str = ""
    heading: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class OutsideReference:
    """A reference that stands in no page but in a stylesheet or template.

    `here` is the permalink that relative targets start from.
    """

    reference: Reference
    here: Permalink


Body = tuple[str | int, ...]
"""HTML cut at its references: text, and numbers that index the page's `references`.

A number stands for the value of an `href`, `src` or the like, so that a target that
moved changes the HTML without parsing the page again.  Its complement (`~number`, which
is negative) stands for the size of the image there, as attributes.
"""


class Contents(Protocol):
    """The large parts of a page, which may lie in a store until they are asked for.

    `body` is the page's HTML, `text` its plain text, blocks on lines of their own.
    """

    @property
    def body(self) -> Body: ...

    @property
    def text(self) -> str: ...


@dataclass(frozen=True, slots=True)
class PageContents:
    """Contents in memory."""

    body: Body = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """All that can be known from one source file alone: no neighbours, no config.

    `title` is plain text and never empty; `title_html` may carry inline markup and
    formulas.  `excerpt` is the start of the body, empty if the body is.  `fragments`
    are all ids of the rendered body.  `body_digest` changes with the body.  `terms` is
    what the search index holds of it (`search.entry`), `text_digest` the digest of the
    piece with its text (`search.pieces`): both empty where they are not asked for.
    """

    path: str
    content_path: str
    digest: str
    front_matter: FrontMatter
    title: str
    title_html: str
    body_digest: str
    excerpt: Body
    headings: tuple[Heading, ...]
    fragments: frozenset[str]
    references: tuple[Reference, ...]
    words: int
    has_math: bool
    terms: str = ""
    text_digest: str = ""
    contents: Contents = field(
        default=PageContents(), compare=False, repr=False, metadata={"apart": True}
    )

    @property
    def body(self) -> Body:
        """The HTML of the page, cut at its references."""
        return self.contents.body

    @property
    def text(self) -> str:
        """The plain text of the page, blocks on lines of their own."""
        return self.contents.text


# Routes


@dataclass(frozen=True, slots=True)
class PageRoute:
    """A page; `path` is its source file."""

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
    """An old address; `target` is a permalink of this site or a full URL."""

    permalink: Permalink
    target: str
    position: Position


@dataclass(frozen=True, slots=True)
class StaticRoute:
    """A static file."""

    permalink: Permalink
    file: StaticFile


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
    | TermRoute
    | TaxonomyRoute
    | ArchiveRoute
    | HomeRoute
    | SearchRoute
    | RedirectRoute
    | StaticRoute
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


# Links


@dataclass(frozen=True, slots=True)
class Found:
    """The target exists: `permalink` is canonical, `suffix` its query and fragment."""

    permalink: Permalink
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """Nothing is there; `permalink` is where the author pointed, as far as it can be read."""

    permalink: Permalink
    suffix: str = ""
    near: tuple[str, ...] = ()


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


# Output


@dataclass(frozen=True, slots=True)
class PlannedBody:
    """The body of a page in a context, put together only where it is rendered.

    It goes to `context[section][name]`, which is empty in the plan.  `urls` are the
    final URLs of the page's references, in their order, `sizes` the attributes with the
    sizes of those that are images, empty where there is none; with `digest` they decide
    what the HTML is.
    """

    section: str
    name: str
    digest: str
    urls: tuple[str, ...]
    sizes: tuple[str, ...]
    contents: Contents = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class OutputPlan:
    """One output before rendering: all that its template gets, as plain data.

    `position` is the source file to blame where rendering fails on this output's data.
    """

    permalink: Permalink
    output_path: str
    template: str
    context: Mapping[str, Json]
    position: Position
    body: PlannedBody | None = None


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the output directory: `content`, or a copy of the file `origin`.

    `digest` is the SHA-256 of what it holds, in hex; empty where nobody has taken it.
    """

    path: str
    content: bytes = b""
    origin: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What `parse` makes of one source file."""

    page: Page
    diagnostics: tuple[Diagnostic, ...]
