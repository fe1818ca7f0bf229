"""Sites in Arabic in Chromium: what runs from right to left, and what must not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from hosting import Reader, faults, published, served

pytestmark = pytest.mark.browser

FILES = {
    "dlsite.yml": "title: معرفة\nlanguage: ar\nbase_url: https://example.org\n"
    "nav:\n  - C++ (1): /cpp/\n  - نص: /bert/\ncheck: {rules: {page-orphan: 'off'}}\n",
    "content/bert.md": """\
---
title: "BERT: نموذج"
permalink: /bert/
tags: [C++, تعلم]
authors: [ليلى, سعيد]
---
استدعاء `f(x)` ثم `--epochs=10` ثم `x[0]()` و <https://example.com/a/> في [الصفحة](/cpp/).

$$ y = a_1 + a_2 + a_3 + a_4 + a_5 + a_6 + a_7 + a_8 + a_9 + b_1 + b_2 + b_3 + b_4 + b_5 + b_6 $$

```python
f("واحد", "اثنان")
```

| نموذج | عدد |
|---|--:|
| أول | 7 |
| ثان | 125 |

## نص (1)

## أخرى

## ثالثة
""",
    "content/cpp.md": """\
---
title: What is C++?
lang: en
permalink: /cpp/
tags: [C++]
description: It is a language (a fast one).
---
Text of a page in English, with a note[^1], that leads to [another](/bert/).

## First (1)

## Second!

## Third?

[^1]: Words of the note.
""",
    "content/third.md": "---\ntitle: ثالث\ntags: [تعلم]\n---\nتعلم\n",
    "content/fourth.md": "---\ntitle: رابع\ntags: [تعلم]\n---\nالتعلُّم في الشبكات\n",
}
# The letters of an element from left to right, as they are seen.
SEEN = """(element) => {
    const letters = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        for (let at = 0; at < node.length; at++) {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            letters.push([range.getBoundingClientRect().x, node.data[at]]);
        }
    }
    return letters.sort((a, b) => a[0] - b[0]).map(([, letter]) => letter).join("").trim();
}"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(FILES, tmp_path_factory.mktemp("arabic"))


@pytest.fixture(scope="module")
def own_reader(browser: Browser, public: Path) -> Iterator[Reader]:
    with served(public) as url, Reader(browser, url) as found:
        yield found


@pytest.fixture
def reader(own_reader: Reader) -> Iterator[Reader]:
    """Return who reads the site; no page may complain or ask another host."""
    yield own_reader
    assert own_reader.leave() == []


@pytest.fixture
def page(reader: Reader) -> Page:
    """Return an empty tab for the site."""
    return reader.open("about:blank", width=1440)


def seen(place: Locator) -> str:
    text: str = place.evaluate(SEEN)
    return text


def edges(place: Locator) -> tuple[float, float]:
    """Return where the words of an element begin and end on the line, in pixels from the left."""
    x, width = place.evaluate(
        "(element) => { const range = document.createRange(); range.selectNodeContents(element);"
        "const box = range.getBoundingClientRect(); return [box.x, box.width]; }"
    )
    return x, x + width


def test_names_in_latin_letters_are_seen_as_they_are_written(page: Page) -> None:
    page.goto("/bert/")
    assert seen(page.locator(".chip", has_text="C++")) == "C++"
    assert seen(page.locator(".site-nav a", has_text="C++")) == "C++ (1)"
    assert seen(page.locator(".related a", has_text="C++")) == "What is C++?"
    for code in ("f(x)", "--epochs=10", "x[0]()"):
        assert seen(page.locator("code", has_text=code)) == code
    assert seen(page.locator("a.address")) == "https://example.com/a/"
    page.goto("/tags/")
    assert seen(page.locator(".bars a", has_text="C++")) == "C++"


def test_code_keeps_the_order_of_its_words(page: Page) -> None:
    page.goto("/bert/")
    strings = page.locator("pre span.s2, pre span.s")
    first, second = strings.filter(has_text="واحد"), strings.filter(has_text="اثنان")
    assert edges(first)[1] <= edges(second)[0]


