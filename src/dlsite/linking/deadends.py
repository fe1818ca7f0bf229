"""What there is to say about references that lead nowhere, or not where they should.

`link` finds out what a reference is; the words and the remedies are made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from posixpath import dirname, normpath
from typing import assert_never

from dlsite.config.settings import Config
from dlsite.diagnostics import Certainty, Diagnostic, Suggestion, certain, likely
from dlsite.linking.meant import Meant, text_fragment
from dlsite.linking.near import (
    creation,
    in_place,
    misspelt,
    proposal,
    written_in,
)
from dlsite.records import (
    IMAGES,
    MARKDOWN_SUFFIXES,
    Found,
    Page,
    Permalink,
    Reference,
    ReferenceKind,
    Routes,
    SkippedPage,
    SkipReason,
)
from dlsite.rules import Severity
from dlsite.terms.taxonomy import term_at
from dlsite.urls.permalinks import is_file
from dlsite.urls.targets import Target, split_target

# So many of the pages or files that a name fits, or of the headings of a page, are listed.
_MOST_NAMED = 8


class DeadEnds:
    """Gathers diagnostics about references, with what their authors may have meant.

    Who has written a full URL of the site, which begins with its base URL, is proposed one.
    """

    def __init__(self, routes: Routes, config: Config) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._base_url = config.base_url.rstrip("/")
        self._content = config.content
        self._static = config.static
        self._meant = Meant(routes)

    # Targets that cannot be followed

    def empty(self, reference: Reference) -> None:
        """Report a reference without a target."""
        self._malformed(reference, f"{_noun(reference)} has no target")

    def unreadable(self, reference: Reference) -> None:
        """Report a target that is no address."""
        self._malformed(reference, f"{_named(reference)} cannot be read as an address")

    def _malformed(self, reference: Reference, message: str) -> None:
        is_full = reference.target.lower().startswith(("http:", "https:", "//"))
        what = "the address as a browser shows it" if is_full else "the permalink of a page, '/x/'"
        self._report("link-malformed", reference, message, f"write {what}")

    def runs_code(self, reference: Reference) -> None:
        """Report a target such as `javascript:`."""
        self._report(
            "link-scheme",
            reference,
            f"{_named(reference)} runs code, it leads nowhere",
            "link to a page, or remove the link",
        )

    # Targets that are there, but called otherwise

    def doubled_slash(self, reference: Reference, found: Found) -> None:
        """Report a path that is right but for slashes that stand twice."""
        right = self._meant.mended(reference, found.permalink, split_target(found.suffix))
        if reference.target.startswith("//"):
            self._report(
                "link-missing",
                reference,
                f"{_named(reference)} leaves the site: two slashes begin the name of a host",
                f"write '{right}'",
                suggestions=certain(right),
            )
            return
        self._report(
            "link-malformed",
            reference,
            f"{_named(reference)} has two slashes in a row",
            f"write '{right}': a server need not pass over one of them",
            suggestions=certain(right),
            severity=Severity.WARNING,
        )

    def other_case(self, reference: Reference, target: Target, right: Permalink) -> None:
        """Report a target that exists in other letter case."""
        written = self._meant.mended(reference, right, target)
        self._report(
            "link-case",
            reference,
            f"{_named(reference)}, but the page is at '{right}'",
            f"write '{written}': letter case counts in addresses",
            suggestions=certain(written),
        )

    def old_address(self, reference: Reference, target: Target, new: Permalink) -> None:
        """Remark on a target that redirects."""
        right = self._meant.mended(reference, new, target)
        self._report(
            "link-redirect",
            reference,
            f"{_named(reference)}, an old address of '{new}'",
            f"write '{right}'",
            suggestions=certain(right),
        )

    def ambiguous(self, reference: Reference, name: str, fits: Sequence[Permalink]) -> None:
        """Report a wiki link or image that several pages or files answer to; names the first."""
        names = tuple(permalink.strip("/") for permalink in fits[:_MOST_NAMED])
        more = len(fits) - len(names)
        is_image = reference.kind is ReferenceKind.WIKI_IMAGE
        mark, things = ("!", "files") if is_image else ("", "pages")
        noun = "image" if is_image else "wiki link to"
        self._report(
            "link-ambiguous",
            reference,
            f"{noun} '{name}' fits {len(fits)} {things}",
            *(f"write {mark}[[{each}]]" for each in names),
            *([f"or name one of {more} more in this way"] if more else []),
            suggestions=likely(*names),
        )

    # Targets that are not there

    def skipped(self, reference: Reference, skipped: SkippedPage) -> None:
        """Report a target that is not published."""
        self._report(
            "link-draft",
            reference,
            f"{_named(reference)}, which is not published "
            f"({skipped.reason.value}): {skipped.page.path}",
            f"{_publication(skipped)}, or remove the link",
        )

    def missing(
        self, reference: Reference, target: Target, permalink: Permalink, here: Permalink
    ) -> tuple[str, ...]:
        """Report a target that is nowhere, on the page at `here`; return what is near it."""
        is_asset = reference.kind in IMAGES or (
            is_file(permalink) and not permalink.endswith((".html", *MARKDOWN_SUFFIXES))
        )
        near = tuple(
            guess
            for guess in self._meant.near(permalink, only_files=is_asset)
            # The heading that a link stands under proposes a page, not itself.
            if not guess.text.startswith(f"{here}#")
        )
        texts = tuple(guess.text for guess in near)
        near = tuple(replace(guess, text=written_in(reference, guess.text)) for guess in near)
        slip = None if is_asset else misspelt(reference, permalink)
        # A page that the words around the link name is what is meant, and no new one.
        is_named = slip is not None and slip.permalink in texts
        slip = None if near else slip
        remedies = [proposal(guess) for guess in near]
        if is_asset:
            remedies = remedies or [f"add the file '{self._place(reference, target, permalink)}'"]
            why = "but there is no such file"
        else:
            if not is_named:
                remedies += self._use_of_term(permalink, near) or creation(
                    reference, permalink, near, slip
                )
            why = "but no page has that permalink"
        if reference.kind is ReferenceKind.WIKI_LINK:
            why = "but no page has that permalink, title, alias or file name"
        suggestions = in_place(near if slip is None else likely(slip.permalink), reference, target)
        is_certain = bool(near) and near[0].certainty is Certainty.CERTAIN
        if is_certain and target.fragment and reference.kind is not ReferenceKind.WIKI_LINK:
            # The fragment may be written wrongly as well, which is not said yet.
            suggestions = certain(self._meant.mended(reference, Permalink(texts[0]), target))
        self._report(
            "link-asset" if is_asset else "link-missing",
            reference,
            f"{_named(reference)}, {why}",
            *remedies,
            suggestions=suggestions,
        )
        return texts

    def _place(self, reference: Reference, target: Target, permalink: Permalink) -> str:
        """Return where a file would have to stand: beside the page that names it so, or static."""
        source = reference.position.path
        is_page = source.lower().endswith(MARKDOWN_SUFFIXES)
        if (
            is_page
            and target.path[:1] not in ("", "/")
            and reference.kind is not ReferenceKind.WIKI_IMAGE
        ):
            beside = normpath(f"{dirname(source)}/{target.path}".lstrip("/"))
            top = "" if self._content == "." else f"{self._content}/"
            if beside.startswith(top) and not beside.startswith(".."):
                return beside
        # Where the pages stand at the top of the site, so do the files that they show.
        top = "" if self._content == "." else f"{self._static}/"
        return f"{top}{permalink.strip('/')}"

    def _use_of_term(self, permalink: Permalink, near: tuple[Suggestion, ...]) -> list[str]:
        """Return how there would be the listing of a term; nothing for any other address."""
        listing = term_at(permalink)
        if listing is None or (near and near[0].certainty is Certainty.CERTAIN):
            return []
        taxonomy, term = listing
        return [f"{'or ' if near else ''}give a page that term: {taxonomy}: [{term}]"]

    def fragment(
        self, reference: Reference, wanted_id: str, page: Page, right: Permalink | None = None
    ) -> None:
        """Report a fragment that nothing on a page has.

        `right` is where the page is, if the reference does not say so: then what is written
        before the fragment is wrong as well, and has a finding of its own.
        """
        near = tuple(
            replace(guess, text=written_in(reference, guess.text))
            for guess in self._meant.near_fragments(wanted_id, page)
        )
        remedies = [proposal(replace(guess, text=f"#{guess.text}")) for guess in near]
        known = ", ".join(f"#{fragment}" for fragment in page.headings.fragments[:_MOST_NAMED])
        if not near and known:
            remedies = [f"headings there: {known}"]
        where = "this page" if page.path == reference.position.path else page.path
        before = reference.target.partition("#")[0]
        if right is not None:
            before = written_in(reference, right) + "".join(before.partition("?")[1:])
        self._report(
            "link-anchor",
            reference,
            f"{_named(reference)}, but nothing on {where} has the fragment '#{wanted_id}'",
            *(remedies or [f"add {{#{wanted_id}}} to a heading there"]),
            suggestions=tuple(
                replace(guess, text=f"{before}#{guess.text}{text_fragment(reference)}")
                for guess in near
            ),
        )

    def _report(
        self,
        rule: str,
        reference: Reference,
        message: str,
        *help_: str,
        suggestions: tuple[Suggestion, ...] = (),
        severity: Severity | None = None,
    ) -> None:
        remedies = help_
        if reference.target.lower().startswith(("http://", "https://")):
            full = tuple(self._in_full(each) for each in suggestions)
            for path, url in zip(suggestions, full, strict=True):
                remedies = tuple(
                    text.replace(f"'{path.text}'", f"'{url.text}'") for text in remedies
                )
            suggestions = full
        self.diagnostics.append(
            Diagnostic(
                rule,
                reference.position,
                message,
                remedies,
                reference.target,
                suggestions,
                severity=severity,
            )
        )

    def _in_full(self, path: Suggestion) -> Suggestion:
        is_path = path.text.startswith("/")
        return replace(path, text=f"{self._base_url}{path.text}") if is_path else path


def _publication(skipped: SkippedPage) -> str:
    """Return what publishes a page."""
    fields = skipped.page.front_matter
    match skipped.reason:
        case SkipReason.DRAFT:
            how = "take 'draft: true' out of it" if fields.draft else "move it to '_posts'"
        case SkipReason.UNPUBLISHED:
            how = "take 'published: false' out of it"
        case SkipReason.FUTURE:
            assert fields.date is not None
            return f"wait until {fields.date:%Y-%m-%d}"
        case _:
            assert_never(skipped.reason)
    return f"publish that page: {how}"


def _named(reference: Reference) -> str:
    return f"{_noun(reference)} to '{reference.target}'"


def _noun(reference: Reference) -> str:
    match reference.kind:
        case ReferenceKind.IMAGE | ReferenceKind.WIKI_IMAGE:
            return "image"
        case ReferenceKind.WIKI_LINK:
            return "wiki link"
        case ReferenceKind.LINK:
            return "link"
        case ReferenceKind.HTML:
            return "reference"
        case _:
            assert_never(reference.kind)
