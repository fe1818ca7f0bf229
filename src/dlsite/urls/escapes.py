"""Percent escapes, put in and taken out: addresses as HTML and Markdown have them, and decoded.

Pure string work.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote

from dlsite.records import Permalink

_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_ENDS_TARGET = re.compile(r"[\s()<>\"'\\|`]")
# RFC 3986, section 3.3: what a path segment may hold unencoded.
PATH_SAFE = "/-._~!$&'()*+,;=:@"
_IS_ENCODED = re.compile(rf"[\w{re.escape(PATH_SAFE)}]*", re.ASCII).fullmatch
# What `quote` leaves as it is.
_IS_PLAIN = re.compile(r"[\w.~/-]*", re.ASCII).fullmatch


def href(base_path: str, permalink: Permalink, suffix: str = "") -> str:
    """Return the URL to write into HTML: base path and permalink encoded, suffix as given."""
    return _encoded(base_path + permalink) + suffix


# Many pages lead to the same ones, of which they then have one text.
@lru_cache(maxsize=1 << 15)
def _encoded(path: str) -> str:
    return path if _IS_ENCODED(path) else quote(path, safe=PATH_SAFE)


def fragment_href(fragment: str) -> str:
    """Return the URL of a fragment of the page at hand."""
    return f"#{fragment if _IS_PLAIN(fragment) else quote(fragment)}"


def as_written(permalink: Permalink) -> str:
    """Return a permalink as its page names it: an escape that is meant as it stands is escaped."""
    return _ESCAPE.sub(lambda escape: f"%25{escape[0][1:]}", permalink)


def as_target(text: str) -> str:
    """Return a permalink, or a fragment, as a link in Markdown or HTML names it.

    Blanks, quotes and brackets, which would end the target, are escaped too.
    """
    return _ENDS_TARGET.sub(lambda sign: quote(sign[0], safe=""), as_written(Permalink(text)))


def decoded(text: str) -> str:
    """Undo percent escapes; those that are not UTF-8 stay as they are."""
    if not _ESCAPE.search(text):
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
