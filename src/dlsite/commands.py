"""What each command does: the pipeline's stages, then words about them and an exit code."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from itertools import pairwise
from pathlib import Path

from dlsite.baseline import Compared
from dlsite.baseline import written as baseline_text
from dlsite.build import (
    Analysis,
    Renderer,
    analyse,
    findings,
    has_errors,
    is_blocked,
    load_config,
)
from dlsite.cache import Cache
from dlsite.cache import clean as forget
from dlsite.checking import (
    CheckError,
    beside_baseline,
    chosen,
    is_failing,
    rules_asked_for,
    within,
    write_text,
)
from dlsite.config import Config
from dlsite.configfile import base_url
from dlsite.diagnostics import Diagnostic, printable
from dlsite.edits import EditError, by_path, difference
from dlsite.explaining import explain as explain_address
from dlsite.incremental import Builder, Said, Start
from dlsite.ledger import LEDGER
from dlsite.ledger import published as published_urls
from dlsite.ledger import unknown as unknown_urls
from dlsite.ledger import written as ledger_text
from dlsite.listing import LISTS, as_page
from dlsite.moves.fixes import certain_edits
from dlsite.moves.run import Move, MoveError, Mover
from dlsite.moves.whatif import WhatIf
from dlsite.pages import Progress, no_progress
from dlsite.publish.directory import PublishError, output_directory
from dlsite.publish.run import Published
from dlsite.publish.run import clean as remove_outputs
from dlsite.report.documents import json_text
from dlsite.report.formats import FORMATS
from dlsite.report.text import as_text
from dlsite.report.words import Style, amount, count_words, say
from dlsite.rewrite import Rewrite, carry_out, prepare
from dlsite.rules import Severity
from dlsite.scaffold import ScaffoldError, new_page, new_site
from dlsite.store import StoreError
from dlsite.workers import Workers, cluster, cores

EXIT_FINE, EXIT_FINDINGS, EXIT_USAGE, EXIT_BUG = 0, 1, 2, 3
# As a shell has it: 128 and the number of the signal.
EXIT_INTERRUPTED, EXIT_TERMINATED = 130, 143

EXTERNAL_MEMORY = ".dlsite/external.sqlite"
EXTERNAL_MAX_AGE_SECONDS = 7 * 24 * 3600.0


class UsageError(Exception):
    """The command line or the configuration cannot be followed; the message says why."""


Options = argparse.Namespace
_SLOWEST = 10


# What commands share


def _root(options: Options) -> Path:
    folder = Path(options.directory)
    if not folder.is_dir():
        raise UsageError(f"there is no folder '{options.directory}'")
    return folder.resolve()


def _config(options: Options, root: Path) -> Config:
    """Return the settings: flags over environment over file; raises on what cannot be used."""
    config, diagnostics = _load(options, root)
    if has_errors(diagnostics):
        _show(options, diagnostics, _config_text(root, config))
        raise UsageError(f"the configuration cannot be used: {count_words(diagnostics)}")
    return config


def _load(options: Options, root: Path) -> tuple[Config, tuple[Diagnostic, ...]]:
    try:
        config, diagnostics = load_config(root, options.config)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise UsageError(
            f"the configuration '{error.filename}' cannot be read: {reason}"
        ) from error
    url = getattr(options, "base_url", None)
    if url is None:
        # A variable that is set to nothing is how a workflow says that it has none.
        url = os.environ.get("DLSITE_BASE_URL") or None
    if url is not None:
        try:
            config = replace(config, base_url=base_url(url))
        except ValueError as error:
            raise UsageError(f"the base URL '{url}' {error}") from error
    if getattr(options, "output", None):
        config = replace(config, output=options.output)
    return (
        replace(
            config,
            drafts=config.drafts or getattr(options, "drafts", False),
            future=config.future or getattr(options, "future", False),
            now=_now(),
        ),
        diagnostics,
    )


def _now() -> datetime:
    """Return the time that decides what is in the future: `SOURCE_DATE_EPOCH`, else the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        return datetime.fromtimestamp(int(epoch) if epoch else time.time(), UTC)
    except (ValueError, OverflowError, OSError) as error:
        raise UsageError(f"SOURCE_DATE_EPOCH is not a number of seconds: '{epoch}'") from error


