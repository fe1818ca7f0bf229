"""Time dlsite beside Hugo, Zensical, MkDocs, Pelican and Eleventy on the same articles.

    python benchmarks/peers.py [--pages 1000 | --content FOLDER] [--runs 3] [--saves 5]
                               [--tools FOLDER] [--only NAME] [--scenario NAME]

Each is built cold, then with nothing changed, after an edit of one body and after an edit
of one title, and from a fresh checkout with its caches restored; then its preview is
started, and timed is from the save of a body until the page asked for over HTTP holds the new
words.  All take turns within a run, so that a machine whose speed drifts changes all of them;
processor time counts, with all children, and the clock stands beside it.  A build is marked
stale whose output does not hold the words of the edit, or still holds the old title on any page.
The articles are made, or posts read from a folder.  The peers, as `setups.py` has them, are
installed into FOLDER; one that cannot be is said to be missing.  Linux.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from articles import Article, made_articles, read_articles
from setups import Peer, install, is_installed, peers_in

SCENARIOS = ("cold", "no-op", "body edit", "title edit", "restored cache")
SAVE = "save to screen"
PATIENCE_SECONDS = 120


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


def tree_cpu(root_pid: int) -> float:
    """Return the processor time of a process and all that it has started, in seconds."""
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        pid = int(stat.parent.name)
        parents[pid] = int(fields[1])
        # Its own, and that of children that have ended: user and system.
        used[pid] = sum(int(each) for each in fields[11:15])
    found = {root_pid}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return sum(used.get(pid, 0) for pid in found) / os.sysconf("SC_CLK_TCK")


def wait_for(url: str, word: str) -> None:
    """Ask for a page until it holds a word."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urlopen(url, timeout=PATIENCE_SECONDS) as reply:  # noqa: S310 - our own server
                if word in reply.read().decode():
                    return
        except (OSError, HTTPException):
            # Not there yet, or just being written.
            pass
        time.sleep(0.01)
    raise TimeoutError(url)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        port: int = made.getsockname()[1]
    return port


