"""Raw HTML that is not balanced does no harm to what stands around and behind it."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.config.settings import MarkupOptions
from dlsite.markup.balance import balanced
from dlsite.markup.converter import Converter

CONVERTER = Converter(MarkupOptions())
VOID = ("br", "hr", "img", "input")


class _Nesting(HTMLParser):
    def __init__(self, markup: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults = 0
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and (not self.open or self.open.pop() != tag):
            self.faults += 1


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>a <b>b</p><p>c</p>", "<p>a <b>b</b></p><p>c</p>"),
        ("<div>a", "<div>a</div>"),
        ("a</div></b>", "a"),
        ("<p>a <title> b</p>", "<p>a &lt;title&gt; b</p>"),
        ("<p>a <script> b</p>", "<p>a &lt;script&gt; b</p>"),
        ("<script>a < b</script>", "<script>a < b</script>"),
        ("<p>a <!-- b</p>", "<p>a &lt;!-- b</p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<p>a <div>b</div> c</p>", "<p>a </p><div>b</div> c"),
        ("<table><tr><td>a<td>b<tr><td>c</table>",
         "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"),
        ("<div><table><tr><td>a</div></td></tr></table></div>",
         "<div><table><tr><td>a</td></tr></table></div>"),
        ("<ul><li><div>a</li></ul>", "<ul><li><div>a</div></li></ul>"),
        ("<i/>a<br/>b<br>c", "<i/></i>a<br/>b<br>c"),
        ("<svg><path d='x'/></svg>", "<svg><path d='x'/></svg>"),
        ("<p>a <math>b</p><p>c</math> d</p>", "<p>a <math>b</math></p><p>c d</p>"),
        ("<p><math>a <math>b</math> c</math></p>", "<p><math>a <math>b</math> c</math></p>"),
        ("<p><math><mi>a</math> b</p>", "<p><math><mi>a</math> b</p>"),
        ("<body><p>a</p></body>", "&lt;body&gt;<p>a</p>"),
    ],
)  # fmt: skip
def test_ends_are_where_browsers_put_them(markup: str, expected: str) -> None:
    assert balanced(markup, "<") == markup
    assert balanced(markup, "<x>") == expected
    assert balanced(expected, "<x>") == expected or "<i/>" in expected


@pytest.mark.parametrize(
    "raw", ["<div>", "</div>", "<title>", "<table><tr>", "<!--", "<a href='x'>"]
)
@pytest.mark.parametrize(
    "frame",
    ["one {} two", "- one {} two", "> {} one", "## H {} x", "| {} | a |\n|---|---|\n| 学 | b |"],
)
def test_what_follows_is_still_there(raw: str, frame: str) -> None:
    markup = CONVERTER.convert(frame.format(raw) + "\n\nLast *words*.\n").html
    nesting = _Nesting(markup)
    assert (nesting.open, nesting.faults) == ([], 0)
    assert "<p>Last <em>words</em>.</p>" in markup


@given(st.lists(st.sampled_from(
    ["<p>", "</p>", "<b>", "</b>", "<ul>", "<li>", "</li>", "</ul>", "<table>", "<tr>", "<td>",
     "</td>", "</table>", "<div>", "</div>", "x", "<br>", "<a>", "</a>", "<dl>", "<dd>", "</dl>"]
)))  # fmt: skip
def test_anything_becomes_balanced_and_loses_no_word(pieces: list[str]) -> None:
    markup = balanced("".join(pieces), "<x>")
    nesting = _Nesting(markup)
    assert (nesting.open, nesting.faults) == ([], 0)
    assert markup.count("x") == pieces.count("x")


def test_a_link_in_a_formula_stays_whole_beside_html() -> None:
    markup = CONVERTER.convert(r"<b>a</b> $\href{/x}{y}$ c").html
    assert markup.count("</a>") == 1
    assert markup.endswith("</semantics></math> c</p>")
