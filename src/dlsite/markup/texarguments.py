r"""What the commands of a formula take: their arguments, and texts with formulas in them."""

from __future__ import annotations

from dlsite.markup.texlengths import em
from dlsite.markup.texrewrite import Part, Pass, Span, UnfitError
from dlsite.markup.textokens import Range


def argument_of(p: Pass, command: int, index: int, end: int) -> tuple[Range, int]:
    """Return the argument at `index` of the command at another, and the index after it.

    Raises `UnfitError` where there is none.
    """
    found = p.tokens.argument(index, end)
    if found is None:
        raise UnfitError(command, f"an argument of '{p.tokens.texts[command]}' is missing")
    return found


def source_of(p: Pass, part: Range) -> str:
    """Return tokens as they were written, without blanks around them."""
    return p.tokens.source(part).strip()


def length_of(p: Pass, command: int, part: Range) -> float:
    """Return a length in em.  Raises `UnfitError` where it is none."""
    value = em(source_of(p, part))
    if value is None:
        raise UnfitError(command, f"'{source_of(p, part)}' is not a length")
    return value


def text_parts(p: Pass, command: str, part: Range) -> list[Part]:
    r"""Return text with its formulas set apart: `\text{if $x$}` is a text and a formula."""
    parts: list[Part] = []
    texts, partner = p.tokens.texts, p.tokens.partner
    start, is_text = part[0], True
    index = start
    while index <= part[1]:
        is_end = index == part[1]
        if is_end or texts[index] in (("$", r"\(") if is_text else ("$", r"\)")):
            if index > start and is_text:
                parts += [f"{command}{{", Span(start, index, is_text=True), "}"]
            elif index > start:
                parts += ["{", Span(start, index), "}"]
            start, is_text = index + 1, not is_text
        index = partner.get(index, index) + 1
    return parts or [f"{command}{{}}"]
