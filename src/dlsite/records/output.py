"""Records of output: what is to be rendered, and the files that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Protocol

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Position
from dlsite.records.names import Json, Permalink
from dlsite.records.pages import Contents


@dataclass(frozen=True, slots=True)
class SiteMarkup:
    """What a body says of references beside their addresses, in the order of the references.

    `sizes` are the attributes with the sizes of images, `sources` the elements for their
    other forms, `words` the plain words of links that ask for them: empty texts where
    that is nothing, and empty where it is nothing for all.
    """

    sizes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PlannedBody:
    """The body of a page in a context, put together only where it is rendered.

    It goes to `context[section][name]`, which is empty in the plan.  `urls` are the
    final URLs of the page's references, in their order; with `markup` and `digest` they
    decide what the HTML is.  `is_markdown` asks for the page as it was written instead.
    """

    section: str
    name: str
    digest: str
    urls: tuple[str, ...]
    markup: SiteMarkup
    contents: Contents = field(compare=False, repr=False)
    is_markdown: bool = False


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


class Held(Protocol):
    """The content of an output, out of memory until it is asked for."""

    def read(self) -> bytes:
        """Return it; raises `OSError` where it cannot be read any more."""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of the output directory: `content`, or a copy of the file `origin`.

    `digest` is the SHA-256 of what it holds, in hex; empty where nobody has taken it.
    Where the content is `held` elsewhere until it is published, `content` is empty.
    """

    path: str
    content: bytes = b""
    origin: str = ""
    digest: str = ""
    held: Held | None = field(default=None, repr=False)