def _style(options: Options, stream_is_terminal: bool) -> Style:  # noqa: FBT001 - a fact, not a switch
    colour = options.color == "always"
    if options.color == "auto":
        colour = stream_is_terminal and not os.environ.get("NO_COLOR")
    return Style(colour=colour, failing=_failing(options))


def _failing(options: Options) -> frozenset[Severity]:
    """Return the severities that make a run fail."""
    strict = getattr(options, "strict", False)
    return frozenset([Severity.ERROR, *([Severity.WARNING] if strict else [])])


def _show(
    options: Options,
    diagnostics: Iterable[Diagnostic],
    texts: Mapping[str, str],
    form: str = "text",
    *,
    to_error: bool = True,
) -> None:
    """Print findings: errors always, warnings unless quiet, remarks as the command decides."""
    stream = sys.stderr if to_error else sys.stdout
    text = _text(options, diagnostics, texts, form, _style(options, stream.isatty()))
    if text:
        say(text.rstrip("\n"), to_error=to_error)


def _text(
    options: Options,
    diagnostics: Iterable[Diagnostic],
    texts: Mapping[str, str],
    form: str,
    style: Style,
) -> str:
    levels = {Severity.ERROR} if options.quiet else set(Severity)
    return FORMATS[form]([each for each in diagnostics if each.level in levels], texts, style)


def _config_text(root: Path, config: Config) -> dict[str, str]:
    try:
        return {config.path: (root / config.path).read_text("utf-8", "replace")}
    except OSError:
        return {}


def _texts(root: Path, analysis: Analysis) -> Mapping[str, str]:
    """Return the text of every file that a finding may point into, by path."""
    return ChainMap(_config_text(root, analysis.config), analysis.sources.texts)  # type: ignore[arg-type]


@contextmanager
def _progress(options: Options) -> Iterator[Progress]:
    """Give a progress bar where somebody watches a terminal, and silence elsewhere."""
    if options.quiet or not sys.stderr.isatty() or os.environ.get("CI"):
        yield no_progress
        return
    # Imported here: nothing but a terminal needs it.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415

    bar = Bar(console=Console(stderr=True), transient=True)
    tasks = {
        stage: bar.add_task(stage, total=None, visible=False)
        for stage in ("reading", "rendering", "asking")
    }

    def advance(stage: str, done: int, total: int) -> None:
        bar.update(tasks[stage], completed=done, total=total, visible=True)

    with bar:
        yield advance


def _executor(options: Options) -> Executor | None:
    """Return the workers that somebody else runs, where they are named."""
    address = getattr(options, "executor", None)
    if address is None:
        return None
    try:
        return cluster(address)
    except ValueError as error:
        raise UsageError(str(error)) from error
    except ImportError as error:
        raise UsageError("a dask cluster wants: pip install 'dlsite[dask]'") from error
    except OSError as error:
        raise UsageError(f"nobody answers at '{address}'") from error


@contextmanager
def _builder(
    options: Options, root: Path, *, make: bool = True
) -> Iterator[tuple[Builder, Config]]:
    """Give the means to build a site: settings, memory, workers.

    The garbage collector rests meanwhile: a build makes much and throws away little.
    A memory that is not there yet is only begun with `make`.
    """
    gc.disable()
    start = Start.of(root, options.config)
    config = _config(options, root)
    cache = Cache(None if options.no_cache else root, make=make)
    try:
        with Workers(options.jobs or cores(), _executor(options)) as workers:
            yield Builder(root, config, cache, start, workers, verify=options.verify), config
    finally:
        cache.store.close()
        gc.enable()


# Commands


def _without_damage(command: Callable[[Options], int]) -> Callable[[Options], int]:
    """Let a command begin again, with nothing remembered, where its memory turns out damaged.

    That shows before anything is said or written: pages are read from it to be rendered.
    """

    @wraps(command)
    def run(options: Options) -> int:
        try:
            return command(options)
        except StoreError:
            options.no_cache = True
            forget(_root(options))
            return command(options)

    return run


