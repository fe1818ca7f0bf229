"""Put other words in the place of some of a text, and keep what was done rather than the text.

Pure.
"""

from __future__ import annotations

from collections.abc import Iterable

Splice = tuple[int, int, str]
"""Start, end, and what takes the place of that part of a text."""


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Return a text after splices, one after another: each counts in what the last has left."""
    for start, end, new in splices:
        text = f"{text[:start]}{new}{text[end:]}"
    return text
