"""The order of the stages, for every command: read, parse, route, link, check, render, publish."""

from __future__ import annotations

import errno
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from dlsite.assets import smaller
from dlsite.config.file import read_config
from dlsite.config.jekyll import read_jekyll_config
from dlsite.config.settings import Config, Exemption
from dlsite.diagnostics import Diagnostic, Position, in_order
from dlsite.emit.run import emit
from dlsite.files.sitefiles import Digests, Sources
from dlsite.files.sources import read_sources
from dlsite.files.sourcetext import decode
from dlsite.making import Apart, Asked, Hold, Maker, Noted, in_memory, no_note, under_way
from dlsite.markup.tex import faulty_macros
from dlsite.mathfont import MathFont
from dlsite.memory.cache import tool_digest
from dlsite.memory.compiled import Compiled
from dlsite.pages import Pages, Progress, no_progress
from dlsite.processes.workers import Workers
from dlsite.records import OutputFile, OutputPlan, Page
from dlsite.render.fingerprint import base_of, fingerprint, maker_digest, told
from dlsite.render.layouts import unknown_layouts
from dlsite.render.plan import Plans
from dlsite.render.templates import Templates
from dlsite.rules import Severity
from dlsite.texts.spelling import nearest
from dlsite.understanding import Analysis, understand
from dlsite.variants.run import Variants
from dlsite.weigh import exempted, stale, weigh

CONFIG_NAMES = ("dlsite.yml", "dlsite.yaml")
JEKYLL_CONFIG = "_config.yml"


@dataclass(frozen=True, slots=True)
class Rendered:
    """The outputs of a site, in order of path, and what rendering added to say.

    `kept` are path and digest of outputs that stand as an earlier build left them and
    are not among `outputs`; `fingerprints` are those of all that a template makes.  A
    rehearsal has no outputs.  `stamps` are those of what is kept.
    """

    outputs: tuple[OutputFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    exempted: frozenset[Exemption] = frozenset()
    kept: Mapping[str, str] = field(default_factory=dict)
    fingerprints: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, str] = field(default_factory=dict)


class Notebook(Protocol):
    """Where notes of plans are taken, and written down."""

    def note(self, fingerprint: str, planned: OutputPlan, text: str) -> Noted | None:
        """Return what to note of a plan, which is told as `text`."""

    def take(self, noted: Noted) -> None:
        """Write it down."""


@dataclass(frozen=True, slots=True)
class Left:
    """What an earlier build left in the output directory and nobody has touched since.

    Fingerprint (empty where no template made it), digest and stamp of each output, by path.
    """

    output_by_path: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    def made_from(self, path: str, fingerprint: str) -> bool:
        """Say whether the output at `path` is the one with this fingerprint."""
        return path in self.output_by_path and self.output_by_path[path][0] == fingerprint

    def has(self, output: OutputFile) -> bool:
        """Say whether an output stands there as it is."""
        path = output.path
        return path in self.output_by_path and self.output_by_path[path][1] == output.digest


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