@_without_damage
def build(options: Options) -> int:
    """Publish the site, unless something stands against it."""
    started = time.perf_counter()
    root = _root(options)
    with _builder(options, root) as (builder, config), _progress(options) as progress:
        try:
            output = output_directory(root, config, force=options.force)
        except PublishError as error:
            raise UsageError(str(error)) from error
        laps = [time.perf_counter()]
        analysis = builder.analyse(progress)
        laps.append(time.perf_counter())
        rendered = builder.render(analysis, output, progress)
        laps.append(time.perf_counter())
        found = findings(analysis, rendered)
        remarks = options.verbose or options.format != "text"
        shown = [each for each in found if remarks or each.level is not Severity.INFO]
        texts = _texts(root, analysis)
        to_error = options.format == "text"
        _show(options, shown, texts, options.format, to_error=to_error)
        if is_blocked(found, strict=options.strict):
            words = f"nothing was published: {count_words(shown)}"
            say(f"{words}; '{printable(config.output)}' is as it was", to_error=True)
            return EXIT_FINDINGS
        try:
            published = builder.publish(
                analysis,
                rendered,
                output,
                force=options.force,
                on_wait=lambda: _say_waiting(config),
            )
        except PublishError as error:
            say(f"dlsite: {printable(str(error))}", to_error=True)
            return EXIT_FINDINGS
        laps.append(time.perf_counter())
        for line in _extras(options, analysis, published, laps, builder.page_seconds):
            say(line)
        for line in _summary(options, analysis, published, shown):
            say(line.replace("\0", f"{time.perf_counter() - started:.2f}"), to_error=True)
        if not (options.verify or options.profile or options.diff or options.executor):
            again = replace(
                published, added=(), changed=(), removed=(), unchanged=len(published.digests)
            )
            said = Said(
                shown={
                    colour: _text(options, shown, texts, options.format, Style(colour == "always"))
                    for colour in ("always", "never")
                },
                to_error=to_error,
                color=options.color,
                summary=tuple(_summary(options, analysis, again, shown)),
            )
            builder.remember(options.arguments, analysis, output, said)
        return EXIT_FINE


def _say_waiting(config: Config) -> None:
    say(f"another build is writing '{printable(config.output)}': waiting for it", to_error=True)


def _extras(
    options: Options,
    analysis: Analysis,
    published: Published,
    laps: list[float],
    page_seconds: Mapping[str, float],
) -> Iterator[str]:
    """Yield what `--diff` and `--profile` ask for."""
    if options.diff:
        for word in ("added", "changed", "removed"):
            for path in getattr(published, word):
                yield f"{word} {analysis.config.base_path}/{path.removesuffix('index.html')}"
    if options.profile:
        stages = ("read, parse, link", "render", "publish")
        for stage, (start, end) in zip(stages, pairwise(laps), strict=True):
            yield f"{end - start:8.3f} s  {stage}"
        slowest = sorted(page_seconds.items(), key=lambda pair: (-pair[1], pair[0]))
        for path, seconds in slowest[:_SLOWEST]:
            yield f"{seconds:8.3f} s  {printable(path)}"


def _summary(
    options: Options, analysis: Analysis, published: Published, found: Iterable[Diagnostic]
) -> Iterator[str]:
    """Yield the lines that say what a build has done; a NUL stands for the seconds."""
    if options.quiet:
        return
    skipped = analysis.site.routes.skipped
    for entry in skipped:
        yield f"skipped {printable(entry.page.path)}: {entry.reason.value}"
    written = len(published.added) + len(published.changed)
    parts = [
        amount(len(analysis.site.pages), "page"),
        f"{written} written",
        f"{published.unchanged} unchanged",
        f"{len(published.removed)} removed",
    ]
    if skipped:
        parts.append(f"{len(skipped)} skipped")
    place = f"'{printable(analysis.config.output)}'"
    yield f"{', '.join(parts)} in {place}; {count_words(found)}; \0 s"


@_without_damage
def check(options: Options) -> int:
    """Report what is wrong with links and content."""
    root = _root(options)
    if options.write_baseline and not options.baseline:
        raise UsageError("--write-baseline needs --baseline FILE")
    try:
        select, ignore = rules_asked_for(options.select), rules_asked_for(options.ignore)
        if options.fix:
            _fix(options, root, _config(options, root), select, ignore)
        means = _builder(options, root, make=False)
        with means as (builder, _), _progress(options) as progress:
            analysis = builder.analyse(progress)
            rendered = builder.render(analysis, None, progress)
        asked = _ask_outside(options, root, analysis) if options.external else None
        found = findings(analysis, rendered, asked)
        if options.update_urls:
            found = _update_ledger(root, analysis, found)
        found = chosen(found, select=select, ignore=ignore)
        found = within(found, options.paths, root)
        if options.write_baseline:
            return _write_baseline(options, root, found)
        compared = _beside_baseline(options, root, found)
    except CheckError as error:
        raise UsageError(str(error)) from error
    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
    form = options.format or ("github" if in_actions else "text")
    failing = _failing(options)
    _show(options, compared.new, _texts(root, analysis), form, to_error=False)
    if form == "text" and not options.quiet:
        _say_checked(analysis, compared, is_kept=options.update_urls)
    is_bad = is_failing(compared.new, failing, options.max_warnings)
    return EXIT_FINDINGS if is_bad else EXIT_FINE


