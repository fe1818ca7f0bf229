"""Which way text runs, and which names run otherwise than what is around them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from dlsite.rendering import Renderer
from dlsite.texts.direction import direction, own_direction
from dlsite.understanding import Analysis

Understood = Callable[[Mapping[str, str]], Analysis]

SITE = {
    "dlsite.yml": "title: معرفة\nlanguage: ar\nnav:\n  - C++ (1): /c/\n"
    "check: {rules: {page-orphan: 'off'}}\n",
    "content/c.md": "---\ntitle: ما هو؟\npermalink: /c/\ntags: [C++, تعلم]\n---\nنص.\n\n"
    "## C++\n\n## نص (1)\n\n## أخرى\n\n[What?](/en/)\n",
    "content/en.md": "---\ntitle: What is *C++*?\nlang: en\npermalink: /en/\ndescription: It is!\n"
    "tags: [C++]\n---\nText of [it](/c/).\n\n## One?\n\n## Two!\n\n## Three.\n",
}


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ar", "rtl"),
        ("AR-eg", "rtl"),
        ("he", "rtl"),
        ("fa_IR", "rtl"),
        ("ckb", "rtl"),
        ("az-Arab", "rtl"),
        ("pa-arab-PK", "rtl"),
        ("ar-Latn", "ltr"),
        ("ku", "ltr"),
        ("en", "ltr"),
        ("zh-Hant-TW", "ltr"),
        ("", "ltr"),
    ],
)
def test_languages_have_a_direction(language: str, expected: str) -> None:
    assert direction(language) == expected


@pytest.mark.parametrize(
    ("text", "around", "language", "expected"),
    [
        ("C++", "rtl", "", "ltr"),
        ("BERT: نموذج", "rtl", "", ""),
        ("نموذج", "rtl", "", ""),
        ("2024 (1)", "rtl", "", ""),
        ("What?", "rtl", "en", "ltr"),
        ("ما هو؟", "rtl", "en", ""),
        ("深度学习！", "rtl", "", "ltr"),
        ("C++", "ltr", "", ""),
        ("سي++", "ltr", "", "rtl"),
        ("BERT: نموذج", "ltr", "", ""),
        ("BERT: نموذج", "ltr", "ar", "rtl"),
        ("BERT!", "ltr", "ar", ""),
        ("", "rtl", "", ""),
    ],
)
def test_names_have_a_direction_of_their_own(
    text: str, around: str, language: str, expected: str
) -> None:
    assert own_direction(text, around, language=language) == expected


def _page(understood: Understood, texts: Mapping[str, str], path: str) -> str:
    output, finding = Renderer.of(understood(texts)).render(path)
    assert finding is None
    assert output is not None
    return output.content.decode()


def test_names_among_arabic_words_say_that_they_run_the_other_way(understood: Understood) -> None:
    page = _page(understood, SITE, "c/index.html")
    assert '<a href="/c/" aria-current="page"><bdi dir="ltr">C++ (1)</bdi></a>' in page
    assert '<a href="#c"><bdi dir="ltr">C++</bdi></a>' in page
    assert ">نص (1)</a>" in page
    assert '<a href="/en/" lang="en"><bdi dir="ltr">What is <em>C++</em>?</bdi></a>' in page
    assert '<p lang="en" dir="auto">Text of it.</p>' in page
    assert "<h1>ما هو؟</h1>" in page


def test_page_that_runs_the_other_way_says_so(understood: Understood) -> None:
    page = _page(understood, SITE, "en/index.html")
    assert '<html lang="ar" dir="rtl">' in page
    assert '<h1 lang="en" dir="ltr"><bdi dir="ltr">What is <em>C++</em>?</bdi></h1>' in page
    assert '<p class="lead" lang="en" dir="ltr">It is!</p>' in page
    assert '<div class="body" data-dlsite-body lang="en" dir="ltr">' in page
    assert '<span aria-current="page" dir="ltr">What is C++?</span>' in page
    assert '<bdi dir="ltr">Two!</bdi></a>' in page


def test_page_that_runs_as_its_site_does_says_nothing(understood: Understood) -> None:
    text = SITE["content/en.md"].replace("lang: en", "lang: he").replace("What is *C++*?", "מה?")
    page = _page(understood, SITE | {"content/en.md": text}, "en/index.html")
    assert '<h1 lang="he">מה?</h1>' in page
    assert '<div class="body" data-dlsite-body lang="he">' in page
