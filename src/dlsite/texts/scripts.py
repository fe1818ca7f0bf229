"""Tell cheaply that a text has no signs but of Europe and its neighbours, as most texts."""

from __future__ import annotations

# In UTF-8, what stands for signs up to U+07FF, and for dashes, quotes, arrows and formulas.
_NEAR = bytes(range(0xE0)) + b"\xe2"
_OF_FORMULAS = b"\xf0\x9d"


def may_be_from_afar(text: str) -> bool:
    """Say whether a text may have signs from U+0800 on.

    But for those of U+2000 to U+2FFF and U+1D000 to U+1DFFF, of which formulas are made.
    """
    if text.isascii():
        return False
    far = text.encode("utf-8", "replace").replace(_OF_FORMULAS, b"").translate(None, _NEAR)
    return bool(far)
