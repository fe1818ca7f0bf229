"""Why something is not moved."""

from __future__ import annotations


class MoveError(Exception):
    """Something cannot be moved; the message says why and what to do."""
