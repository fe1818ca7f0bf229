"""`dlsite init`, `new`, `serve` and `clean`: begin a site, show it, clear it away."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from dlsite.build import (
    analyse,
)
from dlsite.commands.settings import (
    EXIT_FINE,
    UsageError,
    config_of,
    editor_of,
    load_settings,
    root_of,
)
from dlsite.commands.terminal import Options, progress_bar, style_of, text_of
from dlsite.diagnostics import Diagnostic, printable
from dlsite.memory.cache import clean as forget
from dlsite.processes.workers import cores
from dlsite.publish.directory import PublishError, output_directory
from dlsite.publish.run import clean as remove_outputs
from dlsite.report.words import amount, say
from dlsite.scaffold import ScaffoldError, has_pages, new_page, new_site
from dlsite.variants.run import clean as forget_variants


def init(options: Options) -> int:
    """Start a new site that builds without a finding, or from the pages that are there."""
    folder = Path(options.directory) / options.site
    is_of_pages = has_pages(folder)
    try:
        paths = new_site(folder)
    except ScaffoldError as error:
        raise UsageError(str(error)) from error
    if not options.quiet:
        for path in paths:
            say(f"wrote {path}")
        if is_of_pages:
            say("the Markdown files that are here are its pages")
        there = "" if options.site == "." else f"cd {shlex.quote(options.site)} && "
        say(f"next: {there}dlsite serve")
    return EXIT_FINE


def new(options: Options) -> int:
    """Start a new page, with what the links that want it propose."""
    root = root_of(options)
    config = config_of(options, root)
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


def serve(options: Options) -> int:
    """Show the site live until interrupted."""
    # Imported here: only the preview needs a server and a watcher.
    from dlsite.serve.app import AddressError  # noqa: PLC0415
    from dlsite.serve.app import serve as run_server  # noqa: PLC0415
    from dlsite.serve.editors import EditorError, link_to  # noqa: PLC0415
    from dlsite.serve.readings import Readings  # noqa: PLC0415

    root = root_of(options)
    style = style_of(options, sys.stderr.isatty())

    def tell(text: str, *, to_error: bool = False) -> None:
        # Who reads the preview looks at the browser, which is told as well.
        with suppress(OSError):
            say(text, to_error=to_error)

    def show(diagnostics: Iterable[Diagnostic], texts: Mapping[str, str]) -> None:
        if text := text_of(options, diagnostics, texts, "text", style):
            tell(text.rstrip("\n"), to_error=True)

    try:
        run_server(
            root=root,
            load=lambda: load_settings(options, root),
            host=options.host,
            port=options.port,
            open_browser=options.open,
            say=tell,
            show=show,
            link_to=link_to(editor_of(options), root),
            readings=Readings(cores(), lambda: progress_bar(options)),
            chat=(lambda _: None) if options.quiet else tell,
        )
    except (AddressError, EditorError) as error:
        raise UsageError(str(error)) from error
    return EXIT_FINE


def clean(options: Options) -> int:
    """Remove what dlsite wrote: outputs and memory."""
    root = root_of(options)
    config = config_of(options, root)
    try:
        output = output_directory(root, config, force=True)
    except PublishError as error:
        raise UsageError(str(error)) from error
    removed = remove_outputs(output)
    forget_variants(root)
    forget(root)
    if not options.quiet:
        say(f"{amount(len(removed), 'file')} removed from '{printable(config.output)}'")
    return EXIT_FINE