def _fix(
    options: Options, root: Path, config: Config, select: frozenset[str], ignore: frozenset[str]
) -> None:
    """Write what is certain into the sources, or show what that would change."""
    analysis = analyse(root, config)
    found = chosen(analysis.diagnostics, select=select, ignore=ignore)
    found = within(found, options.paths, root)
    edits = certain_edits(found, _texts(root, analysis))
    _rewrite(options, root, prepare(root, by_path(edits), {}))
    if not options.quiet and not options.diff and options.format in (None, "text"):
        say(f"{amount(len(edits), 'place')} mended")


def _rewrite(options: Options, root: Path, rewrite: Rewrite) -> None:
    if options.diff:
        before, after = (
            {path: content.decode() for path, content in side.items() if content is not None}
            for side in (rewrite.before, rewrite.after)
        )
        say(difference(before, after, rewrite.renames).rstrip("\n"))
    else:
        carry_out(root, rewrite)


def _ask_outside(options: Options, root: Path, analysis: Analysis) -> tuple[Diagnostic, ...]:
    """Return what the network says of the addresses outside the site."""
    # Imported here: the client is an extra, and nothing else needs the network.
    try:
        from dlsite.external.findings import external_findings, external_urls  # noqa: PLC0415
        from dlsite.external.run import Memory, answers_of  # noqa: PLC0415
        from dlsite.external.visit import Manners  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--external needs '{error.name}'; install it with: pip install 'dlsite[external]'"
        ) from error

    with _progress(options) as progress:
        answers = answers_of(
            external_urls(analysis.site),
            memory=Memory(root / EXTERNAL_MEMORY, EXTERNAL_MAX_AGE_SECONDS),
            manners=Manners(),
            now=time.time,
            progress=lambda done, total: progress("asking", done, total),
        )
    return tuple(external_findings(analysis.site, answers))


def _say_checked(analysis: Analysis, compared: Compared, *, is_kept: bool) -> None:
    parts = [f"{amount(len(analysis.pages), 'page')} checked: {count_words(compared.new)}"]
    if compared.known:
        parts.append(f"{compared.known} known to the baseline")
    if compared.gone:
        parts.append(f"{compared.gone} of the baseline are mended, write it again")
    ledger = analysis.sources.ledger
    fresh = 0 if ledger is None else len(unknown_urls(analysis.site, ledger))
    if is_kept:
        parts.append(f"wrote '{LEDGER}'")
    elif fresh:
        parts.append(f"{amount(fresh, 'new address', 'new addresses')} not in '{LEDGER}' yet")
    say("; ".join(parts))


def _update_ledger(
    root: Path, analysis: Analysis, found: tuple[Diagnostic, ...]
) -> tuple[Diagnostic, ...]:
    """Write the addresses of the site down; what was gone before is accepted."""
    write_text(root / LEDGER, ledger_text(published_urls(analysis.site)))
    return tuple(each for each in found if each.position.path != LEDGER)


def _write_baseline(options: Options, root: Path, found: tuple[Diagnostic, ...]) -> int:
    write_text(root / options.baseline, baseline_text(found))
    if not options.quiet:
        say(f"wrote {amount(len(found), 'finding')} to '{printable(options.baseline)}'")
    return EXIT_FINE


def _beside_baseline(options: Options, root: Path, found: tuple[Diagnostic, ...]) -> Compared:
    if not options.baseline:
        return Compared(found, 0, 0)
    return beside_baseline(found, root / options.baseline)


