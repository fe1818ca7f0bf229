"""Find out what rendering has to say, and render no more for it than that takes.

The templates of the theme take whatever a page can be, so what they make alone is not
rendered.  An output that a template of the site's own has a part in is, unless it was
before: the same fingerprint means the same output.
"""

from __future__ import annotations

from collections.abc import Mapping

from dlsite.files.folders import THEME_TEMPLATES
from dlsite.files.sitefiles import Sources
from dlsite.making import rendered
from dlsite.pages import Progress, no_progress
from dlsite.processes.workers import Workers
from dlsite.render.layouts import unknown_layouts
from dlsite.render.templates import once
from dlsite.rendering import Rendered, Renderer
from dlsite.understanding import Analysis
from dlsite.weigh import exempted, weigh


def rehearse(
    analysis: Analysis,
    sound: Mapping[str, str],
    progress: Progress = no_progress,
    *,
    workers: Workers | None = None,
) -> Rendered:
    """Return what rendering all outputs of a site would say, without the outputs.

    `sound` are the fingerprints, by path, of outputs that have been rendered without a
    finding; those of the outcome are the ones of this time.
    """
    sources, config = analysis.sources, analysis.config
    own = own_templates(sources)
    if not own:
        found = tuple(unknown_layouts(analysis.site, set(sources.templates)))
        return Rendered((), weigh(found, config), exempted(found, config))
    renderer = Renderer.of(analysis)
    plans = renderer.plans
    names = {plans.template(path) for path in plans}
    touched = {name for name in names if renderer.templates.needed([name]) & own}
    paths = [path for path in plans if plans.template(path) in touched]
    fingerprints = renderer.fingerprints(paths)
    wanted = [path for path in paths if sound.get(path) != fingerprints[path]]
    made = rendered((plans[path] for path in wanted), renderer.templates, workers or Workers())
    found_now = []
    for number, (path, (_, diagnostic)) in enumerate(zip(wanted, made, strict=True)):
        if diagnostic is not None:
            found_now.append(diagnostic)
            del fingerprints[path]
        progress("rendering", number + 1, len(wanted))
    return Rendered(
        (),
        weigh([*renderer.diagnostics, *once(found_now)], config),
        renderer.exempted | exempted(found_now, config),
        fingerprints=fingerprints,
    )


def own_templates(sources: Sources) -> set[str]:
    """Return the templates that are the site's own, shadowing one of the theme or not."""
    return {
        name
        for name, path in sources.template_paths.items()
        if not path.startswith(f"{THEME_TEMPLATES}/")
    }
