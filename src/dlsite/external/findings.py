"""Say at every place of an address what was found out about it.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from dlsite.diagnostics import Diagnostic, likely
from dlsite.external.verdicts import Answer, Verdict, is_for_readers
from dlsite.records import External, Reference, Site


def external_urls(site: Site, ignore: Sequence[str] = ()) -> set[str]:
    """Return the addresses outside the site that its pages lead readers to, whole.

    Those that fit a pattern of `ignore` are left out.
    """
    urls = {url for _, url in _places(site)}
    return {url for url in urls if not any(fnmatchcase(url, pattern) for pattern in ignore)}


def external_findings(site: Site, answers: Mapping[str, Answer]) -> tuple[Diagnostic, ...]:
    """Return a finding for every place whose address is not simply alive.

    `answers` are by address without its fragment.  What is broken, what has moved and
    what is not known are rules of their own.
    """
    found = []
    for reference, url in _places(site):
        answer = answers.get(url.partition("#")[0])
        if answer is not None and answer.verdict is not Verdict.ALIVE:
            found.append(_finding(reference, url, answer))
    return tuple(found)


def _places(site: Site) -> Iterator[tuple[Reference, str]]:
    for page in site.pages:
        resolutions = site.resolutions[page.path]
        for reference, resolution in zip(page.references, resolutions, strict=True):
            if isinstance(resolution, External) and is_for_readers(url := _full(resolution.url)):
                yield reference, url


def _full(url: str) -> str:
    return f"https:{url}" if url.startswith("//") else url


def _finding(reference: Reference, url: str, answer: Answer) -> Diagnostic:
    match answer.verdict:
        case Verdict.BROKEN:
            message = f"link to '{url}' is broken: {answer.reason}"
            return Diagnostic(
                "link-external",
                reference.position,
                message,
                ("link to another source, or to a copy of it in a web archive",),
                reference.target,
            )
        case Verdict.MOVED:
            fragment = "" if "#" in answer.moved_to else url.partition("#")[2]
            new = f"{answer.moved_to}#{fragment}" if fragment else answer.moved_to
            return Diagnostic(
                "link-external-moved",
                reference.position,
                f"link to '{url}', which has moved for good",
                (f"write '{new}'",),
                reference.target,
                likely(new),
            )
        case _:
            return Diagnostic(
                "link-external-unknown",
                reference.position,
                f"link to '{url}' could not be checked: {answer.reason}",
                (
                    "open it in a browser: it is asked again in the next run",
                    f"or let it be: check: external: ignore: ['{url.partition('#')[0]}']",
                ),
                reference.target,
            )
