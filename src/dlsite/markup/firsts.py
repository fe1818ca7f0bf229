"""The characters with which a match of a regular expression can begin.

Read from the expression as `re` itself parses it.  Whatever is not known for certain
counts as possible.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from dlsite.markup.expressions import Tree, ops, tree_of

_ASCII = 128
OTHERS = 1 << _ASCII
ANY = OTHERS | (OTHERS - 1)
"""Sets of characters are numbers here: bit n stands for the character of code n, the last one
for all those outside ASCII."""
_FEW = 4


def _bits(characters: str) -> int:
    return sum(1 << ord(character) for character in set(characters))


_DIGITS = _bits(string.digits)
_WORD = _bits(string.ascii_letters + string.digits + "_")
_BLANKS = _bits(" \t\n\r\f\v")
# Blank to `\s` in Unicode and not in ASCII: possible for both `\s` and `\S`.
_SEPARATORS = _bits("\x1c\x1d\x1e\x1f")


@lru_cache(maxsize=4096)
def firsts_of(pattern: re.Pattern[str]) -> int:
    """Return the set of characters with which a match of `pattern` can begin."""
    read = tree_of(pattern)
    if read is None:
        return ANY
    firsts, may_be_empty = _of_sequence(*read)
    return ANY if may_be_empty else firsts


@lru_cache(maxsize=4096)
def sign_of(pattern: re.Pattern[str]) -> re.Pattern[str] | None:
    """Return an expression for the character with which every match of `pattern` begins.

    `re` passes quickly over all others, which it does not see to be of no use where an
    expression begins with a condition.  `None` where there are many, or none is known.
    """
    firsts = firsts_of(pattern)
    if firsts & OTHERS or not 0 < firsts.bit_count() <= _FEW:
        return None
    return re.compile(f"[{re.escape(''.join(chr(n) for n in range(_ASCII) if firsts >> n & 1))}]")


def _of_sequence(tree: Tree, flags: int) -> tuple[int, bool]:
    """Return with what a sequence can begin, and whether it can match nothing."""
    firsts = 0
    for op, argument in tree:
        more, may_be_empty = _of_part(op, argument, flags)
        firsts |= more
        if not may_be_empty:
            return firsts, False
    return firsts, True


def _of_part(op: object, argument: Any, flags: int) -> tuple[int, bool]:  # noqa: ANN401, PLR0911 - the tree of `re` has no types
    if op is ops.LITERAL:
        return _of_character(argument, flags), False
    if op is ops.IN:
        return _of_set(argument, flags), False
    if op is ops.NOT_LITERAL:
        return _of_set([(ops.NEGATE, None), (ops.LITERAL, argument)], flags), False
    if op is ops.ANY:
        return ANY, False
    if op is ops.SUBPATTERN:
        _, added, removed, body = argument
        return _of_sequence(body, (flags | added) & ~removed)
    if op is ops.ATOMIC_GROUP:
        return _of_sequence(argument, flags)
    if op is ops.BRANCH:
        return _of_alternatives(argument[1], flags)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        least, _, body = argument
        firsts, may_be_empty = _of_sequence(body, flags)
        return firsts, may_be_empty or not least
    if op in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):
        return 0, True
    return ANY, True


def _of_alternatives(branches: Sequence[Tree], flags: int) -> tuple[int, bool]:
    each = [_of_sequence(branch, flags) for branch in branches]
    firsts = 0
    for more, _ in each:
        firsts |= more
    return firsts, any(may_be_empty for _, may_be_empty in each)


def _of_character(code: int, flags: int) -> int:
    if not flags & re.IGNORECASE:
        return 1 << code if code < _ASCII else OTHERS
    # Some letters outside ASCII are the same as one inside but for their case.
    character = chr(code)
    return _bits(character.lower() + character.upper()) | OTHERS if code < _ASCII else ANY


def _of_set(members: Sequence[tuple[Any, Any]], flags: int) -> int:
    firsts = 0
    is_negated = False
    for op, argument in members:
        if op is ops.NEGATE:
            is_negated = True
        elif op is ops.LITERAL:
            firsts |= _of_character(argument, flags)
        elif op is ops.RANGE:
            firsts |= _of_range(argument, flags)
        elif op is ops.CATEGORY and not (is_negated and flags & re.IGNORECASE):
            firsts |= _of_category(argument, is_negated=is_negated)
        else:
            return ANY
    if not is_negated:
        return firsts
    return ANY if flags & re.IGNORECASE else ANY & ~firsts | OTHERS


def _of_range(ends: tuple[int, int], flags: int) -> int:
    low, high = ends
    if flags & re.IGNORECASE and high >= _ASCII:
        return ANY
    firsts = OTHERS if high >= _ASCII else 0
    for code in range(low, min(high + 1, _ASCII)):
        firsts |= _of_character(code, flags)
    return firsts


def _of_category(category: object, *, is_negated: bool) -> int:
    """Return the least that a category surely has in a negated set, else the most it can have."""
    unsure = 0 if is_negated else _SEPARATORS
    others = 0 if is_negated else OTHERS
    most = {
        ops.CATEGORY_DIGIT: _DIGITS | others,
        ops.CATEGORY_NOT_DIGIT: ANY & ~_DIGITS,
        ops.CATEGORY_WORD: _WORD | others,
        ops.CATEGORY_NOT_WORD: ANY & ~_WORD,
        ops.CATEGORY_SPACE: _BLANKS | unsure | others,
        ops.CATEGORY_NOT_SPACE: ANY & ~_BLANKS & ~_SEPARATORS | unsure,
    }
    return most.get(category, 0 if is_negated else ANY)
