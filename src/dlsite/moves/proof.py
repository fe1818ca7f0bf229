"""Prove a move: the site as it would be has every link where it led, and no new error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dlsite.diagnostics import Diagnostic
from dlsite.moves.refusal import MoveError
from dlsite.records import (
    Ambiguous,
    External,
    Found,
    Missing,
    Page,
    PageRoute,
    Permalink,
    RedirectRoute,
    Reference,
    Resolution,
    Routes,
)
from dlsite.rules import Severity
from dlsite.understanding import Analysis


def require_same_destinations(
    before: Analysis,
    after: Analysis,
    renames: Mapping[str, str],
    moved: Mapping[Permalink, Permalink],
) -> None:
    """Raise `MoveError` where a reference would lead elsewhere than to what it led to.

    `renames` are the source files that change their names, `moved` the addresses.
    """
    for _, reference, was, now in pairs(before, after, renames):
        led = destination(was, before.site.routes)
        leads = destination(now, after.site.routes)
        wanted = renames.get(led) or moved.get(Permalink(led), led)
        if wanted != leads and not isinstance(was, Missing):
            raise MoveError(
                f"nothing was changed: the {reference.kind.value} to '{reference.target}' at "
                f"{reference.position} would lead to '{leads}'; change it by hand first"
            )


def require_no_new_errors(before: Analysis, after: Analysis) -> None:
    """Raise `MoveError` where there would be an error that there is not."""
    known = {(each.rule, each.message) for each in before.diagnostics}
    for each in after.diagnostics:
        is_error = each.level is Severity.ERROR
        if is_error and (each.rule, each.message) not in known and _is_of_sources(each):
            raise MoveError(f"nothing was changed: {each.position}: {each.message}")


def _is_of_sources(diagnostic: Diagnostic) -> bool:
    # A broken link that is broken as before may say so in other words.
    return not diagnostic.rule.startswith("link-")


def pairs(
    before: Analysis, after: Analysis, renames: Mapping[str, str]
) -> Iterator[tuple[Page, Reference, Resolution, Resolution]]:
    """Yield every reference, with the page as it was and what it led to before and after."""
    for page in before.pages:
        was = before.site.resolutions[page.path]
        now = after.site.resolutions[renames.get(page.path, page.path)]
        yield from ((page, *three) for three in zip(page.references, was, now, strict=True))


def destination(resolution: Resolution, routes: Routes) -> str:
    """Return where a reference ends: the path of a page, else an address."""
    match resolution:
        case Found(permalink, _):
            route = routes.route_by_permalink.get(permalink)
            if isinstance(route, RedirectRoute):
                route = routes.route_by_permalink.get(route.to)
            return route.path if isinstance(route, PageRoute) else permalink
        case Missing(permalink, _, _):
            return f"nothing at {permalink}"
        case Ambiguous(candidates):
            return " or ".join(candidates)
        case External(url):
            return url
