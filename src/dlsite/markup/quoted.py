"""Where the quotes of rendered HTML stand: their headings are those of somebody else's text.

They have ids, as on GitHub, but no page is called by one, what follows a quote stands under
the heading before it, and its levels are its own (HTML, 4.4.4 and 4.3.11, leaves them out of
outlines too).
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Sequence

_TAG = re.compile(r"<(?P<close>/?)blockquote\b")


def quoted_spans(markup: str) -> list[tuple[int, int]]:
    """Return start and end of the outermost quotes, in order."""
    spans: list[tuple[int, int]] = []
    depth = start = 0
    for tag in _TAG.finditer(markup) if "<blockquote" in markup else ():
        if tag["close"]:
            depth -= 1
            if not depth:
                spans.append((start, tag.start()))
        else:
            start = start if depth else tag.start()
            depth += 1
    return spans


def is_in(spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Say whether a place is in one of the spans, which come in order."""
    index = bisect_right(spans, (at, sys.maxsize)) - 1
    return index >= 0 and at < spans[index][1]
