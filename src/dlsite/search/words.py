"""Cut text into the terms that search looks up.  `static/search.js` does the same to a query.

The two must agree to the letter: a test runs both on the same words.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+")
# Accents of Latin, Greek and Cyrillic, and what few write in Hebrew and Arabic: points, vowels,
# a stroke that makes a word longer.  The vowels of other scripts are letters of their own.
_ACCENT = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0640\u064b-\u065f\u0670]")
# Letters that are written one for the other in Arabic, and in Persian on keyboards for it.
_SAME = str.maketrans("\u0649\u06cc\u0629", "\u064a\u064a\u0647")
# What Arabic writes before a name without a blank: its article, also with `and`, `in`, `as`.
_ARTICLE = re.compile("^(?:[\u0648\u0628\u0643\u0641]?\u0627|\u0644)\u0644(?=..)")
# Where they stand in words though they are no letters to `re`: the scripts of India.
_SIGNS = "\u0900-\u0963\u0966-\u0df3"
# Scripts without blanks between words: Thai, Lao, Burmese, Khmer; Han, Kana, Hangul.
_UNSPACED = (
    "\u0e01-\u0edf\u1000-\u1049\u1780-\u17d3"
    "\u3005\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003134f"
)
_ENGLISH = re.compile(r"[a-z]{4,}")
_MAX_LENGTH = 40
# As many words has a name that is shortened to its initials.
_ABBREVIATED = range(3, 7)
# Endings and what is left of them, applied in this order, each at most once: behind how a
# word must end, in letters, for an expression to match.
_ENDINGS = tuple(
    (letters, re.compile(ending), left)
    for letters, ending, left in (
        (("matrices",), r"(matri)ces$", r"\1x"),
        (("ices",), r"(ind|vert)ices$", r"\1ex"),
        (("ies",), r"^(..+)ies$", r"\1y"),
        (("es",), r"(ss|sh|ch|x)es$", r"\1"),
        (("s",), r"([^aius]|...a)s$", r"\1"),
        (("ed", "ing"), r"^(?=...+(?:ed|ing)$)(.*[aeiouy].*[^e])(?:ed|ing)$", r"\1"),
        (tuple(2 * letter for letter in "bdfgmnprt"), r"(.[aeiouy](.))\2$", r"\1"),
        (("ation", "ational"), r"(i[sz])ation(?:al)?$", r"\1"),
        (("ion", "ional"), r"(...[st])ion(?:al)?$", r"\1"),
        (("e",), r"(...)e$", r"\1"),
    )
)


def fold(text: str) -> str:
    """Return text without case, accents and variants: a bold, a wide and a plain `w` are one."""
    if text.isascii():
        return text.lower()
    apart = _ACCENT.sub("", unicodedata.normalize("NFKD", text)).translate(_SAME)
    # Thai has one sign for these two, which are taken apart above.
    return unicodedata.normalize("NFC", apart).lower().replace("\u0e4d\u0e32", "\u0e33")


def terms_of(text: str) -> list[str]:
    """Return the terms of a text in order."""
    return [term for piece in text.split() for term in terms_of_piece(piece)]


def initials_of(name: str) -> str:
    """Return what a title or heading may be called for short; empty where it is not.

    Who looks for LSTM means `Long Short-Term Memory`, whether that says so or not.
    """
    words = _WORD.findall(fold(name))
    is_name = len(words) in _ABBREVIATED and all("a" <= word[0] <= "z" for word in words)
    return "".join(word[0] for word in words) if is_name else ""


@lru_cache(maxsize=1 << 16)
def terms_of_piece(piece: str) -> tuple[str, ...]:
    """Return the terms of what stands between two blanks.

    Signs part words.  A word gives its stem, a run of a script without blanks every two
    signs that stand together, and its last one, so that one sign finds all words with it.
    What is longer than any word is not looked for.
    """
    terms: list[str] = []
    for word in _words(fold(piece)):
        if word.isascii() or max(word) < _UNSPACED[0]:
            if len(word) <= _MAX_LENGTH:
                terms.append(stem(word if word.isascii() else _ARTICLE.sub("", word)))
            continue
        for match in _runs().finditer(word):
            run = match[0]
            if match[1]:
                terms += [first + second for first, second in pairwise(run)]
                terms.append(run[-1])
            elif len(run) <= _MAX_LENGTH:
                terms.append(stem(_ARTICLE.sub("", run)))
    return tuple(terms)


def _words(folded: str) -> list[str]:
    """Return what letters and digits, and the signs among them, are together."""
    if folded.isascii() or max(folded, default="") < _SIGNS[0]:
        return _WORD.findall(folded)
    return _words_with_signs().findall(folded.replace("_", " "))


@cache
def _words_with_signs() -> re.Pattern[str]:
    return re.compile(f"[\\w{_SIGNS}{_UNSPACED}]+")


@cache
def _runs() -> re.Pattern[str]:
    """Return what finds runs of signs without blanks, as a group, and other ones.

    It takes long to compile, and many texts have no such sign.
    """
    return re.compile(f"([{_UNSPACED}]+)|[^{_UNSPACED}]+")


def stem(word: str) -> str:
    """Return what the forms of an English word share: plural, `-ed`, `-ing`, `-ion(al)`, `-e`.

    Light on purpose: it joins `convolution` and `convolutional`, not `universe` and
    `university`.  Words of other alphabets stay as they are.
    """
    if not _ENGLISH.fullmatch(word):
        return word
    if word.startswith("embed"):
        word = "embed"
    for letters, ending, left in _ENDINGS:
        if word.endswith(letters):
            word = ending.sub(left, word)
    return word
