"""The default theme in Chromium: what readers can do with a script, without one, and by keyboard.

The site is published as a build publishes it, and served with a strict Content-Security-Policy,
so that every test also shows that the pages live under it.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from hosting import Reader, faults, published, served
from themesite import FILES, FILLER, PLAIN, RICH, WIDE

pytestmark = pytest.mark.browser


# A page may be asked for that is not there: Chromium notes it by itself.
NOT_FOUND = "status of 404"


MARK = "[role='doc-noteref']"
KINDS = ("/", "/rich/", "/plain/", "/tags/", "/tags/vision/", "/archive/", "/404.html", "/old/")


# The site, published and served


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return published(FILES, tmp_path_factory.mktemp("theme"))


@pytest.fixture(scope="module")
def address(public: Path) -> Iterator[str]:
    with served(public) as url:
        yield url


Open = Callable[..., Page]


@pytest.fixture(scope="module")
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    with Reader(browser, address, excused=NOT_FOUND) as found:
        yield found


@pytest.fixture
def open_page(reader: Reader) -> Iterator[Open]:
    """Return a function that opens a page; no page may complain or ask another host."""
    yield reader.open
    assert reader.leave() == []


def ground(page: Page) -> str:
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    pixels: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return pixels


def box(locator: Locator) -> FloatRect:
    found = locator.bounding_box()
    assert found is not None
    return found


WHITE, NIGHT = "rgb(255, 255, 255)", "rgb(20, 23, 28)"


# Theme


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


# Components


def test_code_is_copied_without_prompts_and_output(open_page: Open) -> None:
    page = open_page("/rich/")
    button = page.locator("figure.code .copy").first
    button.click()
    expect(button).to_have_text("Copied")
    expect(page.get_by_role("status")).to_have_text("Copied")
    clipboard = "navigator.clipboard.readText()"
    assert page.evaluate(clipboard) == "pip install dlsite\ndlsite build\n"
    expect(button).to_have_text("Copy")
    page.locator("figure.code .copy").nth(1).click()
    expect(page.locator("figure.code .copy").nth(1)).to_have_text("Copied")
    assert page.evaluate(clipboard) == "def step(model):\n    return model.loss()\n"


def test_choice_of_a_tab_holds_for_the_page(open_page: Open) -> None:
    page = open_page("/rich/")
    summaries = page.locator(".tab > summary")
    expect(page.get_by_text("Text of torch.")).to_be_visible()
    expect(page.get_by_text("Text of jax.")).to_be_hidden()
    first, second = box(summaries.nth(0)), box(summaries.nth(1))
    assert first["y"] == second["y"], "tabs stand in a row"
    summaries.nth(1).focus()
    page.keyboard.press("Enter")
    for text in ("Text of jax.", "More of jax."):
        expect(page.get_by_text(text)).to_be_visible()
    for text in ("Text of torch.", "More of torch."):
        expect(page.get_by_text(text)).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Text of jax.")).to_be_visible()


def test_footnote_opens_beside_its_mark(open_page: Open) -> None:
    page = open_page("/rich/", width=390)
    mark = page.locator(MARK)
    expect(mark).to_have_accessible_name("Footnote 1")
    assert min(box(mark)["width"], box(mark)["height"]) >= 24
    mark.focus()
    page.keyboard.press("Enter")
    note = page.get_by_role("dialog", name="Footnote 1")
    expect(note).to_be_focused()
    expect(note.get_by_role("link")).to_have_text(["online", "https://example.com/bare"])
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    expect(mark).to_be_focused()


def test_footnote_stands_in_the_margin_where_that_is_free(
    reader: Reader, open_page: Open, tmp_path: Path
) -> None:
    wide = open_page("/rich/", width=1600)
    note, mark = box(wide.locator(".footnotes li")), box(wide.locator("[data-mark]").first)
    assert note["y"] > mark["y"] + 1000, "a wide table needs the margin"
    texts = FILES | {"content/rich.md": RICH.replace(WIDE, "")}
    with reader.site(published(texts, tmp_path)) as url:
        page = open_page(f"{url}/rich/", width=1600)
        note, mark = box(page.locator(".footnotes li")), box(page.locator("[data-mark]").first)
        assert abs(note["y"] - mark["y"]) < 20
        assert note["x"] > mark["x"] + mark["width"]
        assert note["x"] + note["width"] < box(page.locator(".toc"))["x"]


def test_what_scrolls_can_be_reached_and_what_fits_is_no_stop(open_page: Open) -> None:
    page = open_page("/rich/")
    long, short = page.locator("div.math").nth(0), page.locator("div.math").nth(1)
    page.keyboard.press("Tab")
    expect(long).to_have_attribute("tabindex", "0")
    expect(long).to_have_accessible_name("Formula")
    assert short.get_attribute("tabindex") is None
    page.set_viewport_size({"width": 320, "height": 800})
    expect(page.locator(".table").nth(0)).not_to_have_class(re.compile("fits"))


FAR = (
    f"{PLAIN}\n{FILLER}\n\n{FILLER}\n\n{FILLER}\n\n## Far down\n\n"
    "```python\n" + "step(model)\n" * 50 + "```\n\n"
    f"$$ {' + '.join(f'x_{{{n}}}^2' for n in range(80))} $$\n\n## Last\n\n{FILLER}\n"
)


def test_what_is_far_down_is_set_when_it_comes_near_and_moves_nothing(
    tmp_path: Path, browser: Browser
) -> None:
    texts = FILES | {"content/plain.md": FAR}
    is_set = "element => element.checkVisibility({contentVisibilityAuto: true})"
    with served(published(texts, tmp_path)) as url, browser.new_page() as page:
        page.set_viewport_size({"width": 390, "height": 600})
        page.goto(f"{url}/plain/")
        code, formula = page.locator("pre"), page.locator("div.math")
        assert not code.locator("code").evaluate(is_set)
        assert not formula.locator("math").evaluate(is_set)
        room = box(code)["height"]
        assert faults(page) == []
        page.goto(f"{url}/plain/#last")
        expect(formula).to_have_attribute("tabindex", "0")
        # What is near is known with the next frame.
        page.wait_for_function(is_set, arg=formula.locator("math").element_handle())
        heading = page.get_by_role("heading", name="Last")
        bar = box(page.locator(".site-header"))["height"]
        assert bar < box(heading)["y"] < 2 * bar
        code.scroll_into_view_if_needed()
        page.wait_for_function(is_set, arg=code.locator("code").element_handle())
        assert abs(box(code)["height"] - room) < 1


def test_letters_of_a_drawing_stay_legible_on_a_phone(
    tmp_path: Path, reader: Reader, open_page: Open
) -> None:
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='720' height='300'></svg>"
    small = drawing.replace("720", "100")
    page_text = f'{PLAIN}\n![A](/a.svg "Wide")\n\n![B](/b.svg "Small")\n\n![A flow](/a.svg)\n'
    texts = FILES | {"content/plain.md": page_text}
    texts |= {"static/a.svg": drawing, "static/b.svg": small}
    with reader.site(published(texts, tmp_path)) as url:
        page = open_page(f"{url}/plain/", width=390)
        wide, small_one = page.locator("figure").nth(0), page.locator("figure").nth(1)
        expect(wide).to_have_attribute("tabindex", "0")
        assert small_one.get_attribute("tabindex") is None
        assert box(wide.locator("img"))["width"] == 600
        assert box(small_one.locator("img"))["width"] == 100
        alone = page.locator("p:has(img)")
        expect(alone).to_have_attribute("tabindex", "0")
        expect(alone).to_have_accessible_name("A flow")
        assert box(alone.locator("img"))["width"] == 600
        assert overflow(page) == 0
        before = box(wide.locator("figcaption"))["x"]
        wide.evaluate("element => element.scrollBy(200, 0)")
        assert box(wide.locator("figcaption"))["x"] == before
        assert faults(page) == []
        page.set_viewport_size({"width": 1280, "height": 800})
        expect(wide).not_to_have_attribute("tabindex", "0")


def test_lines_are_numbered_and_rules_and_captions_stand_where_the_text_does(
    tmp_path: Path, reader: Reader, open_page: Open
) -> None:
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' width='100' height='50'></svg>"
    parts = "```python=9\na = 1\nb = 2\n```\n\n---\n\n![A](/a.svg)\n*A caption.*\n"
    texts = FILES | {"content/plain.md": f"{PLAIN}\n{parts}", "static/a.svg": drawing}
    with reader.site(published(texts, tmp_path)) as url:
        page = open_page(f"{url}/plain/")
        number = "element => getComputedStyle(element, '::before').content"
        assert page.locator(".ln").evaluate_all(f"all => all.map({number})") == ['"9"', '"10"']
        first, second = page.locator(".ln").all()
        assert abs(box(first)["width"] - box(second)["width"]) < 1
        text, rule = box(page.locator(".body > p").first), box(page.locator(".body > hr"))
        assert (rule["x"], rule["width"]) == (text["x"], text["width"])
        image, caption = box(page.locator(".body img")), box(page.locator("em.caption"))
        assert caption["x"] == image["x"]
        assert caption["y"] >= image["y"] + image["height"]


@pytest.mark.parametrize("width", [700, 768, 1000, 1199])
def test_text_stands_in_the_middle_between_phone_and_desk(open_page: Open, width: int) -> None:
    page = open_page("/rich/", width=width)
    for text in (page.locator(".body > p").first, page.locator(".lead")):
        assert abs(box(text)["x"] - (width - 36 * 16) / 2) < 8
    for wide in (page.locator("figure.code").nth(2), page.locator(".table").first):
        place = box(wide)
        assert place["width"] > 36 * 16
        assert abs(width - place["width"] - 2 * place["x"]) < 2
    assert overflow(page) == 0


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


def test_head_of_a_long_table_stays_in_view(open_page: Open) -> None:
    page = open_page("/rich/")
    table = page.locator(".table").nth(1)
    expect(table).to_have_class(re.compile("fits"))
    page.get_by_text("step 30").scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 400)")
    head = box(table.locator("th").first)
    assert abs(head["y"] - box(page.locator(".site-header"))["height"]) < 3


def test_first_column_of_a_wide_table_stays(open_page: Open) -> None:
    page = open_page("/rich/", width=390)
    table, name = page.locator(".table").nth(0), page.get_by_role("rowheader", name="State")
    before = box(name)["x"]
    table.evaluate("element => element.scrollBy(300, 0)")
    assert table.evaluate("element => element.scrollLeft") == 300
    # The padding of the full-bleed box scrolls away, the name does not.
    assert before - 21 <= box(name)["x"] <= before


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


# Without a script, in other schemes, on other paper


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


def test_paper_is_white_and_shows_the_text_alone(open_page: Open) -> None:
    page = open_page("/rich/", width=718, scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert ground(page) == WHITE
    for chrome in (".site-header", ".site-nav", ".toc", ".site-footer", ".copy", ".after"):
        expect(page.locator(chrome).first).to_be_hidden()
    for text in ("Text of torch.", "Text of jax.", "More of it."):
        expect(page.get_by_text(text)).to_be_visible()
    after = "links => links.map((link) => getComputedStyle(link, '::after').content)"
    named, bare = page.locator(".footnotes a[href^='https']").evaluate_all(after)
    assert "https://example.com/book" in named
    # What is an address already is not said twice.
    assert bare == "none"
    for block in page.locator("pre, .table").all():
        assert block.evaluate("element => element.scrollWidth <= element.clientWidth + 1")


def test_arabic_site_runs_from_right_to_left(
    tmp_path: Path, reader: Reader, open_page: Open
) -> None:
    texts = FILES | {"dlsite.yml": FILES["dlsite.yml"] + "language: ar\n"}
    with reader.site(published(texts, tmp_path)) as url:
        page = open_page(f"{url}/rich/", width=390)
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.reload()
            expect(page.locator("html")).to_have_attribute("dir", "rtl")
            assert overflow(page) == 0
            code = page.locator("pre").first
            assert code.evaluate("element => getComputedStyle(element).direction") == "ltr"
        nav, main = box(page.locator(".site-nav")), box(page.locator("main"))
        assert nav["x"] > main["x"]
        expect(page.locator(".meta time").first).to_have_text("1 مارس 2024")


@pytest.mark.parametrize("path", KINDS[:-1])
def test_nothing_overflows_a_small_window(open_page: Open, path: str) -> None:
    page = open_page(path, width=320)
    assert overflow(page) == 0
    cut = """() => [...document.querySelectorAll("main pre, main table, main math")].filter((e) => {
        const box = e.closest(".table, .math, pre") || e;
        return e.getBoundingClientRect().right > innerWidth + 1
            && getComputedStyle(box).overflowX !== "auto";
    }).length"""
    assert page.evaluate(cut) == 0


@pytest.mark.parametrize("path", ["/rich/", "/search/"])
def test_nothing_moves_while_a_page_loads(open_page: Open, path: str) -> None:
    page = open_page(path)
    moved = """() => new Promise((done) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((e) => { sum += e.value; }))
            .observe({ type: "layout-shift", buffered: true });
        setTimeout(() => done(sum), 200);
    })"""
    assert page.evaluate(moved) == 0


# Accessibility


@pytest.mark.parametrize("path", KINDS[:-1])
def test_axe_finds_nothing(open_page: Open, path: str) -> None:
    page = open_page(path)
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults(page) == []


def test_axe_finds_nothing_in_what_opens(open_page: Open) -> None:
    page = open_page("/rich/", width=390)
    page.locator(MARK).click()
    expect(page.get_by_role("dialog", name="Footnote 1")).to_be_visible()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.locator("[data-menu-toggle]").click()
    expect(page.get_by_role("dialog", name="Site")).to_be_visible()
    assert faults(page) == []


# Weight


def weight(*files: Path) -> int:
    """Return how many bytes files have on the wire."""
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files)


def test_pages_are_light(public: Path) -> None:
    style, script = public.glob("style.*.css"), public.glob("site.*.js")
    css, js = weight(*style), weight(*script)
    assert css <= 8 * 1024
    assert js <= 6 * 1024
    assert weight(public / "index.html") + css + js <= 14 * 1024
    assert weight(public / "rich/index.html") <= 9 * 1024
    # The search, which comes when it is asked for.
    assert weight(*public.glob("search.*.js")) <= 5.5 * 1024
