"""Pieces of the search index as scripts, and the piece that a page makes alone: its text.

Each hands over one value: a page that was opened from the disk may load scripts and
nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dlsite.records import Heading, Json


def script(value: Json) -> bytes:
    """Return the script that hands over `value`."""
    written = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return f"dlsiteSearch({written})\n".encode("utf-8", "replace")


def value_of(content: bytes) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return the value that a script hands over; `ValueError` for what is no such script."""
    start, end = b"dlsiteSearch(", b")\n"
    if not (content.startswith(start) and content.endswith(end)):
        raise ValueError("no piece of a search index")
    return json.loads(content[len(start) : -len(end)])


def text_script(sections: Sequence[str], headings: Sequence[Heading], lead: str) -> bytes:
    """Return the piece with a page's lead, then heading, fragment and text of each section."""
    rows: list[Json] = [["", "", _line(sections[0])]]
    # The last section may stand for more headings than can be told apart.
    for heading, section in zip(headings, sections[1:], strict=False):
        rows.append([heading.text, heading.fragment, _line(section)])
    return script([lead, rows])


def _line(section: str) -> str:
    return section.replace("\n", " ")
