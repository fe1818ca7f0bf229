"""Put the preview together: a server, a watcher and the state between them; and end it well."""

from __future__ import annotations

import errno
import signal
import threading
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self
from urllib.parse import quote

from dlsite.config.settings import Config
from dlsite.serve.answers import Answer
from dlsite.serve.change import Change
from dlsite.serve.editors import LinkTo, no_editor
from dlsite.serve.preview import Load, Preview
from dlsite.serve.readings import Readings
from dlsite.serve.server import PreviewServer
from dlsite.serve.telling import Say, Show
from dlsite.serve.watch import Changes, Watcher

DEFAULT_PORT = 8000
MORE_PORTS = 20
_PATIENCE_SECONDS = 0.5


class LivePreview:
    """A preview: a server on `host` with a thread of its own, and what follows the files.

    Made, it owns its port; entered as a context manager, it serves, until it is left.
    Pages are read in the thread that enters and follows: in the main thread of a process
    one that takes too long is interrupted.  Raises `AddressError` where no port is to be
    had, and whatever `load` raises at first.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that only the caller knows
        self,
        *,
        root: Path,
        load: Load,
        host: str,
        port: int | None,
        say: Say,
        show: Show,
        link_to: LinkTo = no_editor,
        chat: Say | None = None,
        readings: Readings | None = None,
    ) -> None:
        self._root = root
        self._is_there = True
        first, _ = load()
        listen = partial(PreviewServer, ask=self._answer, greet=self._greet)
        self._server = _bound(host, port, listen)
        self._changes = Changes()
        self._preview = Preview(
            root=root,
            load=load,
            first=first,
            address=self._server.address,
            say=say,
            show=show,
            again=self._changes.mark,
            is_over=lambda: self._changes.is_over,
            link_to=link_to,
            chat=chat,
            readings=readings,
        )
        self._watcher = Watcher(self._changes, say)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="server", daemon=True
        )

    @property
    def address(self) -> str:
        """The preview's `http://host:port`."""
        return self._server.address

    @property
    def url(self) -> str:
        """Where the site's home page stands."""
        return f"{self.address}{quote(self._preview.snapshot.at.base_path)}/"

    def __enter__(self) -> Self:
        try:
            self._refresh()
        except BaseException:
            self._close()
            raise
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._close()

    def _close(self) -> None:
        self._watcher.close()
        self._server.server_close()

    def _answer(self, path: str) -> Answer:
        return self._preview.snapshot.answer(path)

    def _greet(self) -> str:
        return Change(files=self._preview.snapshot.at.files).as_json()

    def follow(self) -> None:
        """Show what changes, until somebody says `end`."""
        while not self._changes.is_over:
            if self._changes.wait(_PATIENCE_SECONDS):
                self._take_up(self._changes.take_files())
            elif self._root.is_dir() is not self._is_there:
                # No watch tells that the site itself has gone, or is back.
                self._refresh()

    def end(self) -> None:
        """Let `follow` return at once.  Takes no lock, so that a signal may do it at any moment."""
        self._changes.end()

    def _take_up(self, files: frozenset[Path] | None) -> None:
        """Show what follows from changes of these files, or of any."""
        before = self._preview.snapshot
        if files is None or not self._preview.take_up(files):
            self._refresh()
        elif self._preview.snapshot is not before:
            self._server.streams.tell(self._greet())

    def _refresh(self) -> None:
        self._is_there = self._root.is_dir()
        found = self._preview.read_config()
        # First watched, then read, so that no change falls between.
        config = self._preview.config
        self._watcher.watch(*_folders(self._root, config))
        change = self._preview.refresh(found)
        if change is not None:
            self._server.streams.tell(change.as_json())


def _folders(root: Path, config: Config) -> tuple[list[Path], list[Path]]:
    """Return the folders to watch whole, and those where only a file or folder counts."""
    sources = [root / name for name in (config.content, config.templates, config.static)]
    # The output directory of a site whose pages stand at its top is watched with them:
    # a build that changes it changes no source, and so shows nothing.
    above = [folder.parent for folder in sources]
    return sources, [root, (root / config.path).parent, *above]


class AddressError(Exception):
    """The preview cannot listen where it should; the message says why and what to do."""


def _bound(
    host: str, port: int | None, listen: Callable[[str, int], PreviewServer]
) -> PreviewServer:
    """Return a server on the port given, or on the first free one of the usual ports."""
    ports = range(DEFAULT_PORT, DEFAULT_PORT + MORE_PORTS + 1) if port is None else (port,)
    for each in ports:
        try:
            return listen(host, each)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                continue
            reason = (error.strerror or str(error)).lower()
            raise AddressError(f"cannot listen on '{host}', port {each}: {reason}") from error
    if port is None:
        raise AddressError(f"the ports {ports[0]} to {ports[-1]} are taken; name one: --port PORT")
    raise AddressError(f"port {port} is taken; name another, or none to have a free one found")


def serve(  # noqa: PLR0913 - the command's settings, each by name
    *,
    root: Path,
    load: Load,
    host: str,
    port: int | None,
    open_browser: bool,
    say: Say,
    show: Show,
    link_to: LinkTo = no_editor,
    chat: Say | None = None,
    readings: Readings | None = None,
) -> None:
    """Show the site live until interrupted or terminated.

    Without a `port` the first free one from 8000 on is taken.  `show` gets findings
    that are new with the sources to quote, `chat` what a quiet run leaves out, `say`
    everything else: the address is what was asked for.  `link_to` makes the links
    of findings in the page that open an editor.  Raises `AddressError`
    where it cannot listen.  Whatever `load` raises at the start is raised; later it is a
    finding.
    """
    live = LivePreview(
        root=root,
        load=load,
        host=host,
        port=port,
        say=say,
        show=show,
        link_to=link_to,
        chat=chat,
        readings=readings,
    )
    # Whoever interrupts the first reading waits for no end of it.
    with live, _stopped_by_signals(live):
        say(f"serving {live.url} (stop with Ctrl-C)")
        if open_browser:
            webbrowser.open(live.url)
        live.follow()
    (chat or say)("stopped")


@contextmanager
def _stopped_by_signals(live: LivePreview) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the preview, instead of raising anywhere."""

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        live.end()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)
