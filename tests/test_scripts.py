"""Bodies in scripts that run the other way, and in those that write no blanks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.length import count_words, is_stub
from dlsite.markup.converter import Converter
from dlsite.understanding import Analysis

CONVERTER = Converter(MarkupOptions())


def html(body: str, language: str = "ar") -> str:
    return CONVERTER.convert(body, language=language).html


# From right to left


@pytest.mark.parametrize(
    ("body", "turned"),
    [
        ("Smith, J. (2016).", '<p dir="ltr">Smith, J. (2016).</p>'),
        ("BERT: نموذج.", "<p>BERT: نموذج.</p>"),
        ("(2016)", "<p>(2016)</p>"),
        ("$x$", None),
        ("## C++", '<h2 dir="ltr" id="c">C++</h2>'),
        ("## C++\n{: dir=rtl}", '<h2 dir="rtl" id="c">C++</h2>'),
        ("- *Smith*, J.", '<li><bdi dir="ltr"><em>Smith</em>, J.</bdi></li>'),
        ("- عنصر\n  - C++", '<ul>\n<li><bdi dir="ltr">C++</bdi></li>\n</ul>'),
        ("1. One.\n\n   Two.", '<p><bdi dir="ltr">Two.</bdi></p>'),
        ("| أ | ب |\n|---|---|\n| 1.2 GB | x |", '<td><bdi dir="ltr">1.2 GB</bdi></td>'),
        ("| C++ | ب |\n|---|---|\n| أ | ب |", '<th scope="col"><bdi dir="ltr">C++</bdi></th>'),
        ("مصطلح\n: Only English!", '<dd><bdi dir="ltr">Only English!</bdi></dd>'),
        ("> Words.", '<p dir="ltr">Words.</p>'),
        ("نص[^a]\n\n[^a]: Smith, J.", '<p><bdi dir="ltr">Smith, J.'),
        ("- [x] Done.", '/> <bdi dir="ltr">Done.</bdi></li>'),
        ("- <b>Done</b>.", '<li><bdi dir="ltr"><b>Done</b>.</bdi></li>'),
    ],
)
def test_english_among_arabic_blocks_says_so(body: str, turned: str | None) -> None:
    found = html(body)
    if turned is None:
        assert "dir=" not in found
    else:
        assert turned in found


def test_blocks_of_a_page_in_latin_letters_say_nothing() -> None:
    assert "dir=" not in html("نص\n\n- نص\n\n| أ |\n|---|\n| ب |", language="en")


def test_caption_and_outline_of_an_arabic_page_keep_their_words() -> None:
    page = CONVERTER.convert("## *C++*\n\n| أ |\n|---|\n| ب |\n{: caption='C++'}", language="ar")
    assert '<caption><bdi dir="ltr"><b class="number">' not in page.html
    assert [heading.html for heading in page.headings] == ["<em>C++</em>"]


# Without blanks


@pytest.mark.parametrize(
    ("body", "joined"),
    [
        ("深度\n学习", "深度学习"),
        ("これは\n  ニューラル", "これはニューラル"),
        ("です。\n次", "です。次"),
        ("（甲）\n（乙）", "（甲）（乙）"),
        ("“深度”\n学习", "“深度”学习"),
        ("深度——\n学习", "深度——学习"),
        ("**深度**\n学习", "<strong>深度</strong>学习"),
        ("深度\n*学习*", "深度<em>学习</em>"),
        ("深度\n`x`\n学习", "深度\n<code>x</code>\n学习"),
        ("深度\nLSTM", "深度\nLSTM"),
        ("LSTM\n深度", "LSTM\n深度"),
        ("深度  \n学习", "深度<br>\n学习"),
        ("딥\n러닝", "딥\n러닝"),
        ("a\nb", "a\nb"),
        ("甲\n乙 丙\n**丁**\n戊\nx\n己\n庚", "甲乙 丙<strong>丁</strong>戊\nx\n己庚"),
    ],
)
@pytest.mark.parametrize("language", ["ja", "en"])
def test_line_end_between_wide_letters_is_no_blank(body: str, joined: str, language: str) -> None:
    assert html(body, language) == f"<p>{joined}</p>"


def test_code_keeps_its_lines() -> None:
    assert "深度\n学习" in html("```text\n深度\n学习\n```", "zh")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one two\nthree", 3),
        ("深度学习" * 100, 201),
        ("딥러닝 신경망", 2),
        ("การเรียนรู้เชิงลึก", 4),
        ("naïve Bayes", 2),
    ],
)
def test_words_are_counted_where_no_blanks_are(text: str, words: int) -> None:
    assert count_words(text) == words


def test_chinese_page_of_some_length_is_no_stub() -> None:
    assert is_stub(CONVERTER.convert("深度学习。" * 20).words)
    assert not is_stub(CONVERTER.convert("深度学习。" * 40).words)


# With quotes of their own


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", "“Hallo <em>du</em>”, geht’s (“so”)?"),
        ("de-AT", "„Hallo <em>du</em>“, geht’s („so“)?"),
        ("pl", "„Hallo <em>du</em>”, geht’s („so”)?"),
        ("ru", "«Hallo <em>du</em>», geht’s («so»)?"),
        ("sv", "”Hallo <em>du</em>”, geht’s (”so”)?"),
        ("fr", "«\u202fHallo <em>du</em>\u202f», geht’s («\u202fso\u202f»)?"),
        ("ja", "“Hallo <em>du</em>”, geht’s (“so”)?"),
    ],
)
def test_quotes_are_those_of_the_language(language: str, shown: str) -> None:
    text = '"Hallo *du*", geht\'s ("so")?'
    assert html(text, language) == f"<p>{shown}</p>"
    assert CONVERTER.inline(text, language=language).html == shown


def test_quotes_of_a_title_are_those_of_its_page(
    understood: Callable[[Mapping[str, str]], Analysis],
) -> None:
    texts = {
        "dlsite.yml": "language: de\n",
        "content/a.md": '---\ntitle: Ein \'x\' "so"\n---\n"a"\n',
        "content/b.md": '---\ntitle: A "title"\nlang: en\n---\n"a"\n',
    }
    pages = {page.path: page for page in understood(texts).pages}
    assert pages["content/a.md"].title == "Ein ‘x’ „so“"
    assert pages["content/b.md"].title == "A “title”"
