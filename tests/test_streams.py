"""Streams of events: who listens is told, and who has left or does not read is let go."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from dlsite.serve.streams import Streams
from running import PATIENCE_SECONDS, wait_until


class Tabs:
    """A server's streams, and the other ends of those, as open pages have them."""

    def __init__(self, stack: ExitStack) -> None:
        self.streams = Streams(lambda: "hello")
        self._stack = stack
        self._server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

    def open(self) -> socket.socket:
        """Let a page listen; return its end, with nothing read from it."""
        page = socket.create_connection(self._server.getsockname(), timeout=PATIENCE_SECONDS)
        self._stack.callback(page.close)
        self.streams.add(self._server.accept()[0])
        return page


@pytest.fixture
def tabs() -> Iterator[Tabs]:
    with ExitStack() as stack:
        made = Tabs(stack)
        stack.callback(made.streams.close)
        yield made


def read(page: socket.socket, content: bytes) -> None:
    """Read what must come next, and no more."""
    found = b""
    while len(found) < len(content):
        piece = page.recv(len(content) - len(found))
        assert piece, found
        found += piece
    assert found == content


def test_all_who_listen_are_greeted_and_told(tabs: Tabs) -> None:
    pages = [tabs.open() for _ in range(3)]
    tabs.streams.tell("one")
    for page in pages:
        read(page, b"data: hello\n\ndata: one\n\n")


def test_who_speaks_is_kept_and_who_leaves_is_let_go(tabs: Tabs) -> None:
    speaking, leaving, broken = (tabs.open() for _ in range(3))
    speaking.sendall(b"?")
    leaving.close()
    # Breaks off instead of ending, as a process does that is killed.
    broken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    broken.close()
    wait_until(lambda: len(tabs.streams) == 1)
    tabs.streams.tell("still here")
    read(speaking, b"data: hello\n\ndata: still here\n\n")


def test_who_does_not_read_does_not_hold_up_the_others(tabs: Tabs) -> None:
    idle, reading = tabs.open(), tabs.open()
    read(reading, b"data: hello\n\n")
    told = 0
    while len(tabs.streams) == 2:
        tabs.streams.tell("x" * 60_000)
        read(reading, b"data: " + b"x" * 60_000 + b"\n\n")
        told += 1
    assert told > 1
    assert idle.recv(13) == b"data: hello\n\n"


def test_heartbeat_comes_where_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlsite.serve.streams.HEARTBEAT_SECONDS", 0.01)
    with ExitStack() as stack:
        tabs = Tabs(stack)
        stack.callback(tabs.streams.close)
        read(tabs.open(), b"data: hello\n\n:\n\n:\n\n")


def test_streams_that_are_closed_end_and_take_nobody_more() -> None:
    with ExitStack() as stack:
        tabs = Tabs(stack)
        page = tabs.open()
        read(page, b"data: hello\n\n")
        tabs.streams.close()
        assert page.recv(1) == b""
        assert tabs.open().recv(1) == b""
        assert len(tabs.streams) == 0
