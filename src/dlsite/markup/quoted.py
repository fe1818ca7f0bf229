"""Where the quotes of rendered HTML stand: their headings are those of somebody else's text.

They have ids, as on GitHub, but no page is called by one, and what follows a quote stands
under the heading before it (HTML, 4.4.4 and 4.3.11, leaves them out of outlines too).
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Sequence

from dlsite.records import Heading

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


def first_of_its_own(markup: str, headings: Sequence[Heading]) -> Heading | None:
    """Return the first heading of a page that stands in no quote."""
    spans = quoted_spans(markup)
    if not spans:
        return headings[0] if headings else None
    for heading in headings:
        at = markup.find(f'id="{html.escape(heading.fragment)}"')
        index = bisect_right(spans, (at, len(markup))) - 1
        if index < 0 or at >= spans[index][1]:
            return heading
    return None
