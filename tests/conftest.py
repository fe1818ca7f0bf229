"""What all tests share: reproducible properties, the theme read once, sites made of texts."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import CodeType

import pytest
from hypothesis import settings
from jinja2 import Environment
from jinja2.bccache import Bucket
from playwright.sync_api import Browser, expect, sync_playwright

from dlsite import cli, mathfont
from dlsite.config.file import read_config
from dlsite.config.settings import Config
from dlsite.files.sitefiles import Sources
from dlsite.files.sources import read_sources
from dlsite.markup.tex import faulty_macros
from dlsite.memory.keys import tool_digest
from dlsite.pages import Pages
from dlsite.records import MARKDOWN_SUFFIXES, SourceFile, StaticFile
from dlsite.understanding import Analysis, understand
from dlsite.variants.encode import AVIF_PHOTO
from hosting import Open, Reader
from previewing import Start, previews
from running import NOON, Ran, Run, Write, run_as_typed
from smallsites import GOOD
from upgrades import Edit, edited, theme_of_its_own

# The same examples on every run and every machine; a slow machine is no failure.
settings.register_profile("suite", derandomize=True, deadline=None, database=None)
settings.load_profile("suite")

# How long a test waits for what a browser does, on a machine that has more to do.
WAIT_MILLISECONDS = 10_000
BROWSER_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

NOW = datetime(2024, 1, 1, tzinfo=UTC)

# Nearly every small site has a page that nothing links to, or that links to nothing.
QUIET = "check: {rules: {page-orphan: 'off', page-deadend: 'off'}}\n"


MEMORY = Path("/dev/shm")
MEMORY_BYTES = 2 << 30
"""How much room must be left for all that a run of the suite writes, several times over."""


def pytest_configure() -> None:
    """Let tests write into memory where there is room: files on a disk cost a quarter of them all.

    The wheel is installed there and run.  `PYTEST_DEBUG_TEMPROOT` names another place.
    """
    if not MEMORY.is_dir() or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return
    if os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free > MEMORY_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))  # noqa: TID251 - pytest reads it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what drives a browser last.

    Its driver keeps an event loop running in this thread, and another, such as the one
    that asks servers outside, cannot be started then.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session", autouse=True)
def _templates_compiled_once() -> Iterator[None]:
    """Let Jinja compile one text of a template once for all tests, and load one byte code once.

    It takes longer for the theme than a small site takes for everything else.
    """
    compiled: dict[tuple[str, str | None, str | None], CodeType] = {}
    compile_ = Environment.compile

    def compile_once(
        self: Environment, source: str, name: str | None = None, filename: str | None = None
    ) -> CodeType:
        key = (source, name, filename)
        if key not in compiled:
            compiled[key] = compile_(self, source, name, filename)
        return compiled[key]

    loaded: dict[tuple[str, bytes], CodeType | None] = {}
    load = Bucket.bytecode_from_string

    def load_once(self: Bucket, string: bytes) -> None:
        key = (self.checksum, string)
        if key not in loaded:
            load(self, string)
            loaded[key] = self.code
        self.code = loaded[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Environment, "compile", compile_once)
        patch.setattr(Bucket, "bytecode_from_string", load_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _options_are_made_once() -> Iterator[None]:
    """Remember the options of the command line: to make them takes a twentieth of a short run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cli, "parser", cache(cli.parser))
        yield


