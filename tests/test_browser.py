"""The preview in Chromium: what readers see, and what they see change while an author saves."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from hosting import Open, Reader, followed
from previewing import preview_of
from seen import ground

pytestmark = pytest.mark.browser

WAIT_MILLISECONDS = 10_000

# A page that the preview cannot render is answered so, and Chromium notes it by itself.
CANNOT_RENDER = "status of 500"

FILLER = "\n".join(f"Paragraph {number} makes the page long.\n" for number in range(40))
NETWORKS = f"""\
---
title: Recurrent Networks
permalink: /rnn/
tags: [Sequences]
---

A state is carried from step to step, as in [Transfer Learning](/transfer/) it is not.

$$ h_t = \\frac{{a_t}}{{1 + b_t}} $$

| Cell | Gates |
|------|-------|
| LSTM | 3     |
| GRU  | 2     |

## Cells

{FILLER}
The last paragraph.
"""
TRANSFER = "---\ntitle: Transfer Learning\npermalink: /transfer/\n---\n\nBack to [RNN](/rnn/).\n"
SITE = {
    "dlsite.yml": "title: Notes\n",
    "content/networks.md": NETWORKS,
    "content/transfer.md": TRANSFER,
}


@dataclass(frozen=True)
class Author:
    """Somebody who writes a site with the preview beside: its files, and where it is shown."""

    root: Path
    address: str

    def save(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        # As careful editors save: a reader sees the old state or the new one.
        draft = file.with_name(f".{file.name}.tmp")
        draft.write_text(text, encoding="utf-8")
        draft.replace(file)

    def save_and_wait(self, path: str, text: str, shown_at: str) -> None:
        """Save a file, and return once the preview serves something else than before."""
        before = self.read(shown_at)
        self.save(path, text)
        end = time.monotonic() + WAIT_MILLISECONDS / 1000
        while self.read(shown_at) == before:
            assert time.monotonic() < end
            time.sleep(0.02)

    def read(self, path: str) -> bytes:
        with urlopen(f"{self.address}{path}", timeout=WAIT_MILLISECONDS / 1000) as answer:
            content: bytes = answer.read()
            return content


@pytest.fixture
def author(site: Callable[[Mapping[str, str]], Path]) -> Iterator[Author]:
    """Return the author of a site of two pages, whose preview ends with the test."""
    root = site(SITE)
    with followed(preview_of(root)) as preview:
        yield Author(root, preview.address)


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Reader]:
    with Reader(browser, excused=CANNOT_RENDER) as found:
        yield found


@pytest.fixture
def open_page(reader: Reader, author: Author) -> Iterator[Open]:
    """Return a function that opens a page; no page may complain or ask another host."""
    reader.address = author.address
    yield reader.open
    assert reader.leave() == []


def leave_a_mark(page: Page) -> None:
    """Leave something behind that the next navigation takes away."""
    page.evaluate("window.mark = true")


def has_mark(page: Page) -> bool:
    return bool(page.evaluate("window.mark === true"))


# What is read


def test_page_shows_title_heading_and_table(open_page: Open) -> None:
    page = open_page("/rnn/")
    expect(page).to_have_title("Recurrent Networks · Notes")
    expect(page.locator("h1")).to_have_text(["Recurrent Networks"])
    cells = page.get_by_role("table").get_by_role("cell")
    expect(cells).to_have_text(["LSTM", "3", "GRU", "2"])
    expect(page.get_by_role("columnheader")).to_have_text(["Cell", "Gates"])


def test_formula_is_set_as_mathematics(open_page: Open) -> None:
    page = open_page("/rnn/")
    formula = page.locator("main math")
    expect(formula).to_have_attribute("display", "block")
    whole = formula.bounding_box()
    above = formula.locator("mfrac > *").nth(0).bounding_box()
    below = formula.locator("mfrac > *").nth(1).bounding_box()
    assert whole is not None
    assert above is not None
    assert below is not None
    assert whole["width"] > 20
    assert whole["height"] > 20
    # Text that is only passed through would stand on one line.
    assert above["y"] + above["height"] <= below["y"]


def test_link_leads_to_the_other_page(open_page: Open) -> None:
    page = open_page("/rnn/")
    page.locator("main p").get_by_role("link", name="Transfer Learning").click()
    page.wait_for_url("**/transfer/")
    expect(page.locator("h1")).to_have_text("Transfer Learning")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Recurrent Networks")


def test_dark_scheme_darkens_the_page(open_page: Open) -> None:
    page = open_page("/rnn/")
    assert ground(page) == "rgb(255, 255, 255)"
    page.emulate_media(color_scheme="dark")
    red, green, blue = (int(part) for part in ground(page).strip("rgb()").split(","))
    assert max(red, green, blue) < 64


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_page_never_scrolls_sideways(open_page: Open, width: int) -> None:
    for path in ("/", "/rnn/", "/tags/", "/tags/sequences/"):
        page = open_page(path, width=width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


# What changes


def test_edit_is_shown_in_place(open_page: Open, author: Author) -> None:
    page = open_page("/rnn/")
    leave_a_mark(page)
    page.get_by_text("Paragraph 20 ").evaluate("element => element.scrollIntoView()")
    before = page.evaluate("scrollY")
    assert before > 0
    author.save("content/networks.md", NETWORKS.replace("The last", "The very last"))
    expect(page.locator("main")).to_contain_text("The very last paragraph.")
    assert page.evaluate("scrollY") == before
    assert has_mark(page)


CODE = "```python\n" + "\n".join(f"gate = {number}" for number in range(12)) + "\n```\n"
MATRIX = "$$ \\begin{pmatrix} a \\\\ b \\\\ c \\\\ d \\\\ e \\end{pmatrix} $$\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("## Cells", "Much more.\n\n" * 9, id="text comes above"),
        pytest.param("A state is", "It is", id="text changes above"),
        pytest.param("The last", "The very last", id="text changes below"),
        pytest.param("Paragraph 20 makes", "This makes", id="what is read"),
        pytest.param("Paragraph 19 makes", "This makes", id="what was just read"),
    ],
)
def test_what_is_read_stays_where_it_is_seen(
    open_page: Open, author: Author, old: str, new: str
) -> None:
    # Code and formulas that no reader has come by are not set, and held for as high as most.
    # An outline stands beside the text, where it is always seen.
    sections = "## Gates\n\n### Forget gate\n\n### Output gate\n\n"
    networks = NETWORKS.replace("## Cells", f"{sections}## Cells\n\n{(CODE + MATRIX) * 20}")
    author.save_and_wait("content/networks.md", networks, "/rnn/")
    page = open_page("/rnn/")
    leave_a_mark(page)
    seen = page.get_by_text("Paragraph 21 ")
    for text in ("Cells", "Paragraph 20 "):
        found = page.locator("main").get_by_text(text).last
        found.evaluate("element => element.scrollIntoView()")
    page.wait_for_timeout(200)
    before = seen.evaluate("element => element.getBoundingClientRect().top")
    author.save("content/networks.md", networks.replace(old, new, 1))
    expect(page.locator("main")).to_contain_text(new.strip())
    page.wait_for_timeout(200)
    after = seen.evaluate("element => element.getBoundingClientRect().top")
    assert after == pytest.approx(before, abs=2)
    assert has_mark(page)


def test_what_the_reader_has_unfolded_stays_open(open_page: Open, author: Author) -> None:
    folded = (
        '=== "PyTorch"\n    torch.nn\n\n=== "JAX"\n    flax.linen\n\n'
        "??? note\n    A remark.\n\n???+ tip\n    Advice.\n"
    )
    author.save_and_wait("content/transfer.md", f"{TRANSFER}\n{folded}", "/transfer/")
    page = open_page("/transfer/")
    for title in ("JAX", "Note", "Tip"):
        page.locator("main summary").get_by_text(title).click()
    author.save("content/transfer.md", f"{TRANSFER}\n{folded}\nMore.\n")
    expect(page.locator("main")).to_contain_text("More.")
    for text, is_seen in (
        ("torch.nn", False),
        ("flax.linen", True),
        ("A remark.", True),
        ("Advice.", False),
    ):
        expect(page.get_by_text(text)).to_be_visible(visible=is_seen)
    # What the reader has not touched is as its author wants it.
    author.save("content/transfer.md", f"{TRANSFER}\n{folded}\n??? info\n    A fact.\n")
    expect(page.locator("main")).to_contain_text("A fact.")
    author.save("content/transfer.md", f"{TRANSFER}\n{folded}\n???+ info\n    A fact.\n")
    expect(page.get_by_text("A fact.")).to_be_visible()
    expect(page.get_by_text("flax.linen")).to_be_visible()


def test_search_finds_what_has_just_been_saved(open_page: Open, author: Author) -> None:
    page = open_page("/transfer/")
    author.save("content/networks.md", NETWORKS.replace("The last", "A perspicacious"))
    expect(page.locator("main")).to_contain_text("Back to RNN")
    # The preview has read the site again when it serves the new text.
    page = open_page("/rnn/")
    expect(page.locator("main")).to_contain_text("A perspicacious paragraph.")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("perspicacious")
    expect(page.get_by_role("option").first).to_contain_text("Recurrent Networks")
    author.save("content/networks.md", NETWORKS.replace("The last", "An abstruse"))
    page = open_page("/rnn/")
    expect(page.locator("main")).to_contain_text("An abstruse paragraph.")
    page.keyboard.press("/")
    page.get_by_role("combobox").fill("abstruse")
    expect(page.get_by_role("option").first).to_contain_text("Recurrent Networks")


def test_last_of_several_edits_stays(open_page: Open, author: Author) -> None:
    page = open_page("/transfer/")
    leave_a_mark(page)
    for number in range(5):
        author.save("content/transfer.md", f"{TRANSFER}\nEdit {number}.\n")
        page.wait_for_timeout(60)
    expect(page.locator("main")).to_contain_text("Edit 4.")
    assert has_mark(page)


def test_new_style_is_applied_in_place(open_page: Open, author: Author) -> None:
    page = open_page("about:blank")
    with page.expect_response("**/_dlsite/events"):
        open_page("/rnn/")
    leave_a_mark(page)
    for colour in ("rgb(1, 2, 3)", "rgb(4, 5, 6)"):
        author.save("static/style.css", f"body {{ background: {colour} }}")
        expect(page.locator("body")).to_have_css("background-color", colour)
    assert has_mark(page)


def test_style_that_changes_while_the_page_loads_is_not_missed(
    open_page: Open, author: Author
) -> None:
    def change_meanwhile(route: Route) -> None:
        author.save_and_wait("static/style.css", "body { background: rgb(1, 2, 3) }", "/rnn/")
        route.continue_()

    page = open_page("about:blank")
    page.route("**/_dlsite/events", change_meanwhile, times=1)
    open_page("/rnn/")
    expect(page.locator("body")).to_have_css("background-color", "rgb(1, 2, 3)")


def test_change_around_the_text_loads_the_page_again(open_page: Open, author: Author) -> None:
    page = open_page("/rnn/")
    leave_a_mark(page)
    author.save("dlsite.yml", "title: Other notes\n")
    expect(page.locator(".brand")).to_have_text("Other notes")
    assert not has_mark(page)


# What breaks


def test_finding_is_shown_until_mended(open_page: Open, author: Author) -> None:
    page = open_page("/transfer/")
    leave_a_mark(page)
    panel = page.get_by_role("region", name="Findings of dlsite")
    expect(panel).to_have_count(0)
    author.save("content/transfer.md", TRANSFER.replace("title: ", "title: ["))
    expect(panel).to_be_visible()
    expect(panel).to_contain_text("content/transfer.md:3:")
    expect(panel).to_contain_text("[front-matter-syntax]")
    expect(panel.locator("pre")).to_contain_text("3 | permalink: /transfer/")
    author.save("content/transfer.md", TRANSFER)
    expect(panel).to_have_count(0)
    expect(page.locator("h1")).to_have_text("Transfer Learning")
    assert has_mark(page)


def test_folded_panel_stays_folded(open_page: Open, author: Author) -> None:
    lost = f"{TRANSFER}\nAs said in [GRU](/gru/).\n"
    author.save("content/transfer.md", lost.replace("title: ", "title: ["))
    page = open_page("/transfer/")
    panel = page.get_by_role("region", name="Findings of dlsite")
    excerpt = panel.locator("pre").first
    expect(excerpt).to_be_visible()
    panel.locator("summary").click()
    expect(excerpt).to_be_hidden()
    author.save("content/transfer.md", f"{lost}\nMore.\n".replace("title: ", "title: ["))
    expect(page.locator("main")).to_contain_text("More.")
    expect(excerpt).to_be_hidden()
    author.save("content/transfer.md", TRANSFER.replace("title: ", "title: {"))
    expect(excerpt).to_be_visible()


def test_page_that_cannot_be_rendered_keeps_its_last_state(open_page: Open, author: Author) -> None:
    page = open_page("/rnn/")
    leave_a_mark(page)
    author.save("content/networks.md", NETWORKS.replace("permalink: ", "- "))
    panel = page.get_by_role("region", name="Findings of dlsite")
    expect(panel).to_contain_text("content/networks.md:")
    expect(page.locator("h1")).to_have_text("Recurrent Networks")
    # Whoever comes only now is told the same.
    page = open_page("/rnn/")
    expect(page.locator("h1")).to_have_text("This page cannot be shown")
    expect(panel).to_contain_text("content/networks.md:")
    author.save("content/networks.md", NETWORKS)
    expect(page.locator("h1")).to_have_text("Recurrent Networks")
    expect(panel).to_have_count(0)
