"""A running preview as a browser meets it: asked, edited, waited for."""

from __future__ import annotations

import http.client
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dlsite.build import load_config
from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.serve.app import LivePreview
from dlsite.serve.readings import Readings
from hosting import followed
from running import Write

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


def preview_of(  # noqa: PLR0913 - each is what one test asks for
    root: Path,
    *,
    host: str = "127.0.0.1",
    load: Callable[[], Loaded] | None = None,
    say: Callable[[str], None] = lambda _line: None,
    show: Callable[[Iterable[Diagnostic], Mapping[str, str]], None] = lambda _found, _texts: None,
    readings: Readings | None = None,
) -> LivePreview:
    """Return the preview of a site, on a port that is free; it follows nothing yet."""
    return LivePreview(
        root=root,
        load=load or (lambda: load_config(root)),
        host=host,
        port=0,
        say=say,
        show=show,
        readings=readings,
    )


@contextmanager
def previews(site: Write) -> Iterator[Start]:
    """Give a function that starts a preview of files by path; all end with the context."""
    with ExitStack() as running:

        def run(
            texts: Mapping[str, str] = SITE,
            *,
            host: str = "127.0.0.1",
            load: Callable[[], Loaded] | None = None,
            readings: Readings | None = None,
        ) -> Live:
            root = site(texts)
            said: list[str] = []
            shown: list[list[Diagnostic]] = []

            def show(found: Iterable[Diagnostic], _: Mapping[str, str]) -> None:
                shown.append(list(found))

            made = preview_of(
                root, host=host, load=load, say=said.append, show=show, readings=readings
            )
            return Live(running.enter_context(followed(made)), root, said, shown)

        yield run
