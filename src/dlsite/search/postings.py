"""The pages of each term in few characters, and how terms are cut into files.

The postings of a term are pieces, one for each page that has it, in order of number: the
distance to the page before in digits, then the two digits of the page's entry
(`search.entry`), which say the section to show and the weight.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import groupby, islice, pairwise, takewhile
from typing import Any, NamedTuple

from dlsite.search.entry import DIGITS

# Characters of terms and postings in one shard: about 5 KB on the wire.
SHARD_SIZE = 12_000
_BASE = len(DIGITS) // 2
"""A distance in digits of this base; those with more to come are larger by as much."""

_VALUES = {digit: value for value, digit in enumerate(DIGITS)}
_ENTRY = 2


def postings_of(entries: Iterable[str]) -> dict[str, str]:
    """Return the postings of each term; `entries` are those of the pages, in order of number."""
    # Behind the number of its last page, the pieces of each term.
    listed: dict[str, list[Any]] = defaultdict(lambda: [0])
    # The same few thousand pieces make up millions: each is in memory once.
    shared: dict[str, str] = {}
    for number, entry in enumerate(entries):
        for word in entry.split():
            pieces = listed[word[:-_ENTRY]]
            piece = _distance(number - pieces[0]) + word[-_ENTRY:]
            pieces[0] = number
            pieces.append(shared.setdefault(piece, piece))
    # Each list goes as its text comes.
    return {term: "".join(islice(listed.pop(term), 1, None)) for term in list(listed)}


def revise(postings: dict[str, str], number: int, before: str, after: str) -> set[str]:
    """Put a new entry of the page with a number in the place of the one before.

    Returns the terms whose postings have changed, also those that nothing has any more.
    """
    new = _by_term(after)
    changed = changed_terms(before, after)
    for term in changed:
        revised = _revised(postings.get(term, ""), number, new.get(term, ""))
        if revised:
            postings[term] = revised
        else:
            del postings[term]
    return changed


def changed_terms(before: str, after: str) -> set[str]:
    """Return the terms that one entry has and another has not, or has otherwise."""
    old, new = _by_term(before), _by_term(after)
    return {term for term in old.keys() | new.keys() if old.get(term) != new.get(term)}


def _by_term(entry: str) -> dict[str, str]:
    return {word[:-_ENTRY]: word[-_ENTRY:] for word in entry.split()}


def _revised(listed: str, number: int, entry: str) -> str:
    """Return postings with this entry for a page, or without the page for an empty one."""
    pages = dict(_pages(listed))
    pages.pop(number, None)
    if entry:
        pages[number] = entry
    pieces = []
    last = 0
    for page in sorted(pages):
        pieces.append(_distance(page - last) + pages[page])
        last = page
    return "".join(pieces)


def _pages(listed: str) -> Iterator[tuple[int, str]]:
    """Yield number and entry of each page of a term."""
    page = at = 0
    while at < len(listed):
        distance = 0
        while (value := _VALUES[listed[at]]) >= _BASE:
            distance = distance * _BASE + value - _BASE
            at += 1
        page += distance * _BASE + value
        yield page, listed[at + 1 : at + 1 + _ENTRY]
        at += 1 + _ENTRY


@cache
def _distance(number: int) -> str:
    digits = DIGITS[number % _BASE]
    while number >= _BASE:
        number //= _BASE
        digits = DIGITS[_BASE + number % _BASE] + digits
    return digits


def shards(postings: Mapping[str, str]) -> Iterator[list[str]]:
    """Return the terms, cut into runs for a file each, in order.

    The order is that of JavaScript, which compares halves of code points.
    """
    yield from cut_again(postings, postings, 0)


def cut_again(terms: Iterable[str], postings: Mapping[str, str], depth: int) -> Iterator[list[str]]:
    """Return terms that are alike in the first `depth` letters, cut into runs, in order."""
    yield from _cut(sorted(terms, key=in_order), postings, depth)


def is_large(terms: Collection[str], postings: Mapping[str, str]) -> bool:
    """Say whether terms are too much for one file, and are to be cut by their next letter."""
    return len(terms) > 1 and _size(terms, postings) > SHARD_SIZE


class Segment(NamedTuple):
    """The runs from `start` up to `end`, that are cut for themselves, whatever the others are.

    Their terms are alike in the first `depth` letters; `is_whole` says that these are all
    that are.
    """

    start: int
    end: int
    depth: int
    is_whole: bool


def segment_of(term: str, starts: Sequence[str]) -> Segment:
    """Return the runs that are to be cut again where the postings of a term have changed.

    `starts` are the first terms of all runs.  A run ends where a letter changes.  Terms that
    are alike up to some letter have been cut by the next one where two runs begin with them:
    such runs are cut for themselves, and so are those between them.
    """
    at = bisect_right(starts, in_order(term), key=in_order)
    alike = [_alike(term, start) for start in starts[max(at - 2, 0) : at + 2]]
    depth = max((min(pair) for pair in pairwise(alike)), default=0)
    first, last = at, at
    while first and starts[first - 1].startswith(term[:depth]):
        first -= 1
    while last < len(starts) and starts[last].startswith(term[:depth]):
        last += 1
    begins = Counter(start[: depth + 1] for start in starts[first:last])
    start, end = at, at
    while start > first and begins[starts[start - 1][: depth + 1]] == 1:
        start -= 1
    while end < last and begins[starts[end][: depth + 1]] == 1:
        end += 1
    return Segment(start, end, depth, (start, end) == (first, last))


def _alike(one: str, other: str) -> int:
    """Return how many letters two terms have in common, from the first on."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def in_order(term: str) -> bytes:
    """Return the key by which terms are in order: by halves of code points."""
    return term.encode("utf-16-be")


def _size(terms: Iterable[str], postings: Mapping[str, str]) -> int:
    return sum([len(term) + len(postings[term]) + 6 for term in terms])


def _cut(terms: Sequence[str], postings: Mapping[str, str], depth: int) -> Iterator[list[str]]:
    """Cut terms, alike in the first `depth` letters, into runs that are not too large.

    Runs end where the next letter changes: a term more or less moves only the borders
    among those that begin like it.
    """
    waiting: list[str] = []
    size = 0
    for _, grouped in groupby(terms, lambda term: term[: depth + 1]):
        group = list(grouped)
        more = _size(group, postings)
        if waiting and size + more > SHARD_SIZE:
            yield waiting
            waiting, size = [], 0
        if more > SHARD_SIZE and len(group) > 1:
            yield from _cut(group, postings, depth + 1)
        else:
            waiting, size = waiting + group, size + more
    if waiting:
        yield waiting
