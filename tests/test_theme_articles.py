"""What stands in articles, in Chromium: code, tabs, notes, formulas, drawings and tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hosting import Open, Reader, faults, published, served
from seen import box, overflow
from themesite import FILES, FILLER, MARK, PLAIN, RICH, WIDE, theme_reader

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reader(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with theme_reader(browser, tmp_path_factory.mktemp("theme")) as found:
        yield found


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
