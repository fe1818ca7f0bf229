"""The faster parts of Python-Markdown make of a text what Python-Markdown makes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import markdown
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown.inlinepatterns import InlineProcessor
from pymdownx.betterem import BetterEmExtension
from pymdownx.tilde import DeleteSubExtension

from dlsite.config.settings import MarkupOptions
from dlsite.markup import converter as converters
from dlsite.markup.converter import Converter
from dlsite.markup.inline import LONGEST, pieces
from dlsite.markup.literals import literals_of
from dlsite.markup.reader import Reader

ROOT = Path(__file__).parent.parent
# Whatever authors write on purpose or by mistake, in small pieces.
PIECES = [
    "word", " ", " ", "\n", "\n", "\n\n", "    ", "\t", "*", "**", "_", "__", "***", "~~", "`",
    "``", "```", "~~~", "[", "]", "(", ")", "](", "![", "[[", "]]", "][", "[a]: /b\n", "[^1]",
    "[^1]: note\n", "*[AB]: title\n", "AB", "<", ">", "<b>", "</b>", "<div>", "</div>",
    '<div markdown="1">', "<!--", "-->", "&amp;", "&", "\\", "\\*", "$", "$$", "$x$", "|", "|-|",
    "| a | b |\n|---|---|\n", "# ", "## ", "===\n", "---\n", "> ", "- ", "* ", "1. ", ": ",
    "{: .a}", "{#a}", '"', "'", "...", "--", "http://a.b/c", "<http://a.b>", "a@b.cd",
    "!!! note\n", '=== "x"\n', "> [!NOTE]\n", "- [ ] ", "é", "中", "  \n", "<!--more-->",
]  # fmt: skip
EMPHASIS = [
    "a", "b1", " ", " ", "\n", "*", "*", "**", "**", "***", "_", "__", "~~", ".", ",", "(", ")",
    "-", "\\*", "`x`", "é", "中", "[a](", "[*a*](", "/b", "<", ">", ' "t")', ")",
]  # fmt: skip
MIXES = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


def _documents() -> Iterator[Path]:
    yield from sorted((ROOT / "content").rglob("*.md"))
    yield from sorted((ROOT / "tests" / "cases").rglob("*.txt"))
    yield from sorted(ROOT.glob("*.md"))


@pytest.fixture(scope="module")
def stock() -> Converter:
    """Return a converter on Python-Markdown as it comes, with the same extensions."""

    class Stock(markdown.Markdown):
        blocks = SimpleNamespace()  # Has bounds to report, here none.

    class StockEmphasis(BetterEmExtension):  # type: ignore[misc] # it has no types
        def __init__(self, *, punctuation: bool = True, deletes: bool = False) -> None:
            super().__init__(punctuation=punctuation)
            self._deletes = deletes

        def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - its name
            super().extendMarkdown(md)
            if self._deletes:
                DeleteSubExtension(subscript=False).extendMarkdown(md)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(converters, "Reader", Stock)
        patch.setattr(converters, "EmphasisExtension", StockEmphasis)
        made = Converter(MarkupOptions())
        made.inline("*A title* that needs a parser")
        return made


@pytest.fixture(scope="module")
def ours() -> Converter:
    return Converter(MarkupOptions())


def test_documents_come_out_as_from_python_markdown(ours: Converter, stock: Converter) -> None:
    for path in _documents():
        text = path.read_text(encoding="utf-8")
        if path.stem != "markdown-depth":
            assert ours.convert(text) == stock.convert(text), path


def test_ticks_that_are_closed_by_fewer_or_more_are_text(ours: Converter) -> None:
    html = ours.convert("**<p://>``\\*`<p://>```**").html
    assert "</a>``*`<a" in html
    assert html.endswith("</a>```</strong></p>")


@given(MIXES)
@settings(max_examples=400)
def test_mixes_come_out_as_from_python_markdown(
    ours: Converter, stock: Converter, text: str
) -> None:
    assert ours.convert(text) == stock.convert(text)


@given(st.lists(st.sampled_from(EMPHASIS), max_size=16).map("".join))
@settings(max_examples=400)
def test_emphasis_and_links_come_out_as_from_python_markdown(
    ours: Converter, stock: Converter, text: str
) -> None:
    assert ours.convert(text) == stock.convert(text)


@given(MIXES)
@settings(max_examples=200)
def test_the_plain_dialect_comes_out_as_from_python_markdown(text: str) -> None:
    extensions = ["extra", "sane_lists", "admonition", "toc", "smarty", "wikilinks", "nl2br"]
    assert Reader(extensions=extensions).convert(text) == markdown.markdown(
        text, extensions=extensions
    )


def test_an_older_pattern_of_an_extension_comes_out_as_from_python_markdown() -> None:
    class Shout(markdown.Extension):
        def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - its name
            pattern = markdown.inlinepatterns.SimpleTagPattern(r"(@@)(.+?)@@", "b")
            md.inlinePatterns.register(pattern, "shout", 75)

    text = "a @@b *c*@@ d @@e@@ and [f @@g@@](h) @@ i"
    expected = markdown.markdown(text, extensions=[Shout()])
    assert Reader(extensions=[Shout()]).convert(text) == expected
    assert expected.count("<b>") == 3


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"\[", {"["}),
        (r"(?<!\!)\[", {"["}),
        (r"a*", set()),
        (r"(?:ab|c)d*", {"ab", "c"}),
        (r"(?:ab|d*)", set()),
        (r"x+\*\*", {"**"}),
        (r"[*_]{2,3}", {"*", "_"}),
        (r"[a-z]+", set()),
        (r"[^a]b", {"b"}),
        (r"(?=<)\w", {"<"}),
        (r"(?!<)\w", set()),
        (r"(?i:abc)\#", {"#"}),
        (r"(?i)abc", set()),
        (r"(?>ab)++", {"ab"}),
        (r"(a)\1", {"a"}),
        (r"(a)?(?(1)b|c)", set()),
        (r"<([A-Za-z][A-Za-z0-9+.-]*://[^<>]*)>", {"://"}),
    ],
)
def test_literals_are_those_that_every_match_has(pattern: str, literals: set[str]) -> None:
    assert set(literals_of(re.compile(pattern))) == literals


@given(MIXES)
def test_no_pattern_matches_a_text_without_its_literals(ours: Converter, text: str) -> None:
    patterns = [each.getCompiledRegExp() for each in ours._bodies.inlinePatterns]  # noqa: SLF001 - what a site uses
    for pattern in patterns:
        literals = literals_of(pattern)
        if literals and not any(literal in text for literal in literals):
            assert pattern.search(text) is None


def test_most_patterns_have_literals(ours: Converter) -> None:
    patterns = list(ours._bodies.inlinePatterns)  # noqa: SLF001 - what a site uses
    assert all(isinstance(each, InlineProcessor) for each in patterns)
    without = [each for each in patterns if not literals_of(each.getCompiledRegExp())]
    assert without == []


def test_a_long_text_is_cut_at_blanks_and_not_in_placeholders() -> None:
    placeholder = "\x02klzzwxh:0001\x03"
    text = "word " * LONGEST + placeholder * LONGEST + "\n" + "x" * (3 * LONGEST)
    found = list(pieces(text))
    assert "".join(found) == text
    assert max(map(len, found)) <= LONGEST
    assert all(piece.count("\x02") == piece.count("\x03") for piece in found)
    assert len(found) < 4 * len(text) / LONGEST


def test_inline_markup_is_read_in_a_text_of_any_length(ours: Converter) -> None:
    count = LONGEST // 4
    html = ours.convert("a *b* [c](d)\n" * count).html
    assert html.count("<em>b</em>") == html.count('<a href="d">c</a>') == count
