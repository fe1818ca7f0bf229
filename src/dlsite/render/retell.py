"""Say anew what outputs tell of a page after an edit of its words, plan by plan.

A plan told as a text (`render.fingerprint.told`) is JSON, in which whatever others tell of
a page begins with the same facts in the same order (`facts.link_facts`).  Quotes within
strings are escaped, so that such a text is found nowhere else, and what takes its place
makes the text of the plan as it is now.  Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain

from dlsite.assemble import in_markdown, joined, markdown_digest
from dlsite.dataclass import dataclass
from dlsite.records import Json, OutputPlan, Page, Reference, SiteMarkup
from dlsite.render.article import backlink_facts, count_sources, retold
from dlsite.render.facts import Facts, link_facts, summary_facts
from dlsite.render.fingerprint import as_told
from dlsite.render.listings import by_letter, listed_facts
from dlsite.render.shell import description_of
from dlsite.terms.taxonomy import placed, sort_key
from dlsite.texts.direction import own_direction
from dlsite.texts.splices import Splice

_NOT_FOUND = '["/404.html", '


@dataclass(frozen=True, slots=True)
class Telling:
    """What others tell of a page, as it stands in texts of plans.

    `link` begins all of them; `summary` stands in the list of a term, `listed` on the search
    page, `known` on the 404 page; `facts` are those of the link.
    """

    link: str
    summary: str
    listed: str
    known: str
    facts: Facts

    @classmethod
    def of(cls, page: Page, planned: OutputPlan, *, has_headings: bool) -> Telling:
        """Return what is told of a page, of which `planned` was the plan at some time.

        `has_headings` says whether the search page lists headings.
        """
        article, body = _record(planned.context["page"]), planned.body
        assert body is not None
        url, around = str(planned.context["url"]), str(planned.context["direction"])
        link = link_facts(page, url, str(article["lang"]), around)
        summary = summary_facts(
            link,
            page,
            date=article["date"],
            excerpt_html=joined(page.excerpt, body.urls, body.markup),
            tags=[_record(tag)["name"] for tag in _list(article["tags"])],
            badge=str(planned.context["badge"]),
        )
        return cls(
            as_told(link)[1:-1],
            as_told(summary),
            as_told(listed_facts(link, page, around, has_headings=has_headings)),
            as_told([url, page.title]),
            link,
        )

    def backlink(self, reference: Reference) -> Facts:
        """Return how a page to which a reference of this one leads tells of it."""
        return backlink_facts(self.facts, reference.text, reference.sentence)


def retell(text: str, before: Telling, after: Telling) -> list[Splice]:
    """Return the splices after which the text of a plan tells of a page as it is now."""
    # The last comes first, so that it does not move the others.
    found = [*_told_anew(text, before, after)]
    if text.startswith(_NOT_FOUND) and before.known != after.known:
        size = len(before.known)
        found += [(at, at + size, after.known) for at in _places(text, before.known)]
    return sorted(found, reverse=True)


def _told_anew(text: str, before: Telling, after: Telling) -> Iterator[Splice]:
    records = ((before.summary, after.summary), (before.listed, after.listed))
    for at in _places(text, before.link):
        # A record has a brace before the link that it begins with.
        start, old, new = next(
            ((at - 1, old, new) for old, new in records if text.startswith(old, at - 1)),
            (at, before.link, after.link),
        )
        if old != new:
            yield start, start + len(old), new


def _places(text: str, part: str) -> Iterator[int]:
    """Yield where a part stands in a text; the large ones are gone through once."""
    at = text.find(part)
    while at >= 0:
        yield at
        at = text.find(part, at + len(part))


def retold_page(planned: OutputPlan, page: Page, external: Collection[int]) -> OutputPlan:
    """Return the plan of a page after an edit of its words, which has the new references.

    `external` numbers those that lead out of the site.
    """
    article, body = _record(planned.context["page"]), planned.body
    assert body is not None
    sources = count_sources(body.urls[number] for number in external)
    around = str(planned.context["direction"])
    facts: Facts = {
        "page_title": page.title,
        "name_dir": own_direction(page.title, around, language=page.front_matter.lang or ""),
        "description": description_of(page),
        "page": retold(article, page, around) | {"source_count": sources},
    }
    return replace(_with(planned, facts), body=replace(body, digest=page.body_digest))


def retold_twin(planned: OutputPlan, page: Page, urls: Iterable[str]) -> OutputPlan:
    """Return the plan of a page in Markdown after an edit of its words.

    `urls` are those of its references, in full where the host is known.
    """
    twin, body = _record(planned.context["twin"]), planned.body
    assert body is not None
    told: Facts = {"title": page.title, "description": page.front_matter.description or ""}
    body = replace(body, digest=markdown_digest(page), urls=tuple(map(in_markdown, urls)))
    return replace(_with(planned, {"twin": twin | told}), body=body)


def relinked(planned: OutputPlan, urls: tuple[str, ...], markup: SiteMarkup) -> OutputPlan:
    """Return the plan of a page, or of its twin, with other references."""
    assert planned.body is not None
    return replace(planned, body=replace(planned.body, urls=urls, markup=markup))


def is_article(planned: OutputPlan) -> bool:
    """Say whether an output shows a page, with what stands around it."""
    return "page" in planned.context


def backlinks(planned: OutputPlan) -> list[Facts]:
    """Return what leads to a page; raises `KeyError` where its output does not say so."""
    return [_record(each) for each in _list(_record(planned.context["page"])["backlinks"])]


def with_backlinks(planned: OutputPlan, links: Iterable[Facts]) -> OutputPlan:
    """Return the plan of a page to which other links lead."""
    article = _record(planned.context["page"])
    return _with(planned, {"page": article | {"backlinks": [*links]}})


def _with(planned: OutputPlan, facts: Facts) -> OutputPlan:
    return replace(planned, context={**planned.context, **facts})


def has_lookalikes(pages: Iterable[Page]) -> bool:
    """Say whether fields of authors' own look like what outputs tell of pages."""
    return any("title_html" in repr(page.front_matter.extra) for page in pages)


def term_urls(planned: OutputPlan) -> list[str]:
    """Return the URLs of the terms of a page."""
    article = _record(planned.context["page"])
    terms = [*_list(article["tags"]), *_list(article["categories"])]
    return [str(_record(term)["url"]) for term in terms]


def put_in_order(planned: OutputPlan, urls: Collection[str]) -> OutputPlan:
    """Return the plan of a list in which the pages at `urls` have got other titles.

    Raises `ValueError` where a title leaves open where its page belongs.
    """
    match planned.template:
        case "search.html":
            return _with(planned, {"letters": _letters(planned, urls)})
        case "404.html":
            pages = _moved([_record(each) for each in _list(planned.context["pages"])], urls)
            return _with(planned, {"pages": [*pages]})
        case _:
            return planned


def _letters(planned: OutputPlan, urls: Collection[str]) -> list[Json]:
    """Return the pages of a plan by letter again."""
    groups = [_record(group) for group in _list(planned.context["letters"])]
    pages = chain.from_iterable(_list(group["pages"]) for group in groups)
    return by_letter(_moved([_record(page) for page in pages], urls))


def _moved(pages: list[Facts], urls: Collection[str]) -> list[Facts]:
    return placed(
        pages, lambda page: page["url"] in urls, lambda page: sort_key(str(page["title"]))
    )


def _record(value: Json) -> Facts:
    if not isinstance(value, dict):
        raise TypeError("no record")
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value
