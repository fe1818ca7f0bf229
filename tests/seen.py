"""What is seen of a page in a browser: colours and places."""

from __future__ import annotations

from playwright.sync_api import FloatRect, Locator, Page

WHITE, NIGHT = "rgb(255, 255, 255)", "rgb(20, 23, 28)"


def ground(page: Page) -> str:
    """Return the colour behind the text as the browser computes it."""
    colour: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return colour


def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than the window."""
    pixels: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return pixels


def box(locator: Locator) -> FloatRect:
    """Return where something stands in the window, in pixels."""
    found = locator.bounding_box()
    assert found is not None
    return found
