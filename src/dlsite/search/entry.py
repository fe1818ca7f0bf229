"""Weigh the words of one page for the index, without knowing any other page.

The weights follow BM25F: a field's weight over its length, and for the text a count that
saturates and is worth less in a long page.  What depends on the whole site, how rare a
term is, is left to the reader's browser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from dlsite.records import Heading
from dlsite.search.words import initials_of, terms_of, terms_of_piece

# The most that a term weighs in a heading, in the lead, in the text.
HEADING, LEAD, TEXT = 8.0, 4.0, 3.0
# BM25: how fast a count saturates; a share of a page of this many words, and the rest.
_SATURATION, _SHARE, _USUAL_WORDS = 1.2, 0.6, 800
# Digits that stand in a JSON string as they are, of one byte each.
DIGITS = "".join(chr(code) for code in range(35, 127) if code != ord("\\"))
_LAST = len(DIGITS) - 1
STEPS = 6
"""Steps of a stored weight: even a term of all fields together fits into one digit."""
assert (HEADING + LEAD + TEXT) * STEPS <= _LAST


def sections_of(text: str, headings: Sequence[Heading]) -> list[str]:
    """Return the text before the first heading and that under each heading.

    What is beyond a digit goes to the last section that has one.
    """
    lines = text.split("\n") if text else []
    headings = headings[:_LAST]
    starts = [heading.line for heading in headings] + [len(lines)]
    sections = ["\n".join(lines[: starts[0]])]
    for heading, start, end in zip(headings, starts, starts[1:], strict=False):
        has_line = start < end and lines[start] == heading.text
        sections.append("\n".join(lines[start + has_line : end]))
    return sections


def lead_of(description: str | None, sections: Sequence[str]) -> str:
    """Return what says what a page is about: its description, else its first block."""
    return description or next((each.partition("\n")[0] for each in sections if each), "")


def entry_of(text: str, headings: Sequence[Heading], description: str | None) -> str:
    """Return the terms of a page in order, parted by blanks.

    Behind each term stand two digits of base 91 (`DIGITS`): the number of the section
    to show for it, and its weight in the page in steps (`STEPS` to one).
    """
    sections = sections_of(text, headings)
    weights, places = _in_text(sections)
    for term, (weight, section) in _in_headings(headings).items():
        weights[term] = weights.get(term, 0.0) + weight
        places[term] = section
    lead = dict.fromkeys(terms_of(lead_of(description, sections)))
    for term in lead:
        weights[term] = weights.get(term, 0.0) + _over_length(LEAD, len(lead))
        places.setdefault(term, 0)
    return " ".join(
        [
            f"{term}{DIGITS[places[term]]}{DIGITS[int(weights[term] * STEPS)]}"
            for term in sorted(weights)
        ]
    )


def _in_text(sections: Sequence[str]) -> tuple[dict[str, float], dict[str, int]]:
    """Return what each term of the text weighs, and the first section that has it."""
    # Most pieces stand many times: they are counted first, and then cut into terms once.
    pieces = [section.split() for section in sections]
    counts = Counter(chain.from_iterable(pieces))
    first: dict[str, int] = {}
    for number in reversed(range(len(pieces))):
        first.update(dict.fromkeys(pieces[number], number))
    totals: dict[str, int] = {}
    places: dict[str, int] = {}
    for piece, place in first.items():
        count = counts[piece]
        for term in terms_of_piece(piece):
            if term in totals:
                totals[term] += count
                places[term] = min(places[term], place)
            else:
                totals[term], places[term] = count, place
    saturation = _SATURATION * (1 - _SHARE + _SHARE * counts.total() / _USUAL_WORDS)
    return {term: TEXT * count / (count + saturation) for term, count in totals.items()}, places


def _in_headings(headings: Sequence[Heading]) -> dict[str, tuple[float, int]]:
    """Return for each term of the headings what it weighs, and where it weighs most."""
    best: dict[str, tuple[float, int]] = {}
    for number, heading in enumerate(headings[:_LAST], start=1):
        terms = terms_of(heading.text)
        weights = dict.fromkeys(terms, _over_length(HEADING, len(terms)))
        if initials := initials_of(heading.text):
            weights[initials] = HEADING
        for term, weight in weights.items():
            if weight > best.get(term, (0.0, 0))[0]:
                best[term] = (weight, number)
    return best


def _over_length(weight: float, terms: int) -> float:
    """Return the weight of one of so many terms: all of it alone, half of it among six."""
    return weight / (0.8 + 0.2 * terms)
