"""Weigh the words of one page for the index, without knowing any other page.

The weights follow BM25F: a field's weight over its length, and for the text a count that
saturates and is worth less in a long page.  What depends on the whole site, how rare a
term is, is left to the reader's browser.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain, islice, pairwise

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


def entry_of(sections: Sequence[str], headings: Sequence[Heading], lead: str) -> str:
    """Return the terms of a page, parted by blanks, in the order in which they come up.

    Behind each term stand two digits of base 91 (`DIGITS`): the number of the section
    to show for it, and its weight in the page in steps (`STEPS` to one).
    """
    counts, ends, words = _in_text(sections)
    saturation = _SATURATION * (1 - _SHARE + _SHARE * words / _USUAL_WORDS)
    # A page has few counts and hundreds of terms.
    weights = {count: TEXT * count / (count + saturation) for count in {*counts.values()}}
    digits = {count: _digit(weight) for count, weight in weights.items()}
    entries: dict[str, str] = {}
    counted = iter(counts.items())
    for place, (start, end) in zip(DIGITS, pairwise([0, *ends]), strict=False):
        for term, count in islice(counted, end - start):
            entries[term] = term + place + digits[count]
    in_lead = dict.fromkeys(terms_of(lead))
    of_lead = _over_length(LEAD, len(in_lead))
    in_headings = _in_headings(headings)
    for term in {**in_lead, **in_headings}:
        weight = weights[counts[term]] if term in counts else 0.0
        place = entries[term][len(term)] if term in counts else DIGITS[0]
        if term in in_headings:
            of_heading, number = in_headings[term]
            weight, place = weight + of_heading, DIGITS[number]
        entries[term] = term + place + _digit(weight + of_lead if term in in_lead else weight)
    return " ".join(entries.values())


def _digit(weight: float) -> str:
    return DIGITS[int(weight * STEPS)]


def _in_text(sections: Sequence[str]) -> tuple[dict[str, int], list[int], int]:
    """Return how often each term stands in the text, and how many words that has.

    Terms are in the order of their first places: between the two, how many there are up to
    the end of each section.
    """
    counts: Counter[str] = Counter()
    # How many there are up to the end of each section: a counter keeps its keys in order.
    ends: list[int] = []
    words = 0
    for section in sections:
        pieces = section.split()
        counts.update(chain.from_iterable(map(terms_of_piece, pieces)))
        ends.append(len(counts))
        words += len(pieces)
    return counts, ends, words


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
