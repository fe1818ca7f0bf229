"""The search in Chromium: what is found, by keyboard and mouse, with a script and without."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dlsite.search.words import terms_of
from hosting import Reader, Scheme, faults, published, served

pytestmark = pytest.mark.browser

REPOSITORY = Path(__file__).parent.parent
QUERIES = Path(__file__).parent / "data/search_queries.tsv"

FILES = {
    "dlsite.yml": "title: Notes\nbase_url: https://example.org/notes\n"
    "check: {rules: {page-orphan: 'off'}}\n",
    "content/lstm.md": """\
---
title: Recurrent Networks
description: Networks with a memory.
permalink: /rnn/
tags: [Sequences, Deep Learning]
---
A network reads a sequence step by step.

## Long Short-Term Memory

The constructor of a forget gate closes it where $\\sigma(b_f)$ is small.
Naïve <b>initialization</b> closes it.

## Training

Clip the gradients of a recurrent network.
""",
    "content/cnn.md": """\
---
title: Convolutional Networks
permalink: /cnn/
tags: [Vision, Deep Learning]
---
A network for images.

## Pooling

The gradients go to the largest value.
""",
    "content/zh.md": """\
---
title: 深度学习
lang: zh
permalink: /zh/
tags: [Deep Learning]
---
神经网络从数据中学习表示。

## 反向传播

用链式法则计算梯度。
""",
    "content/ja.md": """\
---
title: ニューラルネットワーク
lang: ja
permalink: /ja/
---
誤差逆伝播法で学習する。
""",
    "content/ko.md": """\
---
title: 딥러닝
lang: ko
permalink: /ko/
---
신경망은 데이터에서 배운다.
""",
    "content/th.md": """\
---
title: การเรียนรู้เชิงลึก
lang: th
permalink: /th/
---
โครงข่ายประสาทเทียมกำหนดค่าน้ำหนัก
""",
    "content/ar.md": """\
---
title: التَّعَلُّم العميق
lang: ar
permalink: /ar/
---
الشبكات العصبية تتعلّم من البيانات.
""",
    "content/hi.md": """\
---
title: गहन शिक्षण
lang: hi
permalink: /hi/
---
तंत्रिका जाल आँकड़ों से सीखते हैं।
""",
    "content/secret.md": "---\ntitle: Left out\nsearch: false\n---\nUnfindable words.\n",
}


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the site stands below `notes`, as its base URL says."""
    folder = tmp_path_factory.mktemp("search")
    published(FILES, folder / "site").rename(folder / "notes")
    return folder


@pytest.fixture(scope="module")
def address(public: Path) -> Iterator[str]:
    with served(public / "notes", public) as url:
        yield f"{url}/notes"


Open = Callable[..., Page]


@pytest.fixture(scope="module")
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    # From the disk the stylesheets of the site are not there.
    with Reader(browser, address, excused="ERR_FILE_NOT_FOUND") as found:
        yield found


@pytest.fixture
def open_page(reader: Reader) -> Iterator[Open]:
    """Return a function that opens a page; no page may complain or ask another host."""
    yield reader.open
    assert reader.leave() == []


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Search")


def options(page: Page) -> Locator:
    return page.get_by_role("option")


def selected(page: Page) -> Locator:
    return page.locator("[role='option'][aria-selected='true']")


def status(page: Page) -> Locator:
    return page.locator(".search-status")


def marks(place: Locator) -> list[str]:
    return place.locator("mark").all_text_contents()


# The dialog


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_key_opens_the_dialog_and_escape_gives_the_focus_back(open_page: Open, key: str) -> None:
    page = open_page("/cnn/")
    place = page.get_by_role("link", name="Recurrent Networks").first
    place.focus()
    page.keyboard.press(key)
    expect(page.get_by_role("dialog", name="Search")).to_be_visible()
    expect(field(page)).to_be_focused()
    page.keyboard.type("memory")
    expect(options(page)).not_to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(place).to_be_focused()


