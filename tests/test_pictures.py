"""Browsers choose among the forms of an image: by width, dots and scheme."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from dlsite.cli import main
from hosting import Reader, Scheme, faults, served
from photographs import encoded, noise

pytestmark = pytest.mark.browser

BODY = """\
---
title: Pictures
permalink: /a/
---
![A photograph](column.jpg "In the column."){: #column}

![A photograph](room.jpg "With more room."){: #room .wide}

![A plot](plot.svg "For either scheme."){: #plot}

![A small photograph](small.jpg){: #small width=120}
"""
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="100">'
    '<rect width="300" height="100" fill="{}"/></svg>'
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a site that was built as a build does it."""
    root = tmp_path_factory.mktemp("pictures")
    files = {
        "dlsite.yml": b"title: Notes\n",
        "content/a.md": BODY.encode(),
        # Of what a browser has already it takes more pixels than it needs: each has its own.
        **{
            f"content/{name}.jpg": encoded(noise(1800, 120, seed=seed), "JPEG", quality=90)
            for seed, name in enumerate(("column", "room", "small"))
        },
        "content/plot.svg": SVG.format("white").encode(),
        "content/plot.dark.svg": SVG.format("black").encode(),
    }
    for path, content in files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(content)
    assert main(["-C", str(root), "build", "-q"]) == 0
    with served(root / "public") as address:
        yield address


@pytest.fixture(scope="module")
def own_reader(browser: Browser, site: str) -> Iterator[Reader]:
    with Reader(browser, site) as found:
        yield found


@pytest.fixture
def reader(own_reader: Reader) -> Iterator[Reader]:
    """Return who reads the site; no page may complain or ask another host."""
    yield own_reader
    assert own_reader.leave() == []


def _load(page: Page) -> list[str]:
    """Load the page and all of its images; return the names of the files that were asked for."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto("/a/")
    for image in page.locator(".body img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", value=True)
    return asked


def _chosen(page: Page, identity: str) -> str:
    source: str = page.locator(f"#{identity} img, img#{identity}").evaluate("(i) => i.currentSrc")
    return source.rpartition("/")[2]


@pytest.mark.parametrize(
    ("screen", "forms"),
    [
        ((390, 1), {"column": 480, "room": 480, "small": 480}),
        ((390, 3), {"column": 1200, "room": 1200, "small": 480}),
        ((1280, 1), {"column": 800, "room": 1200, "small": 480}),
        ((1280, 2), {"column": 1200, "room": 1800, "small": 480}),
    ],
)
def test_the_form_fits_the_room_and_the_screen(
    browser: Browser, site: str, screen: tuple[int, int], forms: dict[str, int]
) -> None:
    width, dots = screen
    viewport: ViewportSize = {"width": width, "height": 800}
    # A context of its own has the dots, and no image already.
    with browser.new_page(base_url=site, viewport=viewport, device_scale_factor=dots) as page:
        _load(page)
        for name, pixels in forms.items():
            chosen = _chosen(page, name)
            assert chosen.startswith(f"{name}-{pixels}.")
            assert chosen.endswith(".avif")
            box = page.locator(f"#{name} img, img#{name}").bounding_box()
            assert box is not None
            assert min(1800, box["width"] * dots) <= pixels
            assert box["width"] / box["height"] == pytest.approx(15, rel=0.05)


@pytest.mark.parametrize(("scheme", "name"), [("light", "plot.svg"), ("dark", "plot.dark.svg")])
@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_one_of_two_twins_is_fetched(
    browser: Browser, site: str, scheme: Scheme, name: str, *, script: bool
) -> None:
    with browser.new_page(base_url=site, color_scheme=scheme, java_script_enabled=script) as page:
        assert [each for each in _load(page) if each.startswith("plot")] == [name]


def test_twins_follow_the_choice_of_the_reader(reader: Reader) -> None:
    page = reader.open("about:blank", scheme="dark")
    _load(page)
    button = page.locator("[data-theme-toggle]")
    seen = []
    for _ in range(3):
        button.click()
        page.wait_for_timeout(50)
        seen.append((page.locator("html").get_attribute("data-theme"), _chosen(page, "plot")))
    assert seen == [("light", "plot.svg"), ("dark", "plot.dark.svg"), (None, "plot.dark.svg")]
    button.click()
    page.reload()
    expect(page.locator("#plot source")).to_have_attribute("media", "not all")
    assert _chosen(page, "plot") == "plot.svg"
    colours = page.locator("meta[name=theme-color]").evaluate_all(
        "(all) => all.map((m) => m.media)"
    )
    assert colours == ["screen", "not all"]


def test_what_has_no_twin_is_dimmed_in_the_dark(reader: Reader) -> None:
    page = reader.open("about:blank", scheme="dark")
    _load(page)
    filters = {
        name: page.locator(f"#{name} img").evaluate("(i) => getComputedStyle(i).filter")
        for name in ("column", "plot")
    }
    assert filters == {"column": "brightness(0.88)", "plot": "none"}
    assert faults(page) == []
