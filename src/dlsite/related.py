"""Find the pages that have most in common: shared tags, of which rare ones count more."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import nlargest
from math import log

from dlsite.records import Page, Term

_MOST = 5
# Of a tag with very many pages only those nearest in the order of the site are looked at,
# so that the work grows with the number of pages and not with its square.
_REACH = 32


class Related(Mapping[str, tuple[str, ...]]):
    """The source paths of up to five related pages by that of a page, the nearest first.

    A tag weighs log(1 + pages / pages with the tag); one on more than half of all pages
    says nothing.  Of pages that are as near, those beside the page in `pages` come first.
    Worked out for each page whenever it is asked for, which who shows a few is glad of.
    """

    def __init__(self, pages: Iterable[Page], terms: Iterable[Term]) -> None:
        self._paths = [page.path for page in pages]
        self._index_by_path = {path: index for index, path in enumerate(self._paths)}
        self._shared: list[list[tuple[list[int], float]]] = [[] for _ in self._paths]
        for term in terms:
            members = sorted(self._index_by_path[path] for path in term.paths)
            if 2 * len(members) > len(self._paths):
                continue
            weight = log(1 + len(self._paths) / len(members))
            for index in members:
                self._shared[index].append((members, weight))

    def __getitem__(self, path: str) -> tuple[str, ...]:
        index = self._index_by_path[path]
        return _nearest(index, _scores(index, self._shared[index]), self._paths)

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)


def _scores(index: int, shared: Iterable[tuple[list[int], float]]) -> dict[int, float]:
    """Return how near others are to a page that has these terms, each with members and weight.

    For one page at a time: the scores of all pages of a large site are millions.
    """
    scores: dict[int, float] = defaultdict(float)
    for members, weight in shared:
        at = bisect_left(members, index)
        for other in members[max(0, at - _REACH) : at + _REACH + 1]:
            scores[other] += weight
    return scores


def _nearest(index: int, scores: dict[int, float], paths: list[str]) -> tuple[str, ...]:
    scores.pop(index, None)
    # Few of the many are as near as the last that counts: only those are put in order.
    least = min(nlargest(_MOST, scores.values()), default=0.0)
    near = [
        (-score, abs(other - index), other) for other, score in scores.items() if score >= least
    ]
    return tuple(paths[other] for _, _, other in sorted(near)[:_MOST])
