"""Time the preview of a generated site: until it answers, and from a save to the changed page.

    python benchmarks/preview.py [--pages 1000] [--saves 10] [--site FOLDER]

The site is built once, so that the preview finds what builds remember; `--site` takes a copy
of another one.  Then the preview is started, asked for a page, and told of edits of one body
and of one title, each by writing the file; what counts is when the page that is asked for over
HTTP holds the new words.  Seconds on the clock, and seconds of processor time of the preview
beside them (with all its threads); of edits the median.  Linux.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from cold_build import page

PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and of processor time."""

    wall: float
    cpu: float


def cpu_seconds(pid: int) -> float:
    """Return the processor time of all threads of a process, to the nanosecond."""
    used = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        used += int((task / "schedstat").read_text().split()[0])
    return used / 1e9


def peak_mebibytes(pid: int) -> float:
    """Return the most memory that a process has had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


class Preview:
    """A preview that runs, and an open page that listens to it."""

    def __init__(self, process: subprocess.Popen[str], address: str) -> None:
        self.pid = process.pid
        self._address = address
        host, _, port = address.removeprefix("http://").rstrip("/").partition(":")
        self._events = socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)
        head = f"GET /_dlsite/events HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"
        self._events.sendall(head.encode())
        self._waiting = b""
        self.wait_for_message()

    def wait_for_message(self) -> None:
        """Wait until the preview says that something has changed."""
        while b"}\n\n" not in self._waiting:
            self._waiting += self._events.recv(4096)
        self._waiting = self._waiting.partition(b"}\n\n")[2]

    def page_at(self, path: str) -> str:
        """Return a page, as a browser gets it."""
        with urlopen(self._address.rstrip("/") + path, timeout=PATIENCE_SECONDS) as reply:  # noqa: S310 - our own preview
            text: str = reply.read().decode()
        return text

    def save(self, file: Path, text: str, path: str, word: str) -> Spent:
        """Write a file, and return what it took until the page held a word."""
        before, started = cpu_seconds(self.pid), time.perf_counter()
        file.write_text(text)
        self.wait_for_message()
        while word not in self.page_at(path):
            self.wait_for_message()
        return Spent(time.perf_counter() - started, cpu_seconds(self.pid) - before)


@contextmanager
def started(root: Path, path: str) -> Iterator[tuple[Preview, Spent]]:
    """Start a preview; give it, and what it took until it had answered for a page."""
    begun = time.perf_counter()
    command = [sys.executable, "-u", "-m", "dlsite", "-C", str(root), "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        said = next(line for line in process.stdout if line.startswith("serving "))
        preview = Preview(process, said.split()[1])
        preview.page_at(path)
        yield preview, Spent(time.perf_counter() - begun, cpu_seconds(process.pid))
        process.terminate()
        process.communicate()


def generate(content: Path, pages: int) -> None:
    """Write the pages that `cold_build.py` times."""
    content.mkdir(parents=True)
    rng = random.Random(7)
    for number in range(pages):
        (content / f"page_{number}.md").write_text(page(number, pages, rng))


def address_of(root: Path, file: Path) -> str:
    """Return the path at which the preview shows a page that has a permalink, or a title."""
    match = re.search(r"^permalink: *(\S+)", file.read_text(), re.MULTILINE)
    if match is not None:
        return match[1]
    return f"/{file.relative_to(root / 'content').with_suffix('').as_posix()}/"


def saves(preview: Preview, file: Path, path: str, count: int) -> tuple[list[Spent], list[Spent]]:
    """Return what edits of a body and of a title took."""
    text = file.read_text()
    bodies, titles = [], []
    for number in range(count):
        word = f"zebra{number}"
        bodies.append(preview.save(file, f"{text}\nThe {word} is new.\n", path, word))
    for number in range(count):
        word = f"quagga{number}"
        new = re.sub(r"^title: .*$", f"title: The {word}", text, count=1, flags=re.MULTILINE)
        titles.append(preview.save(file, new, path, word))
    return bodies, titles


def row(name: str, spent: list[Spent]) -> str:
    """Return a row of the table: medians in milliseconds."""
    wall = statistics.median(each.wall for each in spent) * 1000
    cpu = statistics.median(each.cpu for each in spent) * 1000
    return f"| {name} | {wall:.0f} | {cpu:.0f} |"


def main() -> None:
    """Generate, build, preview, print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--saves", type=int, default=10)
    parser.add_argument("--site", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "site"
        if options.site is None:
            generate(root / "content", options.pages)
        else:
            shutil.copytree(options.site, root)
        subprocess.run(
            [sys.executable, "-m", "dlsite", "-q", "-C", str(root), "build"], check=False
        )
        files = sorted((root / "content").rglob("*.md"))
        file = files[len(files) // 2]
        path = address_of(root, file)
        with started(root, path) as (preview, ready):
            bodies, titles = saves(preview, file, path, options.saves)
            memory = peak_mebibytes(preview.pid)
    print(f"{len(files)} pages; the preview has had {memory:.0f} MiB\n")
    print("| | ms on the clock | ms of processor time |")
    print("|---|---|---|")
    print(row("ready", [ready]))
    print(row("save of a body", bodies))
    print(row("save of a title", titles))


if __name__ == "__main__":
    main()
