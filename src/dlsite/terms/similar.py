"""Tags that look like slips of others, and tags that the site does not want.

A rare tag is compared with the frequent ones and with the vocabulary of deep learning;
names that are both real are left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from dlsite.diagnostics import Diagnostic, Position, likely
from dlsite.records import Page, Term
from dlsite.rules import Severity
from dlsite.terms.taxonomy import TagBook, names_on
from dlsite.texts.spelling import NameIndex, are_distinct, bare, distance
from dlsite.texts.vocabulary import spelling_by_key, term_by_key
from dlsite.urls.slugs import slug

_RARE = 2
_FREQUENT = 4
_LONG = 8
_SHORT = 5
TAGS = "tags"


def similar_tags(
    pages: Iterable[Page], terms: Iterable[Term], book: TagBook
) -> Iterator[Diagnostic]:
    """Remark on rare tags that are a slip away from another, and on two names of one thing."""
    everything = tuple(terms)
    proposals = dict(_slips(everything, book))
    pairs = dict(_pairs(everything, book))
    if not proposals and not pairs:
        return
    for page in pages:
        for index, name in enumerate(names_on(page, TAGS)):
            if name in proposals:
                yield _slip(_place(page, index), name, proposals[name])
            elif name in pairs:
                yield _pair(_place(page, index), name, pairs[name])


def unknown_tags(
    pages: Iterable[Page], allowed: tuple[str, ...] | None, book: TagBook
) -> Iterator[Diagnostic]:
    """Remark on tags that are neither allowed nor a synonym of one that is."""
    if allowed is None:
        return
    keys = {book.key(name) for name in allowed}
    index = NameIndex(allowed)
    for page in pages:
        for number, name in enumerate(names_on(page, TAGS)):
            if book.key(name) in keys:
                continue
            near = index.variants(name) or index.nearest(name, most=1)
            remedies = [f"did you mean '{guess}'?" for guess in near[:1]]
            yield Diagnostic(
                "tag-unknown",
                _place(page, number),
                f"'{name}' is not among the tags of this site",
                (*remedies, "or add it to 'tags_allowed'" if near else "add it to 'tags_allowed'"),
                target=name,
                suggestions=likely(*near[:1]),
            )


def _place(page: Page, index: int) -> Position:
    return page.front_matter.positions.get(f"{TAGS}.{index}", Position(page.path))


def _slip(place: Position, name: str, right: str) -> Diagnostic:
    return Diagnostic(
        "tag-similar",
        place,
        f"'{name}' looks like a slip of '{right}'",
        (f"write '{right}'", f"or say that it is a tag of its own: add '{name}' to tags.yml"),
        target=name,
        suggestions=likely(right),
    )


def _pair(place: Position, name: str, other: str) -> Diagnostic:
    return Diagnostic(
        "tag-similar",
        place,
        f"'{name}' and '{other}' are two names of one thing, and two tags here",
        (f"write '{other}'", f"or make them one in tags.yml: {other}: {{synonyms: [{name}]}}"),
        target=name,
        suggestions=likely(other),
        severity=Severity.INFO,
    )


def _slips(terms: tuple[Term, ...], book: TagBook) -> Iterator[tuple[str, str]]:
    """Yield each rare tag that is likely misspelt, with what was likely meant."""
    known = term_by_key()
    rare = [
        term
        for term in terms
        if len(term.paths) <= _RARE and book.key(term.name) not in known and not book.has(term.name)
    ]
    if not rare:
        return
    frequent = {term.name: term for term in terms if len(term.paths) >= _FREQUENT}
    shown: dict[str, str] = {}
    for term in terms:
        shown.setdefault(book.key(term.name), term.name)
    indexes = (NameIndex(frequent), NameIndex(book.names), _vocabulary())
    for term in rare:
        found = (name for index in indexes for name in index.nearest(term.name))
        right = next((name for name in found if _is_slip(term.name, name)), None)
        if right is not None:
            for variant in term.variants:
                # In the spelling that the site has already.
                yield variant, shown.get(book.key(right), right)


@cache
def _vocabulary() -> NameIndex:
    return NameIndex(spelling_by_key().values())


def _is_slip(name: str, other: str) -> bool:
    """Say whether each word is the same or a slip away, and one of them is a slip away."""
    if are_distinct(name, other):
        return False
    words, others = slug(name).split("-"), slug(other).split("-")
    if len(words) != len(others):
        key, other_key = bare(name), bare(other)
        is_long = min(len(key), len(other_key)) >= _LONG
        return is_long and key[0] == other_key[0] and distance(key, other_key, 1) <= 1
    return all(
        word == right or _is_slip_of_word(word, right)
        for word, right in zip(words, others, strict=True)
    )


def _is_slip_of_word(word: str, right: str) -> bool:
    # Slips spare the first letter, and another first letter makes another short word.
    if len(word) < _SHORT or (len(word) <= _LONG and word[0] != right[0]):
        return False
    most = 1 if len(word) <= _LONG else 2
    return distance(word, right, most) <= most


def _pairs(terms: tuple[Term, ...], book: TagBook) -> Iterator[tuple[str, str]]:
    """Yield the spellings of the rarer of two tags that the vocabulary takes for one term."""
    known = term_by_key()
    groups: dict[str, list[Term]] = defaultdict(list)
    for term in terms:
        name = known.get(book.key(term.name))
        if name is not None and not book.has(term.name):
            groups[name].append(term)
    for group in groups.values():
        best = max(group, key=lambda term: (len(term.paths), len(term.name), term.name))
        for term in group:
            if term is not best:
                for variant in term.variants:
                    yield variant, best.name
