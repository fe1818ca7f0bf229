"""A page that takes too long is shown as text and reported, and the next one is a page again."""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor

from dlsite.budget import parse_in_time
from dlsite.config import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.parse import ParseOptions
from dlsite.records import Parsed, SourceFile

# Pygments' lexer for TADS takes twice as long for each backslash.
ENDLESS = "---\ntitle: A\n---\nBefore.\n\n```tads3\nextern //" + "\\" * 80 + "\n```\n\nAfter.\n"


def _parse(text: str, converter: Converter, seconds: float = 5.0) -> Parsed:
    source = SourceFile("a.md", "a.md", text, "0")
    return parse_in_time(source, options=ParseOptions(), converter=converter, seconds=seconds)


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


def test_the_alarm_is_off_afterwards() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    _parse("A.", Converter(MarkupOptions()))
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGVTALRM) == before


def test_outside_the_main_thread_a_page_is_parsed_all_the_same() -> None:
    with ThreadPoolExecutor(1) as pool:
        parsed = pool.submit(_parse, "A *b*.", Converter(MarkupOptions()), 0.0).result()
    assert _html(parsed) == "<p>A <em>b</em>.</p>"