@dataclass(frozen=True)
class Renderer:
    """Renders the outputs of an analysed site, one by one or all."""

    analysis: Analysis
    templates: Templates
    plans: Plans
    diagnostics: tuple[Diagnostic, ...] = ()
    exempted: frozenset[Exemption] = frozenset()

    @classmethod
    def of(cls, analysis: Analysis, before: Renderer | None = None) -> Renderer:
        """Plan every output of a site.

        `before` has rendered an earlier state of it: what is known since then stays known.
        """
        sources, config = analysis.sources, analysis.config
        names = set(sources.templates)
        if before is not None and before.is_for(sources, config):
            templates = before.templates
        else:
            before = None
            templates = Templates(
                sources.templates,
                sources.template_paths,
                language=config.language,
                code=Compiled(),
            )
        if before is not None and before.has_places_of(analysis):
            plans = before.plans.again(analysis.site, config)
        else:
            plans = Plans(analysis.site, config, templates=names)
        found = [
            *unknown_layouts(analysis.site, names),
            *templates.broken(),
            *_unused(sources, templates, plans),
        ]
        needed = exempted(found, config)
        return cls(analysis, templates, plans, weigh(found, config), needed)

    def is_for(self, sources: Sources, config: Config) -> bool:
        """Say whether these templates are those of a site."""
        own = self.analysis
        before = (own.sources.templates, own.sources.template_paths, own.config.language)
        return before == (sources.templates, sources.template_paths, config.language)

    def has_places_of(self, analysis: Analysis) -> bool:
        """Say whether every page stands and is listed here as in another analysis."""
        before, after = self.analysis.site.routes, analysis.site.routes
        return before.route_by_permalink is after.route_by_permalink

    def stands_like(self, before: Renderer) -> bool:
        """Say whether every output stands where it stands by another renderer."""
        return self.templates is before.templates and before.has_places_of(self.analysis)

    def reworded(self, analysis: Analysis, pages: Iterable[Page]) -> Renderer:
        """Return what renders the site after quiet edits of pages, with all that was known."""
        return replace(self, analysis=analysis, plans=self.plans.reworded(pages))

    def render(self, output_path: str) -> tuple[OutputFile | None, Diagnostic | None]:
        """Return the output at a path of the output directory, which must be planned."""
        return self.templates.render(self.plans[output_path])

    def emit(self, left: Left | None = None) -> Iterator[OutputFile]:
        """Yield the outputs that no template makes; what is left needs no content."""
        return emit(self.analysis.site, self.analysis.config, (left or Left()).has)

    def render_all(  # noqa: PLR0913 - each is one thing that only the caller knows
        self,
        progress: Progress = no_progress,
        *,
        left: Left | None = None,
        workers: Workers | None = None,
        apart: Apart | None = None,
        hold: Hold = in_memory,
        notes: Notebook | None = None,
    ) -> Rendered:
        """Return every output; one that cannot be rendered is a diagnostic and not there.

        Without `left` no fingerprint is taken and nothing is kept.  `hold` may put what is
        made out of memory until it is published; `notes` are taken of every plan.
        """
        asked = None
        if left is not None:
            asked = Asked(self.base, left.made_from, no_note if notes is None else notes.note)
        left = left or Left()
        fingerprints: dict[str, str] = {}
        kept: dict[str, str] = {}
        outputs: list[OutputFile] = []
        faults: dict[str, Diagnostic] = {}
        maker = Maker(self.plans, self.templates, asked, hold)
        with under_way(maker, workers or Workers(), apart, progress) as every:
            for output in self.emit(left):
                if left.has(output):
                    kept[output.path] = output.digest
                else:
                    outputs.append(hold(output))
            for made in every:
                if asked is not None:
                    fingerprints[made.path] = made.fingerprint
                if notes is not None and made.noted is not None:
                    notes.take(made.noted)
                if made.stands:
                    kept[made.path] = left.output_by_path[made.path][1]
                if made.output is not None:
                    outputs.append(made.output)
                if made.diagnostic is not None:
                    faults[made.path] = made.diagnostic
        outputs.sort(key=lambda output: output.path)
        stamps = {path: left.output_by_path[path][2] for path in kept}
        config = self.analysis.config
        found = [*self.diagnostics, *(faults[path] for path in self.plans if path in faults)]
        needed = self.exempted | exempted(found, config)
        diagnostics = weigh(once(found), config)
        return Rendered(tuple(outputs), diagnostics, needed, kept, fingerprints, stamps)

    @cached_property
    def base(self) -> str:
        """What all outputs have in common: templates, dlsite itself, the facts of the site."""
        maker = maker_digest(self.analysis.sources.templates, tool_digest())
        return base_of(maker, self.plans.site)

    def fingerprints(self, paths: Iterable[str]) -> dict[str, str]:
        """Return the fingerprint of each output, by path."""
        return {path: fingerprint(self.base, told(self.plans[path])) for path in paths}


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


def once(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Keep the first of the diagnostics that one template line gives on many pages."""
    first: dict[tuple[str, Position, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        cause = diagnostic.message.partition(" (on '")[0]
        first.setdefault((diagnostic.rule, diagnostic.position, cause), diagnostic)
    return list(first.values())


def _unused(sources: Sources, templates: Templates, plans: Plans) -> Iterable[Diagnostic]:
    """Remark on templates of the site's own that nothing uses: most often a misspelt override."""
    theme_names = sources.theme_templates
    own = set(sources.templates) - theme_names
    if not own:
        return
    used = templates.needed({plans.template(path) for path in plans} | theme_names)
    for name in sorted(own - used):
        path = sources.template_paths[name]
        message = f"'{path}' overrides no template of the theme, and no page uses it"
        near = nearest(name, theme_names, most=1, cutoff=0.6)
        remedies = [f"did you mean '{guess}'?" for guess in near]
        remedies.append(f"or use it on a page: layout: {name.removesuffix('.html')}")
        yield Diagnostic("template-unused", Position(path), message, tuple(remedies))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Say whether any of them is an error."""
    return any(diagnostic.level is Severity.ERROR for diagnostic in diagnostics)


def is_blocked(diagnostics: Iterable[Diagnostic], *, strict: bool) -> bool:
    """Say whether the site must not be published: `strict` lets no error or warning pass."""
    return any(
        diagnostic.blocks or (strict and diagnostic.level is not Severity.INFO)
        for diagnostic in diagnostics
    )
