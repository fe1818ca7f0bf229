"""What stands in place of code and formulas while a page is taken apart leaves no trace."""

from __future__ import annotations

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.markup.references import cut
from dlsite.parse import ParseOptions, parse
from dlsite.records import SourceFile

CONVERTER = Converter(MarkupOptions())
BODIES = [
    "one $x$, and\n\n$$y + 1$$\n",
    "## The $x^2$ term\n\nSee [the $x$ axis](/a) and ![an $x$](/b.png).\n",
    '```python\ndef f(x): return x < 1  # "a" & b\n```\n\nbehind\n',
    '- item\n\n  ```\n  a\n  ```\n\n> ```html\n> <a href="/x">x</a>\n> ```\n',
    "```python {1} linenums\nx = 1\n```\n\n    indented $x$\n",
    r"$$x \label{a}$$ by $\eqref{a}$, $\href{/x}{y}$, `$z$`, $w$" + "\n",
    "| $a$ | `b` |\n|---|---|\n| $1$ | 2 |\n",
    '$x$ and [a](/b "the $y$ axis"), `$z$` in **`$w$`**, ![$u$](/c.png "$v$")\n',
    "- $x$\n\n  ```python\n  a = '$y$' + b  # $z$\n  ```\n\n  $$w$$\n",
    "See <https://example.org/a>, `<b>` and $x$; $y$ <3, x <y\n\n    <div> is $z$\n",
    "a[^1] $x$\n\n[^1]: with $y$\n\n        code\n",
]


@pytest.mark.parametrize("body", BODIES)
def test_a_page_is_the_same_beside_html(body: str) -> None:
    """Where an author's HTML stands on a page, nothing is taken out of it."""
    kept, whole = CONVERTER.convert(body), CONVERTER.convert(f"{body}\n<hr>\n")
    assert kept.parts.markups
    assert whole.markup == whole.html
    assert whole.html.replace("<hr>", "").split() == kept.html.split()
    assert (kept.headings, kept.text) == (whole.headings, whole.text)
    assert kept.excerpt_html == whole.excerpt_html
    of_kept, of_whole = cut(kept.markup, kept.parts), cut(whole.html)
    assert of_kept.references == of_whole.references
    assert of_kept.fragments == of_whole.fragments


@pytest.mark.parametrize("words", ["<https://example.org/a>", "`<b>`", "1 <b or 2", "&lt;b>"])
def test_what_is_no_html_keeps_formulas_out_of_the_way(words: str) -> None:
    page = CONVERTER.convert(f"{words}, and $x$\n")
    assert page.markup != page.html


@pytest.mark.parametrize("written", ["<b>a</b>", "a<br/>", "<!-- a -->b", "<p>a</p>\n\nb"])
def test_beside_html_formulas_are_where_they_stand(written: str) -> None:
    page = CONVERTER.convert(f"{written}, and $x$\n")
    assert page.markup == page.html
    assert "<math" in page.html


@pytest.mark.parametrize("body", BODIES)
def test_no_sign_is_left(body: str) -> None:
    source = SourceFile("content/a.md", "a.md", body, "0")
    parsed = parse(source, options=ParseOptions(), converter=CONVERTER)
    assert "\x02" not in repr(parsed) + repr(parsed.page.contents)


def test_a_sign_of_the_author_stands_for_nothing() -> None:
    sign = "\x02dlsitepart0\x03"
    assert "dlsitepart0" in CONVERTER.convert(f"a {sign} b $x$\n").html
    assert "dlsitepart7" in CONVERTER.convert("a \x02dlsitepart7\x03 b\n").html


def test_extensions_of_a_site_find_the_page_whole() -> None:
    converter = Converter(MarkupOptions(extensions=("nl2br",)))
    assert converter.convert("$x$\n").markup == converter.convert("$x$\n").html
