"""Ask servers about addresses: several at a time, few of one host, none for long."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from dlsite.config.settings import ExternalOptions
from dlsite.external.verdicts import (
    Answer,
    Verdict,
    is_passing,
    is_worth_asking_again,
    verdict_of,
    wait_seconds,
)

MAX_REDIRECTS = 10
_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)
# The first bytes tell as much as all of them.
_FIRST_BYTES = {"Range": "bytes=0-1023"}
_USER_AGENT = "dlsite link check"
_DEAD_AFTER = 3
"""A host that fails to connect so often in a row is not asked again in this run."""


@dataclass(slots=True)
class _Host:
    """What is known of a host in this run."""

    places: asyncio.Semaphore
    failures: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class _Reply:
    """The end of a chain of redirects."""

    status: int
    headers: Mapping[str, str]
    moved_to: str


class _PassingError(Exception):
    """A failure that may be the moment's; the message says which."""


class _BrokenError(Exception):
    """A failure that will not pass by waiting; the message says which."""


async def visit(
    urls: Iterable[str],
    *,
    manners: ExternalOptions,
    known: Mapping[str, Answer],
    now: Callable[[], float],
    on_answer: Callable[[Answer], None],
) -> None:
    """Ask about every address, and tell each answer as it comes.

    `known` are earlier answers, whose marks let a server say that nothing has changed.
    """
    timeout = aiohttp.ClientTimeout(total=manners.timeout_seconds)
    connector = aiohttp.TCPConnector(limit=manners.at_once)
    session = aiohttp.ClientSession(
        timeout=timeout,
        connector=connector,
        headers={"User-Agent": _USER_AGENT},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
    )
    visitor = _Visitor(session, manners, known, now)
    tasks = [asyncio.ensure_future(visitor.answer(url)) for url in urls]
    try:
        for task in asyncio.as_completed(tasks):
            on_answer(await task)
    finally:
        for each in tasks:
            each.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await session.close()
        # Its connections are closed in the next turn of the loop, which else would not come.
        await asyncio.sleep(0)


class _Visitor:
    def __init__(
        self,
        session: aiohttp.ClientSession,
        manners: ExternalOptions,
        known: Mapping[str, Answer],
        now: Callable[[], float],
    ) -> None:
        self._session = session
        self._manners = manners
        self._known = known
        self._now = now
        self._places = asyncio.Semaphore(manners.at_once)
        self._hosts: defaultdict[str, _Host] = defaultdict(
            lambda: _Host(asyncio.Semaphore(manners.per_host))
        )

    async def answer(self, url: str) -> Answer:
        """Return what is to be said of an address; does not raise for any server."""
        host = self._hosts[urlsplit(url).netloc.lower()]
        async with host.places:
            attempt = 0
            while host.failures < _DEAD_AFTER:
                answer, seconds = await self._try(url, host, attempt)
                if seconds is None or attempt == self._manners.retries:
                    return answer
                await asyncio.sleep(seconds)
                attempt += 1
        return self._told(url, Verdict.UNKNOWN, "its host does not answer")

    async def _try(self, url: str, host: _Host, attempt: int) -> tuple[Answer, float | None]:
        """Return an answer, and how long to wait for a better one."""
        try:
            async with host.lock:
                await asyncio.sleep(self._manners.pause_seconds)
            async with self._places:
                reply = await self._ask(url)
        except _PassingError as error:
            host.failures += 1
            wait = wait_seconds(attempt, "", self._now())
            return self._told(url, Verdict.UNKNOWN, str(error)), wait
        except _BrokenError as error:
            return self._told(url, Verdict.BROKEN, str(error)), None
        host.failures = 0
        if is_passing(reply.status):
            wait = wait_seconds(attempt, reply.headers.get("Retry-After", ""), self._now())
            return self._told(url, *verdict_of(reply.status)), wait
        return self._answer(url, reply), None

    def _answer(self, url: str, reply: _Reply) -> Answer:
        verdict, reason = verdict_of(reply.status)
        if verdict is Verdict.ALIVE and reply.moved_to:
            verdict, reason = Verdict.MOVED, f"it has moved to {reply.moved_to}"
        return Answer(
            url,
            verdict,
            self._now(),
            reason,
            reply.moved_to,
            reply.headers.get("ETag", ""),
            reply.headers.get("Last-Modified", ""),
        )

    def _told(self, url: str, verdict: Verdict, reason: str) -> Answer:
        return Answer(url, verdict, self._now(), reason)

    async def _ask(self, url: str) -> _Reply:
        try:
            reply = await self._follow("HEAD", url, self._marks(url))
            if is_worth_asking_again(reply.status):
                reply = await self._follow("GET", url, _FIRST_BYTES)
        except aiohttp.ServerDisconnectedError:
            # Some servers hang up on HEAD.
            try:
                return await self._follow("GET", url, _FIRST_BYTES)
            except aiohttp.ServerDisconnectedError as error:
                raise _PassingError("the server hangs up") from error
        return reply

    def _marks(self, url: str) -> dict[str, str]:
        before = self._known.get(url)
        if before is None or before.verdict is not Verdict.ALIVE:
            return {}
        marks = {"If-None-Match": before.etag, "If-Modified-Since": before.last_modified}
        return {name: value for name, value in marks.items() if value}

    async def _follow(self, method: str, url: str, headers: Mapping[str, str]) -> _Reply:
        """Return the first answer that is no redirect; its body is not read."""
        seen = [url]
        moved_to = ""
        is_permanent = True
        while True:
            status, fields, location = await self._request(method, seen[-1], headers)
            if status not in _REDIRECTS or not location:
                return _Reply(status, fields, moved_to)
            if location in seen:
                raise _BrokenError("its redirects lead in a circle")
            if len(seen) > MAX_REDIRECTS:
                raise _BrokenError(f"more than {MAX_REDIRECTS} redirects follow each other")
            is_permanent = is_permanent and status in _PERMANENT
            moved_to = location if is_permanent else moved_to
            seen.append(location)

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str]
    ) -> tuple[int, Mapping[str, str], str]:
        try:
            async with self._session.request(
                method, url, headers=headers, allow_redirects=False
            ) as response:
                location = response.headers.get("Location", "")
                target = str(response.url.join(URL(location))) if location else ""
                return response.status, response.headers, target
        except aiohttp.ServerDisconnectedError:
            raise
        except TimeoutError as error:
            raise _PassingError("it takes too long") from error
        except aiohttp.ClientConnectorDNSError as error:
            raise _unknown_host(error) from error
        except (aiohttp.ClientConnectorCertificateError, ssl.SSLError) as error:
            raise _BrokenError("its certificate is not valid") from error
        except aiohttp.ClientConnectorError as error:
            raise _PassingError("no connection can be made") from error
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise _BrokenError("it cannot be read as an address") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _PassingError("the answer cannot be read") from error


def _unknown_host(error: aiohttp.ClientConnectorDNSError) -> Exception:
    number = getattr(error.os_error, "errno", None)
    if number == socket.EAI_NONAME:
        return _BrokenError("there is no such host")
    return _PassingError("the name of the host cannot be looked up")
