r"""What math-core has no word for, carried through it as signs in a `\text`.

The rewriting puts a sign before a group; once there is MathML, what the sign stands for
is done to the element that follows it.
"""

from __future__ import annotations

from dlsite.dataclass import dataclass

# Noncharacters (Unicode, 23.7) are for a program's own use, so no text has them.
OPEN, CLOSE = "\ufdd2", "\ufdd3"

TAG_NAME = "dlsitetag"
"""With a number, what stands for a tag that holds more than math-core takes for one."""


@dataclass(frozen=True, slots=True)
class Link:
    """The next element leads to an address; with `text` the address itself is shown."""

    target: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Box:
    """The next element has a background and perhaps a frame, both CSS colours or empty."""

    background: str
    frame: str = ""


@dataclass(frozen=True, slots=True)
class Padding:
    """The next element counts as having these measures, as attributes of `mpadded`."""

    measures: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle, in em: its width, its height and its depth below the line."""

    width: float
    height: float
    depth: float


@dataclass(frozen=True, slots=True)
class Gap:
    """Space, in em, below the row of the table that the sign stands in."""

    height: float


@dataclass(frozen=True, slots=True)
class Joined:
    """The table that the sign stands in has no space between its pairs of columns."""


@dataclass(frozen=True, slots=True)
class BareNumber:
    """The next element refers to an equation without brackets around its number."""


@dataclass(frozen=True, slots=True)
class Tag:
    """The next element is what stands in the place of the number of its row."""

    name: str


Mark = Link | Box | Padding | Bar | Gap | Joined | BareNumber | Tag


class Marks:
    """The signs of a page; `keep` ones belong to the site and outlive it."""

    def __init__(self) -> None:
        self._marks: list[Mark] = []
        self._colours: dict[str, int] = {}
        self._kept = 0

    def keep(self) -> None:
        """Let what there is so far outlive `reset`."""
        self._kept = len(self._marks)

    def reset(self) -> None:
        """Begin with another page."""
        del self._marks[self._kept :]

    def sign(self, mark: Mark) -> str:
        """Return TeX for the sign of `mark`."""
        self._marks.append(mark)
        return rf"\text{{{OPEN}{len(self._marks) - 1}{CLOSE}}}"

    def tag(self) -> tuple[str, str]:
        """Return a new name for a tag, and TeX for the sign that goes before what it holds."""
        name = f"{TAG_NAME}{len(self._marks)}"
        return name, self.sign(Tag(name))

    def read(self, text: str) -> Mark:
        """Return what the text of a sign stands for."""
        return self._marks[int(text.strip(OPEN + CLOSE))]

    def colour(self, value: str) -> str:
        """Return six hex digits that stand for a CSS colour, as math-core wants them."""
        return f"{self._colours.setdefault(value, len(self._colours)):06X}"

    def colour_of(self, digits: str) -> str:
        """Return the CSS colour that six hex digits stand for; their own if for none of ours."""
        number = int(digits, 16)
        return list(self._colours)[number] if number < len(self._colours) else f"#{digits}"
