"""Captions are numbered in the page's language, and links to them say the number."""

from __future__ import annotations

import re

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.markup.labels import words_of

CONVERTER = Converter(MarkupOptions())


def captions(body: str, language: str = "en") -> list[str]:
    """Return the text of every caption."""
    page = CONVERTER.convert(body, language=language).html
    found = re.findall(r"<(?:fig)?caption>(.*?)</(?:fig)?caption>", page)
    return [re.sub(r"<[^>]*>", "", text) for text in found]


@pytest.mark.parametrize(
    ("language", "label"),
    [
        ("en", "Figure 1. A"),
        ("en-GB", "Figure 1. A"),
        ("de_AT", "Abbildung 1. A"),
        ("zh-Hans", "图 1 A"),
        ("ar", "الشكل 1. A"),
        ("tlh", "Figure 1. A"),
        ("", "Figure 1. A"),
    ],
)
def test_the_label_is_in_the_language_of_the_page(language: str, label: str) -> None:
    assert captions('![x](a.png "A")', language) == [label]


@pytest.mark.parametrize(
    "own",
    ["Figure 3. A", "Fig. 3b: A", "fig 3-1 A", "FIGURE IV A", "Fig. S2 A", "Abb. 3: A"],
)
def test_a_number_of_the_author_stays(own: str) -> None:
    body = f'![x](a.png "{own}"){{: #own}}\n\n![y](b.png "B")\n\n[](#own)'
    assert captions(body) == [own, "Figure 2. B"]
    label = re.match(r"[A-Za-z]+\.? \S+?(?=[.:]? )", own)
    assert label is not None
    assert f'<a href="#own">{label[0]}</a>' in CONVERTER.convert(body).html


@pytest.mark.parametrize(
    "caption",
    ["Figures 1 to 3 together", "Figure it out", "Table of contents", "1. A list", "Figurative 3"],
)
def test_what_only_looks_like_a_number_is_none(caption: str) -> None:
    assert captions(f'![x](a.png "{caption}")') == [f"Figure 1. {caption}"]


def test_tables_and_figures_are_counted_apart_wherever_they_stand() -> None:
    table = '| a |\n|---|\n| 1 |\n{: caption="T" }\n\n'
    body = f'{table}> ![x](a.png "A")\n\n- x\n\n  ![y](b.png "B")\n\n{table}| c |\n|---|\n| 1 |\n'
    assert captions(body) == ["Table 1. T", "Figure 1. A", "Figure 2. B", "Table 2. T"]


def test_a_caption_may_have_formulas() -> None:
    table = '| a |\n|---|\n| 1 |\n{: caption="Error $\\epsilon$ at $t$" #res}\n\n'
    figure = '![x](a.png "State $c_t$")'
    page = CONVERTER.convert(table + figure).html
    assert '<div aria-label="Error at" class="table"' in page
    assert page.count("<math>") == 3
    assert "<caption><b" in page


def test_a_link_says_what_its_author_wrote() -> None:
    body = '![x](a.png "A"){: #f}\n\n[see](#f) [![y](b.png)](#f) [](#g) [](/a/#f) [Figure](#f)'
    page = CONVERTER.convert(body).html
    assert re.findall(r'<a href="([^"]*)">(.*?)</a>', page) == [
        ("#f", "see"),
        ("#f", '<img alt="y" decoding="async" loading="lazy" src="b.png">'),
        ("dlsite-words:#g", ""),
        ("dlsite-words:/a/#f", ""),
        ("#f", "Figure 1"),
    ]


def test_numbers_can_be_turned_off() -> None:
    converter = Converter(MarkupOptions(caption_numbers=False))
    page = converter.convert('![x](a.png "A"){: #f}\n\n[](#f)').html
    assert "<figcaption>A</figcaption>" in page
    assert '<a href="dlsite-words:#f"></a>' in page


def test_every_language_has_two_words() -> None:
    for language in ("cs", "da", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv"):
        assert words_of(language) != words_of("en")
