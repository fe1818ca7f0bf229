"""Inputs made to break the converter end soon, with a page or a finding, and lose no word."""

from __future__ import annotations

import re
import time

import pytest
from hostile import CASES
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.parse import ParseOptions, parse
from dlsite.processes.budget import parse_in_time
from dlsite.records import Parsed, SourceFile

SECONDS = 5.0
"""CPU seconds for any of these; on an idle machine most take hundredths."""


@pytest.fixture(scope="module")
def converter() -> Converter:
    return Converter(MarkupOptions())


def _parse(text: str, converter: Converter) -> tuple[Parsed, float]:
    source = SourceFile("a.md", "a.md", text, "0")
    begin = time.process_time()
    parsed = parse(source, options=ParseOptions(), converter=converter)
    return parsed, time.process_time() - begin


def _html(parsed: Parsed) -> str:
    return "".join(piece for piece in parsed.page.body if isinstance(piece, str))


@pytest.mark.parametrize("name", CASES)
def test_hostile_input_ends_with_a_page(name: str, converter: Converter) -> None:
    make, size = CASES[name]
    parsed, seconds = _parse(make(max(2, size // 100)), converter)
    assert seconds < SECONDS
    assert not _failures(parsed)
    assert not set("\x02\x03") & set(_html(parsed))


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("quotes", 10_000),
        ("lists on a line", 10_000),
        ("quotes and lists in turn", 10_000),
        ("brackets", 50_000),
        ("brackets nested", 10_000),
        ("links open", 20_000),
        ("images open", 20_000),
        ("tags open", 20_000),
        ("fence with blanks", 20_000),
        ("table", 10_000),
        ("headings in lines", 20_000),
        ("definition list open", 20_000),
        ("raw divs nested", 20_000),
        ("scripts open", 20_000),
    ],
)
def test_what_broke_python_markdown_ends_at_full_size(
    name: str, size: int, converter: Converter
) -> None:
    parsed, seconds = _parse(CASES[name][0](size), converter)
    assert seconds < SECONDS
    assert not _failures(parsed)


SQUARES = {
    "code spans closed by fewer": 20_000,
    "ticks escaped and open": 25_000,
    "footnote marks open": 60_000,
    "footnote in a footnote in a line": 13_000,
    "headings underlined in lines": 16_000,
    "abbreviation again": 10_000,
    "rules in lines": 40_000,
    "raw formulas open": 25_000,
    "raw headings in words": 20_000,
    "liquid blocks open": 18_000,
    "contents again": 7_000,
    "strikes in emphasis": 50_000,
    "raw comments open": 40_000,
}
"""Inputs that took the square of their length, with sizes at which that is far over the budget."""


@pytest.mark.parametrize(("name", "size"), SQUARES.items(), ids=SQUARES)
def test_page_that_took_the_square_of_its_length_stays_within_its_budget(
    name: str, size: int, converter: Converter
) -> None:
    source = SourceFile("a.md", "a.md", CASES[name][0](size), "0")
    assert not _failures(parse_in_time(source, options=ParseOptions(), converter=converter))


def test_note_in_too_many_notes_is_text_and_said(converter: Converter) -> None:
    parsed, _ = _parse("[^a]: " * 300 + "word", converter)
    assert _html(parsed).count("<li") == 101
    # In the text the others are marks of the first.
    assert re.search(r"</sup>: <sup[^>]*>.*</sup>: word", _html(parsed))
    assert [each.rule for each in parsed.diagnostics if "markdown" in each.rule] == [
        "markdown-depth"
    ]


def _failures(parsed: Parsed) -> list[str]:
    return [each.message for each in parsed.diagnostics if each.rule == "markdown-failed"]


# Everything that is written in signs, whole and in parts.  Left out is what has words of its own
# that are not shown: definitions, attribute lists, comments, tags, what follows a fence's mark.
SIGNS = [
    "*", "**", "_", "__", "***", "~~", "`", "``", "[", "]", "(", ")", "](", "![", "[[", "]]", "|",
    "# ", "## ", "\n===\n", "\n---\n", "> ", "- ", "+ ", "1. ", ": ", "$", "$$", "\\", "\\*", '"',
    "'", "...", "--", "\t", "    ", "  ", "\n", "\n", "\n\n", "\n\n", " ", " ", ";", ".", ",", "!",
    "?", "&", "&amp;", "<", ">", "é", "中", "- [ ] ", "!!! note\n", "> [!NOTE]\n", "\n```\n",
    "\n~~~\n", "{", "}", "{", "}", "<b",
]  # fmt: skip
WORD = re.compile(r"word\d+x")


@st.composite
def _sources(draw: st.DrawFn) -> str:
    """Return signs and words in any order; each word is another, counted from 0."""
    parts = draw(st.lists(st.one_of(st.just(""), st.sampled_from(SIGNS)), max_size=30))
    return "".join(part or f"word{number}x" for number, part in enumerate(parts))


@given(_sources())
@settings(max_examples=500)
def test_no_word_is_lost(converter: Converter, source: str) -> None:
    """Every word of the source is in the HTML: in the text, an attribute or a formula."""
    converted = converter.convert(source)
    assert not any(problem.rule == "markdown-failed" for problem in converted.problems)
    assert set(WORD.findall(source)) <= set(WORD.findall(converted.html))
    assert not re.search(r"[\x02\x03]|wzxhzdk|dlsite(?:math|attr)", converted.html)


@given(_sources())
@settings(max_examples=500)
def test_words_are_shown_in_the_order_of_the_source(converter: Converter, source: str) -> None:
    shown = WORD.findall(converter.convert(source).text)
    numbers = [int(word.removeprefix("word").removesuffix("x")) for word in shown]
    assert numbers == sorted(numbers)


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60))
@settings(max_examples=300)
def test_any_text_at_all_gives_a_page(converter: Converter, source: str) -> None:
    converted = converter.convert(source)
    assert not any(problem.rule == "markdown-failed" for problem in converted.problems)
    assert "\x02" not in converted.html
