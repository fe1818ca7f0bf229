"""Say which characters of a math font the formulas of an HTML text show."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache

_TOKEN = re.compile(r"<(m[inos])\b([^>]*)>([^<]*)<")
# Words, which may have markup and formulas in them.
_WORDS = re.compile(r"<mtext\b[^>]*>(.*?)</mtext>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_UPRIGHT = "mathvariant"


def signs_of(text: str, formulas: Iterable[str] = ()) -> str:
    """Return the characters that browsers look up in the font, each once, in order.

    They are those of the formulas in the HTML `text`, and of `formulas` beside it.
    """
    found = _signs_of(text) if "<m" in text else frozenset()
    return "".join(sorted(found.union(*map(_signs_of_formula, formulas))))


# The same formulas stand in many places.
@lru_cache(maxsize=1024)
def _signs_of_formula(formula: str) -> frozenset[str]:
    return _signs_of(formula)


def _signs_of(text: str) -> frozenset[str]:
    """Return the characters of the formulas in a text.

    A single letter is its italic form (MathML Core, section 3.2.1.2), a hyphen the minus
    sign, and a root has the sign that it is drawn with.
    """
    found: set[str] = set()
    for name, attributes, shown in set(_TOKEN.findall(text)):
        characters = html.unescape(shown).strip()
        is_letter = name == "mi" and len(characters) == 1 and _UPRIGHT not in attributes
        found.update(_italic(characters) if is_letter else characters)
    for words in set(_WORDS.findall(text)) if "<mtext" in text else ():
        found.update(html.unescape(_TAG.sub("", words)))
    if "-" in found:
        found.add("−")
    if "<msqrt" in text or "<mroot" in text:
        found.add("√")
    return frozenset(found)


def _italic(letter: str) -> str:
    return letter.translate(_ITALICS)


def _italics() -> dict[int, int]:
    """Return the italic forms of Latin and Greek letters (Unicode 1D400-1D7FF)."""
    forms = {ord("A") + index: 0x1D434 + index for index in range(26)}
    forms |= {ord("a") + index: 0x1D44E + index for index in range(26)}
    # The one letter that had its italic form before there was a block for them.
    forms[ord("h")] = ord("ℎ")
    capitals = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡϴΣΤΥΦΧΨΩ∇"
    small = "αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ"
    forms |= {ord(letter): 0x1D6E2 + index for index, letter in enumerate(capitals)}
    forms |= {ord(letter): 0x1D6FC + index for index, letter in enumerate(small)}
    return forms | {ord("ı"): 0x1D6A4, ord("ȷ"): 0x1D6A5}


_ITALICS = _italics()
