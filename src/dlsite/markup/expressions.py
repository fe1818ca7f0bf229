"""Regular expressions as the trees that `re` itself makes of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

try:
    # Private to the standard library since Python 3.11, with the same trees ever since.
    from re import _constants as ops  # type: ignore[attr-defined]
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover - a Python that has moved them: nothing is known
    ops = parser = None

__all__ = ["Tree", "ops", "tree_of"]

Tree = Sequence[tuple[Any, Any]]
"""Operations (`ops`) with what they apply to."""


def tree_of(pattern: re.Pattern[str]) -> tuple[Tree, int] | None:
    """Return the tree and the flags of an expression, `None` where there is none to read."""
    if parser is None:  # pragma: no cover - see above
        return None
    try:
        tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    except (re.error, RecursionError):
        return None
    return tree, pattern.flags | tree.state.flags
