"""Literals of which every match of a regular expression contains at least one.

A text with none of them cannot match, and looking for a literal costs a small part of
what trying the expression at every place costs.  They are read from the expression as
`re` itself parses it, so that they hold for patterns of any extension.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from dlsite.markup.expressions import Tree, ops, tree_of

_MOST_ALTERNATIVES = 12
"""More literals than this cost more to look for than they save."""


@lru_cache(maxsize=512)
def literals_of(pattern: re.Pattern[str]) -> tuple[str, ...]:
    """Return strings of which every match of `pattern`, or what stands right beside it, has one.

    Empty where nothing can be said.  What stands beside a match counts only as far as
    the pattern looks at it, so that a text without any of the strings has no match.
    """
    read = tree_of(pattern)
    return _of_sequence(*read) if read else ()


def _of_sequence(tree: Tree, flags: int) -> tuple[str, ...]:
    """Return the literals of the part of a sequence that says most."""
    found: list[tuple[str, ...]] = []
    run = ""
    for op, argument in tree:
        if op is ops.LITERAL and _is_exact(argument, flags):
            run += chr(argument)
            continue
        if run:
            found.append((run,))
            run = ""
        found.append(_of_part(op, argument, flags))
    if run:
        found.append((run,))
    return max(filter(None, found), key=_worth, default=())


def _of_part(op: object, argument: Any, flags: int) -> tuple[str, ...]:  # noqa: ANN401 - the tree of `re` has no types
    if op is ops.IN:
        return _of_set(argument, flags)
    if op is ops.BRANCH:
        return _of_alternatives(argument[1], flags)
    if op is ops.SUBPATTERN:
        _, added, removed, body = argument
        return _of_sequence(body, (flags | added) & ~removed)
    if op is ops.ATOMIC_GROUP:
        return _of_sequence(argument, flags)
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        least, _, body = argument
        return _of_sequence(body, flags) if least else ()
    if op is ops.ASSERT:
        return _of_sequence(argument[1], flags)
    return ()


def _of_set(members: Sequence[tuple[Any, Any]], flags: int) -> tuple[str, ...]:
    if all(op is ops.LITERAL and _is_exact(code, flags) for op, code in members):
        return _few(chr(code) for _, code in members)
    return ()


def _of_alternatives(branches: Iterable[Tree], flags: int) -> tuple[str, ...]:
    each = [_of_sequence(branch, flags) for branch in branches]
    return _few(literal for literals in each for literal in literals) if all(each) else ()


def _few(literals: Iterable[str]) -> tuple[str, ...]:
    distinct = tuple(dict.fromkeys(literals))
    return distinct if len(distinct) <= _MOST_ALTERNATIVES else ()


def _is_exact(code: int, flags: int) -> bool:
    """Say whether a character matches itself alone; cased letters may match others."""
    return not flags & re.IGNORECASE or (code < 128 and not chr(code).isalpha())  # noqa: PLR2004 - ASCII


def _worth(literals: tuple[str, ...]) -> tuple[bool, int, int]:
    """Rank literals by how rarely a text has one: marks before words, long before short."""
    has_marks = all(not literal.isalnum() and not literal.isspace() for literal in literals)
    return has_marks, min(len(literal) for literal in literals), -len(literals)
