"""A hostile site as a row: what is in it, what is promised of it, and how it ends.

The numbers in front of a row are those of `PROMISES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

PROMISES = {
    1: "whatever is not in the output is named, with the reason",
    2: "an error names file and line, and all of a run are told",
    3: "no input ends in a traceback",
    4: "no input takes more than seconds, or memory without bound",
    5: "a build that fails leaves the published site as it was",
    6: "control characters do not reach the terminal",
    7: "front matter is plain data within bounds; a slip is a finding at its place",
    8: "a source is UTF-8 text, and its fences are three dashes",
    13: "texts are escaped wherever they stand, and no link runs a program",
    14: "content is no template, and templates come from the template folders alone",
    15: "nothing but regular files below the site's folders is read",
}
SECONDS = 8.0
"""CPU seconds of a row; on an idle machine most take tenths."""
SCRIPT = "<script>alert(1)</script>"
GOOD = "---\ntitle: Good\n---\nA [link](/good/).\n"
Make = Callable[[Path], object]
Files = Mapping[str, str | bytes | Make]


@dataclass(frozen=True)
class Row:
    """A hostile input: the promises it is about, files by path or what makes them, the outcome.

    `found` are `path:line rule` of all errors and warnings; `never` is in no HTML.
    """

    promises: tuple[int, ...]
    files: Files
    found: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    is_published: bool = True


def page(front: str = "title: A", body: str = "Text.") -> str:
    return f"---\n{front}\n---\n{body}\n"


def one(text: str | bytes | Make, config: str = "") -> Files:
    """Return a site of one page more."""
    return {"content/a.md": text, "dlsite.yml": config}
