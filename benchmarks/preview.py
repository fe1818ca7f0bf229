"""Time the preview of a generated site: until it answers, and from a save to the changed page.

    python benchmarks/preview.py [--pages 1000] [--saves 5] [--site FOLDER]

The site is built once, so that the preview finds what builds remember; `--site` takes a copy
of another one.  Then the preview is started, asked for a page, and told of the edits that
writers make, each by writing, renaming or removing a file; what counts is when the page that
is asked for over HTTP shows it.  Seconds on the clock, and seconds of processor time of the
preview beside them (with all threads that it has had); of edits the median.  Linux.
"""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from articles import made_articles, write_posts

PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock and of processor time."""

    wall: float
    cpu: float


def cpu_seconds(pid: int) -> float:
    """Return the processor time of a process, with that of threads that have ended."""
    # The clock of another process, as `clock_getcpuclockid` gives it on Linux.
    return time.clock_gettime((~pid << 3) | 2)


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
        try:
            with urlopen(self._address.rstrip("/") + path, timeout=PATIENCE_SECONDS) as reply:  # noqa: S310 - our own preview
                text: str = reply.read().decode()
        except HTTPError as error:
            return error.read().decode()
        return text

    def show(self, edit: Callable[[], object], path: str, is_shown: Callable[[str], bool]) -> Spent:
        """Make an edit, and return what it took until a page showed it."""
        before, started = cpu_seconds(self.pid), time.perf_counter()
        edit()
        self.wait_for_message()
        while not is_shown(self.page_at(path)):
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


def address_of(root: Path, file: Path) -> str:
    """Return the path at which the preview shows a page that has a permalink, or a title."""
    match = re.search(r"^permalink: *(\S+)", file.read_text(), re.MULTILINE)
    if match is not None:
        return match[1]
    return f"/{file.relative_to(root / 'content').with_suffix('').as_posix()}/"


class Writer:
    """Edits a page of a site as its author does, and waits until the preview shows it.

    Each edit adds to the page as it was, or changes one field of it.
    """

    def __init__(self, root: Path, preview: Preview, file: Path, other: str) -> None:
        self._preview = preview
        self._root = root
        self._file = file
        self._text = file.read_text()
        self._path = address_of(root, file)
        self._other = other

    def edits(self) -> dict[str, Callable[[str], Spent]]:
        """Return the kinds of edit; each takes a word that is new."""
        return {
            "a body": lambda word: self._save(f"{self._text}\nThe {word} is new.\n", word),
            "a title": lambda word: self._save(self._with("title", f"The {word}"), word),
            "a tag": lambda word: self._save(self._with("tags", f"[Deep Learning, {word}]"), word),
            "a heading": lambda word: self._save(f"{self._text}\n## The {word}\n\nNew.\n", word),
            "a link": lambda word: self._save(
                f"{self._text}\nThe [{word}]({self._other}) is new.\n", word
            ),
            "a broken link": lambda word: self._save(
                f"{self._text}\nThe [x](/{word}/) is new.\n", word
            ),
            "a new page": self._create,
            "a page renamed": self._rename,
            "a page deleted": self._delete,
            "a template": self._template,
        }

    def _with(self, field: str, value: str) -> str:
        """Return the page with another value in a field of its front matter."""
        pattern = rf"^{field}:.*\n(?:(?:  .*)?\n(?=  ))*(?:  .*\n)*"
        return re.sub(pattern, f"{field}: {value}\n", self._text, count=1, flags=re.MULTILINE)

    def _save(self, text: str, word: str) -> Spent:
        return self._preview.show(
            lambda: self._file.write_text(text), self._path, lambda page: word in page
        )

    def _new(self, word: str) -> Path:
        return self._root / "content" / f"{word}.md"

    def _create(self, word: str) -> Spent:
        text = f"---\ntitle: Of {word}\npermalink: /{word}/\n---\nThe [x]({self._path}).\n"
        return self._preview.show(
            lambda: self._new(word).write_text(text), f"/{word}/", lambda page: "Of" in page
        )

    def _rename(self, word: str) -> Spent:
        self._create(word)
        shown = f"content/{word}2.md"
        text = self._new(word).read_text() + "\n[gone](/nowhere/)\n"
        self._preview.show(
            lambda: self._new(word).write_text(text), f"/{word}/", lambda page: "gone" in page
        )
        return self._preview.show(
            lambda: self._new(word).rename(self._new(f"{word}2")),
            f"/{word}/",
            lambda page: shown in page,
        )

    def _delete(self, word: str) -> Spent:
        self._create(word)
        return self._preview.show(
            lambda: self._new(word).unlink(), f"/{word}/", lambda page: f"Of {word}" not in page
        )

    def _template(self, word: str) -> Spent:
        file = self._root / "templates" / "partials" / "site-footer.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        return self._preview.show(
            lambda: file.write_text(f"<p>{word}</p>\n"), self._path, lambda page: word in page
        )


def row(name: str, spent: list[Spent]) -> str:
    """Return a row of the table: medians in milliseconds."""
    wall = statistics.median(each.wall for each in spent) * 1000
    cpu = statistics.median(each.cpu for each in spent) * 1000
    return f"| {name} | {wall:.0f} | {cpu:.0f} |"


def main() -> None:
    """Generate, build, preview, print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--saves", type=int, default=5)
    parser.add_argument("--site", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "site"
        if options.site is None:
            write_posts(root / "content", made_articles(options.pages))
        else:
            shutil.copytree(options.site, root)
        subprocess.run(
            [sys.executable, "-m", "dlsite", "-q", "-C", str(root), "build"], check=False
        )
        files = sorted((root / "content").rglob("*.md"))
        file = files[len(files) // 2]
        path = address_of(root, file)
        with started(root, path) as (preview, ready):
            edits = Writer(root, preview, file, address_of(root, files[0])).edits()
            words = [f"zebra{number}" for number in range(options.saves)]
            spent = {
                name: [edit(f"{word}{name[-3:]}".replace(" ", "")) for word in words]
                for name, edit in edits.items()
            }
            memory = peak_mebibytes(preview.pid)
    print(f"{len(files)} pages; the preview has had {memory:.0f} MiB\n")
    print("| | ms on the clock | ms of processor time |")
    print("|---|---|---|")
    print(row("ready", [ready]))
    for name, taken in spent.items():
        print(row(name, taken))


if __name__ == "__main__":
    main()
