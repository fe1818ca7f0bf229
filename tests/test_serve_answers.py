"""What the preview answers: pages, files, ranges, redirects, and the safe headers."""

from __future__ import annotations

import re

import pytest

from dlsite.serve.answers import byte_range, content_type, is_unmodified
from previewing import SITE, Start


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
