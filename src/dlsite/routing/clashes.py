"""Give every path of the site to one of those who want it, and report the others.  Pure.

Two claims on one path, or on paths that some file system cannot tell apart, are an error that
names both; folders that it cannot tell apart are a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import accumulate
from operator import attrgetter
from pathlib import PurePosixPath

from dlsite.diagnostics import Diagnostic
from dlsite.records import PageRoute, Permalink, RedirectRoute, Route, StaticRoute, TermRoute
from dlsite.routing.claims import PAGE, Claim
from dlsite.rules import Severity
from dlsite.urls.permalinks import collision_key, output_path


def table_of(claims: list[Claim], diagnostics: list[Diagnostic]) -> dict[Permalink, Route]:
    """Give every path to one claim; the first keeps it, those that yield come last."""
    owners: dict[str, Claim] = {}
    table: dict[Permalink, Route] = {}
    for claim in sorted(claims, key=attrgetter("yields")):
        permalink = claim.route.permalink
        key = collision_key(output_path(permalink))
        owner = owners.get(key)
        if owner is None:
            owners[key] = claim
            table[permalink] = claim.route
        elif permalink not in table and _are_static(owner, claim):
            # Their author's file system can tell them apart, so both are published.
            warning = replace(_conflict(claim, owner), severity=Severity.WARNING)
            diagnostics.append(warning)
            table[permalink] = claim.route
        elif not claim.yields:
            diagnostics.append(_conflict(claim, owner))
    diagnostics += _files_against_folders(owners)
    if not all(key.startswith(claim.route.permalink.strip("/")) for key, claim in owners.items()):
        # As hardly ever: some are not written as what all spellings share.
        diagnostics += _folders_of_two_spellings(owners.values())
    return table


def _are_static(*claims: Claim) -> bool:
    return all(isinstance(claim.route, StaticRoute) for claim in claims)


def _conflict(claim: Claim, owner: Claim) -> Diagnostic:
    """Report at the later of the two in reading order, so that the place is stable."""
    first, second = sorted((claim, owner), key=lambda each: (each.position, each.what))
    here, there = second.route.permalink, first.route.permalink
    same = here == there
    rule = "permalink-conflict" if same else "permalink-case"
    if same and isinstance(claim.route, RedirectRoute) != isinstance(owner.route, RedirectRoute):
        return _shadow(claim, owner)
    why = "" if same else " (they differ by letter case or Unicode form only)"
    other = "the page" if first.what == PAGE else first.what
    if first.position.path:
        other += f" at {first.position}"
    are_terms = isinstance(first.route, TermRoute) and isinstance(second.route, TermRoute)
    another = "write both alike, or give one of them another name"
    return Diagnostic(
        rule,
        second.position,
        f"{second.what} and {other} both want '{there}'{why}",
        (another if are_terms else "give one of them another permalink",),
        target=here,
        related=(first.position,) if first.position.path else (),
    )


def _shadow(claim: Claim, owner: Claim) -> Diagnostic:
    """Report at the redirect: what exists is in its right."""
    redirect, real = (claim, owner) if isinstance(claim.route, RedirectRoute) else (owner, claim)
    what = "a page" if real.what == PAGE else real.what
    at = f" ({real.position})" if real.position.path else ""
    return Diagnostic(
        "redirect-shadows",
        redirect.position,
        f"a redirect from '{redirect.route.permalink}', where {what} stands{at}",
        ("remove the redirect, or give the page another permalink",),
        target=redirect.route.permalink,
        related=(real.position,) if real.position.path else (),
    )


def _files_against_folders(owners: dict[str, Claim]) -> Iterator[Diagnostic]:
    folders: set[str] = set()
    for path in owners:
        while (path := path.rpartition("/")[0]) and path not in folders:
            folders.add(path)
    clashing = folders & owners.keys()
    for path, claim in sorted(owners.items()) if clashing else ():
        for parent in PurePosixPath(path).parents:
            # What is made for others that clash says nothing new.
            if str(parent) not in clashing or claim.yields:
                continue
            file = owners[str(parent)]
            first, second = sorted((claim, file), key=lambda each: (each.position, each.what))
            yield Diagnostic(
                "permalink-conflict",
                second.position,
                f"'{file.route.permalink}' is a file, so nothing can stand at "
                f"'{claim.route.permalink}'",
                ("give one of them another permalink",),
                target=second.route.permalink,
                related=(first.position,),
            )


def _folders_of_two_spellings(claims: Iterable[Claim]) -> Iterator[Diagnostic]:
    """Warn of folders that are one on some machines, and there have the name of the first."""
    seen: dict[str, Claim] = {}
    spelling_by_key: dict[str, str] = {}
    for claim in claims:
        path = output_path(claim.route.permalink)
        if path.rpartition("/")[0] in seen:
            continue
        for folder in accumulate(path.split("/")[:-1], "{}/{}".format):
            if folder in seen:
                continue
            seen[folder] = claim
            other = spelling_by_key.setdefault(collision_key(folder), folder)
            # Where those above differ already, it has been said.
            if other != folder and other.rpartition("/")[0] == folder.rpartition("/")[0]:
                yield from _respelt(folder, claim, other, seen[other])


def _respelt(folder: str, claim: Claim, other: str, owner: Claim) -> Iterator[Diagnostic]:
    if claim.yields and owner.yields:
        return
    # Reported where an author can write it in another way.
    (first, there), (second, here) = sorted(
        ((owner, other), (claim, folder)),
        key=lambda each: (_is_named_by_its_author(each[0]), each[0].position, each[0].what),
    )
    yield Diagnostic(
        "permalink-case",
        second.position,
        f"the folder '/{here}/' of '{second.route.permalink}' differs from '/{there}/' of "
        f"'{first.route.permalink}' by letter case or Unicode form only",
        (f"write '/{there}/'",),
        target=second.route.permalink,
        related=(first.position,) if first.position.path else (),
        severity=Severity.WARNING,
    )


def _is_named_by_its_author(claim: Claim) -> bool:
    return isinstance(claim.route, PageRoute | RedirectRoute | StaticRoute)
