"""Near misses: what an author may have meant by a word that is not known."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher

from dlsite.texts.vocabulary import real_words, word_key

_SEPARATORS = re.compile(r"[\s/_-]+")
_WORDS = re.compile(r"[^\W\d_]+|\d+")


def nearest(
    word: str, known: Iterable[str], *, most: int = 3, cutoff: float = 0.8
) -> tuple[str, ...]:
    """Return the known words most like `word`, most alike first, ties by code point.

    Likeness is the ratio of `difflib`, blind to case; `cutoff` is the least that counts.
    """
    folded = word.casefold()
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(folded)
    scored = []
    for candidate in set(known):
        other = candidate.casefold()
        # The ratio cannot exceed twice the shorter over the sum: most are done with here.
        if 2 * min(len(other), len(folded)) < cutoff * (len(other) + len(folded)):
            continue
        matcher.set_seq1(other)
        if matcher.quick_ratio() >= cutoff and (ratio := matcher.ratio()) >= cutoff:
            scored.append((-ratio, candidate))
    return tuple(candidate for _, candidate in sorted(scored)[:most])


def guess(word: str, known: Iterable[str]) -> str:
    """Return what follows a message about a word that nobody knows; empty without a near one."""
    return "".join(f"; did you mean '{near}'?" for near in nearest(word, known, most=1, cutoff=0.6))


class NameIndex:
    """Many names, made ready to find those most like a word without looking at each.

    Names are compared blind to case and separators.  An index of trigrams picks a few
    candidates, rare trigrams first; only those are measured.
    """

    _BUDGET = 4000
    _SHARING = 120
    _CANDIDATES = 20

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(set(names))
        self._bare = [bare(name) for name in self._names]
        self._by_bare: dict[str, list[str]] = defaultdict(list)
        self._postings: dict[str, list[int]] = defaultdict(list)
        for index, (name, key) in enumerate(zip(self._names, self._bare, strict=True)):
            self._by_bare[key].append(name)
            for trigram in _trigrams(key):
                self._postings[trigram].append(index)

    def variants(self, word: str) -> tuple[str, ...]:
        """Return the names that differ from `word` in case and separators at most."""
        return tuple(self._by_bare.get(bare(word), ()))

    def alike(self, word: str) -> tuple[str, ...]:
        """Return the few names that have most letters in a row in common with `word`."""
        return tuple(self._names[index] for index in self._candidates(bare(word)))

    def nearest(self, word: str, *, most: int = 3) -> tuple[str, ...]:
        """Return the names most like `word`, the likeliest first; none that is a real other name.

        A few slips come first, by their number; then what shares most of its letters.
        """
        key = bare(word)
        limit = slips(key)
        candidates = self._candidates(key)
        steps = [distance(key, self._bare[index], limit) for index in candidates]
        close = [index for index, slip in zip(candidates, steps, strict=True) if slip <= limit]
        scored = []
        for index in close or candidates:
            name, other = self._names[index], self._bare[index]
            ratio = _ratio(key, other, least=0.0 if close else _CUTOFF)
            if (close or ratio >= _CUTOFF) and not are_distinct(name, word):
                scored.append((distance(key, other, limit), -ratio, name))
        return tuple(name for *_, name in sorted(scored)[:most])

    def _candidates(self, key: str) -> list[int]:
        """Return the names that share most of the rarer trigrams, for their length."""
        trigrams = _trigrams(key)
        lists = [self._postings[each] for each in trigrams if each in self._postings]
        shared: Counter[int] = Counter()
        budget = self._BUDGET
        for postings in sorted(lists, key=len):
            shared.update(postings)
            budget -= len(postings)
            if budget < 0:
                break
        ranked = sorted(
            shared.most_common(self._SHARING),
            key=lambda entry: entry[1] / (len(key) + len(self._bare[entry[0]])),
            reverse=True,
        )
        return [index for index, _ in ranked[: self._CANDIDATES]]


_CUTOFF = 0.8


def _trigrams(key: str) -> set[str]:
    padded = f" {key} "
    return {padded[start : start + 3] for start in range(max(1, len(padded) - 2))}


def _ratio(a: str, b: str, *, least: float) -> float:
    """Return how much two words have in common, from 0 to 1; 0 where that is under `least`."""
    # The ratio cannot exceed twice the shorter over the sum: most are done with here.
    if 2 * min(len(a), len(b)) < least * (len(a) + len(b)):
        return 0.0
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return matcher.ratio() if not least or matcher.quick_ratio() >= least else 0.0


def slips(word: str) -> int:
    """Return how many slips a word of this length may have and still be known."""
    return 1 if len(word) <= 6 else 2 if len(word) <= 16 else 3  # noqa: PLR2004 - measured on slips


def distance(a: str, b: str, limit: int) -> int:
    """Return how many letters to drop, add, change or swap make `b` of `a`; `limit` + 1 for more.

    The restricted Damerau-Levenshtein distance (optimal string alignment).
    """
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    return _aligned(a[start : len(a) - end], b[start : len(b) - end], limit)


def _aligned(a: str, b: str, limit: int) -> int:
    # What lies off the diagonal by more than the limit costs more than the limit.
    more = limit + 1
    before: list[int] = []
    row = [min(j, more) for j in range(len(b) + 1)]
    for i, letter in enumerate(a, 1):
        following = [min(i, more)] + [more] * len(b)
        for j in range(max(1, i - limit), min(len(b), i + limit) + 1):
            other = b[j - 1]
            steps = min(row[j] + 1, following[j - 1] + 1, row[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                steps = min(steps, before[j - 2] + 1)
            following[j] = steps
        if min(following) > limit:
            return more
        before, row = row, following
    return min(row[-1], more)


def is_variant(a: str, b: str) -> bool:
    """Say whether two words differ in case, separators and slashes only, and do differ."""
    return a != b and bare(a) == bare(b)


def bare(word: str) -> str:
    """Return a word without case and separators."""
    return _SEPARATORS.sub("", word.casefold())


def are_distinct(a: str, b: str) -> bool:
    """Say whether two near names are known to name different things.

    They are where they differ in a number (`l1`, `l2`; `cifar10`, `cifar100`), or where
    each has a real word in place of one that the other has (`recursive`, `recurrent`).
    """
    words_a, words_b = _words(a), _words(b)
    only_a, only_b = words_a - words_b, words_b - words_a
    numbers_a = {word for word in words_a if word.isdigit()}
    numbers_b = {word for word in words_b if word.isdigit()}
    if numbers_a and numbers_b and numbers_a != numbers_b:
        return True
    if not only_a or not only_b or bare(a) == bare(b):
        return False
    known = real_words()
    return only_a <= known and only_b <= known


def _words(name: str) -> set[str]:
    return {word_key(word) for word in _WORDS.findall(name.casefold())}
