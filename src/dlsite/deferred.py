"""Regular expressions that are compiled when they are first asked for.

A run for one edited page imports some three hundred of them and needs half: to compile the
others is a twentieth of what it takes.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _Deferred:
    """Stands for a pattern; its methods become those of the pattern when one is asked for."""

    def __init__(self, text: str, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a pattern has
        pattern = re.compile(self._text, self._flags)
        for each in _METHODS:
            setattr(self, each, getattr(pattern, each))
        return getattr(pattern, name)


def deferred(text: str, flags: int = 0) -> re.Pattern[str]:
    """Return what does as `re.compile(text, flags)` does, and says later what is wrong with it.

    For patterns that few pages need, or that take long to compile; none that is handed to
    others, who may ask whether it is one.
    """
    return cast("re.Pattern[str]", _Deferred(text, flags))
