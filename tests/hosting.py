"""A site as readers get it: published into a folder, served under a strict policy, checked."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from dlsite.build import analyse, load_config
from dlsite.rendering import Renderer
from dlsite.serve.app import LivePreview

Scheme = Literal["light", "dark"]
Open = Callable[..., Page]
"""Opens a page of a site in a tab: the fixture `open_page`."""


@contextmanager
def followed(live: LivePreview) -> Iterator[LivePreview]:
    """Enter a preview, and follow its files in a thread until it is left."""
    with live:
        thread = threading.Thread(target=live.follow, daemon=True)
        thread.start()
        try:
            yield live
        finally:
            live.end()
            thread.join()


def published(texts: dict[str, str], folder: Path) -> Path:
    """Write a site and publish it; return the folder of the output."""
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    config, found = load_config(folder)
    assert found == ()
    config = replace(config, now=datetime(2025, 1, 1, tzinfo=UTC))
    rendered = Renderer.of(analyse(folder, config)).render_all()
    assert rendered.diagnostics == ()
    for output in rendered.outputs:
        target = folder / "public" / output.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(Path(output.origin).read_bytes() if output.origin else output.content)
    return folder / "public"


def policy(public: Path) -> str:
    """Return a policy that lets in what the site itself publishes, and the one inline script."""
    scripts = re.findall(r"<script>(.*?)</script>", (public / "index.html").read_text())
    assert len(scripts) == 1
    assert len(scripts[0]) < 200
    digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
    return f"default-src 'self'; script-src 'self' 'sha256-{digest}'; base-uri 'none'"


class _Handler(SimpleHTTPRequestHandler):
    """Files of a folder under a policy; the page for what is not there, as hosts have it."""

    def __init__(self, *args: Any, rules: str, **more: Any) -> None:  # noqa: ANN401 - the base class's own
        self._rules = rules
        super().__init__(*args, **more)

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", self._rules)
        super().end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        del message, explain
        body = (Path(self.directory) / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        del format, args


@contextmanager
def served(public: Path, root: Path | None = None) -> Iterator[str]:
    """Serve a site as a static host does; give the address of its folder, or of `root` above."""
    handler = partial(_Handler, directory=str(root or public), rules=policy(public))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            # Else the thread would go on after a test that fails, and keep the process from ending.
            server.shutdown()
            thread.join()


class Reader:
    """Reads a site in one tab, with a script or without, that the tests of a module share.

    A tab of its own for each would cost Chromium five times as much as the page in it.  The
    site stands at `address`; what the browser says with `excused` in it is no complaint.
    """

    def __init__(self, browser: Browser, address: str = "", *, excused: str = "") -> None:
        self.address = address
        self._browser, self._excused = browser, excused
        self._site = ""
        self._tabs: dict[bool, Page] = {}
        self._complaints: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for tab in self._tabs.values():
            tab.context.close()

    def open(
        self, path: str, *, width: int = 1280, scheme: Scheme = "light", script: bool = True
    ) -> Page:
        """Return the tab, with a page of the site in it, or of another, by its full address."""
        url = path if ":" in path else f"{self.address}{path}"
        is_own = url.startswith((self.address, "about:"))
        self._site = self.address if is_own else "/".join(url.split("/")[:3])
        if script not in self._tabs:
            self._tabs[script] = self._new_tab(script=script)
        tab = self._tabs[script]
        tab.set_viewport_size({"width": width, "height": 800})
        tab.emulate_media(media="null", color_scheme=scheme)
        tab.goto(url)
        return tab

    @contextmanager
    def site(self, public: Path) -> Iterator[str]:
        """Serve another site, for as long as a tab may still ask it; give its address."""
        with served(public) as address:
            try:
                yield address
            finally:
                for tab in self._tabs.values():
                    tab.goto("about:blank")

    def leave(self) -> list[str]:
        """Let nothing of a test stay in the tab; return what the pages complained of since.

        Pages that asked another site are among that.
        """
        for tab in self._tabs.values():
            for other in tab.context.pages:
                if other != tab:
                    other.close()
            tab.unroute_all()
            tab.mouse.move(0, 0)
            if tab.url != "about:blank":
                tab.evaluate("localStorage.clear(); sessionStorage.clear()")
                tab.goto("about:blank")
        complaints, self._complaints = self._complaints, []
        return complaints

    def _new_tab(self, *, script: bool) -> Page:
        tab = self._browser.new_context(
            base_url=self.address or None,
            java_script_enabled=script,
            permissions=["clipboard-read", "clipboard-write"],
        ).new_page()
        tab.on("console", self._hear)
        tab.on("pageerror", lambda error: self._complaints.append(str(error)))
        tab.on("request", self._see)
        return tab

    def _hear(self, message: ConsoleMessage) -> None:
        is_excused = self._excused != "" and self._excused in message.text
        if message.type in ("error", "warning") and not is_excused:
            self._complaints.append(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self._site, "data:")):
            self._complaints.append(request.url)


def faults(page: Page) -> list[str]:
    """Return what axe-core finds, best practices and target sizes included."""
    script = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    # Evaluated by the driver, where the policy of the page does not hold.
    page.evaluate(script)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"
        ".then((result) => result.violations)"
    )
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]
