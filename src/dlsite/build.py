"""The order of the stages, for every command: read, parse, route, link, check, render, publish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from dlsite.checks.run import run as run_checks
from dlsite.config import Config, Exemption
from dlsite.configfile import read_config
from dlsite.diagnostics import Diagnostic, Position, in_order
from dlsite.elsewhere import stylesheet_references, template_references
from dlsite.emit.run import emit
from dlsite.jekyllconfig import read_jekyll_config
from dlsite.ledger import removed
from dlsite.link import link
from dlsite.markup.converter import Converter
from dlsite.markup.tex import faulty_macros
from dlsite.parse import ParseOptions, parse
from dlsite.records import OutputFile, OutputPlan, Page, Parsed, Site, SourceFile
from dlsite.render.plan import plan
from dlsite.render.templates import Templates
from dlsite.route import route
from dlsite.rules import Severity
from dlsite.sources import Sources, decode, read_sources
from dlsite.spelling import nearest
from dlsite.weigh import exempted, stale, weigh

CONFIG_NAMES = ("dlsite.yml", "dlsite.yaml")
JEKYLL_CONFIG = "_config.yml"

Progress = Callable[[str, int, int], None]
"""Called with the stage's name, how many are done, and how many there are."""


def no_progress(stage: str, done: int, total: int) -> None:
    """Tell nobody."""
    del stage, done, total


@dataclass(frozen=True, slots=True)
class Analysis:
    """A site before rendering, with everything there is to say about its sources.

    `exempted` are the exemptions of the configuration that were needed.
    """

    config: Config
    sources: Sources
    pages: tuple[Page, ...]
    site: Site
    diagnostics: tuple[Diagnostic, ...]
    exempted: frozenset[Exemption] = frozenset()


@dataclass(frozen=True, slots=True)
class Rendered:
    """All outputs of a site, in order of path, and what rendering added to say."""

    outputs: tuple[OutputFile, ...]
    diagnostics: tuple[Diagnostic, ...]
    exempted: frozenset[Exemption] = frozenset()


def load_config(root: Path, name: str | None = None) -> tuple[Config, tuple[Diagnostic, ...]]:
    """Read the configuration of the site at `root`; without a file the defaults hold.

    Raises `OSError` where a file that was asked for by `name` cannot be read.
    """
    if name is not None:
        return _read(root, name)
    for candidate in CONFIG_NAMES:
        if (root / candidate).is_file():
            return _read(root, candidate)
    if (root / JEKYLL_CONFIG).is_file():
        config, diagnostics = _read(root, JEKYLL_CONFIG)
        if (root / config.content).is_dir():
            return config, diagnostics
        # A Jekyll site keeps its pages at the top, and may have folders of any name there.
        own = replace(config, content=".", static="_static", templates="_templates")
        return own, diagnostics
    return Config(), ()


def _read(root: Path, name: str) -> tuple[Config, tuple[Diagnostic, ...]]:
    text, finding = decode((root / name).read_bytes(), name)
    if name == JEKYLL_CONFIG:
        config, diagnostics = read_jekyll_config(text, path=name)
    else:
        config, diagnostics = read_config(text, path=name, macro_faults=faulty_macros)
    return config, diagnostics if finding is None else (finding, *diagnostics)


class Pages:
    """Parses source files, and remembers what it parsed by path and digest.

    A preview server keeps one, so that a save parses one file.  The memory is dropped
    when the options that parsing depends on change.
    """

    def __init__(self) -> None:
        self._options: ParseOptions | None = None
        self._converter: Converter | None = None
        self._parsed: dict[tuple[str, str], Parsed] = {}

    def parse(
        self, sources: Iterable[SourceFile], config: Config, progress: Progress = no_progress
    ) -> tuple[Parsed, ...]:
        """Return what every source file is, in the order given."""
        options = ParseOptions.of(config)
        if self._converter is None or options != self._options:
            self._options, self._converter, self._parsed = options, Converter(options.markup), {}
        files = tuple(sources)
        known: dict[tuple[str, str], Parsed] = {}
        for number, source in enumerate(files):
            key = (source.path, source.digest)
            known[key] = self._parsed.get(key) or parse(
                source, options=options, converter=self._converter
            )
            progress("reading", number + 1, len(files))
        self._parsed = known
        return tuple(known[source.path, source.digest] for source in files)


