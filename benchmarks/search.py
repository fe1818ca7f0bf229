"""Ask a generated site ten questions, by its own search and by Pagefind's on the same pages.

    pip install pagefind pagefind_bin
    python benchmarks/search.py SITE WORK

SITE is a folder with `content/`, of pages whose titles are made of the words of the questions;
WORK is a folder to write into.  For each question: bytes on the wire (gzip) until the first
results stand, in a browser that has nothing yet; time in it from the query to the results; what
stands first.  Then what indexing takes, and how many files it leaves.  Linux with Chromium.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync")
# What is asked, and the address of the page that a person would want first.
QUESTIONS = {
    "transfer learning": "transfer_learning",
    "convolutional networks": "convolutional_networks",
    "batch normalization": "batch_normalization",
    "gradient descent": "gradient_descent",
    "word embedding": "word_embeddings",
    "causal dropout": "causal_dropout",
    "atention": "attention",
    "linear transformr": "linear_transformers",
    "knowledge distil": "knowledge_distillation",
    "Q-learning": "q_learning",
}
OURS = """async (query) => {
    const start = performance.now();
    const input = document.querySelector("[role=combobox]");
    const list = document.querySelector("[role=listbox]");
    const shown = new Promise((resolve) => {
        const look = () => list.querySelector("mark, .search-text:not(:empty)") && resolve();
        new MutationObserver(look).observe(list, { childList: true, subtree: true });
    });
    input.value = query;
    input.dispatchEvent(new Event("input"));
    await shown;
    const took = performance.now() - start;
    return [took, [...list.children].map((group) => new URL(group.firstChild.href).pathname)];
}"""
# As its interface does: the query, and the fragments of the five results that are shown first.
THEIRS = """async (query) => {
    const start = performance.now();
    const pagefind = await import("/pagefind/pagefind.js");
    const { results } = await pagefind.search(query);
    const found = await Promise.all(results.slice(0, 5).map((result) => result.data()));
    return [performance.now() - start, found.map(({ url }) => url)];
}"""


@dataclass
class Answer:
    """Bytes on the wire, milliseconds without anything loaded and again, addresses found."""

    size: int
    cold: float
    warm: float
    found: list[str]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, give its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def weight(file: Path) -> int:
    """Return the bytes of a file on the wire; what is compressed already gains nothing."""
    content = file.read_bytes()
    return min(len(content), len(gzip.compress(content, 6)))


def ask(browser: Browser, address: str, public: Path, script: str, query: str) -> Answer:
    """Ask once in a browser that has nothing, and once more; what is not search is not weighed."""
    asked: set[str] = set()
    with browser.new_context(base_url=address) as context:
        page = context.new_page()
        page.on("requestfinished", lambda request: asked.add(request.url))
        page.goto("/search/")
        page.wait_for_selector("[role=combobox]")
        cold, found = page.evaluate(script, query)
        page.wait_for_load_state("networkidle")
        part = "/pagefind/" if script == THEIRS else "/search"
        files = [
            public / path
            for url in asked
            if (path := url.removeprefix(f"{address}/").partition("?")[0]) != "search/"
            and f"/{path}".startswith(part)
        ]
        page.evaluate(script, f"{query} again")
        warm = page.evaluate(script, query)[0]
        return Answer(sum(map(weight, files)), cold, warm, found)


def timed(command: list[str], folder: Path) -> float:
    """Run a command; return its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def index_seconds(site: Path) -> tuple[float, int]:
    """Return the CPU seconds of our index alone, the words of pages included, and its files."""
    from dlsite.build import analyse, load_config  # noqa: PLC0415 - needs the site
    from dlsite.emit.search import search  # noqa: PLC0415
    from dlsite.search.entry import entry_of  # noqa: PLC0415
    from dlsite.search.pieces import value_of  # noqa: PLC0415

    config, _ = load_config(site)
    analysis = analyse(site, replace(config, future=True))
    searched = [page for page in analysis.site.pages if page.contents.piece]
    pieces = [(page, *value_of(page.contents.piece)) for page in searched]
    start = time.process_time()
    for page, lead, rows in pieces:
        entry_of([text for _, _, text in rows], page.headings, lead)
    files = list(search(analysis.site, lambda _: False))
    return time.process_time() - start, len(files)


def main() -> int:
    """Build, index, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("site", type=Path)
    parser.add_argument("work", type=Path)
    options = parser.parse_args()
    public = options.work.resolve() / "public"
    build = [sys.executable, "-m", "dlsite", "-q", "build", "-F", "-o", str(public)]
    # Findings of the generated pages are none of our business here.
    subprocess.run([*build, "--base-url="], cwd=options.site, check=False, capture_output=True)
    pagefind = [sys.executable, "-m", "pagefind", "--site", str(public), "--root-selector", "main"]
    theirs = timed(pagefind, options.work)
    ours, count = index_seconds(options.site)
    others = sum(file.is_file() for file in (public / "pagefind").rglob("*"))
    print(
        f"index: ours {ours:.2f} s CPU, {count} files; Pagefind {theirs:.2f} s CPU, {others} files"
    )
    columns = f"{'KB':>6} {'ms':>6} {'again':>6} place"
    print(f"{'question':24} {columns}   | {columns}")
    with served(public) as address, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for query, wanted in QUESTIONS.items():
            answers = [ask(browser, address, public, script, query) for script in (OURS, THEIRS)]
            cells = []
            for answer in answers:
                places = [url.strip("/") for url in answer.found]
                place = places.index(wanted) + 1 if wanted in places else "-"
                times = f"{answer.cold:6.0f} {answer.warm:6.0f}"
                cells.append(f"{answer.size / 1024:6.1f} {times} {place:>5}")
            print(f"{query:24} {'   | '.join(cells)}", flush=True)
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
