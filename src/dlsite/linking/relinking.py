"""Resolve the references of a page again after an edit that put links in or took some out.

What stood there before means what it meant; what is new is followed where it needs no
judgement: another site, or the permalink of a page.  Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from dlsite.dataclass import dataclass
from dlsite.records import (
    IMAGES,
    Page,
    Permalink,
    Reference,
    ReferenceKind,
    SiteMarkup,
)
from dlsite.urls.escapes import href
from dlsite.urls.permalinks import canonical
from dlsite.urls.targets import split_target


@dataclass(frozen=True, slots=True)
class Relinked:
    """What the references of a page turn out to be, by number.

    `external` lead out of the site, `full` are full URLs of the site in their author's
    spelling, which they keep.
    """

    urls: tuple[str, ...]
    markup: SiteMarkup
    external: frozenset[int]
    full: frozenset[int]


class Relinker:
    """Resolves what is new on pages of one site.

    `pages` are the permalinks of the published ones, and `fragments_of` gives the ids that a
    page has.
    """

    def __init__(
        self,
        base_url: str,
        base_path: str,
        pages: Collection[Permalink],
        fragments_of: Callable[[Permalink], Collection[str]],
    ) -> None:
        self._base_url = base_url
        self._base_path = base_path
        self._pages = pages
        self._fragments_of = fragments_of

    def relink(self, here: Permalink, before: Page, known: Relinked, after: Page) -> Relinked:
        """Return the references of the page at `here` after an edit; `known` were those before.

        Raises `ValueError` for what is not followed here.
        """
        number_by_key = {_key(each): number for number, each in enumerate(before.references)}
        if [_key(each) for each in _images(before)] != [_key(each) for each in _images(after)]:
            raise ValueError("other images")
        sources = [number_by_key.get(_key(each)) for each in after.references]
        urls = []
        external = set()
        for number, (reference, source) in enumerate(zip(after.references, sources, strict=True)):
            if source is None:
                url, leads_out = self._resolve(reference, here, after)
            else:
                url, leads_out = known.urls[source], source in known.external
            urls.append(url)
            if leads_out:
                external.add(number)
        full = {number for number, source in enumerate(sources) if source in known.full}
        markup = SiteMarkup(
            *(
                _moved(texts, sources)
                for texts in (known.markup.sizes, known.markup.sources, known.markup.words)
            )
        )
        return Relinked(tuple(urls), markup, frozenset(external), frozenset(full))

    def _resolve(self, reference: Reference, here: Permalink, page: Page) -> tuple[str, bool]:
        """Return the URL of a link that is new on a page, and whether it leads out of the site."""
        text = reference.target
        target = split_target(text, base_url=self._base_url)
        if reference.kind is not ReferenceKind.LINK or reference.asks_words or target is None:
            raise ValueError(text)
        if "{{" in text or "{%" in text or target.origin:
            raise ValueError(text)
        if target.is_external:
            if target.scheme not in ("http", "https"):
                raise ValueError(text)
            return text, True
        permalink = canonical(target.path) if target.path else here
        is_address = target.path.startswith("/") or (not target.path and target.fragment)
        if not is_address or "//" in target.path or target.query or permalink not in self._pages:
            raise ValueError(text)
        fragment = target.fragment.partition(":~:")[0]
        if fragment not in ("", "top"):
            fragments = page.fragments if permalink == here else self._fragments_of(permalink)
            if fragment not in fragments:
                raise ValueError(text)
        return href(self._base_path, permalink, target.suffix), False


def _images(page: Page) -> list[Reference]:
    return [each for each in page.references if each.kind in IMAGES]


def _key(reference: Reference) -> tuple[object, ...]:
    """Return all of a reference that decides what it turns out to be, on one page.

    Of an image without words there is a finding.
    """
    words: object = reference.text if reference.asks_words else ""
    if reference.kind in IMAGES:
        words = bool(reference.text.strip()) or reference.is_decoration
    return (reference.kind, reference.target, reference.room, reference.asks_words, words)


def _moved(texts: tuple[str, ...], sources: list[int | None]) -> tuple[str, ...]:
    """Return what is said of references where they stand now."""
    if not texts:
        return ()
    moved = tuple("" if source is None else texts[source] for source in sources)
    return moved if any(moved) else ()
