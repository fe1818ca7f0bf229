"""Tell which of several places is which of several links that lead to one target.

Links of a page come in the order in which they stand, footnotes last; their words say most,
then what they stand in, then their order.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dlsite.dataclass import dataclass
from dlsite.texts.places import Place

SURE, UNLIKELY, HIDDEN = 0, 2, 3
"""How much a place looks like something else: a formula, or code, or a comment."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place with what is known of it: where a reader meets it, its words, the doubts."""

    order: tuple[bool, int]
    key: str | None
    doubt: int
    place: Place


def matched(
    keys: Sequence[str], candidates: Iterable[Candidate], definition: Place | None
) -> list[Place | None]:
    """Return the place of each link, whose words are given as keys, in their order.

    Where there are more links than places `definition` is that of the others, else the last.
    """
    match = _Match(keys, candidates)
    match.all_in_order()
    match.by_words(below=HIDDEN)
    match.in_order([each for each in match.left if each.key is None and each.doubt == SURE])
    match.by_words(below=HIDDEN + 1)
    match.in_order([each for each in match.left if each.key is None or each.doubt < HIDDEN])
    last = max(match.found.values(), key=lambda each: each.order, default=None)
    rest = definition or (last.place if last else None)
    return [match.found[n].place if n in match.found else rest for n in range(len(keys))]


class _Match:
    """The links that have found places, and the places that are left, least doubtful first."""

    def __init__(self, keys: Sequence[str], candidates: Iterable[Candidate]) -> None:
        self._keys = keys
        self.left = sorted(candidates, key=lambda each: (each.doubt, each.order))
        self.found: dict[int, Candidate] = {}

    def all_in_order(self) -> None:
        """Give all links places in order where there are as many, and no words say otherwise."""
        sure = sorted(
            (each for each in self.left if each.doubt == SURE), key=lambda each: each.order
        )
        if len(sure) == len(self._keys) and all(
            each.key in (None, key) for each, key in zip(sure, self._keys, strict=True)
        ):
            self.in_order(sure)

    def by_words(self, *, below: int) -> None:
        """Give links places with their words that are less doubtful than `below`."""
        chosen: defaultdict[str | None, list[Candidate]] = defaultdict(list)
        for each in self.left:
            if each.doubt < below:
                chosen[each.key].append(each)
        numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number in self._open():
            numbers[self._keys[number]].append(number)
        for key, links in numbers.items():
            self._give(links, chosen.get(key, []))
        self._keep_left()

    def in_order(self, chosen: Sequence[Candidate]) -> None:
        """Give links places in their order, whatever their words."""
        self._give(self._open(), chosen)
        self._keep_left()

    def _open(self) -> list[int]:
        return [number for number in range(len(self._keys)) if number not in self.found]

    def _give(self, links: Sequence[int], chosen: Sequence[Candidate]) -> None:
        best = sorted(chosen[: len(links)], key=lambda each: each.order)
        self.found.update(zip(links, best, strict=False))

    def _keep_left(self) -> None:
        taken = {each.order for each in self.found.values()}
        self.left = [each for each in self.left if each.order not in taken]
