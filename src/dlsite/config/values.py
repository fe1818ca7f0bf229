"""Take a value of the configuration for what its key may have: a text, a time zone, an address.

Each function takes what YAML gave and raises `UnfitError` for what cannot be used.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dlsite.config.settings import NAMED_PATTERNS, PLACEHOLDERS, License
from dlsite.records import Json

_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)")


class UnfitError(ValueError):
    """A value that a key cannot take; the message says what it must be."""


def text_of(value: Json) -> str:
    """Return a text; numbers are texts as well."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnfitError("must be text")
    return str(value)


def flag_of(value: Json) -> bool:
    """Return whether something is wanted."""
    if not isinstance(value, bool):
        raise UnfitError("must be true or false")
    return value


def texts_of(value: Json) -> tuple[str, ...]:
    """Return a list of texts, also of one that stands alone."""
    return tuple(map(text_of, value)) if isinstance(value, list) else (text_of(value),)


def mapping_of(value: Json) -> dict[str, Json]:
    """Return values by name."""
    if not isinstance(value, dict):
        raise UnfitError("must be a mapping")
    return value


def directory_of(value: Json) -> str:
    """Return the path of a folder without `./` before and `/` behind it."""
    text = text_of(value).strip().rstrip("/")
    if not text or "\0" in text:
        raise UnfitError("must name a directory")
    return text.removeprefix("./") or "."


def base_url(text: str) -> str:
    """Return a base URL in normal form; raises `UnfitError` for what is none.

    Takes a full address, or a path (`/notes`) where the host is not known.
    """
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UnfitError("must be an address such as 'https://example.org/notes'") from error
    full = parts.scheme in ("http", "https") and parts.netloc and parts.hostname
    if url and not full and not (url.startswith("/") and not url.startswith("//")):
        raise UnfitError("must be an address such as 'https://example.org/notes', or a path")
    if parts.query or parts.fragment or any(c.isspace() for c in url):
        raise UnfitError("must be an address without query, fragment and blanks")
    return url


def base_url_of(value: Json) -> str:
    """Return where the site stands, as `base_url` has it."""
    return base_url(text_of(value))


def pattern_of(value: Json) -> str:
    """Return a pattern of permalinks, one with a name of Jekyll's written out."""
    text = text_of(value)
    pattern = NAMED_PATTERNS.get(text, text)
    for name in re.findall(r":([a-z_]+)", pattern):
        if not any(name.startswith(known) for known in PLACEHOLDERS):
            raise UnfitError(f"has the unknown placeholder ':{name}'")
    if not pattern.startswith("/"):
        raise UnfitError("must begin with '/' or be one of " + ", ".join(NAMED_PATTERNS))
    return pattern


def timezone_of(value: Json) -> tzinfo:
    """Return a time zone, given by name or by its distance from UTC."""
    name = text_of(value)
    if name in ("UTC", "Z"):
        return UTC
    if offset := _OFFSET.fullmatch(name):
        sign = -1 if offset[1] == "-" else 1
        minutes = int(offset[2]) * 60 + int(offset[3])
        if minutes < 24 * 60:
            return timezone(sign * timedelta(minutes=minutes))
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise UnfitError(
            f"must be a time zone such as 'America/New_York' or '-05:00', not '{name}'"
        ) from error


def address_of(value: Json) -> str:
    """Return an address on the web."""
    text = text_of(value).strip()
    if not text.startswith(("http://", "https://")) or any(c.isspace() for c in text):
        raise UnfitError("must be an address that begins with 'https://'")
    return text


def source_address_of(value: Json) -> str:
    """Return an address with `:path` where the path of a page goes."""
    text = address_of(value)
    if ":path" not in text:
        raise UnfitError("must have ':path' where the path of a page goes")
    return text


def license_of(value: Json) -> License:
    """Return a licence, given by its name or by name and address."""
    fields = value if isinstance(value, dict) else {"name": value}
    if not fields.get("name") or not fields.keys() <= {"name", "url"}:
        raise UnfitError("must be a name, or have 'name' and may have 'url'")
    url = fields.get("url")
    return License(text_of(fields["name"]), "" if url is None else address_of(url))


def toc_depth_of(value: Json) -> int:
    """Return a level of headings."""
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 6:  # noqa: PLR2004 - HTML has six levels
        raise UnfitError("must be a heading level from 1 to 6")
    return value
