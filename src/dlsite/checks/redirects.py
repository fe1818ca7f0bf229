"""Follow every redirect: it must lead to a page, in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from dlsite.diagnostics import Diagnostic, likely
from dlsite.linking.near import Names, proposal
from dlsite.records import Permalink, RedirectRoute, Route, Site, SkippedPage
from dlsite.urls.targets import split_target

# So many steps of a circle are shown.
_SHOWN = 6


class _End(NamedTuple):
    """Where a redirect ends: empty for what is no page of the site, or for a circle."""

    permalink: Permalink
    steps: int = 0
    is_circle: bool = False


_NOWHERE = _End(Permalink(""))
_CIRCLE = _End(Permalink(""), is_circle=True)


def broken_redirects(site: Site) -> Iterator[Diagnostic]:
    """Remark on redirects that lead nowhere, in circles, or to another redirect."""
    table = site.routes.route_by_permalink
    names = Names(site.routes, site.pages)
    skipped = {entry.permalink: entry for entry in site.routes.skipped}
    known: dict[Permalink, _End] = {}
    for route in table.values():
        if isinstance(route, RedirectRoute):
            found = _unfit(route) or (
                _long(route, table, known)
                if not route.to or route.to in table
                else _lost(route, skipped.get(route.to), names)
            )
            if found is not None:
                yield found


def _unfit(route: RedirectRoute) -> Diagnostic | None:
    target = None if route.to else split_target(route.target)
    if target is None and not route.to:
        message = f"redirect to '{route.target}' cannot be read as an address"
        return Diagnostic("link-malformed", route.position, message, ("write a permalink, '/x/'",))
    if target is not None and target.runs_code:
        message = f"redirect to '{route.target}' runs code, it leads nowhere"
        return Diagnostic("link-scheme", route.position, message, ("redirect to a page",))
    return None


def _lost(route: RedirectRoute, skipped: SkippedPage | None, names: Names) -> Diagnostic:
    """Report a redirect to what is not there; one that leads to such a redirect is in order."""
    if skipped is not None:
        return Diagnostic(
            "link-draft",
            route.position,
            f"redirect to '{route.target}', which is not published "
            f"({skipped.reason.value}): {skipped.page.path}",
            ("publish that page, or remove the redirect",),
            route.target,
        )
    near = names.near(route.to)[:1]
    remedies = [proposal(guess) for guess in near] or ["redirect to a page of the site"]
    message = f"redirect to '{route.target}', but no page has that permalink"
    return Diagnostic(
        "link-missing",
        route.position,
        message,
        tuple(remedies),
        route.target,
        likely(*(guess.text for guess in near)),
    )


def _long(
    route: RedirectRoute, table: Mapping[Permalink, Route], known: dict[Permalink, _End]
) -> Diagnostic | None:
    end = _end_of(route, table, known)
    if end.is_circle:
        return _loop(route, table)
    if end.permalink and end.steps > 1:
        message = (
            f"the redirect from '{route.permalink}' takes {end.steps} steps to '{end.permalink}'"
        )
        remedy = f"write '{end.permalink}'"
        return Diagnostic("redirect-chain", route.position, message, (remedy,))
    return None


def _end_of(
    route: RedirectRoute, table: Mapping[Permalink, Route], known: dict[Permalink, _End]
) -> _End:
    """Return where a redirect ends; where those on the way do is `known` from then on."""
    trail: dict[Permalink, RedirectRoute] = {}
    current: Route | None = route
    while isinstance(current, RedirectRoute):
        if current.permalink in known or current.permalink in trail:
            break
        trail[current.permalink] = current
        current = table.get(current.to)
    if isinstance(current, RedirectRoute):
        end = known.get(current.permalink, _CIRCLE)
    else:
        end = _NOWHERE if current is None else _End(current.permalink)
    for permalink in reversed(trail):
        end = end._replace(steps=end.steps + 1)
        known[permalink] = end
    return known[route.permalink]


def _loop(route: RedirectRoute, table: Mapping[Permalink, Route]) -> Diagnostic:
    steps = [*islice(_steps(route, table), _SHOWN + 1)]
    shown = " -> ".join([*steps[:_SHOWN], *(["…"] if len(steps) > _SHOWN else [])])
    message = f"the redirect from '{route.permalink}' leads in a circle: {shown}"
    return Diagnostic("redirect-loop", route.position, message, ("redirect to a page",))


def _steps(route: RedirectRoute, table: Mapping[Permalink, Route]) -> Iterator[Permalink]:
    """Yield where a redirect leads step by step, up to what was there before."""
    seen: set[Permalink] = set()
    current: Route | None = route
    while isinstance(current, RedirectRoute):
        yield current.permalink
        if current.permalink in seen:
            return
        seen.add(current.permalink)
        current = table.get(current.to)
