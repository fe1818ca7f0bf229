"""The dialect row by row: each construct in good, near-miss and hostile forms, as HTML."""

from __future__ import annotations

import re

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter

CONVERTER = Converter(MarkupOptions())


def html(body: str) -> str:
    """Return a body's HTML on one line, without what only the theme needs."""
    text = CONVERTER.convert(body).html
    text = re.sub(r"<pre [^>]*>", "<pre>", text)
    text = re.sub(r"<figure class=\"code\">|<figcaption.*?</figcaption>|</figure>", "", text)
    text = re.sub(r"<div class=\"code-head\"[^>]*></div>", "", text)
    text = re.sub(r"<div aria-label=\"Table[^>]*>|</div>|<span class=\"\w+\">|</span>", "", text)
    return re.sub(r"\s*\n\s*", "", text)


HEADLINES = {
    "six hashes": ("###### A", '<h6 id="a">A</h6>'),
    "seven hashes": ("####### A", "<p>####### A</p>"),
    "no blank behind the hashes": ("#5 is\n\n##A", "<p>#5 is</p><p>##A</p>"),
    "in lines": ("x\n## A\ny", '<p>x</p><h2 id="a">A</h2><p>y</p>'),
    "seven in lines": ("x\n####### A\ny", "<p>x####### Ay</p>"),
    "closing hashes": ("## A ####", '<h2 id="a">A</h2>'),
    "hash of a name": ("# C#", '<h1 id="c">C#</h1>'),
    "hash of a name with an id": ("# C# {#sharp}", '<h1 id="sharp">C#</h1>'),
    "closing hash with an id": ("# A # {#b}", '<h1 id="b">A</h1>'),
    "code and an id": ("# F# `x` # {#b}", '<h1 id="b">F# <code>x</code></h1>'),
    "escaped hash": ("# A \\#", '<h1 id="a-">A #</h1>'),
    "backslash at the end": ("# A \\", '<h1 id="a-">A \\</h1>'),
    "nothing but hashes": ("##\n\n## ##", '<h2 id="section"></h2><h2 id="section-1"></h2>'),
    "underlined": ("A\n===\nB\n-\nc", '<h1 id="a">A</h1><h2 id="b">B</h2><p>c</p>'),
    "rules in two lines": ("***\n---\n\n* * *\n---", "<hr><hr><hr><hr>"),
    "rule over equals signs": ("---\n===", "<hr><p>===</p>"),
    "rules in an item": ("- ***\n  ---", "<ul><li><hr><hr></li></ul>"),
    "rule under a quote": ("> a\n---", "<blockquote><p>a</p></blockquote><hr>"),
    "rule under an item": ("- a\n---", "<ul><li>a</li></ul><hr>"),
    "underline of two signs": ("a\n=-", "<p>a=-</p>"),
}
TICKS = {
    "closed by as many": ("`` a`b `` c", "<p><code>a`b</code> c</p>"),
    "closed by fewer": ("``a` b", "<p>``a` b</p>"),
    "closed by more": ("`a`` b", "<p>`a`` b</p>"),
    "closed behind others": ("``a` b`` c", "<p><code>a` b</code> c</p>"),
    "escaped before others": ("\\``a` b", "<p>`<code>a</code> b</p>"),
    "backslash in code": ("`a\\` b", "<p><code>a\\</code> b</p>"),
}


