"""What the author of a target that leads nowhere may have meant."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

from dlsite.diagnostics import Certainty, Suggestion, certain, likely
from dlsite.linking.titles import proposed_titles
from dlsite.records import (
    MARKDOWN_SUFFIXES,
    WIKI,
    Page,
    Permalink,
    RedirectRoute,
    Reference,
    ReferenceKind,
    Routes,
    StaticRoute,
    TaxonomyRoute,
    TermRoute,
    TwinRoute,
    VariantRoute,
)
from dlsite.texts.spelling import (
    NameIndex,
    are_distinct,
    bare,
    distance,
    is_variant,
    nearest,
    slips,
)
from dlsite.urls.escapes import as_target, as_written
from dlsite.urls.permalinks import PermalinkError, parse_permalink
from dlsite.urls.slugs import slug, term_key
from dlsite.urls.targets import Target

_MOST = 3
# So many fragments are compared one by one.
_FEW = 100
# A heading that stands on many pages names none of them.
_MAX_HEADINGS = 3


@dataclass(frozen=True)
class Names:
    """The names of everything a target may be meant for, indexed on first use.

    `pages` are the published ones.  A name leads to a permalink, with a fragment where
    it is that of a heading.
    """

    routes: Routes
    pages: tuple[Page, ...]

    def near(self, permalink: Permalink, *, only_files: bool = False) -> tuple[Suggestion, ...]:
        """Return what is like `permalink`, likeliest first.

        The one address that differs in case, separators and slashes alone is certain;
        a title, alias or heading of those words, and what is spelled nearly so, is likely.
        """
        wanted = permalink.strip("/")
        listed = any(wanted.startswith(f"{taxonomy}/") for taxonomy in self.routes.terms)
        owners = self._listings if listed else self._files if only_files else self._addresses
        index = self._index(listed=listed, only_files=only_files)
        variants = [owners[name] for name in index.variants(wanted) if name in owners]
        if variants:
            return certain(*variants) if len(variants) == 1 else likely(*variants[:_MOST])
        spoken = {} if listed or only_files else self._spoken
        # A title counts in every folder: what is compared is the last segment.
        words = spoken.get(bare(wanted), ()) or spoken.get(bare(wanted.rpartition("/")[2]), ())
        # Every page may have one title.
        guesses = dict.fromkeys(words[:_MOST])
        for name in index.nearest(wanted):
            own = [owners[name]] if name in owners else spoken.get(bare(name), [])
            guesses |= dict.fromkeys(own[:_MOST])
        return likely(*list(guesses)[:_MOST])

    def _index(self, *, listed: bool, only_files: bool) -> NameIndex:
        if listed:
            return self._index_of_listings
        return self._index_of_files if only_files else self._index_of_addresses

    @cached_property
    def _addresses(self) -> dict[str, str]:
        """Permalinks by their name; old addresses lead to what they redirect to, if it is there."""
        found: dict[str, str] = {}
        table = self.routes.route_by_permalink
        for link, route in table.items():
            if isinstance(route, TermRoute | TaxonomyRoute | TwinRoute | VariantRoute):
                continue
            if not isinstance(route, RedirectRoute):
                found[link.strip("/")] = link
            elif route.to in table and not isinstance(table[route.to], RedirectRoute):
                found[link.strip("/")] = route.to
        return found

    @cached_property
    def _files(self) -> dict[str, str]:
        return {
            link.strip("/"): link
            for link, route in self.routes.route_by_permalink.items()
            if isinstance(route, StaticRoute)
        }

    @cached_property
    def _listings(self) -> dict[str, str]:
        return {
            link.strip("/"): link
            for link, route in self.routes.route_by_permalink.items()
            if isinstance(route, TermRoute | TaxonomyRoute)
        }

    @cached_property
    def _titles(self) -> dict[str, list[str]]:
        """Permalinks by title and by last segment."""
        found: dict[str, list[str]] = defaultdict(list)
        for page in self.pages:
            permalink = self.routes.permalink_by_path[page.path]
            for name in dict.fromkeys((page.title, permalink.strip("/").rpartition("/")[2])):
                found[name].append(permalink)
        return found

    @cached_property
    def _spoken(self) -> dict[str, list[str]]:
        """Permalinks by bare title and last segment; then headings that few pages have."""
        headings: dict[str, list[str]] = defaultdict(list)
        titles: dict[str, list[str]] = defaultdict(list)
        for page in self.pages:
            permalink = self.routes.permalink_by_path[page.path]
            for heading in page.headings:
                headings[bare(heading.text)].append(f"{permalink}#{heading.fragment}")
        for name, permalinks in self._titles.items():
            titles[bare(name)] += permalinks
        rare = {name: found for name, found in headings.items() if len(found) <= _MAX_HEADINGS}
        return rare | titles

    @cached_property
    def _index_of_addresses(self) -> NameIndex:
        known = {bare(name) for name in self._addresses}
        titles = (name for name in self._titles if bare(name) not in known)
        return NameIndex([*self._addresses, *titles])

    @cached_property
    def _index_of_files(self) -> NameIndex:
        return NameIndex(self._files)

    @cached_property
    def _index_of_listings(self) -> NameIndex:
        return NameIndex(self._listings)


@dataclass(frozen=True)
class FragmentNames:
    """The fragments of one page; of many, an index is made when one is not found."""

    page: Page

    def near(self, wanted: str) -> tuple[Suggestion, ...]:
        """Return the fragments that are like `wanted`, likeliest first."""
        fragments = self.page.fragments
        if len(fragments) > _FEW:
            variants, alike = self._index.variants(wanted), self._index.alike(wanted)
        else:
            variants = tuple(sorted(each for each in fragments if is_variant(each, wanted)))
            alike = tuple(fragments)
        if variants:
            return certain(*variants) if len(variants) == 1 else likely(*variants[:_MOST])
        found = nearest(wanted, alike, cutoff=0.6)
        return likely(*(each for each in found if not are_distinct(each, wanted)))

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex(self.page.fragments)


@dataclass(frozen=True, slots=True)
class Slip:
    """A target that is likely misspelt: who says so, in which words, and where it should lead."""

    witness: str
    words: str
    permalink: Permalink


def misspelt(reference: Reference, permalink: Permalink) -> Slip | None:
    """Return the slip of a target that differs a little from its own heading or link text."""
    if reference.kind is not ReferenceKind.LINK:
        return None
    folder, _, name = _folder(permalink).strip("/").rpartition("/")
    key = bare(name)
    witnesses = (("the heading says", reference.heading), ("the link says", reference.text))
    if any(bare(words) == key for _, words in witnesses):
        return None
    for witness, words in witnesses:
        other = bare(slug(words))
        limit = slips(key)
        if len(key) < _SHORTEST or term_key(name) == term_key(words) or are_distinct(name, words):
            continue
        if distance(key, other, limit) <= limit:
            separator = "_" if "_" in name or "-" not in name else "-"
            right = slug(words).replace("-", separator)
            return Slip(witness, words, Permalink(f"/{folder}/{right}/".replace("//", "/")))
    return None


# A shorter name is a slip away from too many words.
_SHORTEST = 6


def proposal(guess: Suggestion) -> str:
    """Return a guess in words: an order where it is certain, else a question."""
    if guess.certainty is Certainty.CERTAIN:
        return f"write '{guess.text}'"
    return f"did you mean '{guess.text}'?"


def written_in(reference: Reference, text: str) -> str:
    """Return a permalink, with or without a fragment, as a reference of this kind names it."""
    if reference.kind in WIKI:
        return text
    return "#".join(map(as_target, text.split("#", 1)))


def in_place(
    near: tuple[Suggestion, ...], reference: Reference, target: Target
) -> tuple[Suggestion, ...]:
    """Return what to write in place of the target: query and fragment stay the author's."""
    found = []
    for guess in near:
        text = guess.text
        if reference.kind in WIKI:
            text = text.strip("/")
        found.append(replace(guess, text=text if "#" in text else text + target.suffix))
    return tuple(found)


