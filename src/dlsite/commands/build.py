"""`dlsite build`: publishes the site, unless something stands against it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from dlsite.build import findings, is_blocked
from dlsite.commands.means import builder_of, without_damage
from dlsite.commands.settings import EXIT_FINDINGS, EXIT_FINE, UsageError, root_of
from dlsite.commands.terminal import Options, in_every_manner, progress_bar, show_findings, texts_of
from dlsite.diagnostics import Diagnostic, printable
from dlsite.incremental.early import SUMMARY, counted
from dlsite.incremental.remembering import Said
from dlsite.mathfont import is_available as has_math_extra
from dlsite.publish.directory import PublishError, output_directory
from dlsite.publish.run import Published
from dlsite.report.words import amount, count_words, say, say_waiting
from dlsite.rules import Severity
from dlsite.understanding import Analysis
from dlsite.variants.encode import is_available as has_images_extra
from dlsite.variants.run import shown

_SLOWEST = 10


@without_damage
def build(options: Options) -> int:
    """Publish the site, unless something stands against it."""
    started = time.perf_counter()
    root = root_of(options)
    with builder_of(options, root) as (builder, config), progress_bar(options) as progress:
        try:
            output = output_directory(root, config, force=options.force)
        except PublishError as error:
            raise UsageError(str(error)) from error
        laps = [time.perf_counter()]
        analysis = builder.analyse(progress, with_variants=True)
        laps.append(time.perf_counter())
        rendered = builder.render(analysis, output, progress)
        laps.append(time.perf_counter())
        found = findings(analysis, rendered)
        remarks = options.verbose or options.format != "text"
        shown = [each for each in found if remarks or each.level is not Severity.INFO]
        texts = texts_of(root, analysis)
        to_error = options.format == "text"
        show_findings(options, shown, texts, options.format, to_error=to_error)
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
                on_wait=lambda: say_waiting(config.output),
            )
        except PublishError as error:
            say(f"dlsite: {printable(str(error))}", to_error=True)
            return EXIT_FINDINGS
        laps.append(time.perf_counter())
        for line in _extras(options, analysis, published, laps, builder.page_seconds):
            say(line)
        summary = tuple(_summary(analysis, shown))
        for line in () if options.quiet else summary:
            seconds = time.perf_counter() - started
            say(counted(line, published.numbers, seconds), to_error=True)
        if not (options.verify or options.profile or options.diff or options.executor):
            said = Said(
                shown=in_every_manner(options, shown, texts, options.format),
                to_error=to_error,
                summary=summary,
            )
            builder.remember(options.arguments, analysis, rendered, said, output)
        return EXIT_FINE


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


def _summary(analysis: Analysis, found: Iterable[Diagnostic]) -> Iterator[str]:
    """Yield the lines that say what a build has done, with marks for what is counted."""
    skipped = analysis.site.routes.skipped
    for entry in skipped:
        yield f"skipped {printable(entry.page.path)}: {entry.reason.value}"
    if any(page.has_math for page in analysis.site.pages) and not has_math_extra():
        yield "formulas are left to readers' fonts; pip install 'dlsite[math]' sends one along"
    if analysis.config.images and not has_images_extra():
        images = shown(analysis.sources.statics, analysis.site.pages)
        if images:
            words = "is" if len(images) == 1 else "are"
            yield (
                f"{amount(len(images), 'image')} {words} published as made; "
                "pip install 'dlsite[images]' gives phones smaller ones"
            )
    written, unchanged, removed, seconds = SUMMARY
    parts = [
        amount(len(analysis.site.pages), "page"),
        f"{written} written",
        f"{unchanged} unchanged",
        f"{removed} removed",
    ]
    if skipped:
        parts.append(f"{len(skipped)} skipped")
    place = f"'{printable(analysis.config.output)}'"
    yield f"{', '.join(parts)} in {place}; {count_words(found)}; {seconds} s"