LISTS = {
    "two columns": ("- a\n  - b\n- c", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    "three columns": ("1. a\n   1. b\n2. c", "<ol><li>a<ol><li>b</li></ol></li><li>c</li></ol>"),
    "four columns": ("- a\n    - b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "a tab": ("* a\n\t* b", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    "under a sentence": ("学习\n- 甲\n- 乙", "<p>学习</p><ul><li>甲</li><li>乙</li></ul>"),
    "a number in a sentence": ("born in\n1986. Yes", "<p>born in1986. Yes</p>"),
    "from one under a sentence": ("so\n1. a", "<p>so</p><ol><li>a</li></ol>"),
    "second paragraph": ("- a\n\n  b\n- c", "<ul><li><p>a</p><p>b</p></li><li><p>c</p></li></ul>"),
    "second paragraph at three": ("1. a\n\n   b", "<ol><li><p>a</p><p>b</p></li></ol>"),
    "fence": (
        "- a\n  ```\n  x\n  ```\n- b",
        "<ul><li>a<pre><code>x</code></pre></li><li>b</li></ul>",
    ),
    "in a quote": (
        "> - a\n>   - b",
        "<blockquote><ul><li>a<ul><li>b</li></ul></li></ul></blockquote>",
    ),
    "sentence goes on": ("- a\nb\n- c", "<ul><li>ab</li><li>c</li></ul>"),
    "hyphen without a blank": ("-a\n-b", "<p>-a-b</p>"),
    "under an indented line": ("a\n        b\n- c", "<p>ab</p><ul><li>c</li></ul>"),
    "bullets by two under a number": (
        "1. a\n  - b\n  - c\n2. d",
        "<ol><li>a<ul><li>b</li><li>c</li></ul></li><li>d</li></ol>",
    ),
    "a paragraph under the marker": (
        "  - a\n  - b\n\n  c",
        "<ul><li>a</li><li>b</li></ul><p>c</p>",
    ),
    "another kind of marker": ("- a\n1. b", "<ul><li>a</li></ul><ol><li>b</li></ol>"),
    "a number in an item's sentence": ("- in\n1986. Yes", "<ul><li>in1986. Yes</li></ul>"),
    "a gap in the list inside": (
        "- a\n  - b\n\n  - c\n- d",
        "<ul><li>a<ul><li><p>b</p></li><li><p>c</p></li></ul></li><li>d</li></ul>",
    ),
    "behind the list inside": (
        "- a\n\n  - b\n\n  c",
        "<ul><li><p>a</p><ul><li>b</li></ul><p>c</p></li></ul>",
    ),
    "quote in an item": (
        "1. a\n   > b\n   > - c\n2. d",
        "<ol><li>a<blockquote><p>b</p><ul><li>c</li></ul></blockquote></li><li>d</li></ol>",
    ),
    "a break in a quote": ("> a  \n> b", "<blockquote><p>a<br>b</p></blockquote>"),
    "tasks": (
        "- [ ] a\n- [x] b",
        '<ul class="task-list"><li class="task-list-item"><input type="checkbox" disabled> a</li>',
    ),
}


@pytest.mark.parametrize(("body", "expected"), LISTS.values(), ids=LISTS.keys())
def test_lists(body: str, expected: str) -> None:
    if "checkbox" in expected:
        assert html(body).count('type="checkbox"') == 2
        assert html(body).count("checked") == 1
    else:
        assert html(body) == expected


@pytest.mark.parametrize(("body", "expected"), HEADLINES.values(), ids=HEADLINES.keys())
def test_headings_and_rules(body: str, expected: str) -> None:
    assert html(body) == expected


@pytest.mark.parametrize(("body", "expected"), TICKS.values(), ids=TICKS.keys())
def test_code_spans(body: str, expected: str) -> None:
    assert html(body) == expected


def test_a_fence_in_an_item_keeps_its_own_indent() -> None:
    body = "1. a\n\n   ```\n   x\n     y\n   ```\n2. b"
    assert "<code>x\n  y\n</code>" in CONVERTER.convert(body).html
    assert html(body).count("<li>") == 2


CODE = {
    "language": ("```python\nx\n```", "python"),
    "language in braces": ("```{.python}\nx\n```", "python"),
    "numbers": ("```python=\nx\n```", "python"),
    "settings": ('```python title="a.py" hl_lines="2-3"\nx\n```', "python"),
    "braces behind": ("```python {1,3}\nx\n```", "python"),
    "tildes": ("~~~ruby\nx\n~~~", "ruby"),
    "longer end": ("```python\nx\n`````", "python"),
    "in a quote": ("> ```python\n> x\n> ```", "python"),
    "in a list": ("- a\n\n  ```python\n  x\n  ```", "python"),
    "unknown": ("```nosuchlanguage\nx\n```", "nosuchlanguage"),
    "none": ("```\nx\n```", ""),
}


@pytest.mark.parametrize(("body", "language"), CODE.values(), ids=CODE.keys())
def test_code(body: str, language: str) -> None:
    found = CONVERTER.convert(f"{body}\n\nbehind").html
    assert re.findall(r"<code(?: class=\"language-([^\"]*)\")?>", found) == [language]
    assert found.endswith("<p>behind</p>")


def test_tabs_in_code_are_kept() -> None:
    for body in ("```\n\tx\ty\n```", "- a\n\n  ```\n  \tx\ty\n  ```"):
        assert "\tx\ty" in CONVERTER.convert(body).html


def test_an_unclosed_fence_swallows_nothing() -> None:
    assert "<p>behind</p>" in CONVERTER.convert("```python\nx = 1\n\nbehind").html


INLINE = {
    "a product in bold": ("**y = w_i*x + b**.", "<p><strong>y = w_i*x + b</strong>.</p>"),
    "emphasis in bold": ("**a*b*c**", "<p><strong>a<em>b</em>c</strong></p>"),
    "two quotes": (
        "> a\n\n> b\n>\n> c",
        "<blockquote><p>a</p></blockquote><blockquote><p>b</p><p>c</p></blockquote>",
    ),
    "strikethrough": ("~~a~~", "<p><del>a</del></p>"),
    "one tilde": ("a ~b~ c", "<p>a ~b~ c</p>"),
    "definition list": ("A\n: b", "<dl><dt>A</dt><dd>b</dd></dl>"),
    "abbreviation": ("a CNN\n\n*[CNN]: x", '<p>a <abbr title="x">CNN</abbr></p>'),
    "reference": ("[a][1] [1] [b]\n\n[1]: /x", '<p><a href="/x">a</a> <a href="/x">1</a> [b]</p>'),
    "autolink": (
        "<https://a.org>",
        '<p><a class="address" href="https://a.org">https://a.org</a></p>',
    ),
    "brackets": (r"\[toc\] \(a\)", "<p>[toc] (a)</p>"),
    "details": (
        '<details markdown="1">\n<summary>S</summary>\n\n*a*\n\n</details>',
        "<details><summary>S</summary><p><em>a</em></p></details>",
    ),
    "markdown in html": ('<div markdown="1">\n- *a*\n</div>', "<div><ul><li><em>a</em></li></ul>"),
    "no markdown in html": ("<div>\n*a*\n</div>", "<div>*a*"),
    "entity": ("a &amp; b &copy;", "<p>a &amp; b &copy;</p>"),
    "hard break": ("a  \nb\\\nc", "<p>a<br>b<br>c</p>"),
    "kramdown's break": ("a\\\\\nb", "<p>a<br>b</p>"),
    "backslash in a line": ("a \\ b", "<p>a \\ b</p>"),
    "soft break": ("a\nb", "<p>ab</p>"),
}


@pytest.mark.parametrize(("body", "expected"), INLINE.values(), ids=INLINE.keys())
def test_inline_and_blocks(body: str, expected: str) -> None:
    assert html(body) == expected


CONTENTS = {
    "bullet": "* TOC\n{:toc}\n\n",
    "number": "1. TOC\n{:toc}\n\n",
    "hyphen and words": "- 目录\n{:toc}\n\n",
    "with text right behind": "* TOC\n{:toc}\ntext\n\n",
    "blank inside": "* TOC\n{: toc}\n\n",
}


@pytest.mark.parametrize("mark", CONTENTS.values(), ids=CONTENTS.keys())
def test_contents(mark: str) -> None:
    found = html(f"{mark}## A\n\n### 乙\n\n## C\n{{:.no_toc}}\n")
    assert re.findall(r'href="#([^"]*)"', found) == ["a", "乙"]
    assert "toc}" not in found


def test_the_second_list_that_asks_for_the_contents_is_a_list() -> None:
    body = "* a\n{:toc}\n\n# B\n\n1. c\n{:toc}\n\n# D\n"
    text = html(body)
    assert text.count("<nav") == 1
    assert text.startswith("<nav")
    assert text.endswith('<h1 id="b">B</h1><ol><li>c</li></ol><h1 id="d">D</h1>')


ABBREVIATIONS = {
    "one after the other": ("*[AB]: x\n*[CD]: y\n\nAB CD", ["AB", "CD"]),
    "behind and before words": ("a\n*[AB]: x\n*[CD]: y\nAB CD", ["AB", "CD"]),
    "words on the next line": ("*[AB]:\n  x\n\nAB", ["AB"]),
    "without words": ("*[AB]:\n*[CD]: y\n\nAB CD", ["CD"]),
    "taken back": ('*[AB]: x\n*[AB]: ""\n\nAB', []),
    "over two lines": ("*[A\nB]: x\n\nA B", []),
    "without a name": ("*[]: x\n*[CD]: y\n\nCD", ["CD"]),
}


@pytest.mark.parametrize(("body", "found"), ABBREVIATIONS.values(), ids=ABBREVIATIONS.keys())
def test_abbreviations(body: str, found: list[str]) -> None:
    assert re.findall(r"<abbr title=\"\w\">(\w+)</abbr>", html(body)) == found
