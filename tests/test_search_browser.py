"""The search in Chromium: the dialog and the page, by keyboard and mouse, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hosting import Open, Reader, Scheme, faults
from searchsite import below_notes, field, marks, options, search_reader, selected, status

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return below_notes(tmp_path_factory.mktemp("search"))


@pytest.fixture(scope="module")
def reader(browser: Browser, public: Path) -> Iterator[Reader]:
    with search_reader(browser, public) as found:
        yield found


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
