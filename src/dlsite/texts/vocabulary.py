"""The words of deep learning that dlsite ships: which spellings are one term, which words are real.

Read once from `vocabulary.txt` beside this module, which is as much part of the program
as its code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from dlsite.urls.slugs import singular, term_key

_WORDS = re.compile(r"[^\W\d_]+")
_BRITISH = ((re.compile(r"is(?=(?:e|ed|er|es|ing|ation)$)"), "iz"), (re.compile(r"our"), "or"))

# Look-alikes that are both right and that no term above brings in.
_MORE_WORDS = frozenset(
    [
        "semi",
        "self",
        "multi",
        "bi",
        "cross",
        "inter",
        "intra",
        "pre",
        "post",
        "under",
        "over",
        "micro",
        "macro",
        "directed",
        "undirected",
        "convex",
        "concave",
        "discrete",
        "continuous",
        "local",
        "global",
        "upper",
        "lower",
        "forward",
        "backward",
        "input",
        "output",
        "inference",
        "interference",
        "model",
        "modal",
        "state",
        "static",
        "attention",
        "retention",
        "intention",
        "encoder",
        "decoder",
        "adaption",
        "adaptation",
        "causal",
        "casual",
        "formal",
        "normal",
        "affine",
        "refine",
        "tensor",
        "sensor",
        "vector",
        "sector",
        "train",
        "trait",
        "text",
        "test",
        "next",
        "task",
        "mask",
        "layer",
        "player",
        "reward",
        "rewards",
    ]
)


@lru_cache(maxsize=1 << 15)
def word_key(word: str) -> str:
    """Return what the spellings of a lower-case word share: plural, British and American."""
    word = singular(word)
    for british, american in _BRITISH:
        word = british.sub(american, word)
    return word


@cache
def _lines() -> tuple[tuple[str, ...], ...]:
    text = Path(__file__).with_name("vocabulary.txt").read_text("utf-8")
    return tuple(
        tuple(name.strip() for name in line.split("|"))
        for line in text.splitlines()
        if line.strip() and not line.startswith("#")
    )


@cache
def term_by_key() -> Mapping[str, str]:
    """Return the name of the term for the key of each of its spellings (`urls.term_key`)."""
    return MappingProxyType(
        {term_key(spelling): names[0] for names in reversed(_lines()) for spelling in names}
    )


@cache
def spelling_by_key() -> Mapping[str, str]:
    """Return every spelling by its key; of those with one key the first."""
    spellings: dict[str, str] = {}
    for names in _lines():
        for spelling in names:
            spellings.setdefault(term_key(spelling), spelling)
    return MappingProxyType(spellings)


@cache
def real_words() -> frozenset[str]:
    """Return the words of all terms, as `word_key` gives them."""
    words = {
        word_key(word)
        for names in _lines()
        for spelling in names
        for word in _WORDS.findall(spelling.casefold())
    }
    return frozenset(words | {word_key(word) for word in _MORE_WORDS})
