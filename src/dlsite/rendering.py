"""Render an analysed site: one output when it is asked for, or all, with what there is to say.

What an earlier build left and would be the same again is not made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from dlsite.config.settings import Config, Exemption
from dlsite.diagnostics import Diagnostic, Position
from dlsite.emit.run import emit
from dlsite.files.sitefiles import Sources
from dlsite.making import Apart, Asked, Hold, Maker, Noted, in_memory, no_note, under_way
from dlsite.memory.compiled import Compiled
from dlsite.memory.keys import tool_digest
from dlsite.pages import Progress, no_progress
from dlsite.processes.workers import Workers
from dlsite.records import OutputFile, OutputPlan, Page
from dlsite.render.fingerprint import base_of, fingerprint, maker_digest, told
from dlsite.render.layouts import unknown_layouts
from dlsite.render.plan import Plans
from dlsite.render.templates import Templates, once
from dlsite.texts.spelling import nearest
from dlsite.understanding import Analysis
from dlsite.weigh import exempted, weigh


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
