"""A server on loopback that misbehaves in every way we know."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress

_END = "\r\nConnection: close\r\n\r\n"


class Hostile:
    """A server on loopback; the path of a request says how it misbehaves."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.asked: Counter[str] = Counter()
        self.headers: list[str] = []
        self._context = context
        self._ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),), daemon=True)
        self._thread.start()
        self._ready.wait(5)

    def url(self, path: str) -> str:
        scheme = "https" if self._context else "http"
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(5)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        # A handshake that was broken off is seen in one turn of the loop, and closed in the next.
        for _ in range(3):
            await asyncio.sleep(0)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            method, path, _ = head.split(" ", 2)
            self.asked[f"{method} {path}"] += 1
            self.headers.append(head)
            await self._answer(method, path, head, writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            # Waited for: a connection that the loop leaves open is a warning in some later test.
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _answer(
        self, method: str, path: str, head: str, writer: asyncio.StreamWriter
    ) -> None:
        kind = path.strip("/").partition("/")[0]
        if kind.isdecimal():
            writer.write(f"HTTP/1.1 {kind} Said{_END}".encode())
        elif (action := getattr(self, f"_{kind}", None)) is not None:
            act: Callable[..., Coroutine[None, None, str | None]] = action
            answer = await act(writer, method, head)
            if answer is not None:
                writer.write(f"HTTP/1.1 {answer}{_END}".encode())
        else:
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: 0{_END}".encode())

    # Ways to misbehave

    async def _headless(self, _: object, method: str, __: str) -> str:
        return "405 No" if method == "HEAD" else "206 Some"

    async def _hangup(self, _: object, method: str, __: str) -> str | None:
        return None if method == "HEAD" else "200 OK"

    async def _vanish(self, *_: object) -> None:
        return None

    async def _busy(self, *_: object) -> str:
        done = self.asked["HEAD /busy"]
        return "429 Slow\r\nRetry-After: 0" if done == 1 else "200 OK"

    async def _verybusy(self, *_: object) -> str:
        return "429 Slow\r\nRetry-After: 3600"

    async def _loop_(self, *_: object) -> str:
        return "302 Found\r\nLocation: /loop_"

    async def _endlessly(self, _: object, __: str, head: str) -> str:
        return f"302 Found\r\nLocation: {head.split(' ')[1]}/x"

    async def _moved(self, *_: object) -> str:
        return "301 Moved\r\nLocation: /ok"

    async def _found(self, *_: object) -> str:
        return "302 Found\r\nLocation: /ok"

    async def _lost(self, *_: object) -> str:
        return "301 Moved\r\nLocation: /404"

    async def _nowhere(self, *_: object) -> str:
        return "302 Found\r\nLocation: http://[::1"

    async def _marked(self, _: object, __: str, head: str) -> str:
        return "304 Same" if 'If-None-Match: "v1"' in head else '200 OK\r\nETag: "v1"'

    async def _drip(self, writer: asyncio.StreamWriter, *_: object) -> None:
        for letter in "HTTP/1.1 200 OK\r\nX: " + "y" * 10_000:
            writer.write(letter.encode())
            await writer.drain()
            await asyncio.sleep(0.05)

    async def _endless(self, writer: asyncio.StreamWriter, method: str, _: str) -> str | None:
        if method == "HEAD":
            return "405 No"
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            await writer.drain()

    async def _short(self, _: object, method: str, __: str) -> str:
        return "405 No" if method == "HEAD" else "200 OK\r\nContent-Length: 1000000"

    async def _garbage(self, writer: asyncio.StreamWriter, *_: object) -> None:
        writer.write(b"\x16\x03\x01 no HTTP at all\r\n\r\n")

    async def _heavy(self, writer: asyncio.StreamWriter, *_: object) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n")
