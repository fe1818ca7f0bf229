"""Tell requests for the preview from those that another site has sent (DNS rebinding)."""

from __future__ import annotations

import re
from email.message import Message
from typing import NamedTuple

from dlsite.serve.answers import Answer, plain_answer

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(\d{1,5}))?")
_LOOPBACK = frozenset(["localhost", "127.0.0.1", "[::1]"])
_ANY = frozenset(["", "0.0.0.0", "::"])  # noqa: S104 - compared with, not bound to
_HTTP_PORT = 80


class OwnHost(NamedTuple):
    """What a server is bound to, and the address that somebody has dialled to reach it."""

    host: str
    port: int
    dialled: str

    def is_called(self, name: str, port: int) -> bool:
        """Say whether a name and a port are its own."""
        if port != self.port:
            return False
        if name in _LOOPBACK or name == _in_url(self.host):
            return True
        # Bound to every address, it answers to the one that was dialled: a number
        # cannot be rebound.
        return self.host in _ANY and name == _in_url(self.dialled)


def refuse_host(headers: Message, authority: str, own: OwnHost) -> Answer | None:
    """Return an answer for a request that is not for this server by one of its names.

    `authority` is that of a request in the form for proxies, else empty.
    """
    hosts = headers.get_all("Host") or []
    if len(hosts) != 1 or headers.defects:
        return plain_answer(400, "a request has one Host and well-formed headers")
    for text in [hosts[0].strip(), *([authority] if authority else [])]:
        match = _HOST.fullmatch(text)
        if match is None:
            return plain_answer(400, "the Host cannot be read")
        if not own.is_called(match[1].lower(), int(match[2] or _HTTP_PORT)):
            return plain_answer(403, "this preview answers to its own name only")
    return None


def reached_as(host: str) -> str:
    """Return how a browser on this machine reaches a server that is bound to `host`."""
    return "127.0.0.1" if host in _ANY else _in_url(host)


def _in_url(host: str) -> str:
    """Return a host as it stands in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host.lower()
