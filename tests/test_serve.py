"""The preview, as a browser and an attacker see it: a real server, a real watcher, real files."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import pytest

from dlsite.build import load_config
from dlsite.cli import main
from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic, Position
from dlsite.processes.budget import parse_in_time
from dlsite.serve.answers import byte_range, content_type, is_unmodified
from dlsite.serve.app import LivePreview, serve
from dlsite.serve.panel import panel
from dlsite.serve.streams import MAX_STREAMS
from hosting import followed

Loaded = tuple[Config, tuple[Diagnostic, ...]]

WAIT_SECONDS = 10.0
PAGE = "---\ntitle: First\npermalink: /first/\n---\n\nOne [second](/second/).\n"
SITE = {
    "dlsite.yml": "title: Notes\n",
    "content/first.md": PAGE,
    "content/second.md": "---\ntitle: Second\ndraft: true\n---\n\nTwo [first](/first/).\n",
    "static/letters.txt": "abcdefghij",
}


@dataclass(frozen=True)
class Reply:
    """A whole answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


@dataclass
class Live:
    """A running preview and what it has said."""

    preview: LivePreview
    root: Path
    said: list[str] = field(default_factory=list)
    shown: list[list[Diagnostic]] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.preview.address.rpartition(":")[2])

    def ask(self, path: str, method: str = "GET", **headers: str) -> Reply:
        """Send one request; underscores in header names stand for hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=WAIT_SECONDS)
        with closing(connection):
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, headers=fields)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Reply(answer.status, found, answer.read())

    def raw(self, request: bytes) -> bytes:
        """Send bytes and return all that comes back until the server hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=WAIT_SECONDS) as sent:
            sent.sendall(request)
            sent.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: sent.recv(65536), b""))

    def wait(self, path: str, is_right: Callable[[Reply], bool]) -> Reply:
        """Ask until the answer is right, for a bounded time."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            reply = self.ask(path)
            if is_right(reply):
                return reply
            assert time.monotonic() < end, f"{reply.status}: {reply.text[-2000:]}"
            time.sleep(0.02)

    def write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # As careful editors save: a reader sees the old state or the new one.
        draft = file.with_name(f".{file.name}.tmp")
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)


Start = Callable[..., Live]


@pytest.fixture
def start(site: Callable[[Mapping[str, str]], Path]) -> Iterator[Start]:
    """Return a function that starts a preview of files by path; all end with the test."""
    with ExitStack() as running:

        def run(
            texts: Mapping[str, str] = SITE,
            *,
            host: str = "127.0.0.1",
            load: Callable[[], Loaded] | None = None,
        ) -> Live:
            root = site(texts)
            said: list[str] = []
            shown: list[list[Diagnostic]] = []

            def show(found: Iterable[Diagnostic], _: Mapping[str, str]) -> None:
                shown.append(list(found))

            made = LivePreview(
                root=root,
                load=load or (lambda: load_config(root)),
                host=host,
                port=0,
                say=said.append,
                show=show,
            )
            return Live(running.enter_context(followed(made)), root, said, shown)

        yield run


# What is served


def test_pages_and_files_are_served(start: Start) -> None:
    live = start()
    reply = live.ask("/first/")
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "<h1>First</h1>" in reply.text
    assert 'src="/_dlsite/live.js"' in reply.text
    assert live.ask("/first/index.html").body == reply.body
    assert live.ask("/first/?query=1").body == reply.body
    assert live.ask("/letters.txt").text == "abcdefghij"
    assert live.ask("/letters.txt").headers["content-type"] == "text/plain; charset=utf-8"
    assert live.ask("/feed.xml").headers["content-type"] == "application/xml; charset=utf-8"
    style = re.search(r'rel="stylesheet" href="([^"]+)"', reply.text)
    assert style is not None
    assert live.ask(style[1]).headers["content-type"] == "text/css; charset=utf-8"
    assert live.ask("/_dlsite/live.js").headers["content-type"].startswith("text/javascript")


def test_every_answer_has_the_safe_headers(start: Start) -> None:
    live = start()
    for path in ("/first/", "/first", "/letters.txt", "/nothing", "/_dlsite/live.js"):
        headers = live.ask(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["server"] == "dlsite"
        assert not [name for name in headers if name.startswith("access-control")]


def test_drafts_are_shown_with_a_badge(start: Start) -> None:
    reply = start().ask("/second/")
    assert reply.status == 200
    assert 'class="badge"' in reply.text


def test_missing_slash_is_redirected_within_the_site(start: Start) -> None:
    live = start()
    reply = live.ask("/first")
    assert (reply.status, reply.headers["location"]) == (301, "/first/")
    for path in ("//first", "//example.org/..", "/\\example.org", "//example.org/%2e%2e/first"):
        location = live.ask(path).headers.get("location", "/first/")
        assert location == "/first/"


def test_base_path_is_kept(start: Start) -> None:
    live = start({**SITE, "dlsite.yml": "base_url: https://example.org/my%20notes/\n"})
    home = live.ask("/")
    assert (home.status, home.headers["location"]) == (302, "/my%20notes/")
    assert live.ask("/my%20notes").headers["location"] == "/my%20notes/"
    assert 'href="/my%20notes/second/"' in live.ask("/my%20notes/first/").text
    assert live.ask("/my%20notes/feed.xml").status == 200
    assert live.ask("/first/").status == 404
    assert live.preview.url == f"http://127.0.0.1:{live.port}/my%20notes/"


def test_unknown_path_gets_the_404_page_of_the_site(start: Start) -> None:
    reply = start().ask("/nothing/")
    assert reply.status == 404
    assert "<h1>Page not found</h1>" in reply.text


def test_head_is_get_without_a_body(start: Start) -> None:
    live = start()
    for path in ("/first/", "/letters.txt", "/nothing"):
        get, head = live.ask(path), live.ask(path, "HEAD")
        assert head.status == get.status
        assert head.body == b""
        assert head.headers["content-length"] == str(len(get.body))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW"])
def test_other_methods_are_refused(start: Start, method: str) -> None:
    reply = start().ask("/first/", method)
    assert reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD"


def test_known_state_is_not_sent_again(start: Start) -> None:
    live = start()
    for path in ("/first/", "/letters.txt", "/feed.xml"):
        etag = live.ask(path).headers["etag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            reply = live.ask(path, If_None_Match=known)
            assert (reply.status, reply.body) == (304, b"")
        assert live.ask(path, If_None_Match='"other"').status == 200


@pytest.mark.parametrize(
    ("asked", "status", "body", "place"),
    [
        ("bytes=2-4", 206, b"cde", "bytes 2-4/10"),
        ("bytes=7-", 206, b"hij", "bytes 7-9/10"),
        ("bytes=-2", 206, b"ij", "bytes 8-9/10"),
        ("bytes=-99", 206, b"abcdefghij", "bytes 0-9/10"),
        ("bytes=8-99", 206, b"ij", "bytes 8-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=4-2", 200, b"abcdefghij", None),
        ("bytes=0-1,4-5", 200, b"abcdefghij", None),
        ("lines=1-2", 200, b"abcdefghij", None),
        ("bytes=-", 200, b"abcdefghij", None),
    ],
)
def test_one_range_is_answered(
    start: Start, asked: str, status: int, body: bytes, place: str | None
) -> None:
    reply = start().ask("/letters.txt", Range=asked)
    assert (reply.status, reply.body, reply.headers.get("content-range")) == (status, body, place)


def test_range_of_another_state_is_the_whole(start: Start) -> None:
    reply = start().ask("/letters.txt", Range="bytes=0-1", If_Range='"other"')
    assert (reply.status, len(reply.body)) == (200, 10)


# Who is answered


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


def test_half_open_connections_do_not_hold_up_others(start: Start) -> None:
    live = start()
    with ExitStack() as idle:
        for _ in range(200):
            sent = idle.enter_context(socket.create_connection(("127.0.0.1", live.port)))
            sent.sendall(b"GET / HT")
        live.ask("/first/")
        begun = time.monotonic()
        assert live.ask("/first/").status == 200
        assert time.monotonic() - begun < 1


# Live reload


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
        begun = time.monotonic()
        assert live.ask("/first/").status == 200
        assert time.monotonic() - begun < 1
    end = time.monotonic() + WAIT_SECONDS
    while live.ask("/_dlsite/events", "HEAD").status != 200:
        assert time.monotonic() < end
    with listen(live) as events:
        live.write("content/first.md", f"{PAGE}More.\n")
        next_change(events)


# What changes


def test_edit_is_shown(start: Start) -> None:
    live = start()
    live.write("content/first.md", PAGE.replace("One", "Changed"))
    live.wait("/first/", lambda reply: "Changed" in reply.text)


def _shows(word: str, reply: Reply) -> bool:
    return word in reply.text


def test_reworded_page_alone_is_read(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    live = start(SITE | {"content/first.md": f"{PAGE}\nWords.\n"})
    before = {path: live.ask(path) for path in ("/first/", "/second/", "/search/", "/")}
    monkeypatch.setattr("dlsite.reading.analyse", None)
    for number in range(3):
        word = f"<b>words {number}</b>"
        live.write("content/first.md", f"{PAGE}\nMore {word}.\n")
        live.wait("/first/", partial(_shows, word))
    live.write("content/first.md", f"{PAGE}\nWords.\n")
    live.wait("/first/", lambda reply: reply.body == before["/first/"].body)
    assert {path: live.ask(path).body for path in before} == {
        path: reply.body for path, reply in before.items()
    }
    assert live.shown == []


@pytest.mark.parametrize("way", ["in place", "beside"])
def test_reworded_page_is_read_however_it_is_saved(
    start: Start, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    live = start(SITE | {"content/first.md": f"{PAGE}\nWords.\n"})
    monkeypatch.setattr("dlsite.reading.analyse", None)
    file = live.root / "content/first.md"
    text = f"{PAGE}\nOther words.\n"
    match way:
        case "in place":
            file.write_text(text)
        case "beside":
            (live.root / "content/4913").write_text("")
            (live.root / "content/4913").unlink()
            file.rename(live.root / "content/first.md~")
            (live.root / "content/first.new").write_text(text)
            (live.root / "content/first.new").rename(file)
    live.wait("/first/", lambda reply: "Other words" in reply.text)


def test_what_a_build_has_parsed_is_not_parsed_again(
    start: Start, site: Callable[[Mapping[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["-C", str(site(SITE)), "build", "-q"]) == 0
    monkeypatch.setattr("dlsite.pages.timed_parse", None)
    live = start()
    assert "Two" in live.ask("/second/").text


@pytest.mark.parametrize("way", ["damaged", "cleaned", "used by a build"])
def test_preview_outlives_its_memory(start: Start, way: str) -> None:
    live = start()
    memory = live.root / ".dlsite/cache.sqlite"
    match way:
        case "damaged":
            memory.write_bytes(memory.read_bytes()[:4096] + bytes(len(memory.read_bytes()) - 4096))
        case "cleaned":
            assert main(["-C", str(live.root), "clean", "-q"]) == 0
        case "used by a build":
            assert main(["-C", str(live.root), "build", "-q", "--drafts"]) == 0
    for path, word in [("/first/", "One"), ("/second/", "Two")]:
        live.wait(path, partial(_shows, word))
    live.write("content/first.md", PAGE.replace("One", "Three"))
    live.wait("/first/", partial(_shows, "Three"))
    live.wait("/second/", partial(_shows, "Two"))


def test_search_finds_what_was_reworded(start: Start) -> None:
    live = start(SITE | {"content/first.md": f"{PAGE}\nWords.\n"})

    def index() -> str:
        manifest = live.ask("/search/index/manifest.js").text
        names = re.findall(r'"([0-9a-f]{10}\.js)"', manifest)
        return "".join(live.ask(f"/search/index/{name}").text for name in names)

    assert "zebra" not in index()
    live.write("content/first.md", f"{PAGE}\nZebra.\n")
    live.wait("/first/", lambda reply: "Zebra" in reply.text)
    assert "zebra" in index()


def test_finding_that_moves_is_shown_at_its_line(start: Start) -> None:
    live = start(SITE | {"content/first.md": f"{PAGE}\n[gone](/gone/)\n"})
    assert "content/first.md:8:" in live.ask("/first/").text
    live.write("content/first.md", f"{PAGE}\nAbove.\n\n[gone](/gone/)\n")
    live.wait("/first/", lambda reply: "content/first.md:10:" in reply.text)


def test_last_of_many_saves_is_shown(start: Start) -> None:
    live = start()
    for number in range(200):
        live.write("content/first.md", PAGE.replace("One", f"Save {number}."))
        time.sleep(0.005)
    live.wait("/first/", lambda reply: "Save 199." in reply.text)


def test_new_renamed_and_deleted_pages_follow(start: Start) -> None:
    live = start()
    live.write("content/deep/er/third.md", "Third.\n")
    live.wait("/deep/er/third/", lambda reply: reply.status == 200)
    (live.root / "content/deep").rename(live.root / "content/moved")
    live.wait("/moved/er/third/", lambda reply: reply.status == 200)
    assert live.ask("/deep/er/third/").status == 404
    live.write("content/moved/er/fourth.md", "Fourth.\n")
    live.wait("/moved/er/fourth/", lambda reply: reply.status == 200)
    (live.root / "content/moved/er/third.md").unlink()
    live.wait("/moved/er/third/", lambda reply: reply.status == 404)


def test_content_folder_that_goes_and_returns_is_followed(start: Start) -> None:
    live = start()
    shutil.rmtree(live.root / "content")
    live.wait("/first/", lambda reply: reply.status == 404)
    live.write("content/first.md", PAGE)
    live.wait("/first/", lambda reply: reply.status == 200)
    live.write("content/first.md", PAGE.replace("One", "Changed"))
    live.wait("/first/", lambda reply: "Changed" in reply.text)


def test_template_folder_made_later_is_followed(start: Start) -> None:
    live = start()
    live.write("templates/post.html", "<p>unused, no dates here</p>")
    live.write("templates/page.html", "<p>own {{ page.title }}</p>")
    live.wait("/first/", lambda reply: "<p>own First</p>" in reply.text)


def test_changed_configuration_is_followed(start: Start) -> None:
    live = start()
    live.write("dlsite.yml", "title: Renamed\nbase_url: https://example.org/sub\n")
    live.wait("/sub/first/", lambda reply: "Renamed" in reply.text)


def test_nothing_is_written_but_the_memory(start: Start) -> None:
    live = start()
    live.ask("/first/")
    assert {path.name for path in live.root.iterdir()} == {
        *(path.partition("/")[0] for path in SITE),
        ".dlsite",
    }


# What breaks


def test_broken_front_matter_is_shown_until_mended(start: Start) -> None:
    live = start()
    live.write("content/first.md", "---\ntitle: [<b>First\npermalink: /first/\n---\nOne.\n")
    other = live.wait("/second/", lambda reply: "dlsite-panel" in reply.text)
    assert other.status == 200
    assert "<h1>Second</h1>" in other.text
    assert "content/first.md:" in other.text
    broken = live.ask("/first/")
    # The page has lost its fields, but neither its address nor its body.
    assert broken.status == 200
    assert "<p>One.</p>" in broken.text
    assert "content/first.md:3:" in broken.text
    assert "<pre>3 | permalink: /first/" in broken.text
    assert [each.rule for each in live.shown[-1]] == ["front-matter-syntax"]
    live.write("content/first.md", PAGE)
    live.wait("/first/", lambda reply: "dlsite-panel" not in reply.text)
    assert "dlsite-panel" not in live.ask("/second/").text
    assert live.said[-1] == "no findings in the site"


def test_permalink_that_broken_front_matter_takes_away_shows_why(start: Start) -> None:
    third = "---\ntitle: Third\npermalink: /elsewhere/\n---\nThree.\n"
    live = start({**SITE, "content/third.md": third})
    assert live.ask("/elsewhere/").status == 200
    live.write("content/third.md", third.replace("permalink: /", "- <b>/"))
    broken = live.wait("/elsewhere/", lambda reply: reply.status == 500)
    assert "content/third.md:3:" in broken.text
    assert "<pre>3 | - &lt;b&gt;/elsewhere/" in broken.text
    assert "<b>/else" not in broken.text
    assert live.ask("/elsewhere").headers["location"] == "/elsewhere/"
    live.write("content/third.md", third)
    mended = live.wait("/elsewhere/", lambda reply: reply.status == 200)
    assert "dlsite-panel" not in mended.text
    live.write("content/third.md", third.replace("/elsewhere/", "/moved/"))
    live.wait("/moved/", lambda reply: reply.status == 200)
    assert live.ask("/elsewhere/").status == 404


def test_page_whose_title_breaks_its_front_matter_is_shown_with_the_reason(start: Start) -> None:
    third = "---\ntitle: Third\npermalink: /elsewhere/\n---\nThree.\n"
    live = start({**SITE, "content/third.md": third.replace("Third", "Third: <b>more")})
    broken = live.ask("/elsewhere/")
    assert (broken.status, "content/third.md:2:13" in broken.text) == (200, True)
    assert "Three." in broken.text
    assert "<b>more" not in broken.text


def test_page_that_takes_too_long_is_named_and_the_preview_goes_on(
    site: Callable[[Mapping[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    given = parse_in_time.__kwdefaults__ or {}
    monkeypatch.setattr(parse_in_time, "__kwdefaults__", {**given, "seconds": 0.2})
    shown: list[Diagnostic] = []
    root = site(SITE)

    def show(found: Iterable[Diagnostic], _: Mapping[str, str]) -> None:
        shown.extend(found)
        live.end()

    live = LivePreview(
        root=root,
        load=lambda: load_config(root),
        host="127.0.0.1",
        port=0,
        say=lambda _line: None,
        show=show,
    )
    # Read in this thread, the main one, as `serve` does.
    with live:
        (root / "content/first.md").write_text(f"{PAGE}\n" + "a\n===\n" * 8000, "utf-8")
        patience = threading.Timer(30, live.end)
        patience.start()
        live.follow()
        patience.cancel()
        with urlopen(f"{live.address}/first/", timeout=10) as reply:
            assert "===" in reply.read().decode()
    (finding,) = shown
    assert finding.rule == "markdown-failed"
    assert "seconds" in finding.message


def test_findings_are_told_once(start: Start) -> None:
    live = start({**SITE, "content/first.md": f"{PAGE}\n[gone](/nowhere/)\n"})
    assert [each.rule for found in live.shown for each in found] == ["link-missing"]
    live.write("content/first.md", f"{PAGE}\nAbove.\n\n[gone](/nowhere/)\n")
    live.wait("/first/", lambda reply: "Above." in reply.text)
    assert len(live.shown) == 1
    live.write("content/first.md", f"{PAGE}\n[gone](/nowhere/) [away](/elsewhere/)\n")
    live.wait("/first/", lambda reply: "away" in reply.text)
    assert [each.target for each in live.shown[-1]] == ["/elsewhere/"]


def test_finding_of_one_page_is_not_on_another(start: Start) -> None:
    live = start({**SITE, "content/first.md": f"{PAGE}\n[gone](/nowhere/)\n"})
    assert "<details><summary>dlsite: 1 error</summary>" in live.ask("/first/").text
    assert "dlsite-panel" not in live.ask("/second/").text


def test_two_pages_on_one_permalink_are_shown(start: Start) -> None:
    live = start()
    live.write("content/third.md", PAGE)
    reply = live.wait("/second/", lambda reply: "[permalink-conflict]" in reply.text)
    assert "content/third.md" in reply.text
    assert "content/first.md" in reply.text


@pytest.mark.parametrize(
    "text", ["{% if %}", "{{ page.nothing.at_all }}", "{% include 'no.html' %}"]
)
def test_template_error_is_shown_until_mended(start: Start, text: str) -> None:
    live = start()
    live.write("templates/page.html", f"<main></main>\n{text}\n")
    reply = live.wait("/first/", lambda reply: reply.status == 500)
    assert "templates/page.html:2" in reply.text
    assert "[template-error]" in reply.text
    assert live.ask("/").status == 200
    live.ask("/second/")
    assert [each.rule for found in live.shown for each in found].count("template-error") == 1
    live.write("templates/page.html", "<p>mended</p>")
    live.wait("/first/", lambda reply: reply.status == 200 and "mended" in reply.text)
    assert "no findings in the site" in live.said


def test_broken_configuration_keeps_the_last_one(start: Start) -> None:
    live = start({**SITE, "dlsite.yml": "title: Notes\nbase_url: https://example.org/sub\n"})
    for text in ("title: [", "titel: Notes\n", "title: 1\nbase_url: {}\n"):
        live.write("dlsite.yml", text)
        reply = live.wait("/sub/first/", lambda reply: "dlsite.yml" in reply.text)
        assert reply.status == 200
        assert "[config-" in reply.text
    live.write("dlsite.yml", "title: Mended\n")
    live.wait("/first/", lambda reply: "Mended" in reply.text and "dlsite-panel" not in reply.text)


def test_configuration_that_cannot_be_loaded_is_a_finding(start: Start, tmp_path: Path) -> None:
    root = tmp_path / "site"

    def load() -> Loaded:
        if "gone" in (root / "dlsite.yml").read_text():
            raise ValueError("the clock has stopped")
        return load_config(root)

    live = start(load=load)
    live.write("dlsite.yml", "# gone\n")
    live.wait("/first/", lambda reply: "the clock has stopped" in reply.text)
    live.write("dlsite.yml", "title: Back\n")
    live.wait("/first/", lambda reply: "Back" in reply.text)


def test_bug_in_the_pipeline_keeps_the_last_good_pages(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("<script>oh</script>")

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    live = start()
    with monkeypatch.context() as broken:
        broken.setattr("dlsite.understanding.run_checks", fail)
        live.write("content/first.md", PAGE.replace("One", "Changed"))
        reply = live.wait("/first/", lambda reply: "bug in dlsite" in reply.text)
        assert reply.status == 200
        assert "One" in reply.text
        assert "<script>oh" not in reply.text
        assert list(tmp_path.glob("dlsite-bug-*.txt"))
    live.write("content/first.md", PAGE.replace("One", "Mended"))
    reply = live.wait("/first/", lambda reply: "Mended" in reply.text)
    assert "bug in dlsite" not in reply.text


def test_bug_at_the_start_is_a_page(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with monkeypatch.context() as broken:
        broken.setattr("dlsite.reading.analyse", fail)
        live = start()
        reply = live.ask("/first/")
        assert reply.status == 500
        assert "this is a bug in dlsite (ZeroDivisionError)" in reply.text
    live.write("content/first.md", PAGE)
    live.wait("/first/", lambda reply: reply.status == 200)


def test_panel_escapes_what_it_quotes() -> None:
    finding = Diagnostic(
        "link-missing",
        Position("content/<i>.md", 1, 5, 8),
        "link to '</script><script>alert(1)</script>\x1b[2J'",
        ("<b>help</b>",),
    )
    shown = panel([finding], {"content/<i>.md": "a & <script>alert(1)</script>"}, is_open=True)
    assert "<script" not in shown
    assert "<b>help" not in shown
    assert "\x1b" not in shown
    assert "1 | a &amp; &lt;script&gt;alert(1)&lt;/script&gt;\n        ^^^^^^^^</pre>" in shown


# How it starts and ends


def test_taken_port_is_a_usage_error(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    live = start()
    assert main(["-C", str(live.root), "serve", "--port", str(live.port)]) == 2
    words = f"port {live.port} is taken; name another, or none to have a free one found"
    assert capsys.readouterr() == ("", f"dlsite: {words}\n")


def test_first_free_port_is_found(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    live = start()
    monkeypatch.setattr("dlsite.serve.app.DEFAULT_PORT", live.port)
    with LivePreview(
        root=live.root,
        load=lambda: load_config(live.root),
        host="127.0.0.1",
        port=None,
        say=live.said.append,
        show=lambda _found, _texts: None,
    ) as second:
        assert int(second.address.rpartition(":")[2]) in range(live.port + 1, live.port + 21)


def test_host_that_is_not_ours_is_a_usage_error(
    site: Callable[[Mapping[str, str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(SITE)
    assert main(["-C", str(root), "serve", "--host", "192.0.2.1"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("dlsite: cannot listen on '192.0.2.1', port 8000: ")


def test_configuration_that_fails_at_the_start_is_raised(tmp_path: Path) -> None:
    def load() -> Loaded:
        raise ValueError("no configuration")

    with pytest.raises(ValueError, match="no configuration"):
        serve(
            root=tmp_path,
            load=load,
            host="127.0.0.1",
            port=0,
            open_browser=False,
            say=lambda _line: None,
            show=lambda _found, _texts: None,
        )


def test_every_address_is_answered_by_its_number(start: Start) -> None:
    live = start(host="0.0.0.0")
    assert live.preview.address.startswith("http://127.0.0.1:")
    assert live.ask("/first/").status == 200
    assert live.ask("/first/", Host=f"192.0.2.1:{live.port}").status == 403


_PROGRAM = """
import sys
from pathlib import Path
from dlsite.build import load_config
from dlsite.cli import main
from dlsite.serve.app import serve
root = Path(sys.argv[1])
sys.exit(serve(root=root, load=lambda: load_config(root), host="127.0.0.1", port=0,
    open_browser=False, say=lambda line: print(line, flush=True), show=lambda _found, _texts: None))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX systems")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_it_cleanly(
    site: Callable[[Mapping[str, str]], Path], number: signal.Signals
) -> None:
    program = [sys.executable, "-c", _PROGRAM, str(site(SITE))]
    with subprocess.Popen(
        program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == "no findings in the site\n"
        assert running.stdout.readline().startswith("serving http://127.0.0.1:")
        running.send_signal(number)
        said, errors = running.communicate(timeout=WAIT_SECONDS)
        assert (running.returncode, said, errors) == (0, "stopped\n", "")


def test_interrupt_ends_the_first_reading(
    site: Callable[[Mapping[str, str]], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("it went on")

    monkeypatch.setattr("dlsite.serve.preview.Reader.read", interrupted)
    root = site(SITE)
    said: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        serve(
            root=root,
            load=lambda: load_config(root),
            host="127.0.0.1",
            port=0,
            open_browser=False,
            say=said.append,
            show=lambda _found, _texts: None,
        )
    assert said == []


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX systems")
def test_terminal_that_has_gone_is_no_bug(
    site: Callable[[Mapping[str, str]], Path], tmp_path: Path
) -> None:
    root = site(SITE)
    command = [sys.executable, "-m", "dlsite", "-C", str(root), "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},  # noqa: TID251 - the command line runs as a whole
    ) as running:
        assert running.stdout is not None
        line = running.stdout.readline() + running.stdout.readline()
        address = line.partition("serving ")[2].partition(" ")[0]
        running.stdout.close()
        (root / "content/first.md").write_text(PAGE.replace("One", "[Changed](/nowhere/)"))
        end = time.monotonic() + WAIT_SECONDS
        text = ""
        while "Changed" not in text and time.monotonic() < end:
            text = urlopen(f"{address}first/").read().decode()
        running.send_signal(signal.SIGTERM)
        assert running.wait(WAIT_SECONDS) == 0
        assert running.stderr is not None
        assert "link to '/nowhere/'" in running.stderr.read()
    assert "Changed" in text
    assert "bug in dlsite" not in text
    assert not [*tmp_path.glob("dlsite-bug-*")]


def test_watch_limit_falls_back_to_polling(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlsite.serve.watch.POLL_SECONDS", 0.1)
    monkeypatch.setattr(
        "dlsite.serve.watch.Observer", lambda: (_ for _ in ()).throw(OSError(28, "No space"))
    )
    live = start()
    assert "looking for changes" in live.said[0]
    live.write("content/first.md", PAGE.replace("One", "Changed"))
    live.wait("/first/", lambda reply: "Changed" in reply.text)


# Parts


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b.html", "text/html; charset=utf-8"),
        ("a.SVG", "image/svg+xml; charset=utf-8"),
        ("a.json", "application/json; charset=utf-8"),
        ("a.woff2", "font/woff2"),
        ("a.png", "image/png"),
        ("CNAME", "application/octet-stream"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_content_type(path: str, expected: str) -> None:
    assert content_type(path) == expected


def test_answer_without_an_etag_is_always_modified() -> None:
    assert not is_unmodified("*", "")
    assert not is_unmodified(None, '"a"')


def test_range_of_an_empty_file_is_empty() -> None:
    assert byte_range("bytes=0-", 0) == range(0)
    assert not byte_range("bytes=5-", 0)
