"""The preview as an attacker sees it: whom it answers, and what it never gives."""

from __future__ import annotations

import os
import socket
from contextlib import ExitStack

import pytest

from previewing import SITE, Start
from running import LINUX


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_own_names_are_answered(start: Start, name: str) -> None:
    live = start()
    assert live.ask("/first/", Host=f"{name}:{live.port}").status == 200


@pytest.mark.parametrize(
    "host", ["evil.example:{port}", "localhost", "localhost:1", "127.0.0.1.nip.io:{port}", "a.b"]
)
@pytest.mark.parametrize("path", ["/first/", "/_dlsite/events", "/_dlsite/live.js", "/nothing"])
def test_foreign_host_is_refused(start: Start, host: str, path: str) -> None:
    live = start()
    assert live.ask(path, Host=host.format(port=live.port)).status == 403


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "Host: localhost:{port}\r\nHost: localhost:{port}\r\n",
        "Host: localhost:{port}:1\r\n",
        "Host: local host:{port}\r\n",
        "Host: user@localhost:{port}\r\n",
        "Host: [::1:{port}\r\n",
        "Host: localhost:99999999999999\r\n",
        "Host:\r\n",
        "Host: localhost:{port}\r\nno colon here\r\n",
    ],
)
def test_malformed_host_is_a_bad_request(start: Start, lines: str) -> None:
    live = start()
    reply = live.raw(f"GET /first/ HTTP/1.1\r\n{lines.format(port=live.port)}\r\n".encode())
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert live.ask("/first/").status == 200


def test_full_address_as_target_is_checked_like_the_host(start: Start) -> None:
    live = start()
    own = f"Host: localhost:{live.port}\r\n\r\n"
    right = live.raw(f"GET http://127.0.0.1:{live.port}/letters.txt HTTP/1.0\r\n{own}".encode())
    wrong = live.raw(f"GET http://evil.example/letters.txt HTTP/1.0\r\n{own}".encode())
    assert right.endswith(b"abcdefghij")
    assert b" 403 " in wrong.partition(b"\r\n")[0]


@pytest.mark.parametrize(
    "path",
    [
        "/../dlsite.yml",
        "/%2e%2e/dlsite.yml",
        "/..%2fdlsite.yml",
        "/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc/passwd",
        "/..%5cdlsite.yml",
        "/first/../../dlsite.yml",
        "/first/..;/dlsite.yml",
        "/%252e%252e/dlsite.yml",
        "/letters.txt%00.html",
        "/letters.txt::$DATA",
        "/letters.txt/",
        "/content/first.md",
        "/@fs/etc/passwd",
        "/dlsite.yml?raw??",
        "/%c0%ae%c0%ae/dlsite.yml",
        "/%ff",
        "/" + "a" * 5000,
        "*",
        "file:///etc/passwd",
    ],
)
def test_nothing_but_the_site_is_reachable(start: Start, path: str) -> None:
    live = start()
    reply = live.raw(
        f"GET {path} HTTP/1.1\r\nHost: localhost:{live.port}\r\nConnection: close\r\n\r\n".encode()
    )
    assert reply[9:12] in (b"404", b"400")
    assert b"root:" not in reply
    assert b"permalink:" not in reply


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"431"),
        (
            b"GET / HTTP/1.1\r\n" + b"".join(b"X%d: %s\r\n" % (n, b"y" * 9000) for n in range(20)),
            b"431",
        ),
        (b"GET / HTTP/9.9\r\n\r\n", b"505"),
        (b"GET /first/\r\n\r\n", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    ],
    ids=["long-line", "many-headers", "long-headers", "version", "no-version", "nonsense", "tls"],
)
def test_unreadable_request_is_refused(start: Start, request_: bytes, status: bytes) -> None:
    live = start()
    reply = live.raw(request_)
    assert reply[9:12] == status
    assert b"Server: dlsite\r\n" in reply
    assert live.ask("/first/").status == 200


def test_body_of_a_request_is_not_taken_for_another_request(start: Start) -> None:
    live = start()
    host = f"Host: localhost:{live.port}\r\n"
    inner = f"GET /letters.txt HTTP/1.1\r\n{host}\r\n"
    reply = live.raw(
        f"POST / HTTP/1.1\r\n{host}Content-Length: {len(inner)}\r\n\r\n{inner}".encode()
    )
    assert reply.count(b"HTTP/1.1 ") == 1


def test_refusal_arrives_though_the_request_goes_on(start: Start) -> None:
    live = start()
    host = f"Host: localhost:{live.port}\r\n"
    body = b"x" * 4_000_000
    head = f"POST / HTTP/1.1\r\n{host}Content-Length: {len(body)}\r\n\r\n"
    assert live.raw(head.encode() + body).startswith(b"HTTP/1.1 405 ")


@LINUX
def test_file_that_has_gone_or_is_a_pipe_now_is_not_there(start: Start) -> None:
    live = start({**SITE, "static/other.txt": "other"})
    # Asked for at once: nobody needs to have noticed.
    (live.root / "static/letters.txt").unlink()
    assert live.ask("/letters.txt").status == 404
    (live.root / "static/other.txt").unlink()
    os.mkfifo(live.root / "static/other.txt")
    assert live.ask("/other.txt").status == 404
    assert live.ask("/first/").status == 200


def test_half_open_connections_do_not_hold_up_others(start: Start) -> None:
    live = start()
    with ExitStack() as half_open:
        idle = [
            half_open.enter_context(socket.create_connection(("127.0.0.1", live.port)))
            for _ in range(200)
        ]
        for sent in idle:
            sent.sendall(b"GET / HT")
        assert live.ask("/first/").status == 200
        # None of them had to be given up for it.
        for sent in idle:
            sent.settimeout(0)
            with pytest.raises(BlockingIOError):
                sent.recv(1)
