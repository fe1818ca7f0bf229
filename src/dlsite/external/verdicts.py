"""What an answer of a server says about an address.  Pure: no network, no clock.

What is certain is `BROKEN`; whatever may be the moment's, the network's or the server's
dislike of programs is `UNKNOWN`, and never called broken.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_WAIT_SECONDS = 30.0
"""A server that asks for more patience than this is left for another time."""

# RFC 9110, 15.5: the address itself is at fault.  Others (401, 403, 429, ...) speak of us.
_BROKEN = frozenset([400, 404, 410, 414])
# Worth another try in a moment.
_PASSING = frozenset([408, 425, 429, 500, 502, 503, 504])
# RFC 9110, 14.2: a range that does not exist is one of something that does.
_ALIVE_THOUGH = frozenset([304, 416])
# RFC 2606 and RFC 6761: names that no reader is meant to follow.
_EXAMPLES = ("example", "invalid", "localhost", "test", "local", "internal")
_EXAMPLE_DOMAINS = ("example.com", "example.net", "example.org")


class Verdict(StrEnum):
    """What there is to say about an address."""

    ALIVE = "alive"
    MOVED = "moved"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found out about one address.

    `seconds` is when, since 1970.  `reason` is why, lower case, empty where `verdict` is
    alive; `moved_to` where a permanent redirect leads.  `etag` and `last_modified` are
    the server's, for asking whether anything has changed.
    """

    url: str
    verdict: Verdict
    seconds: float
    reason: str = ""
    moved_to: str = ""
    etag: str = ""
    last_modified: str = ""


def verdict_of(status: int) -> tuple[Verdict, str]:
    """Return what a status means, and why."""
    if status < 400 or status in _ALIVE_THOUGH:  # noqa: PLR2004 - RFC 9110, 15
        return Verdict.ALIVE, ""
    verdict = Verdict.BROKEN if status in _BROKEN else Verdict.UNKNOWN
    return verdict, f"the server answers {status}"


def is_passing(status: int) -> bool:
    """Say whether a server may answer otherwise in a moment."""
    return status in _PASSING


def is_worth_asking_again(status: int) -> bool:
    """Say whether GET may fare better than HEAD did, as with many servers it does."""
    return status >= 400 and status not in _PASSING and status != 410  # noqa: PLR2004 - RFC 9110, 15


def wait_seconds(attempt: int, retry_after: str, now: float) -> float | None:
    """Return how long to wait before another try, from 0 on; `None` for too long.

    A server that names a time is obeyed, others are left alone twice as long each time.
    """
    asked = _retry_after(retry_after, now)
    seconds = 2.0**attempt if asked is None else asked
    return None if seconds > LONGEST_WAIT_SECONDS else max(0.0, seconds)


def _retry_after(text: str, now: float) -> float | None:
    if text.strip().isdecimal():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (zoned - datetime.fromtimestamp(now, UTC)).total_seconds()


def is_fresh(answer: Answer, *, now: float, max_age_seconds: float) -> bool:
    """Say whether an answer still counts.

    Addresses grow old at different times, up to a fifth of the age apart, so that they
    are not all asked on one day; what is not known is asked each time.
    """
    if answer.verdict is Verdict.UNKNOWN:
        return False
    first = hashlib.sha256(answer.url.encode()).digest()[0]
    return 0 <= now - answer.seconds < max_age_seconds * (1 - first / 255 / 5)


def is_for_readers(url: str) -> bool:
    """Say whether anybody is meant to follow an address: no example, no own machine."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    if host.rpartition(".")[2] in _EXAMPLES or host in ("::1", "0.0.0.0"):  # noqa: S104 - compared with, not bound to
        return False
    is_example = any(host == name or host.endswith(f".{name}") for name in _EXAMPLE_DOMAINS)
    is_web = url.lower().startswith(("http:", "https:", "//"))
    return is_web and bool(host) and not host.startswith("127.") and not is_example