def serve(options: Options) -> int:
    """Show the site live until interrupted."""
    # Imported here: only the preview needs a server and a watcher.
    from dlsite.serve.app import serve as run_server  # noqa: PLC0415

    root = _root(options)
    style = _style(options, sys.stderr.isatty())

    def show(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> None:
        say(as_text(diagnostics, texts, style).rstrip("\n"), to_error=True)

    return run_server(
        root=root,
        load=lambda: _load(options, root),
        host=options.host,
        port=options.port,
        open_browser=options.open,
        say=say,
        show=show,
    )


def init(options: Options) -> int:
    """Start a new site that builds without a finding."""
    try:
        paths = new_site(Path(options.directory) / options.site)
    except ScaffoldError as error:
        raise UsageError(str(error)) from error
    if not options.quiet:
        for path in paths:
            say(f"wrote {path}")
        say("next: dlsite serve")
    return EXIT_FINE


def new(options: Options) -> int:
    """Start a new page, with what the links that want it propose."""
    root = _root(options)
    config = _config(options, root)
    analysis = analyse(root, config)
    try:
        path = new_page(
            root, analysis.site, config, options.permalink, title=options.title, tags=options.tag
        )
    except ScaffoldError as error:
        raise UsageError(str(error)) from error
    if not options.quiet:
        say(f"wrote {path}")
    return EXIT_FINE


def list_(options: Options) -> int:
    """Print one of the lists that a knowledge base lives on."""
    root = _root(options)
    analysis = analyse(root, _config(options, root))
    rows = LISTS[options.what](analysis.site)
    if options.format == "json":
        say(json_text(rows))
        return EXIT_FINE
    for line in _columns(rows):
        say(line)
    return EXIT_FINE


def _columns(rows: list[dict[str, str | int | list[str]]]) -> Iterator[str]:
    """Yield rows as aligned text; lists are joined by commas."""
    cells = [
        [
            printable(", ".join(cell) if isinstance(cell, list) else str(cell))
            for cell in row.values()
        ]
        for row in rows
    ]
    widths = [max(len(cell) for cell in column) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def explain(options: Options) -> int:
    """Say why something is, or is not, at an address."""
    root = _root(options)
    analysis = analyse(root, _config(options, root))
    facts = explain_address(analysis, options.what, Renderer.of(analysis).plans)
    if options.format == "json":
        say(json_text({name: list(values) for name, values in facts}))
        return EXIT_FINE
    width = max(len(name) for name, _ in facts)
    for name, values in facts:
        for number, value in enumerate(values):
            say(f"{'' if number else name:<{width}}  {printable(value)}")
    return EXIT_FINE


def report(options: Options) -> int:
    """Write the lists that keep a knowledge base in order as one page of Markdown."""
    root = _root(options)
    config = _config(options, root)
    text = as_page(analyse(root, config).site, config.title)
    if options.file is None:
        say("\n".join(printable(line) for line in text.rstrip("\n").split("\n")))
        return EXIT_FINE
    write_text(root / options.file, text)
    if not options.quiet:
        say(f"wrote '{printable(options.file)}'")
    return EXIT_FINE


def clean(options: Options) -> int:
    """Remove what dlsite wrote: outputs and memory."""
    root = _root(options)
    config = _config(options, root)
    try:
        output = output_directory(root, config, force=True)
    except PublishError as error:
        raise UsageError(str(error)) from error
    removed = remove_outputs(output)
    forget(root)
    if not options.quiet:
        say(f"{amount(len(removed), 'file')} removed from '{printable(config.output)}'")
    return EXIT_FINE


def mv(options: Options) -> int:
    """Move a page or rename a tag, with everything that leads to it."""
    root = _root(options)
    config = _config(options, root)
    analysis = analyse(root, config)
    mover = Mover(analysis, _texts(root, analysis), WhatIf(analysis))
    try:
        move = _move(options, root, mover)
        rewrite = prepare(root, by_path(move.edits), move.renames)
    except (MoveError, EditError) as error:
        raise UsageError(str(error)) from error
    _rewrite(options, root, rewrite)
    if not options.quiet and not options.diff:
        files = len([path for path, content in rewrite.after.items() if content is not None])
        changes = amount(len(move.edits), "place")
        say(f"'{options.old}' is '{options.new}' now: {changes} in {amount(files, 'file')} changed")
    return EXIT_FINE


def _move(options: Options, root: Path, mover: Mover) -> Move:
    if options.is_tag:
        return mover.tag(options.old, options.new)
    if options.old.startswith("/") or not (root / options.old).is_file():
        return mover.page_to_permalink(options.old, options.new)
    return mover.page_to_file(options.old, options.new)
