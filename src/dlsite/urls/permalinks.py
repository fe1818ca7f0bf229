"""Permalinks and the files that stand there: what authors write in, normal form out.

A permalink is kept decoded and in Unicode NFC.  Pure string work.
"""

from __future__ import annotations

import re
import unicodedata

from dlsite.records import Permalink
from dlsite.urls.escapes import decoded
from dlsite.urls.targets import SCHEME

MAX_SEGMENT_BYTES = 200
MAX_PERMALINK_BYTES = 1000
# What the permalink of a page may end in and be the name of a file.
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".xml", ".txt", ".json")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FILE_NAME = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
_PLAIN = re.compile(r"(?:/[a-z0-9_-]+)+/?").fullmatch


class PermalinkError(ValueError):
    """A text that cannot be a permalink; the message is the reason, lower case."""


def parse_permalink(text: str) -> Permalink:
    """Return the permalink that an author's `text` means.

    `x`, `/x`, `x/`, `/x/` and `/x/index.html` are one permalink, `/x/`; `/x.html` and
    other file names stay files.  Raises `PermalinkError` for what no file system or
    server would bring back unharmed.
    """
    if is_plain(text) and len(text) < MAX_SEGMENT_BYTES:
        # Nearly every permalink is: there is nothing to look for in it.
        return Permalink(text if text.endswith("/") else f"{text}/")
    if _CONTROL.search(text):
        raise PermalinkError("it has a control character")
    path = unicodedata.normalize("NFC", decoded(text.strip()))
    for mark, name in (("?", "a query"), ("#", "a fragment"), ("\\", "a backslash")):
        if mark in path:
            raise PermalinkError(f"it has {name} ('{mark}')")
    if _CONTROL.search(path):
        raise PermalinkError("it has a control character")
    if SCHEME.match(path) or path.startswith("//"):
        raise PermalinkError("it is a full address, not a path on this site")
    segments = path.strip("/").split("/")
    if segments != [""]:
        for segment in segments:
            _check_segment(segment)
    if len(path.encode()) > MAX_PERMALINK_BYTES:
        raise PermalinkError(f"it is longer than {MAX_PERMALINK_BYTES} bytes")
    permalink = canonical(path)
    # `/resnet.v2` is no file: a server would not know what to call it.
    is_page = is_file(permalink) and not permalink.lower().endswith(_PAGE_SUFFIXES)
    return Permalink(f"{permalink}/") if is_page else permalink


def _check_segment(segment: str) -> None:
    if not segment:
        raise PermalinkError("it has an empty segment ('//')")
    if segment in (".", ".."):
        raise PermalinkError(f"it has the segment '{segment}'")
    if segment.startswith("."):
        raise PermalinkError(f"the segment '{segment}' begins with a dot")
    if segment != segment.strip():
        raise PermalinkError(f"the segment '{segment}' begins or ends with a blank")
    if len(segment.encode()) > MAX_SEGMENT_BYTES:
        raise PermalinkError(f"a segment is longer than {MAX_SEGMENT_BYTES} bytes")


def is_plain(path: str) -> bool:
    """Say whether a path is of small letters, digits and `_-` alone: so it has no other form."""
    return _PLAIN(path) is not None


def canonical(path: str) -> Permalink:
    """Return the canonical permalink of a decoded site path.

    Idempotent.  Only a path with a file name (`/404.html`, `/feed.xml`) has no
    trailing slash; an `index.html` stands for its folder.
    """
    bare = path.strip("/")
    if bare == "index.html" or bare.endswith("/index.html"):
        bare = bare.removesuffix("index.html").strip("/")
        return Permalink(f"/{bare}/" if bare else "/")
    if not bare:
        return Permalink("/")
    is_file = not path.endswith("/") and _FILE_NAME.search(bare.rpartition("/")[2])
    return Permalink(f"/{bare}" if is_file else f"/{bare}/")


def forms_of(path: str) -> tuple[Permalink, ...]:
    """Return the permalinks that a path from the top may mean, the likeliest first.

    A folder may have a dot in its name, and a static file none.
    """
    return canonical(path), Permalink(path), Permalink(f"{path.rstrip('/')}/")


def is_file(permalink: Permalink) -> bool:
    """Say whether the permalink names a file, not a folder."""
    return not permalink.endswith("/")


def output_path(permalink: Permalink) -> str:
    """Return the path in the output directory: `/x/` is `x/index.html`."""
    bare = permalink.lstrip("/")
    return bare if is_file(permalink) else f"{bare}index.html"


def twin_permalink(permalink: Permalink) -> Permalink:
    """Return where a page stands in Markdown (llmstxt.org): `/x/index.html.md` for `/x/`."""
    return Permalink(f"/{output_path(permalink)}.md")


def dark_twin(path: str) -> str:
    """Return what the twin of an image for dark pages is called: `x.dark.png` for `x.png`.

    Empty for a path that names no file.
    """
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}.dark.{suffix}" if dot and "/" not in suffix else ""


def collision_key(text: str) -> str:
    """Return what two paths share that some file system cannot tell apart."""
    return unicodedata.normalize("NFC", text.casefold())
