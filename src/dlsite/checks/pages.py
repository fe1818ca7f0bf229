"""Checks of single pages in the site they stand in."""

from __future__ import annotations

from collections.abc import Iterator

from dlsite.diagnostics import Diagnostic, Position
from dlsite.records import (
    IMAGES,
    ArchiveRoute,
    Found,
    HomeRoute,
    PageRoute,
    RedirectRoute,
    ReferenceKind,
    SearchRoute,
    Site,
    StaticRoute,
    TaxonomyRoute,
    TermRoute,
)
from dlsite.urls.escapes import as_target
from dlsite.urls.permalinks import forms_of
from dlsite.urls.targets import split_target

_PAGES = (ArchiveRoute, HomeRoute, PageRoute, SearchRoute, TaxonomyRoute, TermRoute)


def orphan_pages(site: Site) -> Iterator[Diagnostic]:
    """Remark on pages that no page and no navigation leads to; listings do not count."""
    if len(site.pages) == 1:
        return
    for path in site.orphans:
        permalink = site.routes.permalink_by_path[path]
        yield Diagnostic(
            "page-orphan",
            Position(path),
            f"no page links to '{permalink}'",
            ("link to it from a page on its subject, or add it to 'nav'",),
        )


def dead_ends(site: Site) -> Iterator[Diagnostic]:
    """Remark on pages that lead to no other page; links to other sites do not count."""
    if len(site.pages) == 1:
        return
    route_at = site.routes.route_by_permalink.get
    for page in site.pages:
        here = site.routes.permalink_by_path[page.path]
        for found in site.resolutions[page.path]:
            if not isinstance(found, Found) or found.permalink == here:
                continue
            if isinstance(route_at(found.permalink), PageRoute):
                break
        else:
            yield Diagnostic(
                "page-deadend",
                Position(page.path),
                f"'{here}' links to no other page",
                ("link to the pages that its subject rests on",),
            )


def broken_images(site: Site) -> Iterator[Diagnostic]:
    """Remark on image files that browsers will not show, or not as they are meant."""
    routes = site.routes.route_by_permalink.values()
    broken = [route for route in routes if isinstance(route, StaticRoute) and route.file.fault]
    for route in sorted(broken, key=lambda route: route.permalink):
        yield Diagnostic(
            "image-broken",
            Position(route.file.path),
            f"'{route.permalink}' {route.file.fault}",
            ("save it again, in the format that its name says",),
        )


def pages_for_images(site: Site) -> Iterator[Diagnostic]:
    """Report images that name a page or a listing, of which browsers make no picture."""
    route_at = site.routes.route_by_permalink.get
    for page in site.pages:
        references = page.references
        if not any(kind in references.kinds for kind in IMAGES):
            continue
        for index, found in enumerate(site.resolutions[page.path]):
            if references.kinds[index] not in IMAGES or not isinstance(found, Found):
                continue
            if not isinstance(route_at(found.permalink), _PAGES):
                continue
            reference = references[index]
            target = reference.target
            where = split_target(target)
            is_old = where is not None and any(
                isinstance(route_at(form), RedirectRoute) for form in forms_of(where.path)
            )
            right = f"{as_target(found.permalink)}{found.suffix}" if is_old else target
            is_wiki = reference.kind is ReferenceKind.WIKI_IMAGE
            yield Diagnostic(
                "link-asset",
                reference.position,
                f"image to '{target}', but that is a page",
                (f"link to it: {f'[[{right}]]' if is_wiki else f'[…]({right})'}",),
                target=target,
            )


def images_without_words(site: Site) -> Iterator[Diagnostic]:
    """Remark on images that say nothing to those who cannot see them, unless on purpose."""
    for page in site.pages:
        references = page.references
        if not any(kind in references.kinds for kind in IMAGES):
            continue
        for index, kind in enumerate(references.kinds):
            if kind not in IMAGES or references.texts[index].strip():
                continue
            reference = references[index]
            if reference.is_decoration:
                continue
            target = reference.target
            is_wiki = reference.kind is ReferenceKind.WIKI_IMAGE
            remedy = f"![[{target}|…]]" if is_wiki else f"![…]({target})"
            yield Diagnostic(
                "image-alt",
                reference.position,
                f"image '{target}' has no alternative text",
                (
                    f"say what it shows: {remedy}",
                    f'or, in HTML, that it is decoration: <img src="{target}" alt="">',
                ),
                target=target,
            )