@pytest.fixture(scope="session", autouse=True)
def _fonts_are_cut_once() -> Iterator[None]:
    """Remember the fonts for formulas: tests build the same small sites many times."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mathfont, "font_of", cache(mathfont.font_of))
        yield


@pytest.fixture(scope="session")
def theme(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    """Return the default theme, as a site without any file of its own has it."""
    return read_sources(tmp_path_factory.mktemp("empty"), Config())[0]


def _sources(texts: Mapping[str, str], theme: Sources) -> Sources:
    """Return the sources that files of these paths and texts make, in the order given."""
    pages: list[SourceFile] = []
    beside: list[StaticFile] = []
    statics = {file.url_path: file for file in theme.statics}
    templates, template_paths = dict(theme.templates), dict(theme.template_paths)
    for path, text in texts.items():
        folder, _, rest = path.partition("/")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if folder == "templates":
            templates[rest], template_paths[rest] = text, path
        elif folder == "static":
            statics[rest] = StaticFile(rest, path, path, digest)
        elif folder == "content" and path.endswith(MARKDOWN_SUFFIXES):
            pages.append(SourceFile(path, rest, text, digest))
        elif folder == "content" and rest != "tags.yml":
            beside.append(StaticFile(rest, path, path, digest))
    everything = (*statics.values(), *beside)
    styles = {path: text for path, text in texts.items() if path.endswith(".css")}
    return Sources(
        tuple(pages),
        everything,
        templates,
        template_paths,
        theme.theme_templates,
        styles,
        texts.get("urls.txt"),
        texts.get("content/tags.yml"),
    )


@pytest.fixture(scope="session")
def understood(theme: Sources) -> Callable[[Mapping[str, str]], Analysis]:
    """Return the pipeline up to the checks, run in memory on texts by path.

    Paths are relative to the site, and files are read in the order given.  Without a
    `dlsite.yml` orphan pages are passed over.  The time is the first of January 2024.
    """
    pages = Pages()

    def run(texts: Mapping[str, str]) -> Analysis:
        config, findings = read_config(texts.get("dlsite.yml", QUIET), macro_faults=faulty_macros)
        config = replace(config, now=NOW)
        sources = _sources(texts, theme)
        return understand(sources, pages.parse(sources.pages, config), config, findings)

    return run


@pytest.fixture
def site(tmp_path: Path) -> Write:
    """Return a function that writes files by path into a folder for one test."""

    def write(texts: Mapping[str, str]) -> Path:
        root = tmp_path / "site"
        for path, text in texts.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        return root

    return write


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command as the program does, without a process of its own."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOON))
    for name in ("GITHUB_ACTIONS", "DLSITE_BASE_URL"):
        monkeypatch.delenv(name, raising=False)

    def do(root: Path, *arguments: str) -> Ran:
        code, was_early = run_as_typed(["-C", str(root), *arguments])
        return Ran(code, *capsys.readouterr(), was_early)

    return do


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment say nothing, but that it is the first of January 2025."""
    for name in ("DLSITE_BASE_URL", "GITHUB_ACTIONS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")


@pytest.fixture
def dlsite(capsys: pytest.CaptureFixture[str], environment: None) -> Run:
    """Return the command line, run in this process from its beginning to its end, never early."""
    del environment

    def do(root: Path, *arguments: str) -> Ran:
        capsys.readouterr()
        try:
            code = cli.main(["-C", str(root), *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(code, out, err)

    return do


@pytest.fixture(scope="session")
def _good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("good")
    (root / "content").mkdir()
    for path, text in GOOD.items():
        (root / path).write_text(text)
    assert cli.main(["-q", "-C", str(root), "build", "--base-url="]) == 0
    return root


@pytest.fixture
def published(_good: Path, tmp_path: Path) -> Path:
    """Return the site `GOOD`, published already, where `site` writes too."""
    return shutil.copytree(_good, tmp_path / "site")


@pytest.fixture
def edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edit]:
    """Return what edits a site at random, or what is around it, which no other test sees so."""
    theme_of_its_own(tmp_path / "theme", monkeypatch)
    yield lambda site, rng: edited(site, rng, monkeypatch)
    # Others would go on with the version or the libraries that were made up, and keep byte code so.
    tool_digest.cache_clear()


@pytest.fixture
def start(site: Write) -> Iterator[Start]:
    """Return a function that starts a preview of files by path; all end with the test."""
    with previews(site) as run:
        yield run


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a Chromium; where there is none tests are skipped, but fail under CI."""
    path = shutil.which("chromium")
    if path is None:
        reason = "the tests in a browser want Chromium on the path: apt-get install chromium"
        if os.getenv("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with (
        sync_playwright() as driver,
        driver.chromium.launch(executable_path=path, args=BROWSER_ARGUMENTS) as launched,
    ):
        expect.set_options(timeout=WAIT_MILLISECONDS)
        yield launched


@pytest.fixture
def open_page(reader: Reader) -> Iterator[Open]:
    """Return a function that opens a page in the tab of the module's `reader`.

    No page may complain or ask another host.
    """
    yield reader.open
    assert reader.leave() == []


@pytest.fixture
def hasty_images(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let images be encoded less well, in a tenth of the time."""
    monkeypatch.setitem(AVIF_PHOTO, "speed", 10)
