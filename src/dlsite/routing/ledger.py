"""The ledger of published addresses: what the site has promised, and what of it is gone.

`urls.txt` holds a permalink or a permalink with a fragment in each line.  It is committed
with the content, so that a change that breaks other people's links is seen in review.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import cached_property

from dlsite.diagnostics import Diagnostic, Position
from dlsite.linking.near import Names
from dlsite.records import (
    GeneratedRoute,
    HomeRoute,
    Page,
    PageRoute,
    Permalink,
    Route,
    Routes,
    Site,
    StaticRoute,
    TwinRoute,
    VariantRoute,
)
from dlsite.texts.spelling import nearest
from dlsite.urls.escapes import as_written

LEDGER = "urls.txt"
_HEAD = "# What this site has published; kept by: dlsite check --update-urls\n"
# Ids that the converter makes for footnotes: nobody links to them from elsewhere.
_PASSING = ("fn:", "fnref:")
_ACCEPT = "or let it go: dlsite check --update-urls"


def published(site: Site) -> tuple[str, ...]:
    """Return the addresses and fragments of a site, sorted: what readers may have kept.

    Left out are previews, what dlsite makes for programs, and the theme's own files.
    """
    return tuple(sorted(_published(site)))


def _published(site: Site) -> Iterator[str]:
    page_by_path = {page.path: page for page in site.pages}
    for permalink, route in site.routes.route_by_permalink.items():
        match route:
            case PageRoute(_, path):
                if path not in site.routes.previews:
                    yield permalink
                    yield from (
                        f"{permalink}#{fragment}" for fragment in _lasting(page_by_path[path])
                    )
            case StaticRoute(_, file):
                if not file.path.startswith("theme:") and not file.is_asset:
                    yield permalink
            case GeneratedRoute(_, name):
                if name == "feed":
                    yield permalink
            case HomeRoute() | TwinRoute() | VariantRoute():
                pass
            case _:
                yield permalink


def _lasting(page: Page) -> list[str]:
    return [each for each in page.fragments if each and not each.startswith(_PASSING)]


def written(addresses: Iterable[str]) -> str:
    """Return the text of a ledger."""
    return _HEAD + "".join(f"{address}\n" for address in addresses)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), start=1):
        address = line.strip()
        if address and not address.startswith("#"):
            yield number, address


def unknown(site: Site, text: str) -> tuple[str, ...]:
    """Return the addresses of a site that its ledger does not have yet."""
    known = {address for _, address in _lines(text)}
    return tuple(address for address in published(site) if address not in known)


def removed(site: Site, text: str) -> Iterator[Diagnostic]:
    """Remark on every address of the ledger that leads nowhere, at its line.

    A page that is gone is one finding, not one for each of its fragments; a redirect
    answers for all that stood at the old address.
    """
    promises = _Promises(site, text)
    for number, address in promises.lines:
        position = Position(LEDGER, number, 1, len(address))
        if not address.startswith("/"):
            message = f"'{address}' is no address of this site"
            help_ = ("write a permalink to a line, such as /x/ or /x/#part",)
            yield Diagnostic("link-malformed", position, message, help_, address)
            continue
        permalink, _, fragment = address.partition("#")
        route = site.routes.route_by_permalink.get(Permalink(permalink))
        if route is None:
            if not fragment:
                yield promises.lost_page(position, Permalink(permalink))
        elif isinstance(route, PageRoute) and fragment:
            page = promises.page_by_path.get(route.path)
            if page is not None and fragment not in page.fragments:
                yield _lost_fragment(position, page, address, fragment)


def _lost_fragment(position: Position, page: Page, address: str, fragment: str) -> Diagnostic:
    near = nearest(fragment, page.fragments, most=1, cutoff=0.6)
    heading = next((each.text for each in page.headings if each.fragment in near), "")
    where = f"to the heading '{heading}'" if heading else "to the heading that took its place"
    return Diagnostic(
        "url-removed",
        position,
        f"'{address}' was published, but nothing on {page.path} has that fragment any more",
        (f'add {{#{fragment}}} {where}, or <a id="{fragment}"></a> above it', _ACCEPT),
        target=address,
    )


class _Promises:
    """The ledger beside the site, with what finds the page that took another's place."""

    def __init__(self, site: Site, text: str) -> None:
        self.lines = tuple(_lines(text))
        self.page_by_path = {page.path: page for page in site.pages}
        self._site = site
        self._routes: Routes = site.routes
        self._names = Names(site.routes, site.pages)
        self._skipped = {entry.permalink: entry for entry in site.routes.skipped}

    def lost_page(self, position: Position, permalink: Permalink) -> Diagnostic:
        """Return what to say of an address that nothing stands at."""
        skipped = self._skipped.get(permalink)
        if skipped is not None:
            message = (
                f"'{permalink}' was published, but {skipped.page.path} is not any more "
                f"({skipped.reason.value})"
            )
            help_: tuple[str, ...] = ("publish that page", _ACCEPT)
            return Diagnostic("url-removed", position, message, help_, permalink)
        heir = self._heir(permalink)
        where = "the page that took its place" if heir is None else heir.path
        help_ = (
            f"add to the front matter of {where}: redirect_from: {as_written(permalink)}",
            _ACCEPT,
        )
        message = f"'{permalink}' was published, but nothing stands there any more"
        return Diagnostic("url-removed", position, message, help_, permalink)

    def _heir(self, permalink: Permalink) -> Page | None:
        """Return the page that most likely took the place: it has the fragments, or the name."""
        lost = self._fragments_by_permalink[permalink]
        found = (self._paths_by_fragment.get(fragment, ()) for fragment in lost)
        # What very many pages have, an introduction, says nothing of one.
        paths = {path for each in found if len(each) <= _COMMON for path in each}
        shared = Counter(
            {path: len(self.page_by_path[path].fragments.intersection(lost)) for path in paths}
        )
        best = shared.most_common(2)
        is_sole = len(best) == 1 or (len(best) > 1 and best[0][1] > best[1][1])
        if is_sole and best[0][1] >= max(_FEW, len(lost) / 2):
            return self.page_by_path[best[0][0]]
        for guess in self._names.near(permalink):
            route: Route | None = self._routes.route_by_permalink.get(
                Permalink(guess.text.partition("#")[0])
            )
            if isinstance(route, PageRoute) and route.path in self.page_by_path:
                return self.page_by_path[route.path]
        return None

    @cached_property
    def _fragments_by_permalink(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for _, address in self.lines:
            permalink, mark, fragment = address.partition("#")
            if mark:
                found[permalink].append(fragment)
        return found

    @cached_property
    def _paths_by_fragment(self) -> dict[str, list[str]]:
        """Pages by fragment, but for the pages that the ledger knows under their address."""
        known = {address for _, address in self.lines}
        found: dict[str, list[str]] = defaultdict(list)
        for page in self._site.pages:
            if self._routes.permalink_by_path[page.path] not in known:
                for fragment in _lasting(page):
                    found[fragment].append(page.path)
        return found


_FEW = 2
_COMMON = 50
