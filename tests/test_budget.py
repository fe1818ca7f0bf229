"""A page that takes too much is shown as text and reported, and the next one is a page again."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converted import Converted
from dlsite.markup.converter import Converter
from dlsite.parse import ParseOptions
from dlsite.processes.budget import MOST_MEBIBYTES, parse_in_time
from dlsite.records import Parsed, SourceFile
from running import LINUX

# Pygments' lexer for TADS takes twice as long for each backslash.
ENDLESS = "---\ntitle: A\n---\nBefore.\n\n```tads3\nextern //" + "\\" * 80 + "\n```\n\nAfter.\n"


def _parse(
    text: str, converter: Converter, seconds: float = 5.0, mebibytes: int = MOST_MEBIBYTES
) -> Parsed:
    source = SourceFile("a.md", "a.md", text, "0")
    return parse_in_time(
        source,
        options=ParseOptions(),
        converter=converter,
        seconds=seconds,
        mebibytes=mebibytes,
    )


def _html(parsed: Parsed) -> str:
    return "".join(piece for piece in parsed.page.body if isinstance(piece, str))


def test_a_page_that_takes_too_long_is_shown_as_text_and_reported() -> None:
    converter = Converter(MarkupOptions())
    parsed = _parse(ENDLESS, converter, 0.3)
    assert [each.rule for each in parsed.diagnostics] == ["markdown-failed"]
    assert parsed.page.title == "A"
    assert "<p>Before.</p>" in _html(parsed)
    assert "<p>After.</p>" in _html(parsed)
    assert _html(_parse("A *b*.", converter)) == "<p>A <em>b</em>.</p>"


class Hungry(Converter):
    """Takes 200 MiB for a page."""

    def convert(self, body: str, *, title: str = "", language: str = "en") -> Converted:
        with memoryview(bytearray(200 << 20)):
            return super().convert(body, title=title, language=language)


@LINUX
def test_a_page_that_takes_too_much_memory_is_shown_as_text_and_reported() -> None:
    converter = Hungry(MarkupOptions())
    parsed = _parse("---\ntitle: A\n---\nOne *b*.\n\nTwo.\n", converter, mebibytes=100)
    assert [each.message for each in parsed.diagnostics] == [
        "the body cannot be converted: it takes more than 100 MiB of memory"
    ]
    assert _html(parsed) == "<p>One *b*.</p>\n<p>Two.</p>"
    assert _html(_parse("A *b*.", converter, mebibytes=300)) == "<p>A <em>b</em>.</p>"


@LINUX
@pytest.mark.parametrize("where", ["_bodies", "_titles"])
def test_no_library_takes_want_of_memory_for_a_mistake_of_its_own(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    converter = Converter(MarkupOptions())
    hungry = SimpleNamespace(reset=lambda: None, convert=lambda _: bytes(200 << 20))
    monkeypatch.setattr(converter, where, hungry)
    parsed = _parse("---\ntitle: A *b*\n---\nOne.\n", converter, mebibytes=100)
    assert [each.rule for each in parsed.diagnostics] == ["markdown-failed"]


@LINUX
def test_limit_that_the_system_sets_is_kept() -> None:
    # In a process of its own, which may not raise its limit again.
    program = """
import resource
from dlsite.processes.budget import _limited_memory
held = 500 << 20
resource.setrlimit(resource.RLIMIT_DATA, (held, held))
with _limited_memory(700):
    assert resource.getrlimit(resource.RLIMIT_DATA) == (held, held)
with _limited_memory(1):
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] < held
assert resource.getrlimit(resource.RLIMIT_DATA) == (held, held)
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_limits_are_off_afterwards() -> None:
    before = signal.getsignal(signal.SIGVTALRM), resource.getrlimit(resource.RLIMIT_DATA)
    _parse("A.", Converter(MarkupOptions()))
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    after = signal.getsignal(signal.SIGVTALRM), resource.getrlimit(resource.RLIMIT_DATA)
    assert after == before


def test_outside_the_main_thread_a_page_is_parsed_all_the_same() -> None:
    with ThreadPoolExecutor(1) as pool:
        parsed = pool.submit(_parse, "A *b*.", Converter(MarkupOptions()), 0.0).result()
    assert _html(parsed) == "<p>A <em>b</em>.</p>"
