"""Take the bytes of a request within a time and an amount, however they come."""

from __future__ import annotations

import io
import socket
import time
from typing import Any

REQUEST_SECONDS = 10.0
MAX_LINE_BYTES = 8 * 1024
MAX_HEAD_BYTES = 64 * 1024


class TooLargeError(Exception):
    """A request that goes on for longer than any browser's."""


class Incoming(io.RawIOBase):
    """The bytes of a connection, within a time and an amount for each request."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._deadline = 0.0
        self._left = 0

    def expect_request(self) -> None:
        """Begin a new request: its time runs, however slowly its bytes come."""
        self._deadline = time.monotonic() + REQUEST_SECONDS
        self._left = MAX_HEAD_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:  # noqa: ANN401 - as the base class has it
        remaining = self._deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        if self._left <= 0:
            raise TooLargeError
        self._connection.settimeout(remaining)
        count = self._connection.recv_into(buffer)
        self._connection.settimeout(REQUEST_SECONDS)
        self._left -= count
        return count
