"""Lists, tables, attribute lists, headings, figures and excerpts, through the whole converter."""

from __future__ import annotations

import re

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.markup.lists import indent_lists

CONVERTER = Converter(MarkupOptions())


def html(body: str) -> str:
    """Return a body's HTML on one line."""
    return re.sub(r"\s*\n\s*", "", CONVERTER.convert(body).html)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("text\n- a\n- b", "<p>text</p><ul><li>a</li><li>b</li></ul>"),
        ("text\n1. a\n2. b", "<p>text</p><ol><li>a</li><li>b</li></ol>"),
        ("born in\n1986. Yes", "<p>born in1986. Yes</p>"),
        ("- a\n  - b\n    - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
        ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
        ("* a\n\t* b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("- a\n    - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
        ("- a\n\n  more\n- b", "<ul><li><p>a</p><p>more</p></li><li><p>b</p></li></ul>"),
        ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("> text\n> - a\n>   - b",
         "<blockquote><p>text</p><ul><li>a<ul><li>b</li></ul></li></ul></blockquote>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    ],
    ids=[
        "under a paragraph", "ordered under a paragraph", "a wrapped year is no list",
        "nested by two", "nested by the marker's width", "nested by tab", "nested by four",
        "second paragraph at two", "parenthesis", "in a quote", "start number",
    ],
)  # fmt: skip
def test_lists_nest_as_authors_write_them(body: str, expected: str) -> None:
    assert html(body) == expected


@pytest.mark.parametrize(
    "lines",
    [
        ["```", "- a", "  - b", "```"],
        ["    - code", "      - code"],
        ["Title", "---"],
        ["* * *"],
        ["text - with - hyphens"],
    ],
    ids=["fence", "indented code", "underlined heading", "rule", "hyphens in text"],
)
def test_what_is_no_list_is_not_moved(lines: list[str]) -> None:
    assert indent_lists(lines) == lines


def test_ten_thousand_markers_on_a_line_end_in_time() -> None:
    assert "x" in CONVERTER.convert("- " * 10_000 + "x").html


SEED_TABLE = """\
  |  | Machine Learning | Deep Learning |
  :---------:|:---:|:-----:
   How?  | By hand. | By network.\x20
   Who | An analyst | The machine\x20
   Data  | Thousands | Millions\x20
   Output | A number | Anything\x20
"""


def test_the_kramdown_table_has_three_header_cells_and_four_rows() -> None:
    table = html(SEED_TABLE)
    assert re.findall(r"<th class=\"center\" scope=\"col\">(.*?)</th>", table) == [
        "",
        "Machine Learning",
        "Deep Learning",
    ]
    body = table.partition("<tbody>")[2]
    assert len(re.findall(r"<tr>", body)) == 4
    assert len(re.findall(r"<t[dh] class=\"center\"", body)) == 12
    assert re.findall(r"scope=\"row\">(.*?)</th>", body) == ["How?", "Who", "Data", "Output"]


@pytest.mark.parametrize(
    ("body", "cells"),
    [
        ("| a | b |\n|---|---|\n| `x|y` | 2 |", ["a", "b", "<code>x|y</code>", "2"]),
        ("| a | b |\n|---|---|\n| x \\| y | 2 |", ["a", "b", "x | y", "2"]),
        ("text\n| a | b |\n|---|---|\n| 1 | 2 |", ["a", "b", "1", "2"]),
        ("## H\n| a | b |\n|---|---|\n| 1 | 2 |", ["a", "b", "1", "2"]),
        ("| 1 | 2 |\n| 3 | 4 |", ["1", "2", "3", "4"]),
        ("| $5 | $6 |\n|---|---|\n| 1 | 2 |", ["$5", "$6", "1", "2"]),
    ],
    ids=["code", "escaped", "under a paragraph", "under a heading", "no header", "prices"],
)
def test_cells_are_what_the_author_sees(body: str, cells: list[str]) -> None:
    assert re.findall(r"<t[dh]\b[^>]*>(.*?)</t[dh]>", html(body)) == cells


def test_a_formula_with_a_pipe_does_not_cut_its_cell() -> None:
    rendered = html("| a | b |\n|---|---|\n| $p(x|y)$ | 2 |")
    assert rendered.count("<td") == 2
    assert "<math" in rendered


def test_a_pipe_in_a_sentence_is_text() -> None:
    assert html("this | that") == "<p>this | that</p>"


def test_tables_stand_in_boxes_with_names_of_their_own() -> None:
    rendered = html("## H\n\n| a |\n|---|\n| 1 |\n\n| b |\n|---|\n| 2 |")
    labels = re.findall(r'aria-label="([^"]*)"', rendered)
    assert labels == ["Table 1: H", "Table 2: H"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("text\n{: .lead #x}", '<p class="lead" id="x">text</p>'),
        ("{: .lead}\ntext", '<p class="lead">text</p>'),
        ("- a\n- b\n{: .steps}", '<ul class="steps"><li>a</li><li>b</li></ul>'),
        ("## H\n{: #own}", '<h2 id="own">H</h2>'),
        ("## H {#own}", '<h2 id="own">H</h2>'),
        ("*a*{: .x}", '<p><em class="x">a</em></p>'),
        ("a\n{: .x}\nb", '<p class="x">a</p><p>b</p>'),
        ("- a\n{: .x}\nb", '<ul class="x"><li>a</li></ul><p>b</p>'),
        ("{: .x}\n- a", '<ul class="x"><li>a</li></ul>'),
        ("> a\n{: .x}", '<blockquote class="x"><p>a</p></blockquote>'),
        ("{: .x}\n\na", "<p>{: .x}</p><p>a</p>"),
        ("a {: .x b", "<p>a {: .x b</p>"),
        ("\u5b66\u4e60\n{: .x #\u5b66}", '<p class="x" id="\u5b66">\u5b66\u4e60</p>'),
        ("```\n{: .x}\n```", None),
    ],
    ids=[
        "after",
        "before",
        "list",
        "heading",
        "heading inline",
        "span",
        "between",
        "after a list",
        "before a list",
        "quote",
        "of nothing",
        "unclosed",
        "other script",
        "in code",
    ],
)
def test_attribute_lists_belong_to_their_block(body: str, expected: str | None) -> None:
    rendered = html(body)
    if expected is None:
        assert "{: .x}" in rendered
    else:
        assert rendered == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("*set*{a, b}", "<p><em>set</em>{a, b}</p>"),
        ("**T**{v}", "<p><strong>T</strong>{v}</p>"),
        ("## The set {x=1}", '<h2 id="the-set-x1">The set {x=1}</h2>'),
        ("## T {-}", '<h2 id="t--">T {-}</h2>'),
        ("**_**{<v>}", "<p><strong>_</strong>{<v>}</v></p>"),
        ("*a*{: title='*b*'}", "<p><em>a</em>{: title=‘<em>b</em>’}</p>"),
        ("*a*{.x", "<p><em>a</em>{.x</p>"),
        ("*a*{.x}{: #y .z}{b}", '<p><em class="x z" id="y">a</em>{b}</p>'),
        (
            "![a](/b.png){width=300 .x}",
            '<p><img alt="a" class="x" decoding="async" src="/b.png" width="300"></p>',
        ),
        ("*a*{: .x.y k='v w'}", '<p><em class="x y" k="v w">a</em></p>'),
        ("*a*{: hidden nothing}", "<p><em hidden>a</em></p>"),
    ],
)
def test_braces_that_are_no_attribute_list_are_text(body: str, expected: str) -> None:
    assert html(body) == expected


