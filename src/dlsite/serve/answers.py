"""What the preview answers to a request, and the parts of HTTP that need no socket.  Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from mimetypes import MimeTypes

_TYPES = {
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
}
_TEXT = re.compile(r"text/|application/(?:json|javascript|manifest\+json)$|.*[/+]xml$")
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: its body is `body`, or what the file `origin` holds.

    `etag` is in quotes, and empty where the answer has none; `location` is where a
    redirect leads.
    """

    status: int
    content_type: str = "text/plain; charset=utf-8"
    body: bytes = b""
    origin: str = ""
    etag: str = ""
    location: str = ""


def plain_answer(status: int, text: str) -> Answer:
    """Return an answer of one line of text."""
    return Answer(status, body=f"{text}\n".encode())


def content_type(path: str) -> str:
    """Return the media type of a file name; texts are UTF-8, as everything dlsite reads."""
    suffix = path[path.rfind(".") :].lower() if "." in path else ""
    # Without the tables of the system, which differ from one machine to the next.
    found = _TYPES.get(suffix) or MimeTypes().guess_type(f"x{suffix}")[0]
    if found is None:
        return "application/octet-stream"
    return f"{found}; charset=utf-8" if _TEXT.match(found) else found


def is_unmodified(if_none_match: str | None, etag: str) -> bool:
    """Say whether the reader has this already (RFC 9110, 13.1.2: weak comparison)."""
    if if_none_match is None or not etag:
        return False
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return known == ["*"] or etag in known


def byte_range(text: str | None, size: int) -> range | None:
    """Return the bytes that a `Range` asks for, of `size`.

    Empty means that none of them exist.  `None` stands for the whole: no range, several,
    or one that cannot be read, as RFC 9110, 14.2 allows.
    """
    match = _RANGE.fullmatch((text or "").replace(" ", ""))
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)
