"""The preview's HTTP server: it answers what is asked, and takes so much of anybody and no more.

Every request is taken for hostile: any web site that the author visits can send some.
"""

from __future__ import annotations

import io
import os
import socket
import stat
import threading
import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from dlsite.serve.answers import Answer, byte_range, is_unmodified, plain_answer
from dlsite.serve.hosts import OwnHost, reached_as, refuse_host
from dlsite.serve.incoming import MAX_LINE_BYTES, REQUEST_SECONDS, Incoming, TooLargeError
from dlsite.serve.snapshot import EVENTS_PATH, SCRIPT_PATH, script_answer
from dlsite.serve.streams import HEADER, Streams

LINGER_SECONDS = 1.0
MAX_CONNECTIONS = 512
_CHUNK_BYTES = 64 * 1024

Ask = Callable[[str], Answer]


class _Exchange(BaseHTTPRequestHandler):
    """The requests of one connection."""

    server: PreviewServer
    protocol_version = "HTTP/1.1"
    # The base class falls back on 0.9 until it has read a version that it knows, and
    # leaves the status line out of such an answer: no refusal would look like one.
    default_request_version = "HTTP/1.1"
    timeout = REQUEST_SECONDS

    def setup(self) -> None:
        super().setup()
        self.rfile.close()
        self._incoming = Incoming(self.connection)
        self.rfile = io.BufferedReader(self._incoming)
        self._is_cut_short = False

    def finish(self) -> None:
        super().finish()
        if self._is_cut_short:
            self._linger()

    def _linger(self) -> None:
        """Let the answer arrive: to close on unread bytes resets the connection (RFC 9112, 9.6)."""
        end = time.monotonic() + LINGER_SECONDS
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            while (remaining := end - time.monotonic()) > 0:
                self.connection.settimeout(remaining)
                if not self.connection.recv(_CHUNK_BYTES):
                    return

    def handle_one_request(self) -> None:
        self.close_connection = True
        # Named in answers to what cannot be read as a request.
        self.command, self.requestline, self.request_version = "", "", "HTTP/1.1"
        self._incoming.expect_request()
        try:
            self.raw_requestline = self.rfile.readline(MAX_LINE_BYTES + 1)
            if not self.raw_requestline:
                return
            if len(self.raw_requestline) > MAX_LINE_BYTES:
                self.send_error(HTTPStatus.REQUEST_URI_TOO_LONG)
            elif self.parse_request():
                self._answer_request()
        except TooLargeError:
            self.send_error(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _answer_request(self) -> None:
        # A body is not read, so what follows it would be taken for a request.
        if self.headers.get("Transfer-Encoding") or self.headers.get("Content-Length", "0") != "0":
            self.close_connection = self._is_cut_short = True
        target, authority = self.path, ""
        if not target.startswith("/"):
            # RFC 9112, 3.2.2: the form for proxies is understood by every server.
            with suppress(ValueError):
                parts = urlsplit(target)
                if parts.scheme == "http":
                    target, authority = parts.path or "/", parts.netloc
        dialled = self.connection.getsockname()[0]
        refusal = refuse_host(self.headers, authority, self.server.own_host(dialled))
        if refusal is None and not target.startswith("/"):
            refusal = plain_answer(400, "the request names no path")
        if refusal is not None:
            self._send(refusal)
        elif self.command not in ("GET", "HEAD"):
            self._send(plain_answer(405, "this server only shows pages"))
        else:
            self._answer_path(target.partition("?")[0].partition("#")[0])

    def _answer_path(self, raw_path: str) -> None:
        try:
            path = unicodedata.normalize("NFC", unquote(raw_path, errors="strict"))
        except UnicodeDecodeError:
            self._send(plain_answer(400, "the path is not UTF-8"))
            return
        if path == EVENTS_PATH:
            self._listen()
        elif path == SCRIPT_PATH:
            self._send(script_answer())
        else:
            self._send(self.server.ask(path))

    # Live reload

    def _listen(self) -> None:
        own = {f"http://{self.headers['Host'].strip().lower()}"}
        origin = self.headers.get("Origin")
        site = self.headers.get("Sec-Fetch-Site", "same-origin")
        if (origin is not None and origin.lower() not in own) or site not in (
            "same-origin",
            "none",
        ):
            self._send(plain_answer(403, "only pages of this preview may listen"))
        elif self.server.streams.is_full:
            self._send(plain_answer(503, "too many pages listen"))
        elif self.command == "HEAD":
            self._send(Answer(200, "text/event-stream; charset=utf-8"))
        else:
            self.send_response(200)
            self._send_fields("text/event-stream; charset=utf-8")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(HEADER.encode())
            self.close_connection = True
            self.server.hand_over(self.connection)

    # Answers

    def _send(self, answer: Answer) -> None:
        if answer.origin:
            self._send_file(answer)
        else:
            self._send_stream(answer, io.BytesIO(answer.body), len(answer.body))

    def _send_file(self, answer: Answer) -> None:
        try:
            # Not blocking: a pipe that took the place of the file would never end.
            flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
            handle = os.open(Path(answer.origin), flags)
        except OSError:
            self._send(plain_answer(404, "the file has gone"))
            return
        with open(handle, "rb") as stream:  # noqa: PTH123 - a descriptor, not a path
            found = os.fstat(handle)
            if stat.S_ISREG(found.st_mode):
                self._send_stream(answer, stream, found.st_size)
            else:
                self._send(plain_answer(404, "the file has gone"))

    def _send_stream(self, answer: Answer, stream: io.IOBase, size: int) -> None:
        status, part = answer.status, range(size)
        if status == HTTPStatus.OK:
            if is_unmodified(self.headers.get("If-None-Match"), answer.etag):
                self._send_head(answer, HTTPStatus.NOT_MODIFIED, None)
                return
            asked = self._asked_range(answer, size)
            if asked is not None:
                part = asked
                status = HTTPStatus.PARTIAL_CONTENT if asked else 416
        if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            self._send_head(answer, status, 0, f"bytes */{size}")
            return
        is_part = status == HTTPStatus.PARTIAL_CONTENT
        place = f"bytes {part.start}-{part.stop - 1}/{size}" if is_part else ""
        self._send_head(answer, status, len(part), place)
        if self.command != "HEAD":
            self._send_bytes(stream, part)

    def _asked_range(self, answer: Answer, size: int) -> range | None:
        condition = self.headers.get("If-Range")
        if self.command != "GET" or (condition is not None and condition != answer.etag):
            return None
        return byte_range(self.headers.get("Range"), size)

    def _send_head(self, answer: Answer, status: int, length: int | None, place: str = "") -> None:
        self.send_response(status)
        self._send_fields(answer.content_type)
        for name, value in (
            ("ETag", answer.etag),
            ("Location", answer.location),
            ("Content-Range", place),
            ("Accept-Ranges", "bytes" if answer.status == HTTPStatus.OK else ""),
            ("Allow", "GET, HEAD" if status == HTTPStatus.METHOD_NOT_ALLOWED else ""),
            ("Content-Length", "" if length is None else str(length)),
            ("Connection", "close" if self.close_connection else ""),
        ):
            if value:
                self.send_header(name, value)
        self.end_headers()

    def _send_fields(self, content_type: str) -> None:
        self.send_header("Content-Type", content_type)
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")

    def _send_bytes(self, stream: io.IOBase, part: range) -> None:
        stream.seek(part.start)
        left = len(part)
        while left:
            chunk = stream.read(min(left, _CHUNK_BYTES))
            if not chunk:
                # The file has shrunk: the reader must not take this for all of it.
                self.close_connection = True
                return
            self.wfile.write(chunk)
            left -= len(chunk)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what could not be read; called by the base class too."""
        del message, explain
        self.close_connection = self._is_cut_short = True
        with suppress(OSError):
            answer = plain_answer(code, HTTPStatus(code).phrase.lower())
            self._send_head(answer, code, len(answer.body))
            self.wfile.write(answer.body)

    def version_string(self) -> str:
        return "dlsite"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: the terminal is for findings."""


class PreviewServer(ThreadingTCPServer):
    """Serves what `ask` answers for a decoded URL path; `port` 0 takes a free one.

    `greet` gives the message of one line for a page that begins to listen.
    Raises `OSError` where the address is taken or not ours.
    """

    # On Windows the option means that two servers may share a port.
    allow_reuse_address = os.name == "posix"
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, host: str, port: int, *, ask: Ask, greet: Callable[[], str]) -> None:
        self.host = host.removeprefix("[").removesuffix("]")
        self.ask = ask
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._handed_over: set[socket.socket] = set()
        found = socket.getaddrinfo(self.host or None, port, type=socket.SOCK_STREAM)
        self.address_family = found[0][0]
        # Bound here: the base class would call `server_close` on failure, which has
        # streams to close, and they begin with a thread that a taken port needs not.
        super().__init__((self.host, port), _Exchange, bind_and_activate=False)
        try:
            self.server_bind()
            self.server_activate()
            self.streams = Streams(greet)
        except BaseException:
            self.socket.close()
            raise
        self.port: int = self.socket.getsockname()[1]

    @property
    def address(self) -> str:
        """The preview's origin, as a browser on this machine reaches it."""
        return f"http://{reached_as(self.host)}:{self.port}"

    def own_host(self, dialled: str) -> OwnHost:
        """Return what this server may be called, by somebody who has `dialled` an address."""
        return OwnHost(self.host, self.port, dialled)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def hand_over(self, connection: socket.socket) -> None:
        """Leave a connection to the streams, once its request is over."""
        self._handed_over.add(connection)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as the base class has it
        if request in self._handed_over:
            self._handed_over.discard(request)
            self.streams.add(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as the base class has it
        """Say nothing: a broken connection is the reader's, and answers do not raise."""

    def shutdown(self) -> None:
        """Stop serving, at once where a socket that listens no more wakes who waits on it."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        super().shutdown()

    def server_close(self) -> None:
        super().server_close()
        self.streams.close()