def test_a_list_of_attributes_may_have_a_name() -> None:
    body = "{:middle: .m style='text-align: center'}\n{:middle: .n}\n![a](/b.png)\n{: middle .o}"
    assert '<p class="m n o" style="text-align: center">' in html(body)
    # Of itself, of nothing, in code; and the next page knows nothing of it.
    assert html("{:a: a .x}\n\nb\n{: a}") == '<p class="x">b</p>'
    assert html("b\n{: a middle}") == "<p>b</p>"
    assert "{:a: .x}" in html("```\n{:a: .x}\n```")


def test_an_attribute_list_does_not_destroy_a_table() -> None:
    rendered = html("| a | b |\n|---|---|\n| 1 | 2 |\n{: .wide}")
    assert '<table class="wide">' in rendered
    assert rendered.count("<tr>") == 2


@pytest.mark.parametrize(
    ("heading", "fragment"),
    [
        ("A & B", "a--b"),
        ("Don't -- stop", "dont----stop"),
        ("snake_case and `code()`", "snake_case-and-code"),
        ("深度学习", "深度学习"),
        ("हिन्दी", "हिन्दी"),
        ("Ünïcode Ärger", "ünïcode-ärger"),
        ("What's *new*?", "whats-new"),
        ("1. First", "1-first"),
        ("!!!", "section"),
    ],
)
def test_heading_ids_follow_the_rule_of_github(heading: str, fragment: str) -> None:
    (found,) = CONVERTER.convert(f"## {heading}").headings
    assert found.fragment == fragment


