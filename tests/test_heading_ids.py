"""Heading ids by GitHub's rule, in many scripts, and links that lead to them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.records import Found
from dlsite.understanding import Analysis

CONVERTER = Converter(MarkupOptions())

# What GitHub makes of each heading; kramdown with its GFM parser makes the same.
IDS = [
    ("深度学习：第1章", "深度学习第1章"),
    ("卷积 神经 网络", "卷积-神经-网络"),
    ("レクチャー　パート A", "レクチャーパート-a"),
    ("ディープラーニング", "ディープラーニング"),
    ("딥러닝의 배경과 역사, 영감", "딥러닝의-배경과-역사-영감"),
    ("التعلّم العميق؟", "التعلّم-العميق"),
    ("٣ شبكات", "٣-شبكات"),
    ("गहन शिक्षण का परिचय", "गहन-शिक्षण-का-परिचय"),
    ("দ্বিতীয় ভাগ", "দ্বিতীয়-ভাগ"),
    ("Evrişimli Sinir Ağları", "evrişimli-sinir-ağları"),
    ("İstanbul ve IĞDIR", "i̇stanbul-ve-iğdir"),
    ("Résumé: l'été", "résumé-lété"),
    ("Große Straße", "große-straße"),
    ("Тренировка сети №1", "тренировка-сети-1"),
    ("Học sâu", "học-sâu"),
    ("🚀 Launch", "-launch"),
    ("ok 👍🏽 go", "ok--go"),
    ("❤️ b", "️-b"),
    ("A & B", "a--b"),
    ("A  B", "a--b"),
    ("a/b, c.d: e;f!", "ab-cd-ef"),
    ("C++ and C#", "c-and-c"),
    ("Don't -- stop...", "dont----stop"),
    ("snake_case `code()` *em*", "snake_case-code-em"),
    ("[Link](/x) ~~gone~~ **bold**", "link-gone-bold"),
    ("x² and Ⅷ and ½", "x-and-ⅷ-and-"),
    ("1. First", "1-first"),
    ("The $x^2$ term", "the-x2-term"),
    ("Tom &amp; Jerry", "tom--jerry"),
    ("The `<pad>` token, `a & b`", "the-pad-token-a--b"),
    ("`&lt;` is *`<`*", "lt-is-"),
]


@pytest.mark.parametrize(("heading", "fragment"), IDS, ids=[heading for heading, _ in IDS])
def test_the_id_is_what_github_makes(heading: str, fragment: str) -> None:
    (found,) = CONVERTER.convert(f"## {heading}\n").headings
    assert found.fragment == fragment


@pytest.mark.parametrize("sign", ["!!!", "🚀", "…", "<br>", "$ $"])
def test_a_heading_of_signs_has_an_id_all_the_same(sign: str) -> None:
    assert all(found.fragment for found in CONVERTER.convert(f"## {sign}\n").headings)


def test_repeats_are_numbered_in_every_script() -> None:
    found = CONVERTER.convert("## 简介\n\n## 简介\n\n### مقدمة\n\n## مقدمة\n").headings
    assert [heading.fragment for heading in found] == ["简介", "简介-1", "مقدمة", "مقدمة-1"]


def test_links_to_headings_of_every_script_lead_somewhere(
    understood: Callable[[Mapping[str, str]], Analysis],
) -> None:
    headings = "".join(f"## {heading}\n\n" for heading, _ in IDS)
    fragments = [found.fragment for found in CONVERTER.convert(headings).headings]
    links = " ".join(f"[x](<#{fragment}>) [y](</a/#{fragment}>)" for fragment in fragments)
    page = f"---\ntitle: T\npermalink: /a/\n---\n{headings}{links}\n"
    found = understood({"content/a.md": page}).diagnostics
    assert [each.message for each in found if each.rule == "link-anchor"] == []


def test_a_link_in_another_unicode_form_leads_to_the_heading_as_it_is_written(
    understood: Callable[[Mapping[str, str]], Analysis],
) -> None:
    other = unicodedata.normalize("NFD", "দ্বিতীয়-ভাগ")
    page = f"---\ntitle: T\n---\n## দ্বিতীয় ভাগ\n\n[x](#{other})\n"
    analysis = understood({"content/a.md": page})
    assert not [each for each in analysis.diagnostics if each.rule == "link-anchor"]
    (resolution,) = analysis.site.resolutions["content/a.md"]
    (fragment,) = analysis.pages[0].fragments
    assert isinstance(resolution, Found)
    assert unquote(resolution.suffix) == f"#{fragment}"
