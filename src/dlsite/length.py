"""How long a page is, as readers feel it."""

from __future__ import annotations

from dlsite.deferred import deferred
from dlsite.texts.scripts import may_be_from_afar

STUB_WORDS = 60
"""A page of fewer words is a stub: it says little more than that it is there."""

WORDS_PER_MINUTE = 230
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019), less formulas."""

# Scripts without blanks between words, each with how many signs a word has: Chinese is read
# at about 460 signs a minute, Thai at some five letters a word.
_UNSPACED = (
    (deferred("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]"), 2),
    (deferred("[\u0e01-\u0e3a\u0e40-\u0e4e\u0e81-\u0ecd\u1000-\u103f\u1780-\u17d3]"), 5),
)


def count_words(text: str) -> int:
    """Return how many words a text has, between two of which stands one blank or line end."""
    count = text.count(" ") + text.count("\n") + bool(text)
    if may_be_from_afar(text):
        count += sum(len(signs.findall(text)) // size for signs, size in _UNSPACED)
    return count


def minutes(words: int) -> int:
    """Return how many minutes so many words take to read, at least one."""
    return max(1, round(words / WORDS_PER_MINUTE))


def is_stub(words: int) -> bool:
    """Say whether a page of so many words is a stub."""
    return words < STUB_WORDS