def time_saves(peer: Peer, site: Site, saves: int) -> list[Spent]:
    """Return what it took from each save of a body to the page that shows it."""
    port = free_port()
    command = [each.replace("PORT", str(port)) for each in peer.serve]
    url = f"http://127.0.0.1:{port}{site.address}"
    spent = []
    with subprocess.Popen(
        command, cwd=site.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:  # fmt: skip
        try:
            wait_for(url, "</")
            for number in range(saves):
                word = f"okapi{number}save"
                # Some look for changes by the second.
                time.sleep(1.2)
                before, started = tree_cpu(process.pid), time.perf_counter()
                site.edit("body edit", word)
                wait_for(url, word)
                wall = time.perf_counter() - started
                # What goes on behind the page that is shown counts as well.
                time.sleep(1)
                spent.append(Spent(tree_cpu(process.pid) - before, wall, 0, is_fine=True))
        except TimeoutError:
            spent = []
        finally:
            os.killpg(process.pid, signal.SIGTERM)
    return spent


class Site:
    """The articles as one generator wants them; the one in the middle is edited."""

    def __init__(self, folder: Path, peer: Peer, articles: list[Article]) -> None:
        self.folder, self._peer = folder, peer
        middle = articles[len(articles) // 2]
        # No other article has its title, so that it is seen where it is left.
        self._edited = replace(middle, title="The first quagga")
        self.old_title = self._edited.title
        for path, text in peer.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        (folder / peer.content).mkdir(parents=True, exist_ok=True)
        for article in articles:
            self._write(self._edited if article is middle else article)

    @property
    def address(self) -> str:
        """Return the path at which the preview shows the article that is edited."""
        return self._peer.address.format(self._edited.slug)

    def _write(self, article: Article) -> None:
        file = self.folder / self._peer.content / f"{article.slug}.md"
        file.write_text(self._peer.post(article))

    def edit(self, scenario: str, word: str) -> None:
        """Make the edit of a scenario, with a word that nothing else holds."""
        if scenario == "body edit":
            self._edited = replace(self._edited, body=f"{self._edited.body}\nThe {word} is new.\n")
        elif scenario == "title edit":
            self.old_title = self._edited.title
            self._edited = replace(self._edited, title=f"The {word}")
        else:
            return
        self._write(self._edited)

    def forget(self, scenario: str) -> None:
        """Remove what the scenario begins without."""
        output = self.folder / self._peer.output
        if scenario == "cold":
            shutil.rmtree(output, ignore_errors=True)
            for memory in (".dlsite", ".cache", "cache", "resources"):
                shutil.rmtree(self.folder / memory, ignore_errors=True)
        elif scenario == "restored cache":
            shutil.rmtree(output, ignore_errors=True)
            for file in (self.folder / self._peer.content).glob("*.md"):
                file.touch()

    def is_stale(self, scenario: str, word: str) -> bool:
        """Say whether the output lacks the word of an edit, or has the old title anywhere."""
        output = self.folder / self._peer.output
        own = self.address.strip("/")
        file = output / (own if own.endswith(".html") else f"{own}/index.html")
        if not file.is_file() or word not in file.read_text():
            return True
        pages = output.rglob("*.html")
        return scenario == "title edit" and any(
            self.old_title in each.read_text() for each in pages
        )


def main() -> int:
    """Install, generate, measure in turns, print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--content", type=Path, help="posts in the manner of Jekyll")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--saves", type=int, default=5)
    parser.add_argument("--tools", type=Path, default=Path(".benchmark-tools"))
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--scenario", action="append", choices=(*SCENARIOS, SAVE))
    options = parser.parse_args()
    tools = options.tools.resolve()
    install(tools)
    wanted = {
        name: peer
        for name, peer in peers_in(tools).items()
        if not options.only or name in options.only
    }
    peers = {name: peer for name, peer in wanted.items() if is_installed(peer)}
    if options.content is None:
        articles = made_articles(options.pages)
    else:
        articles = read_articles(options.content)
    scenarios = options.scenario or (*SCENARIOS, SAVE)
    spent: dict[tuple[str, str], list[Spent]] = {}
    stale: set[tuple[str, str]] = set()
    with tempfile.TemporaryDirectory() as name:
        sites = {each: Site(Path(name, each), peers[each], articles) for each in peers}
        if "cold" not in scenarios:
            # The others begin with what a build has left.
            for each, site in sites.items():
                run(peers[each].command, site.folder)
        for turn in range(options.runs):
            for scenario in (each for each in SCENARIOS if each in scenarios):
                for each, site in sites.items():
                    word = f"zebra{turn}{scenario.replace(' ', '')}"
                    site.forget(scenario)
                    site.edit(scenario, word)
                    taken = run(peers[each].command, site.folder)
                    spent.setdefault((each, scenario), []).append(taken)
                    is_stale = "edit" in scenario and site.is_stale(scenario, word)
                    if not taken.is_fine or is_stale:
                        stale.add((each, scenario))
        for each, site in sites.items() if SAVE in scenarios else ():
            spent[each, SAVE] = time_saves(peers[each], site, options.saves)
    table(list(peers), spent, stale)
    ratios(list(peers), spent)
    missing = wanted.keys() - peers.keys()
    print(f"\nmissing: {', '.join(sorted(missing)) or 'none'}")
    return 1 if any(each == "dlsite" for each, _ in stale) else 0


def table(
    names: list[str], spent: dict[tuple[str, str], list[Spent]], stale: set[tuple[str, str]]
) -> None:
    """Print seconds of processor time, and on the clock in brackets, and the peak in MiB."""
    print(f"| | {' | '.join((*SCENARIOS, SAVE))} | peak MiB |")
    print("|---" * (len(SCENARIOS) + 3) + "|")
    for name in names:
        cells = []
        for scenario in (*SCENARIOS, SAVE):
            rows = spent.get((name, scenario), [])
            if not rows:
                cells.append("")
                continue
            # The clock of processes ticks by the hundredth, which is more than some saves take.
            middle = statistics.mean if scenario == SAVE else statistics.median
            cpu = middle([row.cpu for row in rows])
            wall = statistics.median(row.wall for row in rows)
            cells.append(f"{cpu:.2f} ({wall:.2f})" + " stale" * ((name, scenario) in stale))
        peak = max((row.mebibytes for row in spent.get((name, "cold"), ())), default=0)
        print(f"| {name} | {' | '.join(cells)} | {peak:.0f} |")


def ratios(names: list[str], spent: dict[tuple[str, str], list[Spent]]) -> None:
    """Print how many times as much processor time as dlsite each takes, turn by turn."""
    first, *others = names
    print(f"\n| times {first} | {' | '.join((*SCENARIOS, SAVE))} |")
    print("|---" * (len(SCENARIOS) + 2) + "|")
    for name in others:
        cells = []
        for scenario in (*SCENARIOS, SAVE):
            pairs = zip(
                spent.get((name, scenario), ()), spent.get((first, scenario), ()), strict=False
            )
            found = [theirs.cpu / max(ours.cpu, 0.01) for theirs, ours in pairs]
            cells.append(f"{statistics.median(found):.1f}" if found else "")
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    raise SystemExit(main())
