"""Compare the structure of Markdown files as dlsite and as kramdown render it.

    apt-get install ruby-kramdown ruby-kramdown-parser-gfm
    python benchmarks/fidelity.py [--worst 10] [--explain] FILE_OR_FOLDER...

Kramdown with GitHub's dialect is what a Jekyll site was made with.  It runs once, in
Ruby, for all files; both sides get the body behind the front matter, and nobody runs
Liquid.  For each page every part that either side has is scored as F1 (the harmonic
mean of how much of kramdown's is there and how much of ours is kramdown's):

  headings   level and words            code       text of every block
  ids        words and id of headings   languages  language of every block
  tables     rows and widest row        links      every target
  cells      words of every cell        images     every source and alternative text
  lists      depth, kind, first words   formulas   TeX, whatever the delimiters
  text       runs of three words, typography evened out

The mean of the parts is the page's score, 100 at best; `--explain` lists what is
missing (-) and what is more (+).  100 is not the aim everywhere: kramdown takes a bar in
a sentence for a table, does not know `$…$` and leaves the names of languages as they are
written (`sh`, where dlsite says `bash`).  Run by hand; read the differences.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter

RUBY = """
require "json"; require "kramdown"; require "kramdown-parser-gfm"
STDIN.each_line do |line|
  document = Kramdown::Document.new(JSON.parse(line), input: "GFM", hard_wrap: false,
                                    syntax_highlighter: nil, entity_output: "as_char")
  puts JSON.generate(document.to_html)
