"""Say which way text runs: by the language it is in, and by the letters that it has.

Browsers set a text by the direction around it: among Arabic words `C++` alone becomes `++C`,
and `What is it?` begins with its question mark.  What runs the other way has to say so.
"""

from __future__ import annotations

import re

LEFT_TO_RIGHT, RIGHT_TO_LEFT = "ltr", "rtl"
_LETTERS_OF_SCRIPT = 4

# ISO 639 codes of languages that are written from right to left where nothing else is said.
_IS_LANGUAGE = re.compile(
    "ar|arc|azb|bal|bgn|ckb|dv|fa|glk|he|iw|ji|ks|lrc|mzn|nqo|pnb|prs|ps|rhg|sd|syr|ug|ur|yi"
).fullmatch
# ISO 15924 codes of their scripts, as in `az-Arab`; `ar-Latn` has another.
_IS_SCRIPT = re.compile("adlm|arab|aran|hebr|mand|nkoo|rohg|samr|syr[cejn]|thaa").fullmatch
_FROM_THE_RIGHT = (
    "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
)
_RIGHT = re.compile(f"[{_FROM_THE_RIGHT}]")
_LEFT = re.compile(rf"[^\W\d_{_FROM_THE_RIGHT}]")


def direction(language: str) -> str:
    """Return which way a language is written, as HTML's `dir` says it."""
    code, *others = re.split("[-_]", language.lower())
    script = next((each for each in others if len(each) == _LETTERS_OF_SCRIPT), "")
    turns = _IS_SCRIPT(script) if script.isalpha() else _IS_LANGUAGE(code)
    return RIGHT_TO_LEFT if turns else LEFT_TO_RIGHT


def own_direction(text: str, around: str, *, language: str = "") -> str:
    """Return the direction of a text that does not run as what is `around` it does, else nothing.

    It runs as its `language` does, without one as what is around it; only where all of its
    letters are of the other direction, it runs as they do.  So `BERT: نموذج` in Arabic is
    Arabic, and `C++` is not.
    """
    own = direction(language) if language else around
    if own == LEFT_TO_RIGHT:
        if not text.isascii() and _RIGHT.search(text) and not _LEFT.search(text):
            own = RIGHT_TO_LEFT
    elif _LEFT.search(text) and not _RIGHT.search(text):
        own = LEFT_TO_RIGHT
    return "" if own == around else own