def test_formula_that_is_too_long_shows_its_beginning(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/bert/")
    formula = page.locator("div.math")
    assert formula.evaluate("box => box.scrollWidth > box.clientWidth + 50")
    assert formula.locator("mi").first.evaluate("sign => sign.getBoundingClientRect().x") > 0


def test_digits_of_a_column_stand_under_each_other(page: Page) -> None:
    page.goto("/bert/")
    ends = [edges(cell)[1] for cell in page.locator("td.right").all()]
    assert len(ends) == 2
    assert abs(ends[0] - ends[1]) < 1


def test_english_page_stands_in_the_column_and_runs_from_left_to_right(page: Page) -> None:
    for width in (390, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/cpp/")
        head, body = page.locator(".head").bounding_box(), page.locator(".body").bounding_box()
        assert head is not None
        assert body is not None
        assert abs(head["x"] - body["x"]) < 1
        assert abs(edges(page.locator("h1"))[0] - edges(page.locator(".body p").first)[0]) < 2
        assert seen(page.locator("h1")) == "What is C++?"
        assert seen(page.locator(".lead")) == "It is a language (a fast one)."
        note = page.locator(".footnotes li").bounding_box()
        assert note is not None
        assert note["x"] + note["width"] <= body["x"] + body["width"] + 1
    assert seen(page.locator(".toc a", has_text="Second")) == "Second!"
    assert seen(page.locator(".breadcrumb [aria-current]")) == "What is C++?"


def test_note_of_an_english_page_runs_from_left_to_right(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 900})
    page.goto("/cpp/")
    page.locator("[role=doc-noteref]").click()
    note = page.get_by_role("dialog", name="Footnote 1")
    assert seen(note) == "Words of the note."
    expect(note).to_have_attribute("lang", "en")


def test_words_in_english_are_listed_at_the_side_where_lists_begin(page: Page) -> None:
    page.goto("/tags/c-plus-plus/")
    lead, title = page.locator(".pages p[lang]"), page.locator(".pages a[lang]")
    assert seen(lead) == "It is a language (a fast one)."
    assert abs(edges(lead)[1] - edges(title)[1]) < 2


@pytest.mark.parametrize(
    ("query", "count"), [("C++", "صفحتان"), ("نموذج", "صفحة واحدة"), ("تعلم", "3 صفحات")]
)
def test_search_counts_as_arabic_does(page: Page, query: str, count: str) -> None:
    page.goto("/bert/")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill(query)
    expect(page.locator(".search-status")).to_have_text(count)


@pytest.mark.parametrize(
    ("query", "word"), [("شبكات", "الشبكات"), ("التعلم", "التعلُّم"), ("تعل", "التعلُّم")]
)
def test_words_are_found_with_article_and_vowels(page: Page, query: str, word: str) -> None:
    page.goto("/bert/")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill(query)
    result = page.locator("[role=option]", has_text="رابع")
    expect(result.locator("mark")).to_have_text(word)


def test_results_are_seen_as_they_are_written(page: Page) -> None:
    page.goto("/bert/")
    page.keyboard.press("/")
    field = page.get_by_role("combobox")
    expect(field).to_have_css("direction", "rtl")
    field.fill("language")
    expect(field).to_have_css("direction", "ltr")
    title, text = page.locator(".search-title").first, page.locator(".search-text").first
    expect(text).to_have_text("It is a language (a fast one).")
    assert seen(title) == "What is C++?"
    assert seen(text) == "It is a language (a fast one)."
    assert abs(edges(title)[1] - edges(text)[1]) < 2
    assert faults(page) == []


def test_authors_stand_in_a_list_as_arabic_has_it(page: Page) -> None:
    page.goto("/bert/")
    expect(page.locator(".meta")).to_contain_text("بقلم ليلى، سعيد")


def test_number_stands_behind_a_name_that_runs_the_other_way(
    tmp_path: Path, reader: Reader
) -> None:
    page_text = "---\ntitle: Adam\ncategories: [تعلم]\ntags: [تعلم]\n---\n"
    public = published({"dlsite.yml": "language: ru\n", "content/a.md": page_text}, tmp_path)
    with reader.site(public) as url:
        page = reader.open(f"{url}/")
        for place in (page.locator(".field-map h2"), page.locator(".chip")):
            assert seen(place).endswith("1")


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("ru", 1, "1 страница"),
        ("ru", 3, "3 страницы"),
        ("ru", 5, "5 страниц"),
        ("ru", 21, "21 страница"),
        ("he", 2, "שני דפים"),
        ("he", 4, "4 דפים"),
        ("de", 2, "2 Seiten"),
        # Counted by the rules of the words, which are English there.
        ("th", 1, "1 page"),
        ("uk", 21, "21 pages"),
    ],
)
def test_search_counts_in_the_language_of_its_words(
    tmp_path: Path, reader: Reader, language: str, count: int, said: str
) -> None:
    texts = {f"content/{n}.md": f"---\ntitle: Adam {n}\n---\n" for n in range(count)}
    config = (
        f"language: {language}\ncheck: {{rules: {{page-orphan: 'off', page-deadend: 'off'}}}}\n"
    )
    public = published({"dlsite.yml": config} | texts, tmp_path)
    with reader.site(public) as url:
        page = reader.open(f"{url}/search/?q=adam")
        expect(page.locator(".search-status")).to_have_text(said)
