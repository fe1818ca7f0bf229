"""Records of what stands in a page: places, headings, references.

All pages of a large site have very many of these, of which most questions want one field
or none.  So a page keeps them field by field, and a record is made of one that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TypeVar, overload

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Position
from dlsite.records.names import Fragment

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Places(Mapping[str, Position]):
    """Places in the file at `path`, by name.

    A line of `rows` for each: line, column, length and name.
    """

    path: str = ""
    rows: str = ""

    @classmethod
    def of(cls, path: str, positions: Mapping[str, Position]) -> Places:
        """Keep positions, which are all in the file at `path`, by names of one line."""
        if not positions:
            return NOWHERE
        rows = [f"{at.line} {at.column} {at.length} {name}" for name, at in positions.items()]
        return cls(path, "\n".join(rows))

    def __getitem__(self, name: str) -> Position:
        for row in filter(None, self.rows.split("\n")):
            line, column, length, own = row.split(" ", 3)
            if own == name:
                return Position(self.path, int(line), int(column), int(length))
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter([row.split(" ", 3)[3] for row in self.rows.split("\n") if row])

    def __len__(self) -> int:
        return self.rows.count("\n") + bool(self.rows)


NOWHERE = Places()
"""For fields of which the places are no matter."""


class Columns(Sequence[T]):
    """Records of one kind, each with a text, kept field by field: in a tuple for every field."""

    __slots__ = ()

    texts: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def _at(self, index: int) -> T:
        raise NotImplementedError

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        if isinstance(index, slice):
            return tuple(map(self._at, range(len(self))[index]))
        return self._at(index)

    def __iter__(self) -> Iterator[T]:
        return map(self._at, range(len(self)))


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


@dataclass(frozen=True, slots=True)
class Headings(Columns[Heading]):
    """The headings of a page, in their order."""

    levels: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    htmls: tuple[str, ...] = ()
    fragments: tuple[Fragment, ...] = ()
    lines: tuple[int, ...] = ()

    @classmethod
    def of(cls, headings: Iterable[Heading]) -> Headings:
        """Keep headings."""
        rows = [(each.level, each.text, each.html, each.fragment, each.line) for each in headings]
        return cls(*zip(*rows, strict=True))

    def _at(self, index: int) -> Heading:
        return Heading(
            self.levels[index],
            self.texts[index],
            self.htmls[index],
            self.fragments[index],
            self.lines[index],
        )


class ReferenceKind(StrEnum):
    """What kind of place a target was written in."""

    LINK = "link"
    IMAGE = "image"
    WIKI_LINK = "wiki link"
    WIKI_IMAGE = "wiki image"
    HTML = "html"


IMAGES = (ReferenceKind.IMAGE, ReferenceKind.WIKI_IMAGE)
"""The kinds of reference that are pictures."""

WIKI = (ReferenceKind.WIKI_LINK, ReferenceKind.WIKI_IMAGE)
"""The kinds of reference that call a thing by its name, in double brackets."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A link or image as written, not yet resolved.

    `target` is the author's string with character references undone.  `text` is the
    plain text of the link, or the alternative text of the image; `heading` the text
    of the nearest heading before it; `sentence` the plain text of the one that a link
    to this site stands in.  All three are empty where there is none.  `is_decoration`
    marks an image of which its author says that it says nothing (`alt=""`).  `room` is how
    wide an image is shown: `wide`, `full`, its own width in CSS pixels, or empty for the
    text column.  `asks_words` marks a link that says nothing, or no more than "Figure".
    """

    kind: ReferenceKind
    target: str
    position: Position
    text: str = ""
    heading: str = ""
    sentence: str = ""
    is_decoration: bool = False
    room: str = ""
    asks_words: bool = False


@dataclass(frozen=True, slots=True)
class References(Columns[Reference]):
    """The references of the page at `path`, in their order."""

    path: str = ""
    kinds: tuple[ReferenceKind, ...] = ()
    targets: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    lengths: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    are_decorations: tuple[bool, ...] = ()
    rooms: tuple[str, ...] = ()
    ask_words: tuple[bool, ...] = ()

    @classmethod
    def of(cls, path: str, references: Iterable[Reference]) -> References:
        """Keep references, which are all in the file at `path`."""
        rows = [
            (
                *(each.kind, each.target),
                *(each.position.line, each.position.column, each.position.length),
                *(each.text, each.heading, each.sentence),
                *(each.is_decoration, each.room, each.asks_words),
            )
            for each in references
        ]
        return cls(path, *zip(*rows, strict=True))

    def _at(self, index: int) -> Reference:
        return Reference(
            self.kinds[index],
            self.targets[index],
            Position(self.path, self.lines[index], self.columns[index], self.lengths[index]),
            self.texts[index],
            self.headings[index],
            self.sentences[index],
            self.are_decorations[index],
            self.rooms[index],
            self.ask_words[index],
        )
