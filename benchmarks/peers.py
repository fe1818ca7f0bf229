"""Time dlsite beside Hugo, Zensical, MkDocs, Pelican and Eleventy on the same generated pages.

    python benchmarks/peers.py [--pages 1000] [--runs 3] [--tools FOLDER]

Each is built cold, then with nothing changed, after an edit of one body and after an edit
of one title; dlsite once more from a fresh checkout with its cache restored.  All take
turns within a run, so that a machine whose speed drifts changes all of them; processor time
counts, the clock stands beside it.  A build after an edit whose output does not hold the
words of the edit is marked stale.  The peers are installed into FOLDER; one that cannot be
is said to be missing.  Linux and macOS.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cold_build import page

PYTHON_PEERS = ("hugo", "mkdocs", "zensical", "pelican[markdown]")
NODE_PEER = "@11ty/eleventy"
SCENARIOS = ("cold", "no-op", "body edit", "title edit", "restored cache")


@dataclass(frozen=True)
class Peer:
    """A generator: its command, where it wants pages and writes the site, and its files.

    `head` makes the front matter of a page from number and title; `files` are the texts
    beside the pages, by path.
    """

    command: tuple[str, ...]
    content: str
    output: str
    head: Callable[[int, str], str]
    files: dict[str, str] = field(default_factory=dict)


def fenced(number: int, title: str) -> str:
    """Return front matter in YAML, with an address for those that take one."""
    date = "2020-01-01T12:00:00-05:00"
    address = f"/page_{number}/"
    return f"---\ntitle: {title}\ndate: {date}\npermalink: {address}\nurl: {address}\n---\n\n"


def plain(number: int, title: str) -> str:
    """Return the metadata that Pelican reads."""
    return f"Title: {title}\nDate: 2020-01-01 12:00\nSlug: page_{number}\n\n"


def peers_in(tools: Path) -> dict[str, Peer]:
    """Return the generators that work, dlsite first."""
    bin_ = tools / "venv/bin"
    one = "<!doctype html><title>{{ .Title }}</title>{{ .Content }}"
    rows = "<!doctype html>{{ range .Pages }}<a href={{ .RelPermalink }}>{{ .Title }}</a>{{ end }}"
    hugo = {
        "hugo.toml": 'baseURL = "https://example.org/"\ntitle = "Notes"\n',
        "layouts/_default/single.html": one,
        "layouts/_default/list.html": rows,
    }
    material = "site_name: Notes\ntheme: {name: mkdocs}\n"
    pelican = "SITENAME = 'Notes'\nSITEURL = ''\nLOAD_CONTENT_CACHE = True\nCACHE_CONTENT = True\n"
    eleventy = {
        ".eleventyignore": "_site\n",
        "_data/layout.json": '"base.njk"',
        "_includes/base.njk": "<!doctype html><title>{{ title }}</title>{{ content | safe }}",
    }
    every = {
        "dlsite": Peer(
            (sys.executable, "-m", "dlsite", "-q", "build"),
            "content", "public", fenced, {"dlsite.yml": "title: Notes\n"},
        ),
        "Hugo": Peer((f"{bin_}/hugo", "--quiet"), "content", "public", fenced, hugo),
        "Zensical": Peer(
            (f"{bin_}/zensical", "build"),
            "docs", "site", fenced, {"zensical.toml": '[project]\nsite_name = "Notes"\n'},
        ),
        "MkDocs": Peer(
            (f"{bin_}/mkdocs", "-q", "build", "--dirty"),
            "docs", "site", fenced, {"mkdocs.yml": material},
        ),
        "Pelican": Peer(
            (f"{bin_}/pelican", "-q", "content", "-s", "conf.py", "-o", "output"),
            "content", "output", plain, {"conf.py": pelican},
        ),
        "Eleventy": Peer(
            (f"{tools}/node_modules/.bin/eleventy", "--quiet", "--incremental"),
            ".", "_site", fenced, eleventy,
        ),
    }  # fmt: skip
    return {name: peer for name, peer in every.items() if shutil.which(peer.command[0])}


def install(tools: Path) -> None:
    """Install the peers; what cannot be is missing from the table."""
    if not (tools / "venv").is_dir():
        subprocess.run([sys.executable, "-m", "venv", tools / "venv"], check=True)
    for name in PYTHON_PEERS:
        subprocess.run([tools / "venv/bin/pip", "install", "-q", name], check=False)
    if shutil.which("npm"):
        subprocess.run(["npm", "install", "--silent", "--prefix", tools, NODE_PEER], check=False)  # noqa: S607 - the user's own npm


@dataclass(frozen=True)
class Spent:
    """What one build took: seconds of processor time and on the clock, and peak memory."""

    cpu: float
    wall: float
    mebibytes: float
    is_fine: bool


def run(command: tuple[str, ...], folder: Path) -> Spent:
    """Run a build to its end."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    memory = used.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    wall = time.perf_counter() - started
    return Spent(used.ru_utime + used.ru_stime, wall, memory, process.returncode == 0)