def analyse(
    root: Path, config: Config, *, pages: Pages | None = None, progress: Progress = no_progress
) -> Analysis:
    """Read and understand the site at `root`; everything `dlsite check` needs."""
    sources, unread = read_sources(root, config)
    parsed = (pages or Pages()).parse(sources.pages, config, progress)
    return understand(sources, parsed, config, unread)


def understand(
    sources: Sources,
    parsed: tuple[Parsed, ...],
    config: Config,
    diagnostics: Iterable[Diagnostic] = (),
) -> Analysis:
    """Route, link and check parsed pages.  Pure."""
    pages = tuple(entry.page for entry in parsed)
    routes, routing = route(pages, sources.statics, config)
    outside = [
        *stylesheet_references(sources.statics, sources.stylesheets),
        *template_references(sources.templates, sources.template_paths),
    ]
    site, linking = link(pages, routes, config, outside)
    found = [
        *diagnostics,
        *(diagnostic for entry in parsed for diagnostic in entry.diagnostics),
        *routing,
        *linking,
        *run_checks(site),
        *(removed(site, sources.ledger) if sources.ledger is not None else ()),
    ]
    return Analysis(config, sources, pages, site, weigh(found, config), exempted(found, config))


@dataclass(frozen=True)
class Renderer:
    """Renders the outputs of an analysed site, one by one or all."""

    analysis: Analysis
    templates: Templates
    plans: Mapping[str, OutputPlan] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()
    exempted: frozenset[Exemption] = frozenset()

    @classmethod
    def of(cls, analysis: Analysis) -> Renderer:
        """Plan every output of a site."""
        sources, config = analysis.sources, analysis.config
        templates = Templates(sources.templates, sources.template_paths, language=config.language)
        plans, diagnostics = plan(analysis.site, config, templates=set(sources.templates))
        by_path = MappingProxyType({planned.output_path: planned for planned in plans})
        found = [*diagnostics, *templates.broken(), *_unused(sources, templates, plans)]
        needed = exempted(found, config)
        return cls(analysis, templates, by_path, weigh(found, config), needed)

    def render(self, output_path: str) -> tuple[OutputFile | None, Diagnostic | None]:
        """Return the output at a path of the output directory, which must be planned."""
        return self.templates.render(self.plans[output_path])

    def emit(self) -> tuple[OutputFile, ...]:
        """Return the outputs that no template makes."""
        return emit(self.analysis.site, self.analysis.config)

    def render_all(self, progress: Progress = no_progress) -> Rendered:
        """Return every output; one that cannot be rendered is a diagnostic and not there."""
        outputs: list[OutputFile] = []
        found = list(self.diagnostics)
        for number, path in enumerate(self.plans):
            output, diagnostic = self.render(path)
            if output is not None:
                outputs.append(output)
            if diagnostic is not None:
                found.append(diagnostic)
            progress("rendering", number + 1, len(self.plans))
        outputs += self.emit()
        outputs.sort(key=lambda output: output.path)
        config = self.analysis.config
        needed = self.exempted | exempted(found, config)
        return Rendered(tuple(outputs), weigh(_once(found), config), needed)


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


def _once(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Keep the first of the diagnostics that one template line gives on many pages."""
    first: dict[tuple[str, Position, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        cause = diagnostic.message.partition(" (on '")[0]
        first.setdefault((diagnostic.rule, diagnostic.position, cause), diagnostic)
    return list(first.values())


def _unused(
    sources: Sources, templates: Templates, plans: Iterable[OutputPlan]
) -> Iterable[Diagnostic]:
    """Remark on templates of the site's own that nothing uses: most often a misspelt override."""
    theme_names = sources.theme_templates
    own = set(sources.templates) - theme_names
    if not own:
        return
    used = templates.needed({planned.template for planned in plans} | theme_names)
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
