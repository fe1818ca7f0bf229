"""Follow every redirect: it must lead to a page, in one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dlsite.diagnostics import Diagnostic, likely
from dlsite.records import Permalink, RedirectRoute, Route, Site
from dlsite.spelling import nearest
from dlsite.urls import canonical, split_target


def broken_redirects(site: Site) -> Iterator[Diagnostic]:
    """Remark on redirects that lead nowhere, in circles, or to another redirect."""
    table = site.routes.route_by_permalink
    for route in table.values():
        if isinstance(route, RedirectRoute):
            found = _unfit(route) or _follow(route, table)
            if found is not None:
                yield found


def _unfit(route: RedirectRoute) -> Diagnostic | None:
    target = split_target(route.target)
    if target is None:
        message = f"redirect to '{route.target}' cannot be read as an address"
        return Diagnostic("link-malformed", route.position, message, ("write a permalink, '/x/'",))
    if target.runs_code:
        message = f"redirect to '{route.target}' runs code, it leads nowhere"
        return Diagnostic("link-scheme", route.position, message, ("redirect to a page",))
    return None


def _next(route: RedirectRoute) -> Permalink | None:
    """Return the permalink that a redirect leads to; `None` where it leaves the site."""
    target = split_target(route.target)
    return None if target is None or target.is_external else canonical(target.path)


def _follow(route: RedirectRoute, table: Mapping[Permalink, Route]) -> Diagnostic | None:
    seen = [route.permalink]
    current = route
    while (permalink := _next(current)) is not None:
        following = table.get(permalink)
        if permalink in seen:
            return _loop(route, [*seen, permalink])
        if following is None:
            # The redirect before this one is reported on its own.
            return _dangling(route, permalink, table) if current is route else None
        if not isinstance(following, RedirectRoute):
            return _chain(route, seen, permalink) if len(seen) > 1 else None
        seen.append(permalink)
        current = following
    return None


def _loop(route: RedirectRoute, steps: list[Permalink]) -> Diagnostic:
    message = f"the redirect from '{route.permalink}' leads in a circle: {' -> '.join(steps)}"
    return Diagnostic("redirect-loop", route.position, message, ("redirect to a page",))


def _chain(route: RedirectRoute, steps: list[Permalink], end: Permalink) -> Diagnostic:
    message = f"the redirect from '{route.permalink}' takes {len(steps)} steps to '{end}'"
    return Diagnostic("redirect-chain", route.position, message, (f"write '{end}'",))


def _dangling(
    route: RedirectRoute, permalink: Permalink, table: Mapping[Permalink, Route]
) -> Diagnostic:
    near = nearest(permalink, table, most=1)
    remedy = f"did you mean '{near[0]}'?" if near else "redirect to a page of the site"
    message = f"redirect to '{route.target}', but no page has that permalink"
    return Diagnostic(
        "link-missing", route.position, message, (remedy,), route.target, likely(*near)
    )