class Site:
    """The generated pages as one generator wants them."""

    def __init__(self, folder: Path, peer: Peer, pages: int) -> None:
        self.folder, self._peer = folder, peer
        self._titles = [f"Page {number}" for number in range(pages)]
        rng = random.Random(7)
        self._bodies = [page(n, pages, rng).split("---\n\n", 1)[1] for n in range(pages)]
        (folder / peer.content).mkdir(parents=True, exist_ok=True)
        for path, text in peer.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        for number in range(pages):
            self._write(number)

    def _write(self, number: int) -> None:
        text = self._peer.head(number, self._titles[number]) + self._bodies[number]
        (self.folder / self._peer.content / f"page_{number}.md").write_text(text)

    def edit(self, scenario: str, word: str) -> None:
        """Make the edit of a scenario, with a word that nothing else holds."""
        number = len(self._titles) // 2
        if scenario == "body edit":
            self._bodies[number] += f"\nThe {word} is new.\n"
        elif scenario == "title edit":
            self._titles[number] = f"The {word}"
        else:
            return
        self._write(number)

    def forget(self, scenario: str) -> None:
        """Remove what the scenario begins without."""
        output = self.folder / self._peer.output
        if scenario == "cold":
            for left in (output, self.folder / ".dlsite", self.folder / ".cache",
                         self.folder / "cache", self.folder / "resources"):  # fmt: skip
                shutil.rmtree(left, ignore_errors=True)
        elif scenario == "restored cache":
            shutil.rmtree(output, ignore_errors=True)
            for file in (self.folder / self._peer.content).iterdir():
                file.touch()

    def holds(self, word: str) -> bool:
        """Say whether the output of the edited page has a word."""
        output = self.folder / self._peer.output
        files = [*output.glob(f"**/page_{len(self._titles) // 2}*"), *output.glob(
            f"**/page_{len(self._titles) // 2}/index.html")]  # fmt: skip
        return any(word in file.read_text() for file in files if file.is_file())


def main() -> int:
    """Install, generate, measure in turns, print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--tools", type=Path, default=Path(".benchmark-tools"))
    options = parser.parse_args()
    tools = options.tools.resolve()
    install(tools)
    peers = peers_in(tools)
    spent: dict[tuple[str, str], list[Spent]] = {}
    stale: set[tuple[str, str]] = set()
    with tempfile.TemporaryDirectory() as name:
        sites = {each: Site(Path(name, each), peers[each], options.pages) for each in peers}
        for turn in range(options.runs):
            for scenario in SCENARIOS:
                for each, site in sites.items():
                    if scenario == "restored cache" and each != "dlsite":
                        continue
                    word = f"zebra{turn}{scenario.replace(' ', '')}"
                    site.forget(scenario)
                    site.edit(scenario, word)
                    taken = run(peers[each].command, site.folder)
                    spent.setdefault((each, scenario), []).append(taken)
                    if not taken.is_fine or ("edit" in scenario and not site.holds(word)):
                        stale.add((each, scenario))
    table(list(peers), spent, stale)
    missing = {"dlsite", "Hugo", "Zensical", "MkDocs", "Pelican", "Eleventy"} - peers.keys()
    print(f"\nmissing: {', '.join(sorted(missing)) or 'none'}")
    return 1 if any(each == "dlsite" for each, _ in stale) else 0


def table(
    names: list[str], spent: dict[tuple[str, str], list[Spent]], stale: set[tuple[str, str]]
) -> None:
    """Print seconds of processor time, and on the clock in brackets, and the peak in MiB."""
    print(f"| | {' | '.join(SCENARIOS)} | peak MiB |")
    print("|---" * (len(SCENARIOS) + 2) + "|")
    for name in names:
        cells = []
        for scenario in SCENARIOS:
            rows = spent.get((name, scenario), [])
            if not rows:
                cells.append("")
                continue
            cpu = statistics.median(row.cpu for row in rows)
            wall = statistics.median(row.wall for row in rows)
            cells.append(f"{cpu:.2f} ({wall:.2f})" + " stale" * ((name, scenario) in stale))
        peak = max(row.mebibytes for row in spent[name, "cold"])
        print(f"| {name} | {' | '.join(cells)} | {peak:.0f} |")


if __name__ == "__main__":
    raise SystemExit(main())
