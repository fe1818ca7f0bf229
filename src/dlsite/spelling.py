"""Near misses: what an author may have meant by a word that is not known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

_SEPARATORS = re.compile(r"[\s/_-]+")
_WORDS = re.compile(r"[^\W\d_]+|\d+")

# Words that look like slips of each other and are names of different things.
_REAL_WORDS = (
    frozenset(["recursive", "recurrent"]),
    frozenset(["supervised", "unsupervised", "semisupervised"]),
    frozenset(["parametric", "nonparametric"]),
    frozenset(["linear", "nonlinear", "bilinear"]),
    frozenset(["directed", "undirected"]),
    frozenset(["convex", "nonconvex"]),
    frozenset(["discriminative", "generative"]),
    frozenset(["convolution", "deconvolution"]),
    frozenset(["encoder", "decoder", "autoencoder"]),
    frozenset(["attention", "retention"]),
    frozenset(["adam", "adamw", "adamax", "nadam"]),
    frozenset(["gan", "wgan", "dcgan", "cgan"]),
    frozenset(["lstm", "bilstm"]),
    frozenset(["rnn", "cnn", "gnn", "dnn", "snn"]),
)


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


def is_variant(a: str, b: str) -> bool:
    """Say whether two words differ in case, separators and slashes only, and do differ."""
    return a != b and _bare(a) == _bare(b)


def _bare(word: str) -> str:
    return _SEPARATORS.sub("", word.casefold())


def are_distinct(a: str, b: str) -> bool:
    """Say whether two near words are known to name different things.

    They are where they differ in a number (`l1`, `l2`; `cifar10`, `cifar100`), or where
    a word of one and a word of the other are both real (`recursive`, `recurrent`).
    """
    words_a, words_b = _WORDS.findall(a.casefold()), _WORDS.findall(b.casefold())
    only_a, only_b = set(words_a) - set(words_b), set(words_b) - set(words_a)
    numbers_a = {word for word in words_a if word.isdigit()}
    numbers_b = {word for word in words_b if word.isdigit()}
    if numbers_a and numbers_b and numbers_a != numbers_b:
        return True
    return any(
        only_a & group and only_b & group and (only_a & group) != (only_b & group)
        for group in _REAL_WORDS
    )
