"""The default theme in Chromium: how readers find their way, with a script, without, by keyboard.

The site is published as a build publishes it, and served with a strict Content-Security-Policy,
so that every test also shows that the pages live under it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from hosting import Open, Reader
from seen import NIGHT, WHITE, box, ground
from themesite import MARK, theme_reader

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reader(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with theme_reader(browser, tmp_path_factory.mktemp("theme")) as found:
        yield found


# Colours


def test_theme_is_chosen_and_kept(open_page: Open) -> None:
    page = open_page("/rich/")
    button = page.locator("[data-theme-toggle]")
    expect(button).to_have_accessible_name("Theme: Auto")
    button.click()
    expect(button).to_have_accessible_name("Theme: Light")
    button.click()
    expect(button).to_have_accessible_name("Theme: Dark")
    assert ground(page) == NIGHT
    page.goto("/plain/")
    expect(button).to_have_accessible_name("Theme: Dark")
    assert ground(page) == NIGHT
    shown = page.locator("meta[name='theme-color'][media='screen']")
    expect(shown).to_have_attribute("content", "#14171c")
    button.click()
    assert ground(page) == WHITE
    page.reload()
    expect(button).to_have_accessible_name("Theme: Auto")


def test_stored_theme_is_there_before_anything_is_drawn(open_page: Open) -> None:
    page = open_page("/rich/")
    page.evaluate("localStorage.setItem('dlsite-theme', 'dark')")
    page.route("**/*.css", lambda route: route.fulfill(body="", content_type="text/css"))
    page.route("**/site.*.js", lambda route: route.fulfill(body=""))
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_theme_chosen_in_another_tab_is_taken_over(open_page: Open) -> None:
    page = open_page("/rich/")
    other = page.context.new_page()
    other.goto("/plain/")
    page.locator("[data-theme-toggle]").click(click_count=2)
    expect(other.locator("html")).to_have_attribute("data-theme", "dark")
    assert ground(other) == NIGHT


# Navigation


def test_first_stop_leads_to_the_text(open_page: Open) -> None:
    page = open_page("/rich/")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_menu_of_a_phone_by_keyboard(open_page: Open) -> None:
    page = open_page("/rich/", width=390)
    menu = page.locator("[data-menu-toggle]")
    expect(page.locator(".site-nav-panel")).to_be_hidden()
    menu.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Site")
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    current = dialog.get_by_role("link", name="Convolutional Networks")
    expect(current).to_have_attribute("aria-current", "page")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(menu).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("link", name="Plain").click()
    expect(page).to_have_title("Plain · Notes")


def test_menu_of_a_phone_by_mouse(open_page: Open) -> None:
    page = open_page("/rich/", width=390)
    page.locator("[data-menu-toggle]").click()
    dialog = page.get_by_role("dialog", name="Site")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    page.locator("[data-menu-toggle]").click()
    # What lies beside it closes it too.
    page.mouse.click(10, 400)
    expect(dialog).to_have_count(0)


def test_outline_follows_the_reader(open_page: Open) -> None:
    page = open_page("/rich/")
    expect(page.locator(".toc a")).to_have_text(["Code", "Tables", "Formulas", "Deeper", "End"])
    current = page.locator(".toc [aria-current='location']")
    expect(current).to_have_count(0)
    page.evaluate("document.getElementById('formulas').scrollIntoView()")
    expect(current).to_have_text("Formulas")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    expect(current).to_have_text("End")


def test_target_of_a_deep_link_is_not_under_the_bar(open_page: Open) -> None:
    page = open_page("/rich/#formulas")
    bar, heading = box(page.locator(".site-header")), box(page.locator("#formulas"))
    assert bar["y"] == 0
    assert bar["height"] < heading["y"] < 120


def test_trail_of_a_phone_ends_before_the_title(open_page: Open) -> None:
    trail = open_page("/rich/", width=390).get_by_role("navigation", name="Breadcrumb")
    assert [each.inner_text() for each in trail.get_by_role("listitem").all()] == [
        "Notes",
        "Images",
    ]
    trail = open_page("/rich/").get_by_role("navigation", name="Breadcrumb")
    expect(trail.get_by_role("listitem")).to_have_count(3)


def test_buttons_of_the_bar_are_of_one_height(open_page: Open) -> None:
    for width in (390, 768, 1280):
        page = open_page("/rich/", width=width)
        bar = page.locator(".search-button, .theme-button, [data-menu-toggle]")
        shown = [each for each in bar.all() if each.is_visible()]
        assert len(shown) == (2 if width == 1280 else 3)
        assert {box(each)["height"] for each in shown} == {32}


def test_everything_can_be_read_without_a_script(open_page: Open) -> None:
    page = open_page("/rich/", width=390, scheme="dark", script=False)
    assert ground(page) == NIGHT
    expect(page.locator("[data-theme-toggle]")).to_be_hidden()
    menu = page.locator("[data-menu-toggle]")
    menu.click()
    expect(page.locator(".site-nav").get_by_role("link", name="Plain")).to_be_visible()
    menu.click()
    page.locator(".toc summary").click()
    expect(page.locator(".toc").get_by_role("link", name="Tables")).to_be_visible()
    page.locator(".tab > summary").nth(1).click()
    expect(page.get_by_text("Text of jax.")).to_be_visible()
    page.locator(MARK).click()
    expect(page.locator(".footnotes li")).to_be_in_viewport()


# Not found


def test_what_is_not_there_is_answered_with_what_is_near(open_page: Open) -> None:
    page = open_page("/no/such/plane")
    expect(page.get_by_role("heading", name="Page not found")).to_be_visible()
    place = page.locator("#notFound")
    expect(place).to_contain_text("/no/such/plane")
    expect(place.get_by_role("link")).to_have_text(["Plain"])
    place.get_by_role("link").click()
    expect(page).to_have_title("Plain · Notes")


def test_404_without_a_script_lists_what_there_is(open_page: Open) -> None:
    page = open_page("/no/such/plane", script=False)
    expect(page.locator("#notFound")).to_be_hidden()
    names = page.get_by_role("main").get_by_role("link")
    expect(names).to_have_text(["Home", "Tags", "All pages", "Convolutional Networks", "Plain"])
