"""What the converter makes of a body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from dlsite.dataclass import dataclass
from dlsite.markup.parts import Parts
from dlsite.records import Heading


@dataclass(frozen=True, slots=True)
class Problem:
    """A remark about the Markdown of a body.

    `line` counts from 1 in the text given to the converter (0: not known), `column`
    from 1 (0: the line as a whole), both in code points; `length` is how many code
    points are meant (0: not known).
    """

    rule: str
    message: str
    line: int = 0
    column: int = 0
    length: int = 0
    help: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inline:
    """A line, such as a title, as HTML; `problems` have places in the line."""

    html: str
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Converted:
    """A body as HTML.

    `excerpt_html` is what stands before `<!--more-->`, else the first paragraph, with
    balanced tags and no ids, so that it can stand on another page; empty where there
    is none.  `own_headings` are the numbers of the headings that stand in no quote.
    `text` is plain, one line per block, formulas in Unicode; `words` are how many it has.
    In `markup` signs stand for `parts`.  `labels` are the names of figures and tables by
    their ids.
    """

    markup: str
    excerpt_html: str
    headings: tuple[Heading, ...]
    own_headings: tuple[int, ...]
    text: str
    words: int
    has_math: bool
    problems: tuple[Problem, ...]
    parts: Parts = field(default_factory=Parts)
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def html(self) -> str:
        """The whole body."""
        return self.parts.shown(self.markup)