def creation(
    reference: Reference, permalink: Permalink, near: tuple[Suggestion, ...], slip: Slip | None
) -> list[str]:
    """Return how to make the page that is missing, under the title that the link proposes."""
    if near and near[0].certainty is Certainty.CERTAIN:
        return []
    wanted = as_written(_folder(permalink) if slip is None else slip.permalink)
    try:
        parse_permalink(wanted)
    except PermalinkError as error:
        return [*_suspicion(slip), f"no page can have that permalink: {error}"]
    titles = proposed_titles([reference], Permalink(wanted))
    hint = f" --title {_typed(titles[0])}" if titles else ""
    start = "or create it" if near else "create it"
    typed = wanted if _IS_ONE_WORD(wanted) else _typed(wanted)
    return [*_suspicion(slip), f"{start}: dlsite new {typed}{hint}"]


# What a shell takes for one word, as it stands; of other scripts the letters.
_IS_ONE_WORD = re.compile(r"[\w%+,./:@=-]+").fullmatch


def _typed(text: str) -> str:
    """Return a text in quotes, as a shell takes it for one word and changes nothing in it."""
    if any(sign in text for sign in '$`\\!"'):
        return "'" + text.replace("'", "'\\''") + "'"
    return f'"{text}"'


def _suspicion(slip: Slip | None) -> list[str]:
    if slip is None:
        return []
    return [f"the target looks misspelt: {slip.witness} '{slip.words}'"]


def _folder(permalink: Permalink) -> Permalink:
    """Return the permalink that a page made for a link to a `.html` or `.md` file gets."""
    name = permalink.rstrip("/")
    for suffix in (".html", *MARKDOWN_SUFFIXES):
        name = name.removesuffix(suffix)
    return Permalink(f"{name}/")
