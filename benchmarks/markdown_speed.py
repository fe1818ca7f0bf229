"""Time the converter beside Python-Markdown with its own extensions for the same constructs.

    python benchmarks/markdown_speed.py [--pages 100] [--runs 7] [--profile] [FOLDER]

Markdown files are read from FOLDER, or articles made as `articles.py` does.  In each run
both convert all of them, in turn, so that a machine whose speed drifts changes both; the
figure to quote is the ratio.  Stock is `markdown.Markdown` with extra (tables, footnotes,
attribute lists, definition lists, abbreviations, Markdown in HTML, fences), toc,
admonition, sane_lists, codehilite and smarty.  Formulas are dlsite's alone: `without
formulas` takes the dollars out of the pages, and is the like for like; stock has no
callouts, tabs, wiki links, bare addresses, figures, captions, excerpts and words either.

`--profile` prints what each stage of the converter takes.
"""

from __future__ import annotations

import argparse
import gc
import re
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from articles import made_articles
from markdown import Markdown

from dlsite.config.settings import MarkupOptions
from dlsite.markup import converter as converters
from dlsite.markup.converter import Converter
from dlsite.parse import ParseOptions, parse
from dlsite.records import SourceFile

STOCK = ["extra", "toc", "admonition", "sane_lists", "codehilite", "smarty"]
_FRONT_MATTER = re.compile(r"\A---\n.*?^---\n", re.DOTALL | re.MULTILINE)


def bodies(folder: Path | None, pages: int) -> list[str]:
    """Return the bodies of the pages to convert."""
    if folder is None:
        return [article.body for article in made_articles(pages)]
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))[:pages]]
    return [_FRONT_MATTER.sub("", text) for text in texts]


def milliseconds(convert: Callable[[str], object], texts: list[str]) -> float:
    """Return the CPU time of a page, on average."""
    begin = time.process_time()
    for text in texts:
        convert(text)
    return 1000 * (time.process_time() - begin) / len(texts)


def compare(texts: list[str], runs: int) -> tuple[float, float, float]:
    """Return the medians of ours, of stock, and of the ratio of the two in each run."""
    ours = Converter(MarkupOptions())
    markdown = Markdown(extensions=STOCK)

    def stock(text: str) -> None:
        markdown.reset()
        markdown.convert(text)

    for text in texts[:5]:
        ours.convert(text)
        stock(text)
    pairs = [(milliseconds(ours.convert, texts), milliseconds(stock, texts)) for _ in range(runs)]
    return (
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )


def profile(texts: list[str], runs: int) -> dict[str, float]:
    """Return the milliseconds of a page that each stage takes, the least of all runs."""
    spent: dict[str, float] = defaultdict(float)
    converter = Converter(MarkupOptions())
    markdown = converter._bodies  # noqa: SLF001 - its stages are what is measured
    stages: list[tuple[Any, str, str]] = [
        (markdown.parser, "parseDocument", "blocks"),
        (markdown, "serializer", "serializer"),
        (markdown, "reset", "reset"),
    ]
    for kind, registry in (
        ("lines", markdown.preprocessors),
        ("tree", markdown.treeprocessors),
        ("text", markdown.postprocessors),
    ):
        stages += [(each, "run", f"{kind}: {_name(each)}") for each in _each(registry)]
    after = ("cut_more", "give_ids", "outline_of")
    stages += [(converters, name, f"after: {name}") for name in after]
    for holder, name, label in stages:
        setattr(holder, name, _timed(getattr(holder, name), spent, label))
    least: dict[str, float] = {}
    for _ in range(runs):
        spent.clear()
        spent["total"] = 0.0
        total = milliseconds(converter.convert, texts)
        for label, seconds in spent.items():
            least[label] = min(least.get(label, 1e9), 1000 * seconds / len(texts))
        least["total"] = min(least["total"] or 1e9, total)
    return least


def _each(registry: Iterable[object]) -> list[object]:
    return list(registry)


def _name(processor: object) -> str:
    return f"{type(processor).__module__.rpartition('.')[2]}.{type(processor).__name__}"


def _timed(function: Callable[..., Any], spent: dict[str, float], label: str) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:  # noqa: ANN401 - any function at all
        begin = time.process_time()
        try:
            return function(*arguments)
        finally:
            spent[label] += time.process_time() - begin

    return timed


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    texts = bodies(options.folder, options.pages)
    gc.disable()
    if options.profile:
        for label, each in sorted(
            profile(texts, options.runs).items(), key=lambda row: row[1], reverse=True
        ):
            print(f"{each:8.3f} ms  {label}")
        return 0
    without = [text.replace("$", "") for text in texts]
    for name, chosen in (("all constructs", texts), ("without formulas", without)):
        ours, stock, ratio = compare(chosen, options.runs)
        print(f"{name:18s} {ours:6.2f} ms a page, stock {stock:6.2f} ms, ratio {ratio:.2f}")
    converter = Converter(MarkupOptions())
    sources = {text: SourceFile("a.md", "a.md", text, "0") for text in texts}

    def whole(text: str) -> object:
        return parse(sources[text], options=ParseOptions(), converter=converter)

    whole(texts[0])
    least = min(milliseconds(whole, texts) for _ in range(options.runs))
    print(f"{'with references':18s} {least:6.2f} ms a page, from source file to page record")
    return 0


if __name__ == "__main__":
    sys.exit(main())
