"""Photograph the key pages of a published site, to be looked at: four widths, both schemes.

    python benchmarks/screenshots.py public shots [--pages /,/deep_learning/] [--whole]

Wants Chromium on the path and the test extra.  Without `--pages`: the home page, the two
largest pages, the indexes and listings, and the 404 page; and the menu of a phone.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, sync_playwright

WIDTHS = (390, 768, 1280, 1600)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base class's
        del format, args


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on the loopback; give its address."""
    handler = partial(_Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def key_pages(folder: Path) -> list[str]:
    """Return the URL paths of one page of each kind, and of the two largest articles."""
    pages = sorted(folder.rglob("index.html"), key=lambda file: -file.stat().st_size)
    paths = [
        f"/{file.parent.relative_to(folder).as_posix()}/".replace("/./", "/") for file in pages
    ]
    terms = [path for path in paths if re.match(r"/(tags|categories)/.", path)][:1]
    articles = [path for path in paths if path.count("/") == 2][:5]  # noqa: PLR2004 - one folder deep
    kinds = ["/tags/", "/categories/", "/archive/", "/search/"]
    listings = [path for path in kinds if path in paths]
    return [
        "/",
        *[path for path in articles if path not in kinds][:2],
        *listings,
        *terms,
        "/404.html",
    ]


def name_of(path: str) -> str:
    """Return a file name for a URL path."""
    return re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-") or "home"


def photograph(browser: Browser, address: str, path: str, target: Path, *, whole: bool) -> None:
    """Write one picture for each width and scheme."""
    for width in WIDTHS:
        for scheme in SCHEMES:
            height = {390: 844, 768: 1024}.get(width, 900)
            page = browser.new_page(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page.goto(address + path)
            if whole:
                # What is far down is loaded and set when it comes near.
                height = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": width, "height": height})
                page.wait_for_load_state("networkidle")
            file = target / f"{name_of(path)}-{width}-{scheme}.png"
            page.screenshot(path=file, full_page=whole)
            page.close()


def photograph_menu(browser: Browser, address: str, path: str, target: Path) -> None:
    """Write a picture of the open menu of a phone, for each scheme."""
    for scheme in SCHEMES:
        page = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
        page.goto(address + path)
        page.locator("[data-menu-toggle]").click()
        page.screenshot(path=target / f"menu-390-{scheme}.png")
        page.close()


def main() -> int:
    """Parse, serve, photograph."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--pages", help="URL paths with commas between")
    parser.add_argument("--whole", action="store_true", help="whole pages, not one screen")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        print("there is no Chromium on the path", file=sys.stderr)
        return 1
    options.target.mkdir(parents=True, exist_ok=True)
    pages = options.pages.split(",") if options.pages else key_pages(options.site)
    with served(options.site) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for path in pages:
            photograph(browser, address, path, options.target, whole=options.whole)
        photograph_menu(browser, address, pages[-1], options.target)
        browser.close()
    print(f"{len(list(options.target.glob('*.png')))} pictures in {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
