"""Records of pages: front matter, headings, references, bodies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Diagnostic
from dlsite.records.names import Json, Permalink
from dlsite.records.parts import NOWHERE, Headings, Places, Reference, References


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
    `redirect_from` holds `redirect_from` and `aliases` together.  `requires` are the pages
    to read first, by address or name.  `extra` holds all
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
    requires: tuple[str, ...] = ()
    published: bool = True
    draft: bool = False
    extra: Mapping[str, Json] = field(default_factory=dict)
    positions: Places = NOWHERE


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
moved changes the HTML without parsing the page again.  A negative number stands for what
else the site says of a reference, where the HTML has it (`place_mark`).
"""


class Place(IntEnum):
    """Where something of a reference goes that only the site knows.

    The size of an image goes into its tag, its other forms around that; the words of a
    link whose author gave it none stand in it.
    """

    SIZE = 0
    BEFORE = 1
    AFTER = 2
    WORDS = 3


def place_mark(index: int, place: Place) -> int:
    """Return the piece of a body for a place of the reference `index`."""
    return ~(len(Place) * index + place)


def place_marked(piece: int) -> tuple[int, Place]:
    """Return index and place again."""
    index, place = divmod(~piece, len(Place))
    return index, Place(place)


class Contents(Protocol):
    """The large parts of a page, which may lie in a store until they are asked for.

    `body` is the page's HTML, `piece` the piece of the search index with its text
    (`search.pieces`), `terms` what the index holds of it (`search.entry`), and `markdown`
    what its author wrote, cut at the references too: these are empty where they are not
    asked for.
    """

    @property
    def body(self) -> Body: ...

    @property
    def piece(self) -> bytes: ...

    @property
    def terms(self) -> str: ...

    @property
    def markdown(self) -> Body: ...


@dataclass(frozen=True, slots=True)
class PageContents:
    """Contents in memory."""

    body: Body = ()
    piece: bytes = b""
    terms: str = ""
    markdown: Body = ()


@dataclass(frozen=True, slots=True)
class Page:
    """All that can be known from one source file alone: no neighbours, no config.

    `title` is plain text and never empty; `title_html` may carry inline markup and
    formulas.  `excerpt` is the start of the body, empty if the body is.  `fragments`
    are all ids of the rendered body.  `body_digest` changes with the body.  `text_digest`
    is the SHA-256 in hex of the piece of the search index with its text (`search.pieces`),
    empty where that is not asked for.
    `math_signs` are the characters that its formulas show (`markup.mathsigns`).
    `labels` are the names of its figures and tables ("Figure 2"), by their ids.
    """

    path: str
    content_path: str
    digest: str
    front_matter: FrontMatter
    title: str
    title_html: str
    body_digest: str
    excerpt: Body
    headings: Headings
    fragments: frozenset[str]
    references: References
    words: int
    has_math: bool
    math_signs: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    text_digest: str = ""
    contents: Contents = field(
        default=PageContents(), compare=False, repr=False, metadata={"apart": True}
    )

    @property
    def body(self) -> Body:
        """The HTML of the page, cut at its references."""
        return self.contents.body


@dataclass(frozen=True, slots=True)
class Parsed:
    """What `parse` makes of one source file."""

    page: Page
    diagnostics: tuple[Diagnostic, ...]
