"""JSON of a whole site: compact, and changed where a page is an other one, not written again."""

from __future__ import annotations

import json
from collections.abc import Iterable

from dlsite.records import Json

Edit = tuple[int, int, bytes]
"""From where to where something is replaced, and by what."""


def written(value: Json) -> str:
    """Return JSON without a blank."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def encoded(text: str) -> bytes:
    """Return what stands in a file; what is no character is a question mark."""
    return text.encode("utf-8", "replace")


def edit_of(data: bytes, start: int, end: int, old: str, new: str) -> Edit:
    """Return where `old` stands between two places, and that `new` is to stand there.

    Raises `ValueError` where it does not.
    """
    known = encoded(old)
    at = data.index(known, start, end)
    return at, at + len(known), encoded(new)


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return `data` after edits; raises `ValueError` where two are of the same place."""
    whole = memoryview(data)
    pieces: list[bytes | memoryview] = []
    last = 0
    for start, end, new in sorted(edits):
        if start < last:
            raise ValueError("edits of the same place")
        pieces += [whole[last:start], new]
        last = end
    # In one go: these are the largest outputs of a site.
    return b"".join([*pieces, whole[last:]])
