"""Tell open pages over server-sent events that the site has changed.

One thread serves all of them, so that a hundred forgotten tabs cost a hundred sockets
and no more.
"""

from __future__ import annotations

import selectors
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

MAX_STREAMS = 500
HEARTBEAT_SECONDS = 15.0
HEADER = "retry: 500\n\n"


class Streams:
    """The sockets of the pages that listen; each belongs to this object from `add` on.

    `greet` gives the message of one line with which a stream begins.
    """

    def __init__(self, greet: Callable[[], str]) -> None:
        self._greet = greet
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._selector = selectors.DefaultSelector()
        self._wake, self._woken = socket.socketpair()
        self._selector.register(self._woken, selectors.EVENT_READ)
        self._is_open = True
        self._thread = threading.Thread(target=self._watch, name="streams", daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        """Whether no further page may listen."""
        return len(self._sockets) >= MAX_STREAMS

    def __len__(self) -> int:
        return len(self._sockets)

    def add(self, listener: socket.socket) -> None:
        """Greet and keep telling `listener`, to which the head of the answer has been sent."""
        # A page that does not read is dropped, so that it cannot hold up the others.
        listener.settimeout(0)
        with self._lock:
            if self._is_open:
                self._sockets.add(listener)
                self._selector.register(listener, selectors.EVENT_READ)
                # Asked for only now: what changes from here on is told.
                self._write(listener, _message(self._greet()))
                return
        listener.close()

    def tell(self, message: str) -> None:
        """Send a message of one line to every listener."""
        self._send(_message(message))

    def _send(self, content: bytes) -> None:
        with self._lock:
            for listener in tuple(self._sockets):
                self._write(listener, content)

    def _write(self, listener: socket.socket, content: bytes) -> None:
        try:
            is_sent = listener.send(content) == len(content)
        except OSError:
            is_sent = False
        if not is_sent:
            self._drop(listener)

    def _drop(self, listener: socket.socket) -> None:
        self._sockets.discard(listener)
        with suppress(KeyError, ValueError):
            self._selector.unregister(listener)
        listener.close()

    def _watch(self) -> None:
        """Drop who leaves; a heartbeat finds those that left without a word."""
        due = time.monotonic() + HEARTBEAT_SECONDS
        while self._is_open:
            events = self._selector.select(max(0.0, due - time.monotonic()))
            with self._lock:
                for key, _ in events:
                    if isinstance(key.fileobj, socket.socket) and key.fileobj in self._sockets:
                        self._read(key.fileobj)
            if time.monotonic() >= due:
                self._send(b":\n\n")
                due = time.monotonic() + HEARTBEAT_SECONDS

    def _read(self, listener: socket.socket) -> None:
        try:
            has_left = not listener.recv(4096)
        except BlockingIOError:
            has_left = False
        except OSError:
            has_left = True
        if has_left:
            self._drop(listener)

    def close(self) -> None:
        """End every stream."""
        self._is_open = False
        self._wake.send(b"x")
        self._thread.join()
        with self._lock:
            for listener in tuple(self._sockets):
                self._drop(listener)
        self._selector.close()
        self._wake.close()
        self._woken.close()


def _message(text: str) -> bytes:
    return f"data: {text}\n\n".encode()
