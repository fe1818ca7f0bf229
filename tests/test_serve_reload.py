"""The stream of events by which open pages learn what has changed."""

from __future__ import annotations

import json
import re
import socket
import time
from contextlib import ExitStack

import pytest

from dlsite.serve.streams import MAX_STREAMS
from previewing import PAGE, SITE, WAIT_SECONDS, Live, Start


def listen(live: Live) -> socket.socket:
    """Return the socket of a stream of events whose head and greeting have been read."""
    sent = socket.create_connection(("127.0.0.1", live.port), timeout=WAIT_SECONDS)
    sent.sendall(f"GET /_dlsite/events HTTP/1.1\r\nHost: 127.0.0.1:{live.port}\r\n\r\n".encode())
    head = read_until(sent, b"}\n\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert b"text/event-stream" in head
    assert b"retry: 500\n\n" in head
    return sent


def read_until(sent: socket.socket, end: bytes) -> bytes:
    content = b""
    while end not in content:
        piece = sent.recv(4096)
        assert piece, content
        content += piece
    return content


def next_change(sent: socket.socket) -> dict[str, object]:
    message = read_until(sent, b"}\n\n").partition(b"data: ")[2]
    change: dict[str, object] = json.loads(message)
    return change


def greeting(live: Live) -> dict[str, object]:
    """Return the first message of a new stream of events."""
    with socket.create_connection(("127.0.0.1", live.port), timeout=WAIT_SECONDS) as sent:
        host = f"127.0.0.1:{live.port}"
        sent.sendall(f"GET /_dlsite/events HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        return next_change(sent)


def files_of(page: str) -> str:
    """Return the state of the files that a page was made with."""
    return page.partition('data-files="')[2].partition('"')[0]


def test_open_pages_are_told_of_a_change(start: Start) -> None:
    live = start()
    files = files_of(live.ask("/first/").text)
    with listen(live) as events:
        live.write("content/first.md", PAGE.replace("One", "Changed"))
        assert next_change(events) == {"styles": [], "reload": False, "files": files}
        assert "Changed" in live.ask("/first/").text


def test_stylesheet_is_named_and_other_files_ask_for_a_reload(start: Start) -> None:
    live = start({**SITE, "static/own.css": "a {}", "static/a.svg": "<svg/>"})
    with listen(live) as events:
        live.write("static/own.css", "a { color: red }")
        change = next_change(events)
        assert (change["styles"], change["reload"]) == (["/own.css"], False)
        live.write("static/a.svg", "<svg></svg>")
        change = next_change(events)
        assert (change["styles"], change["reload"]) == ([], True)
        assert change["files"] == files_of(live.ask("/first/").text)


def test_page_that_begins_to_listen_learns_whether_files_have_changed(start: Start) -> None:
    live = start({**SITE, "static/own.css": "a {}"})
    before = files_of(live.ask("/first/").text)
    assert greeting(live) == {"styles": [], "reload": False, "files": before}
    live.write("static/own.css", "a { color: red }")
    page = live.wait("/first/", lambda reply: files_of(reply.text) != before)
    assert greeting(live) == {"styles": [], "reload": False, "files": files_of(page.text)}


def test_changed_asset_is_named_by_its_new_address(start: Start) -> None:
    live = start({**SITE, "static/custom.css": "a {}"})
    address = re.compile(r"/custom\.[0-9a-f]{10}\.css")
    before = address.findall(live.ask("/first/").text)
    with listen(live) as events:
        live.write("static/custom.css", "a { color: red }")
        change = next_change(events)
    after = address.findall(live.ask("/first/").text)
    assert len(before) == len(after) == 1
    assert before != after
    assert (change["styles"], change["reload"]) == (after, False)
    assert live.ask(after[0]).text == "a { color: red }"


def test_save_without_a_change_tells_nobody(start: Start) -> None:
    live = start()
    with listen(live) as events:
        live.write("content/first.md", PAGE)
        events.settimeout(1)
        with pytest.raises(TimeoutError):
            events.recv(100)
        events.settimeout(WAIT_SECONDS)
        live.write("content/first.md", f"{PAGE}More.\n")
        next_change(events)


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_other_sites_may_not_listen(start: Start, headers: dict[str, str]) -> None:
    live = start()
    fields = {name: value.format(port=live.port) for name, value in headers.items()}
    assert live.ask("/_dlsite/events", **fields).status == 403


def test_listeners_are_bounded_and_forgotten_when_they_leave(start: Start) -> None:
    live = start()
    with ExitStack() as open_:
        for _ in range(MAX_STREAMS):
            open_.enter_context(listen(live))
        live.wait("/_dlsite/events", lambda reply: reply.status == 503)
        assert live.ask("/_dlsite/events", "HEAD").status == 503
        assert live.ask("/first/").status == 200
    end = time.monotonic() + WAIT_SECONDS
    while live.ask("/_dlsite/events", "HEAD").status != 200:
        assert time.monotonic() < end
    with listen(live) as events:
        live.write("content/first.md", f"{PAGE}More.\n")
        next_change(events)
