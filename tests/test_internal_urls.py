"""Every internal URL of a published site leads somewhere, at the root and below a path."""

from __future__ import annotations

import html
import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from running import Run, Write, everything
from smallsites import FULL, WANTED


class _Files(SimpleHTTPRequestHandler):
    """Serves files as Python does, and keeps quiet."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[http.client.HTTPConnection]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()
        server.shutdown()
        thread.join()
        server.server_close()


_URLS = (r'\b(?:href|src)="([^"]*)"', r"<loc>([^<]*)</loc>", r'content="\d+; ?url=([^"]*)"')


def _internal(output: Path, *, origin: str = "", base_path: str = "") -> set[str]:
    """Return the path of every internal URL in every output.

    In HTML, in the HTML within the feed, in the feed itself, the sitemap and redirects.
    """
    found: set[str] = set()
    for path, content in everything(output).items():
        if path.endswith((".html", ".xml")):
            text = html.unescape(content.decode())
            for url in (url for pattern in _URLS for url in re.findall(pattern, text)):
                whole = urlsplit(urljoin(f"{base_path}/{path}", url.removeprefix(origin)))
                if not whole.scheme and not whole.netloc:
                    found.add(whole.path)
    return found


def test_every_internal_url_answers_without_a_redirect(dlsite: Run, site: Write) -> None:
    alias = (
        "---\ntitle: Old\npermalink: /new_name/\nredirect_from: /old_name\n---\n[RNN](/old_name)\n"
    )
    root = site(FULL | {"content/alias.md": alias})
    assert dlsite(root, "build").code == 0
    statuses: dict[str, int] = {}
    with _served(root / "public") as connection:
        for url in sorted(_internal(root / "public")):
            connection.request("GET", url)
            answer = connection.getresponse()
            answer.read()
            statuses[url] = answer.status
    assert {url: status for url, status in statuses.items() if status != 200} == {}
    expected = {f"{target}/" for target, *_ in WANTED} | {"/deep_learning/", "/tags/gans/", "/"}
    assert expected | {"/new_name/", "/icon.svg", "/feed.xml"} <= statuses.keys()
    assert any(url.startswith("/style.") for url in statuses)


@pytest.mark.parametrize("base_path", ["/notes", "/my%20notes/d%C3%A9j%C3%A0"])
def test_every_internal_url_stays_below_the_base_path(
    dlsite: Run, site: Write, base_path: str
) -> None:
    root = site(FULL)
    assert dlsite(root, "build", "--base-url", f"https://example.org{base_path}/").code == 0
    urls = _internal(root / "public", origin="https://example.org", base_path=base_path)
    assert {url for url in urls if not url.startswith(f"{base_path}/")} == set()
    files = {f"{url}index.html" if url.endswith("/") else url for url in urls}
    outputs = {f"{base_path}/{path}" for path in everything(root / "public")}
    assert files - outputs == set()
    assert f"{base_path}/transfer_learning/" in urls


def test_content_is_the_same_at_the_root_and_below_a_path(dlsite: Run, site: Write) -> None:
    root = site(FULL)
    dlsite(root, "build", "-o", "one", "--base-url", "https://example.org")
    dlsite(root, "build", "-o", "two", "--base-url", "https://example.org/notes")
    one, two = everything(root / "one"), everything(root / "two")
    assert one.keys() == two.keys()
    page = "transfer_learning/index.html"
    assert two[page].replace(b"/notes/", b"/") == one[page]
