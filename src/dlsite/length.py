"""How long a page is, as readers feel it."""

from __future__ import annotations

STUB_WORDS = 60
"""A page of fewer words is a stub: it says little more than that it is there."""

WORDS_PER_MINUTE = 230
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019), less formulas."""


def minutes(words: int) -> int:
    """Return how many minutes so many words take to read, at least one."""
    return max(1, round(words / WORDS_PER_MINUTE))


def is_stub(words: int) -> bool:
    """Say whether a page of so many words is a stub."""
    return words < STUB_WORDS
