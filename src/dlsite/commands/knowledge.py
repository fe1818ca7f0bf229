"""`dlsite list`, `explain` and `report`: what the knowledge base has, and what it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from dlsite.build import analyse
from dlsite.checking import (
    write_text,
)
from dlsite.commands.settings import EXIT_FINDINGS, EXIT_FINE, config_of, root_of
from dlsite.commands.terminal import Options, show_findings, texts_of
from dlsite.diagnostics import printable
from dlsite.explaining import explain as explain_address
from dlsite.listing import LISTS, as_page
from dlsite.memory.cache import Cache
from dlsite.rendering import Renderer
from dlsite.report.documents import json_text
from dlsite.report.words import cells, say
from dlsite.rules import Severity
from dlsite.understanding import Analysis
from dlsite.variants.run import Remembered


def list_(options: Options) -> int:
    """Print one of the lists that a knowledge base lives on."""
    root = root_of(options)
    analysis = analyse(root, config_of(options, root))
    rows = LISTS[options.what](analysis.site)
    if options.format == "json":
        say(json_text(rows))
    else:
        for line in _columns(rows):
            say(line)
    return _unread(options, root, analysis)


def _unread(options: Options, root: Path, analysis: Analysis) -> int:
    """Say what of the site could not be read, and so is missing; returns the exit code."""
    unread = [each for each in analysis.reading if each.level is Severity.ERROR]
    show_findings(options, unread, texts_of(root, analysis))
    return EXIT_FINDINGS if unread else EXIT_FINE


def _columns(rows: list[dict[str, str | int | list[str]]]) -> Iterator[str]:
    """Yield rows as aligned text; lists are joined by commas."""
    table = [
        [
            printable(", ".join(cell) if isinstance(cell, list) else str(cell))
            for cell in row.values()
        ]
        for row in rows
    ]
    widths = [max(map(cells, column)) for column in zip(*table, strict=True)]
    for texts in table:
        pairs = zip(texts, widths, strict=True)
        yield "  ".join(text + " " * (width - cells(text)) for text, width in pairs).rstrip()


def explain(options: Options) -> int:
    """Say why something is, or is not, at an address."""
    root = root_of(options)
    cache = Cache(root)
    with closing(cache.store):
        analysis = analyse(root, config_of(options, root), variants=Remembered(cache, root))
    facts = explain_address(analysis, options.what, Renderer.of(analysis).plans)
    if options.format == "json":
        say(json_text({name: list(values) for name, values in facts}))
    else:
        width = max(len(name) for name, _ in facts)
        for name, values in facts:
            for number, value in enumerate(values):
                say(f"{'' if number else name:<{width}}  {printable(value)}")
    return _unread(options, root, analysis)


def report(options: Options) -> int:
    """Write the lists that keep a knowledge base in order as one page of Markdown."""
    root = root_of(options)
    config = config_of(options, root)
    analysis = analyse(root, config)
    text = as_page(analysis.site, config.title)
    if options.file is None:
        say("\n".join(printable(line) for line in text.rstrip("\n").split("\n")))
    else:
        write_text(root / options.file, text)
        if not options.quiet:
            say(f"wrote '{printable(options.file)}'")
    return _unread(options, root, analysis)