def test_repeated_headings_are_numbered_and_own_ids_win() -> None:
    found = CONVERTER.convert("## A\n\n## A\n\n## B {#a-1}\n\n## A").headings
    assert [heading.fragment for heading in found] == ["a", "a-2", "a-1", "a-3"]


def test_two_headings_with_one_own_id_are_a_problem() -> None:
    (problem,) = CONVERTER.convert("## A {#x}\n\n## B {#x}").problems
    assert (problem.rule, problem.line) == ("heading-id-duplicate", 1)


def test_the_table_of_contents_lists_what_is_not_left_out() -> None:
    rendered = html("* TOC\n{:toc}\n\n## A\n\n### B\n\n## C\n{:.no_toc}")
    contents = re.search(r"<nav.*?</nav>", rendered)
    assert contents
    assert re.findall(r'href="#([^"]*)">([^<]*)', contents[0]) == [("a", "A"), ("b", "B")]


def test_a_heading_of_raw_html_gets_an_id() -> None:
    (found,) = CONVERTER.convert("<h2>Raw & free</h2>\n").headings
    assert found.fragment == "raw--free"


def test_an_image_alone_is_a_figure_with_its_title_as_caption() -> None:
    assert html('![alt](/a.png "Figure 1.")') == (
        '<figure><img alt="alt" decoding="async" src="/a.png"><figcaption>Figure 1.</figcaption>'
        "</figure>"
    )


def test_an_image_in_a_sentence_stays_there() -> None:
    assert html("see ![alt](/a.png) here").startswith("<p>see <img")


@pytest.mark.parametrize(
    ("body", "excerpt"),
    [
        ("one\n\ntwo", "<p>one</p>"),
        ("## H\n\n- a\n\n> q\n\none", "<p>one</p>"),
        ("one\n\ntwo\n\n<!--more-->\n\nthree", "<p>one</p>\n<p>two</p>"),
        ("one <!-- more --> two", "<p>one </p>"),
        ("a[^1]\n\n[^1]: note", "<p>a</p>"),
        ("## only\n\n- a", ""),
    ],
    ids=["first paragraph", "not a list or quote", "mark", "mark inside", "no notes", "none"],
)
def test_excerpts_are_whole_and_stand_alone(body: str, excerpt: str) -> None:
    converted = CONVERTER.convert(body)
    assert converted.excerpt_html == excerpt
    assert "more" not in converted.html


@pytest.mark.parametrize(
    ("body", "end"),
    [
        (r"a $x\,y$ b" + "\n\ntwo", " b</p>"),
        ('<div><svg><path d="M0 0"/></svg></div>\n\none <b>x</b>\n\ntwo', "one <b>x</b></p>"),
        (r"a $x\,y$ b" + "\n\n<!--more-->\n\ntwo", " b</p>"),
    ],
    ids=["formula", "drawing", "formula before a mark"],
)
def test_elements_without_an_end_tag_do_not_end_an_excerpt(body: str, end: str) -> None:
    excerpt = CONVERTER.convert(body).excerpt_html
    assert excerpt.startswith("<p>")
    assert excerpt.endswith(end)


def test_titles_are_one_line_without_blocks_and_links() -> None:
    assert (
        CONVERTER.inline("1. *Intro* to [x](/y) & `z`").html
        == "1. <em>Intro</em> to x &amp; <code>z</code>"
    )


def test_raw_html_is_escaped_where_it_is_not_wanted() -> None:
    converter = Converter(MarkupOptions(raw_html=False))
    assert "<script" not in converter.convert("a <script>x</script>\n\n<script>y</script>").html
