"""`dlsite check`: says what is wrong, and mends what is certain."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from dlsite.baseline import Compared
from dlsite.baseline import written as baseline_text
from dlsite.build import analyse, findings
from dlsite.checking import (
    CheckError,
    beside_baseline,
    chosen,
    is_failing,
    rules_asked_for,
    within,
    write_text,
)
from dlsite.commands.means import builder_of, without_damage
from dlsite.commands.move import write_or_show
from dlsite.commands.settings import (
    EXIT_FINDINGS,
    EXIT_FINE,
    UsageError,
    config_of,
    is_in_actions,
    root_of,
)
from dlsite.commands.terminal import (
    Options,
    failing_levels,
    in_every_manner,
    progress_bar,
    style_of,
    texts_of,
)
from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic, printable
from dlsite.files.edits import by_path
from dlsite.files.rewrite import prepare
from dlsite.incremental.early import told
from dlsite.incremental.remembering import Said
from dlsite.moves.fixes import certain_edits
from dlsite.report.words import amount, count_words, say
from dlsite.routing.ledger import LEDGER
from dlsite.routing.ledger import published as published_urls
from dlsite.routing.ledger import unknown as unknown_urls
from dlsite.routing.ledger import written as ledger_text
from dlsite.understanding import Analysis

EXTERNAL_MEMORY = ".dlsite/external.sqlite"


@without_damage
def check(options: Options) -> int:
    """Report what is wrong with links and content."""
    root = root_of(options)
    if options.write_baseline and not options.baseline:
        raise UsageError("--write-baseline needs --baseline FILE")
    beside = [options.baseline] if options.baseline else []
    try:
        select, ignore = rules_asked_for(options.select), rules_asked_for(options.ignore)
        if options.fix:
            _fix(options, root, config_of(options, root), select, ignore)
        with builder_of(options, root, [*beside, *options.paths]) as (builder, _):
            with progress_bar(options) as progress:
                analysis = builder.analyse(progress)
                rendered = builder.rehearse(analysis, progress)
            asked, looked_up = None, ""
            if options.external:
                asked, looked_up = _ask_outside(options, root, analysis)
            found = findings(analysis, rendered, asked)
            if options.update_urls:
                found = _update_ledger(root, analysis, found)
            found = chosen(found, select=select, ignore=ignore)
            found = within(found, options.paths, root)
            if options.write_baseline:
                return _write_baseline(options, root, found)
            compared = _beside_baseline(options, root, found)
            said = _outcome(options, root, analysis, compared, looked_up)
            _say(options, said)
            if not (options.fix or options.external or options.update_urls or options.verify):
                builder.remember(options.arguments, analysis, rendered, said)
    except CheckError as error:
        raise UsageError(str(error)) from error
    return said.code


def _outcome(
    options: Options, root: Path, analysis: Analysis, compared: Compared, looked_up: str
) -> Said:
    """Return what there is to print, and the exit code.

    `looked_up` says how many addresses outside were, and is empty where none were to be.
    """
    form = options.format or ("github" if is_in_actions() else "text")
    summary = f"{_summary(analysis, compared, looked_up, is_kept=options.update_urls)}\n"
    shown = in_every_manner(options, compared.new, texts_of(root, analysis), form, summary)
    is_bad = is_failing(compared.new, failing_levels(options), options.max_warnings)
    return Said(shown, to_error=False, code=EXIT_FINDINGS if is_bad else EXIT_FINE)


def _say(options: Options, said: Said) -> None:
    colour = "always" if style_of(options, sys.stdout.isatty()).colour else "never"
    if text := told(said.shown, colour, is_quiet=options.quiet):
        say(text.removesuffix("\n"))


def _fix(
    options: Options, root: Path, config: Config, select: frozenset[str], ignore: frozenset[str]
) -> None:
    """Write what is certain into the sources, or show what that would change."""
    analysis = analyse(root, config)
    found = chosen(analysis.diagnostics, select=select, ignore=ignore)
    found = within(found, options.paths, root)
    edits = certain_edits(found, texts_of(root, analysis))
    write_or_show(options, root, prepare(root, by_path(edits), {}))
    if not options.quiet and not options.diff and options.format in (None, "text"):
        say(f"{amount(len(edits), 'place')} mended")


def _ask_outside(
    options: Options, root: Path, analysis: Analysis
) -> tuple[tuple[Diagnostic, ...], str]:
    """Return what the network says of the addresses outside the site, and how many there are."""
    # Imported here: the client is an extra, and nothing else needs the network.
    try:
        from dlsite.external.findings import external_findings, external_urls  # noqa: PLC0415
        from dlsite.external.run import answers_of  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise UsageError(
            f"--external needs '{error.name}'; install it with: pip install 'dlsite[external]'"
        ) from error

    manners = analysis.config.check.external
    started = time.time()
    with progress_bar(options) as progress:
        answers = answers_of(
            external_urls(analysis.site, manners.ignore),
            memory=root / EXTERNAL_MEMORY,
            manners=manners,
            now=time.time,
            progress=lambda done, total: progress("asking", done, total),
        )
    words = amount(len(answers), "address outside", "addresses outside")
    remembered = sum(answer.seconds < started for answer in answers.values())
    if remembered:
        words += f", {remembered} remembered"
    return tuple(external_findings(analysis.site, answers)), words


def _summary(analysis: Analysis, compared: Compared, looked_up: str, *, is_kept: bool) -> str:
    parts = [f"{amount(len(analysis.pages), 'page')} checked: {count_words(compared.new)}"]
    if looked_up:
        parts.append(looked_up)
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
    return "; ".join(parts)


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
