"""Group pages by what they say they are about: taxonomies and their terms."""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from heapq import merge
from typing import TypeVar

from dlsite.diagnostics import Diagnostic, Position, certain
from dlsite.records import Page, Permalink, Slug, TagEntry, Term
from dlsite.urls.permalinks import MAX_SEGMENT_BYTES
from dlsite.urls.slugs import slug, term_key

_Entry = TypeVar("_Entry")

TAXONOMIES = ("tags", "categories")
"""The taxonomies, by the name of their front-matter field, which is also their URL."""


class TagBook:
    """What `tags.yml` says of the tags, ready to be asked."""

    def __init__(self, entries: Iterable[TagEntry] = ()) -> None:
        self.entries = tuple(entries)
        self._entry_by_key: dict[str, TagEntry] = {}
        for entry in reversed(self.entries):
            for name in (*entry.synonyms, entry.name):
                self._entry_by_key[identity(name)] = entry

    @property
    def names(self) -> tuple[str, ...]:
        """The tags and their synonyms, as written."""
        return tuple(name for entry in self.entries for name in (entry.name, *entry.synonyms))

    def has(self, name: str) -> bool:
        """Say whether a name is one of the tags or synonyms."""
        return identity(name) in self._entry_by_key

    def entry(self, key: str) -> TagEntry | None:
        """Return what is said of the tag with this key."""
        return self._entry_by_key.get(key)

    def key(self, name: str) -> str:
        """Return the key of the tag that a name stands for: synonyms share one."""
        key = identity(name)
        entry = self._entry_by_key.get(key)
        return key if entry is None else identity(entry.name)


NO_BOOK = TagBook()
"""For taxonomies that nothing is said of."""


def names_on(page: Page, taxonomy: str) -> tuple[str, ...]:
    """Return the term names that a page lists in one taxonomy, in the order written."""
    fields = page.front_matter
    return fields.tags if taxonomy == "tags" else fields.categories


def term_at(permalink: Permalink) -> tuple[str, str] | None:
    """Return taxonomy and term whose listing would stand at an address; `None` for any other."""
    taxonomy, _, term = permalink.strip("/").partition("/")
    return (taxonomy, term) if taxonomy in TAXONOMIES and term and "/" not in term else None


def terms_of(pages: Iterable[Page], taxonomy: str, book: TagBook) -> tuple[Term, ...]:
    """Return the terms of `pages` by display name; each page counts once in a term.

    Spellings that differ in case, separators or a plural s are one term, and so are the
    synonyms of `book`: it shows the name in the book, else the spelling most used, of
    several the first in code point order.
    """
    uses: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, page in enumerate(pages):
        use = (number, page.path)
        for name in names_on(page, taxonomy):
            uses[name].append(use)
    spellings: dict[str, list[str]] = defaultdict(list)
    for name in uses:
        spellings[book.key(name)].append(name)
    terms = []
    for key, names in spellings.items():
        name = min(names, key=lambda spelling: (-len(uses[spelling]), spelling))
        paths = dict.fromkeys(path for _, path in merge(*(uses[each] for each in names)))
        entry = book.entry(key)
        if entry is not None:
            name = entry.name
        about = ("", "") if entry is None else (entry.description, entry.parent)
        term_slug = slug_of(name)
        permalink = Permalink(f"/{taxonomy}/{term_slug}/")
        variants = tuple(sorted(names))
        terms.append(Term(taxonomy, name, term_slug, permalink, variants, tuple(paths), *about))
    return tuple(sorted(terms, key=lambda term: sort_key(term.name)))


@lru_cache(maxsize=8192)
def identity(name: str) -> str:
    """Return the key of a term's name, never empty."""
    return term_key(name) or slug_of(name)


def slug_of(name: str) -> Slug:
    """Return the slug of a term's name, which can be that of a file.

    A name of signs alone is spelled in code points; one that is too long is cut, with what
    tells it from others that begin so.
    """
    whole = slug(name) or Slug("-".join(f"u{ord(character):x}" for character in name))
    written = whole.encode()
    if len(written) <= MAX_SEGMENT_BYTES:
        return whole
    kept = written[:_KEPT_BYTES].decode(errors="ignore").rstrip("-")
    return Slug(f"{kept}-{hashlib.sha256(written).hexdigest()[:8]}")


_KEPT_BYTES = 120


@lru_cache(maxsize=8192)
def sort_key(name: str) -> tuple[str, str]:
    """Order names as a reader does: blind to case and accents first."""
    if name.isascii():
        return name.lower(), name
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return letters, name


def placed(
    entries: Iterable[_Entry],
    is_new: Callable[[_Entry], bool],
    key: Callable[[_Entry], tuple[str, str]],
) -> list[_Entry]:
    """Return entries in order of `key`, in which all but the new ones are already.

    Raises `ValueError` where a new one has the key of another.
    """
    ordered: list[_Entry] = []
    new: list[_Entry] = []
    for entry in entries:
        (new if is_new(entry) else ordered).append(entry)
    for entry in new:
        own = key(entry)
        at = bisect_left(ordered, own, key=key)
        if at < len(ordered) and key(ordered[at]) == own:
            raise ValueError(own)
        ordered.insert(at, entry)
    return ordered


def letter_of(name: str) -> str:
    """Return the heading that a name stands under in an A to Z index: a letter, or `#`."""
    first = sort_key(name)[0][:1].upper()
    return first if first.isalpha() else "#"


def spelling_diagnostics(pages: Iterable[Page], terms: Iterable[Term]) -> list[Diagnostic]:
    """Return a warning for every place where a term has another spelling than it shows."""
    odd = {
        (term.taxonomy, variant): term
        for term in terms
        for variant in term.variants
        if variant != term.name and identity(variant) == identity(term.name)
    }
    found = []
    for page in pages if odd else ():
        for taxonomy in TAXONOMIES:
            for index, name in enumerate(names_on(page, taxonomy)):
                term = odd.get((taxonomy, name))
                if term is None:
                    continue
                where = page.front_matter.positions.get(f"{taxonomy}.{index}", Position(page.path))
                found.append(
                    Diagnostic(
                        "tag-similar",
                        where,
                        f"'{name}' is written '{term.name}' elsewhere; both are one term",
                        (f"write '{term.name}'",),
                        target=name,
                        suggestions=certain(term.name),
                    )
                )
    return found
