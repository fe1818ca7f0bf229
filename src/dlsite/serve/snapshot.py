"""Turn an analysed site into a table of answers by URL path.

Nothing of a request becomes a file name: a path is in the table, or there is nothing.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from dlsite.diagnostics import Diagnostic
from dlsite.records import (
    GeneratedRoute,
    PageRoute,
    StaticFile,
    StaticRoute,
    TwinRoute,
    VariantRoute,
)
from dlsite.rendering import Renderer
from dlsite.rules import Severity
from dlsite.serve.answers import Answer, content_type
from dlsite.serve.editors import LinkTo, no_editor
from dlsite.serve.panel import error_page, panel
from dlsite.urls.permalinks import output_path

SCRIPT_PATH = "/_dlsite/live.js"
EVENTS_PATH = "/_dlsite/events"

_HTML = "text/html; charset=utf-8"
_NOT_FOUND = "404.html"


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is to say about a site: `texts` are the sources to quote, by path.

    `note` speaks of a bug in dlsite, and is empty without one; `link_to` opens a place in
    an editor.
    """

    found: tuple[Diagnostic, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    link_to: LinkTo = no_editor

    @property
    def blocked(self) -> frozenset[str]:
        """The source files with a finding that a build would not publish."""
        return frozenset(finding.position.path for finding in self.found if finding.blocks)

    def panel(self, source: str, more: Iterable[Diagnostic]) -> str:
        """Return the panel for the page made from `source`.

        It holds what breaks the site anywhere, then what is wrong with this page.
        """
        own = (
            each
            for each in self.found
            if each.position.path == source and each.level is not Severity.INFO
        )
        blocking = [each for each in self.found if each.blocks]
        shown = dict.fromkeys([*more, *blocking, *own])
        is_open = bool(self.note or any(each.blocks for each in shown))
        return panel(shown, self.texts, is_open=is_open, note=self.note, link_to=self.link_to)


@dataclass(frozen=True, slots=True)
class Addresses:
    """What stands at every URL path of the preview: the output of a plan, a file, or neither.

    `planned` are output paths, `page_sources` source files and `made_from` the output paths
    of such a file; `generated` are the URLs that emitters answer for.  `files` is the state of
    what pages may use beside their text, as a short digest.
    """

    base_path: str = ""
    planned: Mapping[str, str] = field(default_factory=dict)
    page_sources: Mapping[str, str] = field(default_factory=dict)
    made_from: Mapping[str, list[str]] = field(default_factory=dict)
    statics: Mapping[str, StaticFile] = field(default_factory=dict)
    generated: frozenset[str] = frozenset()
    files: str = ""

    @classmethod
    def of(cls, renderer: Renderer | None) -> Addresses:
        """Return the addresses of a site; none where nothing could be read."""
        if renderer is None:
            return cls(files=_state(()))
        path = renderer.analysis.config.base_path.strip("/")
        base_path = f"/{path}" if path else ""
        plans = renderer.plans
        planned = {base_path + plans.permalink(output): output for output in plans}
        sources: dict[str, str] = {}
        made_from: dict[str, list[str]] = {}
        statics: dict[str, StaticFile] = {}
        generated = set()
        for permalink, route in renderer.analysis.site.routes.route_by_permalink.items():
            url = base_path + permalink
            match route:
                case PageRoute(_, source) | TwinRoute(_, source):
                    sources[url] = source
                    made_from.setdefault(source, []).append(output_path(permalink))
                case StaticRoute(_, file) | VariantRoute(_, file):
                    statics[url] = file
                case GeneratedRoute() if url not in planned:
                    generated.add(url)
                case _:
                    pass
        state = _state(statics.values())
        return cls(base_path, planned, sources, made_from, statics, frozenset(generated), state)


class Snapshot:
    """One state of the site, ready to be asked.  Pages are rendered once, when asked for.

    `held` maps URL paths, which a page had before its source broke, to that source: a
    page whose front matter does not parse has lost its permalink, not its readers.
    `on_finding` is called with what rendering finds, `on_bug` with what should not be.
    `at` are the addresses where nothing has moved, and `answers` those known already, where
    only words changed.
    """

    def __init__(  # noqa: PLR0913 - each is one thing that only the caller knows
        self,
        renderer: Renderer | None,
        findings: Findings,
        *,
        on_finding: Callable[[Diagnostic], None],
        on_bug: Callable[[Exception], str],
        held: Mapping[str, str] = MappingProxyType({}),
        at: Addresses | None = None,
        answers: Mapping[str, Answer] = MappingProxyType({}),
    ) -> None:
        self._renderer = renderer
        self.findings = findings
        self._on_finding = on_finding
        self._on_bug = on_bug
        self.failed: dict[str, Diagnostic] = {}
        self.at = at or Addresses.of(renderer)
        self._answers = dict(answers)
        self._emitted: dict[str, bytes] | None = None
        self._lock = threading.RLock()
        blocked = findings.blocked
        self.held = {
            url: source
            for url, source in held.items()
            if source in blocked and not self._stands_at(url)
        }

    @property
    def renderer(self) -> Renderer | None:
        """What this snapshot shows; `None` where nothing could be read."""
        return self._renderer

    def reworded(self, renderer: Renderer, sources: Iterable[str]) -> Snapshot:
        """Return the state after quiet edits of source files: all else stands as it was."""
        paths = {path for source in sources for path in self.at.made_from.get(source, ())}
        with self._lock:
            known = {path: each for path, each in self._answers.items() if path not in paths}
        return Snapshot(
            renderer,
            self.findings,
            on_finding=self._on_finding,
            on_bug=self._on_bug,
            at=self.at,
            answers=known,
        )

    def _stands_at(self, url: str) -> bool:
        return url in self.at.planned or url in self.at.statics or url in self.at.generated

    def answer(self, path: str) -> Answer:
        """Return the answer for a decoded URL path, which begins with a slash."""
        # One page at a time: two requests for one page must not render it twice.
        with self._lock:
            return self._find(path)

    def _find(self, path: str) -> Answer:
        if self._renderer is None:
            return self._page(500, error_page("dlsite has a bug", "The site cannot be shown."), "")
        folder = path.removesuffix("index.html") if path.endswith("/index.html") else path
        for url in (path, folder):
            if self._stands_at(url):
                return self._answer_at(url, self._renderer)
        if any(url.endswith("/") and path.startswith(url) for url in self.at.generated):
            return self._emit(path, self._renderer)
        if path == "/":
            return self._redirect(302, f"{self.at.base_path}/")
        if self._stands_at(f"{path}/") or f"{path}/" in self.held:
            return self._redirect(301, f"{path}/")
        if folder in self.held:
            source = self.held[folder]
            text = f"'{source}' has to be mended first; what is wrong stands below."
            return self._page(500, error_page("This page cannot be shown", text), source)
        return self._not_found(self._renderer)

    def _redirect(self, status: int, path: str) -> Answer:
        # A leading `//` would name another host.
        location = quote("/" + path.lstrip("/"))
        return Answer(status, body=f"see {location}\n".encode(), location=location)

    def _answer_at(self, url: str, renderer: Renderer) -> Answer:
        if url in self.at.statics:
            file = self.at.statics[url]
            etag = f'"{file.digest[:32]}"'
            kind = content_type(file.url_path)
            return Answer(200, kind, file.content, file.origin, etag)
        if url in self.at.generated:
            return self._emit(url, renderer)
        output_path = self.at.planned[url]
        return self._render(404 if output_path == _NOT_FOUND else 200, output_path, renderer)

    def _emit(self, url: str, renderer: Renderer) -> Answer:
        try:
            if self._emitted is None:
                outputs = renderer.emit()
                self._emitted = {each.path: each.content for each in outputs if not each.origin}
        except Exception as error:  # noqa: BLE001 - the preview outlives its own bugs
            return self._bug(error, url)
        content = self._emitted.get(url.removeprefix(self.at.base_path).lstrip("/"))
        if content is None:
            return self._not_found(renderer)
        return Answer(200, content_type(url), content, etag=_etag(content))

    def _render(self, status: int, output_path: str, renderer: Renderer) -> Answer:
        # Only what is planned is remembered, so that made-up addresses take no memory.
        known = self._answers.get(output_path)
        if known is None:
            known = self._answers[output_path] = self._rendered(status, output_path, renderer)
        return known

    def _rendered(self, status: int, output_path: str, renderer: Renderer) -> Answer:
        planned = renderer.plans[output_path]
        try:
            output, finding = renderer.render(output_path)
        except Exception as error:  # noqa: BLE001 - the preview outlives its own bugs
            return self._bug(error, planned.permalink)
        if finding is not None:
            self.failed[output_path] = finding
            self._on_finding(finding)
        source = planned.position.path
        if output is None:
            text = f"'{planned.permalink}' cannot be rendered; what is wrong stands below."
            found = () if finding is None else (finding,)
            return self._page(500, error_page("This page cannot be shown", text), source, found)
        if not output_path.endswith((".html", ".htm")):
            return Answer(status, content_type(output_path), output.content)
        text = output.content.decode("utf-8", "replace")
        return self._page(status, text, source)

    def _not_found(self, renderer: Renderer) -> Answer:
        if _NOT_FOUND in renderer.plans:
            return self._render(404, _NOT_FOUND, renderer)
        return self._page(404, error_page("Page not found", "Nothing stands here."), "")

    def _bug(self, error: Exception, permalink: str) -> Answer:
        note = self._on_bug(error)
        text = f"'{permalink}' cannot be shown, and that is the fault of dlsite."
        shown = panel((), {}, is_open=True, note=note)
        return self._html_answer(500, error_page("dlsite has a bug", text), shown)

    def _page(self, status: int, text: str, source: str, more: Iterable[Diagnostic] = ()) -> Answer:
        return self._html_answer(status, text, self.findings.panel(source, more))

    def _html_answer(self, status: int, text: str, shown: str) -> Answer:
        """Put the panel and the script for live reload into a page, before its end."""
        etag = _etag(f"{shown}\n{text}".encode())
        # The page tells the script which state of it is shown, so that no change is missed.
        state = f'data-page={etag} data-files="{self.at.files}"'
        script = f'<script src="{SCRIPT_PATH}" {state} defer></script>'
        at = text.lower().rfind("</body>")
        cut = len(text) if at < 0 or len(text.lower()) != len(text) else at
        body = f"{text[:cut]}{shown}{script}\n{text[cut:]}"
        return Answer(status, _HTML, body.encode(), etag=etag)

    def render_again(self, output_paths: Iterable[str]) -> None:
        """Render what failed before, so that it is known whether it still does."""
        with self._lock:
            for path in output_paths:
                if self._renderer is not None and path in self._renderer.plans:
                    self.answer(self.at.base_path + self._renderer.plans.permalink(path))


def _state(statics: Iterable[StaticFile]) -> str:
    states = sorted(f"{file.url_path} {file.digest}" for file in statics)
    return _short_digest("\n".join(states).encode())


def _etag(content: bytes) -> str:
    return f'"{_short_digest(content)}"'


def _short_digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def script_answer() -> Answer:
    """Return the script that each page of the preview loads."""
    content = Path(__file__).with_name("live.js").read_bytes()
    return Answer(200, "text/javascript; charset=utf-8", content, etag=_etag(content))
