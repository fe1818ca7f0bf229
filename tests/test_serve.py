"""How the preview starts and ends."""

from __future__ import annotations

import multiprocessing
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from urllib.request import urlopen

import pytest

from dlsite.build import load_config
from dlsite.cli import main
from dlsite.markup.converter import Converter
from dlsite.parse import ParseOptions
from dlsite.processes.workers import FEWEST_PAGES, timed_parse
from dlsite.records import Parsed, SourceFile
from dlsite.serve.app import LivePreview, serve
from dlsite.serve.readings import Readings
from previewing import PAGE, SITE, WAIT_SECONDS, Loaded, Start, preview_of
from running import LINUX, Write, wait_until


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


def test_all_usual_ports_taken_is_a_usage_error(
    start: Start, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    live = start()
    monkeypatch.setattr("dlsite.serve.app.DEFAULT_PORT", live.port)
    monkeypatch.setattr("dlsite.serve.app.MORE_PORTS", 0)
    assert main(["-C", str(live.root), "serve"]) == 2
    words = f"the ports {live.port} to {live.port} are taken; name one: --port PORT"
    assert capsys.readouterr() == ("", f"dlsite: {words}\n")


def test_browser_is_opened_once_the_site_is_served(
    site: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened: list[bytes] = []

    def look(url: str) -> None:
        with urlopen(url, timeout=WAIT_SECONDS) as reply:
            opened.append(reply.read())
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("webbrowser.open", look)
    assert main(["-C", str(site(SITE)), "serve", "--port", "0", "--open"]) == 0
    assert len(opened) == 1
    assert b"<title>Notes</title>" in opened[0]
    assert capsys.readouterr().out.endswith("stopped\n")


def test_quiet_preview_says_where_it_is_and_what_is_wrong(
    site: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _url: signal.raise_signal(signal.SIGINT))
    root = site({**SITE, "content/first.md": f"{PAGE}\n[gone](/nowhere/)\n"})
    assert main(["-C", str(root), "-q", "serve", "--port", "0", "--open"]) == 0
    said, errors = capsys.readouterr()
    assert re.fullmatch(r"serving http://127\.0\.0\.1:\d+/ \(stop with Ctrl-C\)\n", said)
    assert "link to '/nowhere/'" in errors


def test_host_that_is_not_ours_is_a_usage_error(
    site: Write, capsys: pytest.CaptureFixture[str]
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
def test_signal_ends_it_cleanly(site: Write, number: signal.Signals) -> None:
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


def test_interrupt_ends_the_first_reading(site: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        signal.raise_signal(signal.SIGINT)
        raise AssertionError("it went on")

    monkeypatch.setattr("dlsite.serve.preview.Reader.read", interrupted)
    root = site(SITE)
    said: list[str] = []
    # A shell that begins the tests in the background has them ignore interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
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
    finally:
        signal.signal(signal.SIGINT, before)
    assert said == []


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as on POSIX systems")
def test_terminal_that_has_gone_is_no_bug(site: Write, tmp_path: Path) -> None:
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


@LINUX
def test_first_reading_is_spread_over_processes_and_watched(
    site: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    parsers = tmp_path / "parsers"

    def parse(
        file: SourceFile, options: ParseOptions, converter: Converter
    ) -> tuple[Parsed, float]:
        with parsers.open("a") as stream:
            stream.write(f"{os.getpid()}\n")
        return timed_parse(file, options, converter)

    monkeypatch.setattr("dlsite.processes.workers.timed_parse", parse)
    seen: list[tuple[str, int, int]] = []
    root = site({f"content/p{n}.md": f"---\ntitle: P{n}\n---\nOne.\n" for n in range(FEWEST_PAGES)})
    bar = nullcontext(lambda *step: seen.append(step))
    live = preview_of(root, readings=Readings(2, lambda: bar))
    with live:
        assert multiprocessing.active_children() == []
        with urlopen(f"{live.address}/p7/", timeout=WAIT_SECONDS) as reply:
            assert b"<title>P7" in reply.read()
    assert seen[-1] == ("reading", FEWEST_PAGES, FEWEST_PAGES)
    pids = set(parsers.read_text().split())
    assert pids
    assert str(os.getpid()) not in pids


MANY = {f"content/p{n}.md": f"---\ntitle: P{n}\n---\n'One'\n" for n in range(FEWEST_PAGES)}


def parsing(monkeypatch: pytest.MonkeyPatch, first: Callable[[str], None]) -> None:
    """Let something be done here for each page before it is parsed here."""

    def parse(
        file: SourceFile, options: ParseOptions, converter: Converter
    ) -> tuple[Parsed, float]:
        first(file.path)
        return timed_parse(file, options, converter)

    monkeypatch.setattr("dlsite.processes.workers.timed_parse", parse)
    monkeypatch.setattr("dlsite.pages.timed_parse", parse)


@LINUX
def test_settings_that_change_every_page_are_taken_up_by_several_processes(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    here: list[str] = []
    seen: list[tuple[str, int, int]] = []
    bar = nullcontext(lambda *step: seen.append(step))
    live = start(MANY, readings=Readings(2, lambda: bar, unwatched_seconds=0))
    first = live.ask("/p7/").text
    seen.clear()

    def take_long(path: str) -> None:
        here.append(path)
        # So that there is something left once the others have come.
        time.sleep(0.3)

    parsing(monkeypatch, take_long)
    live.write("dlsite.yml", "markdown: {typography: false}\n")
    live.wait("/p7/", lambda reply: reply.text != first)
    pages = [live.ask(f"/p{n}/").text for n in range(FEWEST_PAGES)]
    assert "<p>\u2018One\u2019</p>" in first
    assert all("<p>'One'</p>" in page for page in pages)
    assert 0 < len(here) < FEWEST_PAGES
    assert seen[-1] == ("reading", FEWEST_PAGES, FEWEST_PAGES)
    wait_until(lambda: not multiprocessing.active_children())


def test_preview_that_is_ended_reads_no_more(site: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    root = site(MANY)
    here: list[str] = []
    live = preview_of(root)

    def end(path: str) -> None:
        here.append(path)
        live.end()

    with live:
        parsing(monkeypatch, end)
        (root / "dlsite.yml").write_text("markdown: {typography: false}\n")
        live.follow()
    assert len(here) == 1
