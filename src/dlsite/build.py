"""From a folder to an analysed site, and from its outputs to all that there is to say of it.

The order of the stages, for every command: read, parse, route, link, check; then `rendering`.
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from dlsite.assets import smaller
from dlsite.config.file import read_config
from dlsite.config.jekyll import read_jekyll_config
from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic, in_order
from dlsite.files.sitefiles import Digests
from dlsite.files.sources import read_sources
from dlsite.files.sourcetext import decode
from dlsite.markup.tex import faulty_macros
from dlsite.mathfont import MathFont
from dlsite.pages import Pages, Progress, no_progress
from dlsite.rendering import Rendered
from dlsite.rules import Severity
from dlsite.understanding import Analysis, understand
from dlsite.variants.run import Variants
from dlsite.weigh import exempted, stale, weigh

CONFIG_NAMES = ("dlsite.yml", "dlsite.yaml")
JEKYLL_CONFIG = "_config.yml"


def load_config(root: Path, name: str | None = None) -> tuple[Config, tuple[Diagnostic, ...]]:
    """Read the configuration of the site at `root`; without a file the defaults hold.

    Raises `OSError` where a file that is there, or was asked for by `name`, cannot be read.
    """
    if name is not None:
        return _read(root, name)
    for candidate in CONFIG_NAMES:
        if _stands(root / candidate):
            return _read(root, candidate)
    if _stands(root / JEKYLL_CONFIG):
        config, diagnostics = _read(root, JEKYLL_CONFIG)
        if (root / config.content).is_dir():
            return config, diagnostics
        # A Jekyll site keeps its pages at the top, and may have folders of any name there.
        own = replace(config, content=".", static="_static", templates="_templates")
        return own, diagnostics
    return Config(), ()


def _stands(path: Path) -> bool:
    """Say whether a file is there to be read, be it at the end of a link that leads nowhere."""
    if path.exists() and not path.is_file() and not path.is_dir():
        # A pipe or a device may have no end.
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return path.is_symlink() or path.exists()


def _read(root: Path, name: str) -> tuple[Config, tuple[Diagnostic, ...]]:
    text, finding = decode((root / name).read_bytes(), name)
    if name == JEKYLL_CONFIG:
        config, diagnostics = read_jekyll_config(text, path=name)
    else:
        config, diagnostics = read_config(text, path=name, macro_faults=faulty_macros)
    return config, diagnostics if finding is None else (finding, *diagnostics)


def analyse(  # noqa: PLR0913 - each is one thing that only the caller knows
    root: Path,
    config: Config,
    *,
    pages: Pages | None = None,
    known: Digests = MappingProxyType({}),
    font: MathFont | None = None,
    variants: Variants | None = None,
    before: Analysis | None = None,
    progress: Progress = no_progress,
) -> Analysis:
    """Read and understand the site at `root`; everything `dlsite check` needs.

    `known` are digests of files that need not be read where they have not changed;
    `font` makes the font for formulas and `variants` smaller images, where there are to be any.
    `before` is an earlier analysis, which makes this one faster (`understand`).
    """
    sources, unread = read_sources(root, config, known)
    parsed = (pages or Pages()).parse(sources.pages, config, progress)
    read = [entry.page for entry in parsed]
    statics = smaller(sources.statics, read)
    if font is not None:
        statics = font.add_to(statics, read)
    if variants is not None and config.images:
        statics = variants.add_to(statics, read, progress)
    sources = replace(sources.parsed(), statics=statics)
    return understand(sources, parsed, config, unread, before)


def findings(
    analysis: Analysis, rendered: Rendered, outside: tuple[Diagnostic, ...] | None = None
) -> tuple[Diagnostic, ...]:
    """Return all that there is to say about a site, exemptions that exempt nothing among it.

    `outside` is what the network says, `None` where it was not asked.
    """
    config = analysis.config
    needed = analysis.exempted | rendered.exempted | exempted(outside or (), config)
    if outside is None:
        rows = config.check.exemptions
        needed |= {row for row in rows if row.rule.startswith("link-external")}
    more = weigh([*(outside or ()), *stale(config.check.exemptions, needed)], config)
    return in_order([*analysis.diagnostics, *rendered.diagnostics, *more])


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Say whether any of them is an error."""
    return any(diagnostic.level is Severity.ERROR for diagnostic in diagnostics)


def is_blocked(diagnostics: Iterable[Diagnostic], *, strict: bool) -> bool:
    """Say whether the site must not be published: `strict` lets no error or warning pass."""
    return any(
        diagnostic.blocks or (strict and diagnostic.level is not Severity.INFO)
        for diagnostic in diagnostics
    )
