r"""Cut TeX into tokens, and build TeX that remembers where its parts came from.

The tokens are those of math-core's lexer as far as nesting is concerned: a command is a
backslash with letters and perhaps a star, or with one other sign; a comment ends with its
line; everything else is one code point.
"""

from __future__ import annotations

import re
from bisect import bisect_right

_TOKEN = re.compile(r"\\[a-zA-Z]+\*?|\\.|%[^\n]*\n?\s*|\s+|.", re.DOTALL)
# How far an argument in square brackets is looked for: enough for any that is meant.
_REACH = 400

Range = tuple[int, int]
"""Tokens from the first index up to, but not including, the second."""


class Tokens:
    r"""The tokens of a formula, and which braces belong together.

    `partner` maps the index of each `{` to that of its `}`; a brace without one is not in it.
    """

    def __init__(self, tex: str) -> None:
        self.texts: list[str] = []
        self.starts: list[int] = []
        self.partner: dict[int, int] = {}
        self.length = len(tex)
        open_braces: list[int] = []
        for index, match in enumerate(_TOKEN.finditer(tex)):
            text = match[0]
            self.texts.append(text)
            self.starts.append(match.start())
            if text == "{":
                open_braces.append(index)
            elif text == "}" and open_braces:
                self.partner[open_braces.pop()] = index

    @property
    def is_balanced(self) -> bool:
        """Say whether every brace has a partner."""
        return self.texts.count("{") == len(self.partner) == self.texts.count("}")

    def start(self, index: int) -> int:
        """Return the offset of a token; the end of the formula for what is past the last."""
        return self.starts[index] if index < len(self.starts) else self.length

    def source(self, part: Range) -> str:
        """Return tokens as they were written, without comments."""
        return "".join(text for text in self.texts[slice(*part)] if text[0] != "%")

    def past_blanks(self, index: int, end: int) -> int:
        """Return the first index from `index` on that is no blank and no comment."""
        while index < end and (self.texts[index].isspace() or self.texts[index][0] == "%"):
            index += 1
        return index

    def argument(self, index: int, end: int) -> tuple[Range, int] | None:
        """Return the argument that a command before `index` takes, and the index after it.

        An argument is a group, without its braces, or one token.
        """
        index = self.past_blanks(index, end)
        if index >= end or self.texts[index] == "}":
            return None
        if self.texts[index] != "{":
            return (index, index + 1), index + 1
        close = self.partner.get(index, end)
        return ((index + 1, close), close + 1) if close < end else None

    def group(self, index: int, end: int) -> tuple[Range, int] | None:
        """Return the group that stands at `index`, without its braces, and the index after it."""
        index = self.past_blanks(index, end)
        return self.argument(index, end) if index < end and self.texts[index] == "{" else None

    def optional(self, index: int, end: int) -> tuple[Range, int] | None:
        """Return what stands in square brackets at `index`, and the index after them."""
        index = self.past_blanks(index, end)
        if index >= end or self.texts[index] != "[":
            return None
        at = index + 1
        last = min(end, at + _REACH)
        while at < last:
            if self.texts[at] == "]":
                return (index + 1, at), at + 1
            if self.texts[at] == "}":
                return None
            at = self.partner.get(at, end) + 1 if self.texts[at] == "{" else at + 1
        return None


class Trail:
    """Text put together from parts of an original, with the way back."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._starts: list[int] = []
        self._origins: list[int] = []
        self._are_copies: list[bool] = []

    def copy(self, text: str, origin: int) -> None:
        """Add what stands in the original at `origin`."""
        self._add(text, origin, is_copy=True)

    def put(self, text: str, origin: int) -> None:
        """Add what does not stand in the original; a fault in it is one of `origin`."""
        self._add(text, origin, is_copy=False)

    def _add(self, text: str, origin: int, *, is_copy: bool) -> None:
        self._starts.append(self._length)
        self._origins.append(origin)
        self._are_copies.append(is_copy)
        self._pieces.append(text)
        self._length += len(text)

    def extend(self, other: Trail) -> None:
        """Add the parts of another trail of the same original."""
        for text, origin, is_copy in zip(
            other._pieces, other._origins, other._are_copies, strict=True
        ):
            self._add(text, origin, is_copy=is_copy)

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._pieces)

    def origin_of(self, offset: int) -> int:
        """Return the place in the original of the code point at `offset`."""
        at = bisect_right(self._starts, offset) - 1
        if at < 0:
            return 0
        inside = offset - self._starts[at] if self._are_copies[at] else 0
        return self._origins[at] + inside