def test_button_opens_the_dialog_and_gets_the_focus_back(open_page: Open) -> None:
    page = open_page("/cnn/", width=390)
    button = page.get_by_role("link", name="Search", exact=True)
    button.click()
    field(page).fill("forget gate")
    expect(options(page).nth(1)).to_contain_text("Long Short-Term Memory")
    page.get_by_role("button", name="Close").click()
    expect(button).to_be_focused()
    # What was asked is still there, to be changed or overwritten.
    page.keyboard.press("Enter")
    expect(field(page)).to_have_value("forget gate")
    page.keyboard.type("pooling")
    expect(options(page).first).to_contain_text("Convolutional Networks")


def test_slash_in_a_field_is_a_slash(open_page: Open) -> None:
    page = open_page("/search/")
    field(page).click()
    page.keyboard.type("and/or")
    expect(field(page)).to_have_value("and/or")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_nothing_of_the_search_is_loaded_before_it_is_wanted(open_page: Open) -> None:
    page = open_page("/cnn/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "search" in url]
    with page.expect_response("**/search/index/*.js"):
        page.locator("[data-search]").hover()


def test_results_are_chosen_by_keyboard(open_page: Open) -> None:
    page = open_page("/cnn/")
    page.keyboard.press("/")
    page.keyboard.type("forget gate")
    expect(options(page)).to_have_count(2)
    expect(status(page)).to_have_text("1 page")
    expect(selected(page)).to_contain_text("Recurrent Networks")
    page.keyboard.press("ArrowDown")
    expect(selected(page)).to_contain_text("Long Short-Term Memory")
    identity = selected(page).get_attribute("id")
    assert field(page).get_attribute("aria-activedescendant") == identity
    page.keyboard.press("ArrowDown")
    expect(selected(page)).to_contain_text("Recurrent Networks")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notes/rnn/#long-short-term-memory")


def test_control_and_enter_open_another_tab(open_page: Open) -> None:
    page = open_page("/cnn/")
    page.keyboard.press("/")
    page.keyboard.type("forget")
    expect(selected(page)).to_contain_text("Recurrent Networks")
    with page.context.expect_page() as opened:
        page.keyboard.press("Control+Enter")
    opened.value.wait_for_url("**/notes/rnn/")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_result_is_chosen_by_mouse_and_one_on_the_same_page_closes_the_dialog(
    open_page: Open,
) -> None:
    page = open_page("/rnn/")
    page.keyboard.press("/")
    page.keyboard.type("clip gradients")
    options(page).filter(has_text="Training").click()
    page.wait_for_url("**/notes/rnn/#training")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_words_are_marked_where_they_stand(open_page: Open) -> None:
    page = open_page("/cnn/")
    page.keyboard.press("/")
    page.keyboard.type("naive gates")
    section = options(page).filter(has_text="Long Short-Term Memory")
    expect(section).to_contain_text("forget gate closes it where")
    assert marks(section) == ["gate", "Naïve"]
    # Text is text, whatever it looks like.
    expect(section.locator("b")).to_have_count(0)


def test_nothing_found_is_said(open_page: Open) -> None:
    page = open_page("/cnn/")
    page.keyboard.press("/")
    page.keyboard.type("unfindable")
    expect(status(page)).to_have_text("Nothing found")
    expect(options(page)).to_have_count(0)
    expect(field(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    field(page).fill("")
    expect(status(page)).to_have_text("")


TYPED = {
    "recurent": "Recurrent Networks",
    "recurrrent": "Recurrent Networks",
    "recurremt": "Recurrent Networks",
    "ercurrent": "Recurrent Networks",
    "poolnig": "Convolutional Networks",
    # In JavaScript every object has something of that name.
    "constructor": "Recurrent Networks",
    "convo": "Convolutional Networks",
    "lsmt": "Recurrent Networks",
    "σ": "Recurrent Networks",
    "学习": "深度学习",
    "梯度": "深度学习",
    "法": "深度学习",
    "ニューラル": "ニューラルネットワーク",
    "逆伝播": "ニューラルネットワーク",
    "ﾆｭｰﾗﾙ": "ニューラルネットワーク",
    "신경망": "딥러닝",
    "เรียนรู้": "การเรียนรู้เชิงลึก",
    "ประสาท": "การเรียนรู้เชิงลึก",
    "กําหนด": "การเรียนรู้เชิงลึก",
    "التعلم": "التَّعَلُّم العميق",
    "تَتَعَلَّم": "التَّعَلُّم العميق",
    "शिक्षण": "गहन शिक्षण",
    "सीख": "गहन शिक्षण",
}


def test_words_find_their_pages(open_page: Open) -> None:
    page = open_page("/search/")
    for typed, title in TYPED.items():
        field(page).fill("")
        expect(options(page)).to_have_count(0)
        field(page).fill(typed)
        expect(options(page).filter(has_text=title).first).to_be_visible()
        expect(page.locator("mark")).not_to_have_count(0)


def test_every_key_on_the_way_to_a_word_finds_it(open_page: Open) -> None:
    page = open_page("/search/")
    for end in range(2, len("convolutional networks") + 1):
        field(page).fill("convolutional networks"[:end])
        expect(options(page).first).to_contain_text("Convolutional Networks")


def test_tags_narrow_what_was_found(open_page: Open) -> None:
    page = open_page("/cnn/")
    page.keyboard.press("/")
    page.keyboard.type("gradients")
    tags = page.get_by_role("group", name="Tags").get_by_role("button")
    expect(status(page)).to_have_text("2 pages")
    # All have `Deep Learning`: no choice.
    expect(tags).to_have_text(["Sequences 1", "Vision 1"])
    tags.filter(has_text="Vision").click()
    expect(status(page)).to_have_text("1 page")
    expect(options(page).first).to_contain_text("Convolutional Networks")
    expect(tags.filter(has_text="Vision")).to_have_attribute("aria-pressed", "true")
    expect(field(page)).to_be_focused()
    tags.filter(has_text="Vision").click()
    expect(status(page)).to_have_text("2 pages")


def test_index_that_does_not_come_is_said_and_asked_for_again(open_page: Open) -> None:
    page = open_page("/zh/")
    manifest = "**/search/index/manifest.js"
    page.route(
        manifest, lambda route: route.fulfill(body="", headers={"cache-control": "no-store"})
    )
    page.keyboard.press("/")
    page.keyboard.type("g")
    expect(status(page)).to_have_text("The search index cannot be loaded")
    page.unroute(manifest)
    page.keyboard.type("radients")
    expect(status(page)).to_have_text("2 pages")


# The search page


def test_search_page_takes_its_query_from_the_address(open_page: Open) -> None:
    page = open_page("/search/?q=forget%20gate")
    expect(options(page).first).to_contain_text("Recurrent Networks")
    expect(page.locator("[data-search-list]")).to_be_hidden()
    field(page).fill("pooling")
    expect(options(page).first).to_contain_text("Convolutional Networks")
    expect(page).to_have_url(re.compile(r"/search/\?q=pooling$"))
    field(page).fill("")
    expect(page.locator("[data-search-list]")).to_be_visible()
    # The keys lead to the field that is there.
    page.locator("h1").click()
    page.keyboard.press("Control+k")
    expect(field(page)).to_be_focused()


def test_without_a_script_the_search_page_is_a_list(open_page: Open) -> None:
    page = open_page("/cnn/", script=False)
    page.get_by_role("link", name="Search", exact=True).click()
    page.wait_for_url("**/notes/search/")
    expect(field(page)).to_have_count(0)
    expect(page.get_by_role("link", name="Left out")).to_have_count(0)
    page.locator("main").get_by_role("link", name="Long Short-Term Memory").click()
    page.wait_for_url("**/notes/rnn/#long-short-term-memory")


def test_search_page_works_from_the_disk(open_page: Open, public: Path) -> None:
    page = open_page((public / "notes/search/index.html").as_uri())
    field(page).fill("forget gate")
    options(page).filter(has_text="Long Short-Term Memory").click()
    page.wait_for_url("file://**/notes/rnn/index.html#long-short-term-memory")
    expect(page.locator("h1")).to_have_text("Recurrent Networks")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_in_the_search(open_page: Open, scheme: Scheme, width: int) -> None:
    page = open_page("/cnn/", width=width, scheme=scheme)
    page.keyboard.press("/")
    page.keyboard.type("gradients")
    expect(status(page)).to_have_text("2 pages")
    expect(options(page).filter(has_text="Training")).to_be_visible()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page = open_page("/search/?q=gradients", width=width, scheme=scheme)
    expect(status(page)).to_have_text("2 pages")
    assert faults(page) == []


# The words, and what they find


def test_script_and_build_cut_words_alike(open_page: Open) -> None:
    words = set(re.findall(r"\w+", QUERIES.read_text("utf-8"), re.ASCII))
    texts = sorted(words | {word + ending for word in words for ending in ("s", "ed", "ing")})
    for path in sorted((REPOSITORY / "content").glob("*.md")):
        texts += path.read_text("utf-8").split("\n")
    texts += [*FILES.values(), "½ ﬁ Ｇ İ ß ς 𝐖 ﾃﾞｨ が 々 한글 ไทย हिन्दी 𠀀𠀁 a\u0301b x²"]
    texts += ["ทำ ລາວ မြန်မာ။ ខ្មែរ។ தமிழ் है। التعلُّم والآلة ى ی تـطويل שָׁלוֹם תת־תחום"]
    texts += ["ทำ ทํา ๑๒ ฿ กៗ។ ကို။ ລາວ བོད་ཡིག தமிழ்; বাংলা। אָלֶף_בֵּית مـــد ٣ " + "𐌰" * 25]
    page = open_page("/search/")
    page.wait_for_function("() => self.dlsiteSearch !== undefined")
    theirs = page.evaluate("(texts) => texts.map((text) => dlsiteSearch.terms(text))", texts)
    assert dict(zip(texts, theirs, strict=True)) == {text: terms_of(text) for text in texts}


# Asks as a reader does, and waits until what is wanted stands first, if it ever does.
ASK = """async (rows) => {
    const input = document.querySelector("[role=combobox]");
    const options = "[role=listbox] > :first-child [role=option]";
    const first = () => [...document.querySelectorAll(options)]
        .map((option) => new URL(option.href)).map(({ pathname, hash }) => pathname + hash);
    const lost = [];
    for (const { query, page, section } of rows) {
        const place = section ? `${page}#${section}` : page;
        const isThere = (found) => found[0] === page && found.includes(place);
        input.value = query;
        input.dispatchEvent(new Event("input"));
        for (let wait = 0; wait < 200 && !isThere(first()); wait++) {
            await new Promise((resolve) => setTimeout(resolve, 10));
        }
        if (!isThere(first())) lost.push([query, ...first()]);
    }
    return lost;
}"""


def test_queries_of_the_knowledge_base_find_what_is_meant(
    tmp_path: Path, reader: Reader, open_page: Open
) -> None:
    files = {
        str(path.relative_to(REPOSITORY)): path.read_text("utf-8")
        for path in [REPOSITORY / "dlsite.yml", *(REPOSITORY / "content").rglob("*.*")]
        if path.suffix in (".md", ".yml", ".svg")
    }
    rows = [*csv.DictReader(QUERIES.read_text("utf-8").splitlines(), delimiter="\t")]
    assert len(rows) >= 60
    with reader.site(published(files, tmp_path)) as address:
        page = open_page(f"{address}/search/")
        expect(field(page)).to_be_visible()
        assert page.evaluate(ASK, rows) == []


def test_word_that_lost_more_than_others_is_looked_up_where_its_stem_is(
    tmp_path: Path, reader: Reader, open_page: Open
) -> None:
    # So many words that a file of the index begins between the two.
    crowd = "normaliza " + " ".join(f"normaliza{n}" for n in range(1500))
    files = {
        "content/a.md": f"---\ntitle: A\n---\nNormalization.\n\n{crowd}\n",
        "content/b.md": "---\ntitle: B\n---\nNormalizationsx.\n",
    }
    with reader.site(published(files, tmp_path)) as address:
        page = open_page(f"{address}/search/?q=normalizations")
        expect(status(page)).to_have_text("2 pages")
