"""Write the tokens of code as HTML: spans with Pygments' short classes, none over a line's end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from pygments.token import STANDARD_TYPES, Name, Whitespace, _TokenType

from dlsite.markup.lexing import Token

_PLAIN = frozenset([Name, Name.Other, Whitespace])
"""What has the colour of the code around it: names, which are a third of all tokens, and blanks."""
_END = "</span>"


class Openers(dict[_TokenType, str]):
    """The start tag for each kind of token; empty for those that need none."""

    def __missing__(self, kind: _TokenType) -> str:
        classes = [] if kind in _PLAIN else _classes(kind)
        self[kind] = f'<span class="{" ".join(classes)}">' if classes else ""
        return self[kind]


def _classes(kind: _TokenType) -> list[str]:
    """Return the class of a kind; where it is no standard one, after those of the kinds around."""
    if kind in STANDARD_TYPES or kind.parent is None:
        return [STANDARD_TYPES[kind]] if STANDARD_TYPES.get(kind) else []
    above = _classes(kind.parent)
    return [*above, f"{above[-1] if above else ''}-{kind[-1]}"]


def spans(tokens: Iterable[Token], openers: Openers) -> str:
    """Return tokens as HTML; those of one kind that stand together share a span."""
    pieces: list[str] = []
    opened = ""
    for _, kind, text in tokens:
        if text == "\n":
            pieces.append(f"{_END}\n" if opened else text)
            opened = ""
            continue
        opener = openers[kind]
        # Most tokens are short and have none of these: looking costs less than a call.
        shown = escape(text, quote=False) if "&" in text or "<" in text or ">" in text else text
        others: Sequence[str] = ()
        if "\n" in shown:
            shown, *others = shown.split("\n")
        if shown and opener != opened:
            pieces.append(f"{_END}{opener}{shown}" if opened else opener + shown)
            opened = opener
        else:
            pieces.append(shown)
        for line in others:
            pieces.append(f"{_END}\n" if opened else "\n")
            opened = opener if line else ""
            pieces.append(opened + line)
    return "".join([*pieces, _END if opened else ""])
