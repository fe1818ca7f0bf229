"""A text made of pieces of another one, which knows where each piece came from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field

from dlsite.dataclass import dataclass


@dataclass(slots=True)
class Moved:
    """Grows piece by piece; `origin` asks where something in it was written."""

    pieces: list[str] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _origins: list[int] = field(default_factory=list)
    _length: int = 0

    def add(self, piece: str, origin: int) -> None:
        """Go on with `piece`, which stands for what is at `origin` in the other text."""
        if piece:
            self.pieces.append(piece)
            self._starts.append(self._length)
            self._origins.append(origin)
            self._length += len(piece)

    @property
    def text(self) -> str:
        """The text as it has become."""
        return "".join(self.pieces)

    def origin(self, offset: int) -> int:
        """Return where in the other text the code point at `offset` of this one stood."""
        at = bisect_right(self._starts, offset) - 1
        return self._origins[at] + offset - self._starts[at] if at >= 0 else 0
