"""Comments, raw HTML and emphasis where a text could be taken for something else."""

from __future__ import annotations

import re

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.texts.hidden import Kind, blank_code, hidden

CONVERTER = Converter(MarkupOptions())


def html(body: str) -> str:
    """Return a body's HTML on one line."""
    return re.sub(r"\s*\n\s*", "", CONVERTER.convert(body).html)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<!--\n- a\n  - b\n-->\ntext", "<p>text</p>"),
        ("<!-- ### Old\n -->\n### New", '<h3 id="new">New</h3>'),
        ("<!--### Old-->\n### New", '<h3 id="new">New</h3>'),
        ("<!--```python\nx\n```-->\ntext", "<p>text</p>"),
        ("- a\n\n<!--\n- x\n-->\n  - b", None),
        ("- a\n\n  <!-- - x -->\n  - b", None),
        ("a <!--\n\n$x --> b", "<p>a  b</p>"),
        ("> <!--\n> - a\n> -->\n> text", "<blockquote><p>text</p></blockquote>"),
        ("<!-- 旧\n的 -->\n新的", "<p>新的</p>"),
        ("{::comment}\n- a\n\n[x](/y)\n{:/comment}\ntext", "<p>text</p>"),
        ("a {::comment}$x{:/} b", "<p>a  b</p>"),
        ("{::comment}x{:/comment}", ""),
        ("{::options /}", ""),
        ('a\n{::options toc_levels="1..2" /}\n\nb', "<p>a</p><p>b</p>"),
        ("a {::options /} b", "<p>a  b</p>"),
        ("{::comment /}\n- a\n  - b\n{::options/}", None),
        ("- a\n\n  {::comment}\n  x\n  {:/}\n  - b", None),
    ],
)
def test_a_comment_leaves_nothing_behind(body: str, expected: str | None) -> None:
    found = html(body)
    if expected is None:
        assert re.sub(r"</?p>", "", found) == "<ul><li>a<ul><li>b</li></ul></li></ul>"
    else:
        assert found == expected


def test_a_comment_alone_parts_two_lists() -> None:
    assert html("- a\n\n<!-- -->\n\n- b").count("<ul>") == 2


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("a <!-- never closed\n\nb", "never closed"),
        ("`<!--` a\nb `-->`", "a\nb"),
        ("```\n<!--\nx\n-->\n```", "&lt;!--\nx\n--&gt;"),
        ("    <!--\n    x\n    -->", "x"),
        ("a {::comment} never closed\n\n{:/x} b", "never closed"),
        ("`{::comment}` a {:/}", "a {:/}"),
        ("    {::comment}x{:/}", "{::comment}x{:/}"),
        ("`{::options /}`", "{::options /}"),
        ("    {::options /}", "{::options /}"),
        ("{::options } a", "{::options } a"),
        ("{::optionsx /} a", "{::optionsx /} a"),
    ],
)
def test_what_is_no_comment_is_kept(body: str, text: str) -> None:
    assert text in CONVERTER.convert(body).html


def test_places_behind_a_comment_are_those_of_the_source() -> None:
    body = "<!--\n{{ a }} $\\x$\n-->\n{% comment %}\n\n{% endcomment %}b {{ c }}\n"
    (problem,) = CONVERTER.convert(body).problems
    assert (problem.rule, problem.line, problem.column) == ("liquid-unknown", 6, 19)


def test_whichever_opens_first_hides_the_others() -> None:
    text = "<!-- ``` --> `a <!--` ```\n\n```\n<!--\n```\n-->"
    assert [part.kind for part in hidden(text)] == [Kind.COMMENT, Kind.CODE, Kind.FENCE]
    assert blank_code(text).split() == ["```", "-->"]


def test_lines_of_raw_html_are_not_moved() -> None:
    body = "<pre>\n- a\n  - b\n</pre>\n\n- i\n\n  <pre>\n  - c\n    - d\n  </pre>\n- j"
    found = CONVERTER.convert(body).html
    assert "<pre>\n- a\n  - b\n</pre>" in found
    assert "<pre>\n- c\n  - d\n</pre>" in found


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("**의미역(theta role)**에 대해", "<strong>의미역(theta role)</strong>에 대해"),
        ("这是**“重点”**的意思", "这是<strong>“重点”</strong>的意思"),
        ("*「強調」*です", "<em>「強調」</em>です"),
        ("**a.**b", "<strong>a.</strong>b"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("** a **", "** a **"),
        ("**bold *both***", "<strong>bold <em>both</em></strong>"),
    ],
)
def test_emphasis_ends_where_its_author_ended_it(body: str, expected: str) -> None:
    assert CONVERTER.convert(body).html == f"<p>{expected}</p>"


@pytest.mark.parametrize(
    "body",
    [
        "```\na\n\n    ```python\n    b\n    ```\nc\n```\n\ntext",
        "- x\n  ```\n  a\n      ```\n  c\n  ```\n\ntext",
        "> ```\n> a\n>     ```\n> c\n> ```\n\ntext",
    ],
    ids=["at the margin", "in a list", "in a quote"],
)
def test_a_fence_that_is_indented_as_code_closes_nothing(body: str) -> None:
    found = CONVERTER.convert(body).html
    assert found.count("<pre") == 1
    assert re.search(r"a\n.*```\n.*c\n</code>", found, re.DOTALL)
    assert found.endswith("<p>text</p>")


@pytest.mark.parametrize("closing", ["```", "   ```", "`````", "``` "])
def test_a_closing_fence_may_be_longer_and_a_little_indented(closing: str) -> None:
    assert CONVERTER.convert(f"```\na\n{closing}\n\ntext").html.count("<pre") == 1


def test_code_in_a_quote_keeps_its_first_blank() -> None:
    assert "<code> a\nb\n</code>" in CONVERTER.convert("> ```\n>  a\n> b\n> ```").html
