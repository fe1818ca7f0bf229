"""The default theme wherever it is read: in small windows, on paper, from the right, by axe."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from hosting import Open, Reader, faults, published
from seen import WHITE, box, ground, overflow
from themesite import FILES, KINDS, MARK, theme_reader

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reader(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    with theme_reader(browser, tmp_path_factory.mktemp("theme")) as found:
        yield found


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


def test_pages_are_light(tmp_path: Path) -> None:
    public = published(FILES, tmp_path)
    style, script = public.glob("style.*.css"), public.glob("site.*.js")
    css, js = weight(*style), weight(*script)
    assert css <= 8 * 1024
    assert js <= 6 * 1024
    assert weight(public / "index.html") + css + js <= 14 * 1024
    assert weight(public / "rich/index.html") <= 9 * 1024
    # The search, which comes when it is asked for.
    assert weight(*public.glob("search.*.js")) <= 5.5 * 1024
