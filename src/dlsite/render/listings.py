"""Say the outputs that list pages: home, terms, taxonomies, archive, search, 404."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from dlsite.records import Json, Page, Term
from dlsite.render.facts import Facts, Teller, changed, headings_facts
from dlsite.render.shell import taxonomy_facts
from dlsite.terms.taxonomy import letter_of, names_on, sort_key

_HOME_RECENT = 8
_HOME_TERMS = 20
_HOME_SECTIONS = 9
_SECTION_PAGES = 6
_TOP_TERMS = 10
_RELATED_TERMS = 8
_LISTED_ON_404 = 200
# Beyond so many headings the list of pages would be hard to find one's way in.
LISTED_HEADINGS = 2000
# About 30 KB on the wire: enough for a guess, and only who is lost pays for it.
_KNOWN_ON_404 = 2000


def home_facts(teller: Teller, nav: Sequence[Facts], page: Page | None) -> Facts:
    """Return the facts of the home page; `page` is the one of the content at `/`, if any."""
    pages = [each for each in teller.site.pages if each is not page]
    dated = [(moment, each) for each in pages if (moment := changed(each)) is not None]
    recent = sorted(dated, key=lambda pair: (-pair[0].timestamp(), pair[1].path))
    first = next((entry for group in nav for entry in _list(group["entries"])), None)
    return {
        "intro_html": "",
        "start": first,
        "sections": _sections(teller, nav, pages, first),
        "recent": [teller.dated_link(each) for _, each in recent[:_HOME_RECENT]],
        "terms": [teller.term(term) for term in teller.by_count("tags")[:_HOME_TERMS]],
    }


def _sections(
    teller: Teller, nav: Sequence[Facts], pages: Sequence[Page], start: Json
) -> list[Json]:
    """Return the map of the field: the author's own sections, else what pages are filed under."""
    if any(group["title"] for group in nav):
        listed = (
            # What stands under no title needs no column for the one page to start with.
            (
                group["title"],
                [each for each in _list(group["entries"]) if group["title"] or each is not start],
            )
            for group in nav
        )
        return [
            {"title": title, "url": "", "count": len(entries), "entries": entries}
            for title, entries in listed
            if entries
        ]
    terms = teller.site.routes.terms["categories"] or teller.by_count("tags")[:_HOME_SECTIONS]
    if terms:
        return [_section(teller, term) for term in terms]
    links = teller.links(page.path for page in pages[: _HOME_SECTIONS * _SECTION_PAGES])
    return [{"title": "", "url": "", "count": len(pages), "entries": links}] if links else []


def _section(teller: Teller, term: Term) -> Json:
    facts = teller.term(term)
    return {
        "title": facts["name"],
        "url": facts["url"],
        "count": facts["count"],
        "entries": teller.links(term.paths[:_SECTION_PAGES]),
    }


def _list(value: Json) -> list[Json]:
    assert isinstance(value, list)
    return value


def term_facts(teller: Teller, term: Term) -> Facts:
    """Return the facts of a term's page."""
    pages = [teller.page_by_path[path] for path in term.paths]
    return {
        "name": term.name,
        "slug": term.slug,
        "count": len(pages),
        "taxonomy": taxonomy_facts(teller, term.taxonomy),
        "description": term.description,
        "parent": _parent(teller, term),
        "feed_url": teller.href_if(f"{term.permalink}feed.xml"),
        "pages": [teller.summary(page) for page in pages],
        "related": _related(teller, term, pages),
    }


def _parent(teller: Teller, term: Term) -> Json:
    """Return the wider term as a link, where the site has it."""
    named = (each for each in teller.site.routes.terms[term.taxonomy] if each.name == term.parent)
    parent = next(named, None) if term.parent else None
    return None if parent is None else teller.term(parent)


def _related(teller: Teller, term: Term, pages: Iterable[Page]) -> list[Json]:
    """Return the terms that stand most often beside this one."""
    names = Counter(name for page in pages for name in set(names_on(page, term.taxonomy)))
    beside: Counter[str] = Counter()
    terms: dict[str, Term] = {}
    for name, count in names.items():
        other = teller.term_by_key.get((term.taxonomy, name), term)
        if other is not term:
            beside[other.permalink] += count
            terms[other.permalink] = other
    ranked = sorted(terms, key=lambda each: (-beside[each], sort_key(terms[each].name)))
    return [teller.term(terms[each]) for each in ranked[:_RELATED_TERMS]]


def taxonomy_index_facts(teller: Teller, taxonomy: str) -> Facts:
    """Return the facts of the A to Z index of a taxonomy, which must have a term."""
    top = teller.by_count(taxonomy)[:_TOP_TERMS]
    most = len(top[0].paths)
    letters: list[Json] = []
    by_letter = groupby(teller.site.routes.terms[taxonomy], lambda term: letter_of(term.name))
    for number, (letter, group) in enumerate(by_letter, start=1):
        listed: list[Json] = [teller.term(term) for term in group]
        letters.append({"letter": letter, "id": f"letter-{number}", "terms": listed})
    return {
        "taxonomy": taxonomy_facts(teller, taxonomy),
        "top": [teller.term(term) | {"share": round(100 * len(term.paths) / most)} for term in top],
        "letters": letters,
    }


def archive_facts(teller: Teller) -> Facts:
    """Return the facts of the archive: dated pages by year, newest first, then the others."""
    zone = teller.config.timezone
    dated = [
        (date.astimezone(zone).year, page)
        for page in teller.site.pages
        if (date := page.front_matter.date) is not None
    ]
    years: list[Json] = [
        {"year": str(year), "pages": [_published(teller, page) for _, page in group]}
        for year, group in groupby(dated, lambda pair: pair[0])
    ]
    undated = (page for page in teller.site.pages if page.front_matter.date is None)
    return {"years": years, "undated": [_published(teller, page) for page in undated]}


def _published(teller: Teller, page: Page) -> Json:
    return teller.link(page) | {"date": teller.date(page.front_matter.date)}


def search_facts(teller: Teller) -> Facts:
    """Return the A to Z list of titles and headings that the search page is without a script."""
    pages = [page for page in teller.site.pages if page.front_matter.search]
    pages.sort(key=lambda page: (sort_key(page.title), page.path))
    has_headings = sum(len(page.headings) for page in pages) <= LISTED_HEADINGS
    listed = [
        listed_facts(teller.link(page), page, teller.direction, has_headings=has_headings)
        for page in pages
    ]
    return {"letters": by_letter(listed), "count": len(pages)}


def by_letter(pages: Iterable[Facts]) -> list[Json]:
    """Return links to pages, in order of title, by the first letter of it."""
    groups = groupby(pages, lambda page: letter_of(str(page["title"])))
    return [
        {"letter": letter, "id": f"letter-{number}", "pages": [*group]}
        for number, (letter, group) in enumerate(groups, start=1)
    ]


def listed_facts(link: Facts, page: Page, around: str, *, has_headings: bool) -> Facts:
    """Return a page as it stands in the list of the search page."""
    headings = headings_facts(page, str(link["url"]), around) if has_headings else []
    return link | {"headings": headings}


def not_found_facts(teller: Teller) -> Facts:
    """Return what the 404 page offers: a list to read, and one for the script to search."""
    pages = teller.site.pages
    by_title = sorted(pages, key=lambda page: (sort_key(page.title), page.path))
    known: list[Json] = [
        [teller.href(teller.permalink(page)), page.title] for page in pages[:_KNOWN_ON_404]
    ]
    listed = by_title if len(pages) <= _LISTED_ON_404 else []
    return {"pages": [teller.link(page) for page in listed], "known": known}
