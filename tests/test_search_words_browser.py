"""The words of the search in Chromium: how they are cut, and which pages they find."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from dlsite.search.words import terms_of
from hosting import Open, Reader, published
from searchsite import FILES, below_notes, field, options, search_reader, status

pytestmark = pytest.mark.browser


REPOSITORY = Path(__file__).parent.parent


QUERIES = Path(__file__).parent / "data/search_queries.tsv"


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return below_notes(tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="module")
def reader(browser: Browser, public: Path) -> Iterator[Reader]:
    with search_reader(browser, public) as found:
        yield found


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
