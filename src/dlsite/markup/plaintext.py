"""The words of HTML as a reader has them, formulas in plain Unicode."""

from __future__ import annotations

import html
import re

from dlsite.markup.mathtext import readable
from dlsite.markup.schemes import WORDS_SCHEME

# The sign stands in the link whose sentence is asked for (`markup.sentences`).
_SILENT_LINK = re.compile(rf'<a\b[^>]* href="{WORDS_SCHEME}[^>]*>(\ufdd3?)</a>')
# The mark of a footnote, and the way back from it: signs to press, no words.
_NOTE_SIGN = re.compile(
    r'<sup\b[^<>]*class="footnote-ref"[^<>]*><a\b[^<>]*>[^<]*</a></sup>'
    r'|\s*<a\b[^<>]*class="footnote-backref"[^<>]*>[^<]*(?:<sup>[^<]*</sup>)?</a>'
)
# A formula may hold another, in a link, which has no annotation.
_FORMULA_START, _FORMULA_END = "<math", "</semantics></math>"
_ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
_ANY_TAG = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|/?[a-zA-Z](?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+>)", re.DOTALL
)


def plain(markup: str) -> str:
    """Return the words of an HTML snippet on one line, formulas in plain Unicode."""
    return blanks_joined(text_of(markup))


def text_of(markup: str) -> str:
    """Return the text of HTML, with all its blanks, and formulas in plain Unicode.

    The marks of footnotes are no text.
    """
    if "<" in markup:
        markup = without_notes(markup)
        if WORDS_SCHEME in markup:
            # What it will say is not known here.
            markup = _SILENT_LINK.sub(r"…\1", markup)
        if _FORMULA_START in markup:
            # Those of raw HTML may be anything.
            markup = _ANNOTATION.sub("", _with_formulas_said(markup))
        markup = _ANY_TAG.sub("", markup)
    return html.unescape(markup)


def blanks_joined(text: str) -> str:
    """Return a text on one line, with single blanks."""
    line = text.replace("\n", " ")
    # Of all blanks that there are only this one is printable.
    if line.isprintable() and "  " not in line:
        return line.strip(" ")
    return " ".join(line.split())


def without_notes(markup: str) -> str:
    """Return HTML without the marks of footnotes, and without the ways back from them."""
    return _NOTE_SIGN.sub("", markup) if "footnote-" in markup else markup


def _with_formulas_said(markup: str) -> str:
    pieces: list[str] = []
    done = 0
    while (start := markup.find(_FORMULA_START, done)) >= 0:
        end = markup.find(_FORMULA_END, start)
        if end < 0:
            break
        end += len(_FORMULA_END)
        pieces += [markup[done:start], html.escape(readable(markup[start:end]))]
        done = end
    return "".join([*pieces, markup[done:]])