end
"""
FRONT_MATTER = re.compile(r"---[ \t]*\n.*?^(?:---|\.\.\.)[ \t]*\n", re.DOTALL | re.MULTILINE)
VOID = frozenset(
    ["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# What a reader does not read, and what only one of the two adds.
UNREAD = frozenset(["script", "style", "template", "svg", "figcaption"])
EVEN = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-", "\u2014": "-",
     "\u2026": "...", "\u00a0": " ", "\ufe0e": ""}
)  # fmt: skip
FORMULA = re.compile(
    r"\\\[(.+?)\\\]|\\\((.+?)\\\)|\$\$(.+?)\$\$|(?<![\\$])\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d)",
    re.DOTALL,
)
SHOWN = 8


def even(text: str) -> str:
    """Return `text` on one line, with typography as it was typed."""
    return " ".join(re.sub("-{2,}", "-", text.translate(EVEN)).split())


class Facts(HTMLParser):
    """What there is to compare of one page; `parts` maps each part to what it counts."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.parts: dict[str, Counter[object]] = {}
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self._text: list[str] = []
        self.feed(markup)
        self.close()
        self._read_text("".join(self._text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self._add("links", values["href"].removesuffix("/"))
        if tag == "img":
            self._add("images", (values.get("src", ""), even(values.get("alt", ""))))
        if tag in ("p", "li", "td", "th", "div", "br", "pre", *HEADINGS):
            self._put(" ")
        if tag not in VOID:
            self._open.append((tag, values, []))

    def handle_endtag(self, tag: str) -> None:
        if all(name != tag for name, _, _ in self._open):
            return
        while self._open:
            name, values, words = self._open.pop()
            self._closed(name, values, "".join(words))
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        names = [name for name, _, _ in self._open]
        if "annotation" in names:
            self._put(f"\\({data}\\)")
        elif "math" not in names and not UNREAD & set(names):
            self._put(data)

    def _put(self, data: str) -> None:
        for name, _, words in reversed(self._open):
            words.append(data)
            if name == "li":
                break  # The words of a nested item are not those of the outer one.
        if not any(name == "pre" for name, _, _ in self._open):
            self._text.append(data)

    def _closed(self, tag: str, values: dict[str, str], words: str) -> None:
        if "data-tex" in values:
            self._add("formulas", "".join(values["data-tex"].split()))
        if tag in HEADINGS:
            self._add("headings", (tag, label(words)))
            self._add("ids", (label(words), values.get("id", "")))
        elif tag == "pre":
            self._add("code", "\n".join(line.rstrip() for line in words.strip("\n").split("\n")))
        elif tag == "code" and self._open and self._open[-1][0] == "pre":
            language = re.search(r"language-(\S+)", values.get("class", ""))
            self._add("languages", language[1] if language else "")
        elif tag == "li":
            lists = [name for name, _, _ in self._open if name in ("ul", "ol")]
            if lists:
                self._add("lists", (len(lists), lists[-1], label(words)[:40]))
        elif tag in ("td", "th"):
            self._add("cells", label(words))
            self._count_cell()
        elif tag == "table":
            rows = values.get("rows", "").split()
            self._add("tables", (len(rows), max(map(int, rows), default=0)))

    def _count_cell(self) -> None:
        """Note in the row's values how many cells it has, and in the table's when it ends."""
        first = False
        for name, values, _ in reversed(self._open):
            if name == "tr":
                values["cells"] = str(int(values.get("cells", "0")) + 1)
                first = values["cells"] == "1"
            if name == "table":
                rows = values.get("rows", "").split()
                values["rows"] = " ".join(
                    [*rows, "1"] if first or not rows else [*rows[:-1], _next(rows[-1])]
                )
                return

    def _add(self, part: str, fact: object) -> None:
        self.parts.setdefault(part, Counter())[fact] += 1

    def _read_text(self, text: str) -> None:
        for match in FORMULA.finditer(text):
            self._add("formulas", "".join(next(filter(None, match.groups())).split()))
        words = re.findall(r"\w+", even(FORMULA.sub(" FORMULA ", text)))
        self.parts["text"] = Counter(zip(words, words[1:], words[2:], strict=False))


def _next(number: str) -> str:
    return str(int(number) + 1)


def label(words: str) -> str:
    """Return words for comparison: formulas as bare TeX, so that delimiters do not count."""
    tex = FORMULA.sub(
        lambda m: " [" + "".join(next(filter(None, m.groups())).split()) + "] ", words
    )
    return even(tex)


def f1(theirs: Counter[object], ours: Counter[object]) -> float:
    """Return how alike two counts are, 1 at best."""
    return 2 * (theirs & ours).total() / (theirs.total() + ours.total())


def by_kramdown(bodies: list[str]) -> list[str]:
    """Return the HTML that kramdown makes of each body."""
    lines = "".join(json.dumps(body) + "\n" for body in bodies)
    run = subprocess.run(
        ["ruby", "-e", RUBY],  # noqa: S607 - whichever Ruby is on the path
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        sys.exit(f"kramdown cannot run:\n{run.stderr}\nsee the top of this file for what it needs")
    return [json.loads(line) for line in run.stdout.splitlines()]


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield Markdown files, those of folders in order."""
    for path in paths:
        yield from sorted(path.rglob("*.md")) if path.is_dir() else [path]


def explain(part: str, theirs: Counter[object], ours: Counter[object]) -> None:
    """Print what is missing and what is more."""
    for sign, facts in (("-", theirs - ours), ("+", ours - theirs)):
        for fact in list(facts.elements())[:SHOWN]:
            print(f"      {sign} {part}: {str(fact)[:160]}")


def main() -> None:
    """Render, compare, print."""
    parser = argparse.ArgumentParser(description="Compare dlsite's structure with kramdown's.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE_OR_FOLDER")
    parser.add_argument("--worst", type=int, default=10, help="how many pages to list")
    parser.add_argument("--explain", action="store_true", help="list the differences of each")
    arguments = parser.parse_args()
    paths = list(files(arguments.paths))
    bodies = [FRONT_MATTER.sub("", path.read_text("utf-8-sig"), count=1) for path in paths]
    converter = Converter(MarkupOptions())
    pages = []
    for path, body, markup in zip(paths, bodies, by_kramdown(bodies), strict=True):
        theirs, ours = Facts(markup).parts, Facts(converter.convert(body).html).parts
        both = {
            part: (theirs.get(part, Counter()), ours.get(part, Counter()))
            for part in theirs | ours
            if theirs.get(part) or ours.get(part)
        }
        scores = {part: f1(*counts) for part, counts in both.items()}
        score = 100 * sum(scores.values()) / len(scores) if scores else 100.0
        pages.append((score, str(path), scores, both))
    pages.sort(key=lambda page: page[:2])
    print(f"{len(pages)} pages, mean {sum(page[0] for page in pages) / max(len(pages), 1):.2f}")
    for part in sorted({part for page in pages for part in page[2]}):
        values = [page[2][part] for page in pages if part in page[2]]
        full = sum(value == 1 for value in values)
        print(
            f"  {part:10} {100 * sum(values) / len(values):6.2f}  full on {full} of {len(values)}"
        )
    for score, name, scores, both in pages[: arguments.worst]:
        print(f"{score:6.2f}  {name}")
        for part, value in sorted(scores.items(), key=lambda entry: entry[1]):
            if value < 1:
                print(f"    {part} {value:.2f}")
                if arguments.explain:
                    explain(part, *both[part])


if __name__ == "__main__":
    main()
