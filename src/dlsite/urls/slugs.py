"""Names of things in addresses: slugs and identities of terms, fragments of headings.

Pure string work.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from dlsite.records import Fragment, Slug

_SLUG_WORDS = str.maketrans({"+": " plus ", "#": " sharp ", "&": " and "})
_SLUG_JOIN = re.compile(r"[\s_-]+")
# What the rules below come to for ASCII, which most names are.
_NOT_IN_SLUG = re.compile(r"[^a-z0-9\s_./:-]")
_BETWEEN_WORDS = re.compile(r"[\s_./:-]+")
_NOT_IN_FRAGMENT = re.compile(r"[^a-z0-9_ -]")
# Beside letters and marks; superscripts and fractions (`No`) are not kept.
_IN_FRAGMENT = ("Nd", "Nl", "Pc")


def slug(text: str) -> Slug:
    """Return `text` as one URL segment; empty only where no letter or digit is in it.

    `C`, `C++` and `C#` stay apart (`c`, `c-plus-plus`, `c-sharp`).  Letters and digits of
    any script are kept, so `深度学习` is its own slug.
    """
    words = unicodedata.normalize("NFC", text).translate(_SLUG_WORDS).lower()
    if words.isascii():
        return Slug(_BETWEEN_WORDS.sub("-", _NOT_IN_SLUG.sub("", words)).strip("-"))
    marked = "".join(
        c
        if not c.isspace() and (c.isalnum() or unicodedata.category(c)[0] == "M")
        else " "
        if c.isspace() or c in "-_./:"
        else ""
        for c in words
    )
    return Slug(_SLUG_JOIN.sub("-", marked).strip("-"))


# English plurals in order of trial; what they give need be no word, only the same for both.
_PLURALS = (
    (re.compile(r"(?<=[a-z]{2})(?:ix|ex|ices)$"), "ix"),
    (re.compile(r"(?<=[a-z]{2})(?:ysis|yses)$"), "ysis"),
    (re.compile(r"(?<=[a-z]{3})ies$"), "y"),
    (re.compile(r"(?<=[a-z](?:ss|sh|ch|.x|zz))es$"), ""),
    (re.compile(r"(?<=[a-z]{3})(?<![isu])s$"), ""),
)


def singular(word: str) -> str:
    """Return what a lower-case English word and its plural have in common."""
    for ending, replacement in _PLURALS:
        bare, count = ending.subn(replacement, word)
        if count:
            return bare
    return word


# The same terms stand on many pages.
@lru_cache(maxsize=4096)
def term_key(name: str) -> str:
    """Return the identity of a term: blind to case, blanks, separators and a plural.

    `GANS`, `gans` and `GAN` are one term; `C++` and `C` are not.
    """
    words = slug(name).split("-")
    return "".join([*words[:-1], singular(words[-1])])


def fragment(text: str) -> Fragment:
    """Return the fragment that a heading of this plain text gets, by GitHub's rule.

    Lower case; letters, marks and digits of any script, `_`, `-` and blanks stay, each
    blank becomes a hyphen and runs are not squeezed.  Unicode forms stay as they are: NFC
    takes some letters of Bengali and Hindi apart.  May be empty.
    """
    words = text.strip().lower()
    if words.isascii():
        return Fragment(_NOT_IN_FRAGMENT.sub("", words).replace(" ", "-"))
    kept = (
        "-" if c == " " else c
        for c in words
        if c in " -"
        or unicodedata.category(c)[0] in "LM"
        or unicodedata.category(c) in _IN_FRAGMENT
    )
    return Fragment("".join(kept))
