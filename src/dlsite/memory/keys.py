"""Say by which key a parsed page is found again.

It is the digest of the page's bytes, of every option that parsing receives, and of the code
that parses.  No time, path on disk or name of a machine is in it, so that a cache can be
carried to another folder or computer.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from functools import cache
from pathlib import Path

from dlsite.files.walk import SEPARATOR
from dlsite.memory import tool
from dlsite.memory.codec import encode
from dlsite.parse import ParseOptions


def page_key(path: str, content_path: str, digest: str, options: str) -> str:
    """Return the key of a page: its bytes, where it stands, and how it is parsed."""
    parts = SEPARATOR.join([path, content_path, digest, options])
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def options_digest(options: ParseOptions, tool: str = "") -> str:
    """Return the digest of all that a page's key has beside the page itself.

    `tool` is `tool_digest()`, where somebody knows it.
    """
    parts = [tool or tool_digest(), json.dumps(encode(options), sort_keys=True)]
    # A page has its dates as they are written.  What it depends on beside the name of a zone is
    # which days at the ends of the calendar are days of UTC's.
    zone = options.timezone
    ends = (datetime.min.replace(tzinfo=zone), datetime.max.replace(tzinfo=zone))
    parts += [str(end.utcoffset()) for end in ends]
    return hashlib.sha256(SEPARATOR.join(parts).encode()).hexdigest()


@cache
def tool_digest() -> str:
    """Return the digest of versions, and of what the files of this package hold."""
    digest = hashlib.sha256(SEPARATOR.join(tool.versions()).encode())
    for path, _ in tool.own_code().files:
        digest.update(f"{path}\0".encode() + Path(tool.PACKAGE, path).read_bytes())
    return digest.hexdigest()
