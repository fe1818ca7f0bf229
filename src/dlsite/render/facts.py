"""Say pages, terms and dates in plain data, as templates get them.

URLs are final `href` values: base path included, percent-encoded.  Names that end in
`_html` are trusted HTML; everything else is escaped by the template.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from dlsite.assemble import (
    NOTHING,
    body_html,
    planned_body,
    planned_markdown,
    resolved_href,
    site_markup,
)
from dlsite.config.settings import Config
from dlsite.length import minutes
from dlsite.records import Json, Page, Permalink, PlannedBody, Site, Term
from dlsite.render.locales import say_date
from dlsite.terms.taxonomy import names_on, sort_key
from dlsite.texts.direction import direction, own_direction
from dlsite.urls.escapes import fragment_href, href
from dlsite.urls.permalinks import twin_permalink
from dlsite.urls.targets import split_base_url

Facts = dict[str, Json]

_LISTED_LEVELS = (2, 3)


@dataclass(frozen=True)
class Teller:
    """Tells the facts of one site; made once for all outputs."""

    site: Site
    config: Config
    page_by_path: Mapping[str, Page] = field(default_factory=dict)
    term_by_key: Mapping[tuple[str, str], Term] = field(default_factory=dict)
    _links: dict[str, Facts] = field(default_factory=dict, compare=False)
    _summaries: dict[str, Facts] = field(default_factory=dict, compare=False)
    _terms: dict[Permalink, Facts] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, site: Site, config: Config) -> Teller:
        """Return a teller with its indexes: pages by path, terms by taxonomy and spelling."""
        pages = {page.path: page for page in site.pages}
        terms = {
            (term.taxonomy, variant): term
            for group in site.routes.terms.values()
            for term in group
            for variant in term.variants
        }
        return cls(site, config, pages, terms)

    def reworded(self, pages: Iterable[Page]) -> Teller:
        """Return a teller for the site after quiet edits of these pages."""
        return replace(
            self, page_by_path={**self.page_by_path, **{page.path: page for page in pages}}
        )

    # Addresses

    def href(self, permalink: str) -> str:
        """Return the URL of a permalink of this site."""
        return href(self.config.base_path, Permalink(permalink))

    def href_if(self, permalink: str) -> str:
        """Return the URL of a permalink, empty where nothing stands there."""
        stands = Permalink(permalink) in self.site.routes.route_by_permalink
        return self.href(permalink) if stands else ""

    @property
    def origin(self) -> str:
        """The scheme and host of the site; empty where they are not known."""
        return split_base_url(self.config.base_url)[0]

    def full_url(self, permalink: str) -> str:
        """Return the canonical URL of a permalink; empty where the host is not known."""
        return self.origin + self.href(permalink) if self.origin else ""

    def permalink(self, page: Page) -> Permalink:
        """Return where a page stands."""
        return self.site.routes.permalink_by_path[page.path]

    def image_url(self, page: Page) -> str:
        """Return the full URL of a page's image, empty without image or host."""
        if page.front_matter.image is None:
            return ""
        url = resolved_href(self.site.resolutions[page.path][-1], self.config.base_path)
        if url.startswith("/"):
            return f"{self.origin}{url}" if self.origin else ""
        return url

    @cached_property
    def direction(self) -> str:
        """Which way the words of the interface run."""
        return direction(self.config.language)

    # Pages

    def badge(self, page: Page) -> str:
        """Return why a public build would leave the page out; empty where it would not."""
        reason = self.site.routes.previews.get(page.path)
        return "" if reason is None else reason.value

    def lang(self, page: Page) -> str:
        """Return the language of a page that is not in the language of the site, else nothing."""
        language = page.front_matter.lang or ""
        return "" if language == self.config.language else language

    def link(self, page: Page) -> Facts:
        """Return a page as a link."""
        known = self._links.get(page.path)
        if known is None:
            url = self.href(self.permalink(page))
            known = self._links[page.path] = link_facts(page, url, self.lang(page), self.direction)
        return known

    def links(self, paths: Iterable[str]) -> list[Json]:
        """Return the pages at source paths as links."""
        return [self.link_at(path) for path in paths]

    def link_at(self, path: str) -> Facts:
        """Return the page at a source path as a link."""
        return self.link(self.page_by_path[path])

    def dated_link(self, page: Page) -> Facts:
        """Return a page as a link with the date of its last change."""
        return self.link(page) | {"date": self.date(changed(page))}

    def summary(self, page: Page) -> Facts:
        """Return a page as it stands in lists."""
        known = self._summaries.get(page.path)
        if known is None:
            known = self._summaries[page.path] = self._summary(page)
        return known

    def _summary(self, page: Page) -> Facts:
        return summary_facts(
            self.link(page),
            page,
            date=self.date(page.front_matter.date),
            excerpt_html=self._html(page, page.excerpt),
            tags=self._names_of_tags(page),
            badge=self.badge(page),
        )

    def body(self, page: Page, section: str, name: str) -> PlannedBody:
        """Return a page's body for the place `name` of a section of the context."""
        base_path = self.config.base_path
        return planned_body(page, self.site, base_path=base_path, section=section, name=name)

    def twin_url(self, page: Page) -> str:
        """Return where a page stands in Markdown, empty where it does not."""
        return self.href_if(twin_permalink(self.permalink(page)))

    def twin(self, page: Page) -> Facts:
        """Return a page as it is told to programs, but for its body."""
        fields, url = page.front_matter, self.href(self.permalink(page))
        return {
            "title": page.title,
            "description": fields.description or "",
            "url": self.origin + url,
            "date": self._day(fields.date),
            "modified": self._day(fields.last_modified_at),
            "tags": self._names_of_tags(page),
            "markdown": "",
        }

    def markdown(self, page: Page, section: str, name: str) -> PlannedBody:
        """Return a page as it was written for the place `name` of a section of the context."""
        base_url = self.config.base_url
        return planned_markdown(page, self.site, base_url=base_url, section=section, name=name)

    def _html(self, page: Page, body: tuple[str | int, ...]) -> str:
        resolutions = self.site.resolutions[page.path]
        base_path = self.config.base_path
        is_marked = any(isinstance(piece, int) and piece < 0 for piece in body)
        markup = site_markup(page, self.site, base_path) if is_marked else NOTHING
        return body_html(body, resolutions, base_path=base_path, markup=markup)

    # Terms

    def terms(self, page: Page, taxonomy: str) -> list[Json]:
        """Return the terms of a page, each once, in the order its author chose."""
        return [self.term(term) for term in self.terms_on(page, taxonomy)]

    def terms_on(self, page: Page, taxonomy: str) -> list[Term]:
        """Return the terms of a page as records, each once."""
        keys = ((taxonomy, name) for name in names_on(page, taxonomy))
        terms = (self.term_by_key[key] for key in keys if key in self.term_by_key)
        # By permalink: to hash a term is to hash the paths of all its pages.
        return list({term.permalink: term for term in terms}.values())

    def _names_of_tags(self, page: Page) -> list[Json]:
        return [term.name for term in self.terms_on(page, "tags")]

    def by_count(self, taxonomy: str) -> list[Term]:
        """Return the terms of a taxonomy, those with most pages first."""
        terms = self.site.routes.terms[taxonomy]
        return sorted(terms, key=lambda term: (-len(term.paths), sort_key(term.name)))

    def term(self, term: Term) -> Facts:
        """Return a term as a link with its count."""
        known = self._terms.get(term.permalink)
        if known is None:
            known = self._terms[term.permalink] = {
                "name": term.name,
                "url": self.href(term.permalink),
                "count": len(term.paths),
            }
        return known

    # Dates

    def date(self, moment: datetime | None) -> Json:
        """Return a date for machines and for people, in the site's zone and language."""
        if moment is None:
            return None
        local = moment.astimezone(self.config.timezone)
        return {"iso": local.isoformat(), "text": say_date(local.date(), self.config.language)}

    def _day(self, moment: datetime | None) -> str:
        """Return a day in the site's zone (`2019-05-20`)."""
        return "" if moment is None else moment.astimezone(self.config.timezone).date().isoformat()


def link_facts(page: Page, url: str, lang: str, around: str) -> Facts:
    """Return a page as a link; all else that other outputs show of it begins with this.

    `around` is the direction of the site.
    """
    title_html = isolated(page.title_html, page.title, around, page.front_matter.lang)
    return {"title": page.title, "title_html": title_html, "url": url, "lang": lang}


def isolated(markup: str, text: str, around: str, language: str | None = None) -> str:
    """Return a name as HTML, kept apart from words `around` it that run the other way.

    `text` is the same without markup, in `language` where that is not the one of the site.
    """
    own = own_direction(text, around, language=language or "")
    return f'<bdi dir="{own}">{markup}</bdi>' if own else markup


def summary_facts(  # noqa: PLR0913 - what a page alone does not say
    link: Facts, page: Page, *, date: Json, excerpt_html: str, tags: list[Json], badge: str
) -> Facts:
    """Return a page as it stands in lists; `tags` are names.

    Nothing in it is to change with another page, as the count of a tag does: it stands in the
    plans of all lists.
    """
    return link | {
        "date": date,
        "description": page.front_matter.description or "",
        "excerpt_html": excerpt_html,
        "tags": tags,
        "reading_minutes": minutes(page.words),
        "badge": badge,
    }


def headings_facts(page: Page, url: str, around: str) -> list[Json]:
    """Return the headings of the second and third level as links to them, on a page at `url`.

    `around` is the direction of the site.
    """
    return [
        {
            "text_html": isolated(heading.html, heading.text, around, page.front_matter.lang),
            "url": url + fragment_href(heading.fragment),
        }
        for heading in page.headings
        if heading.level in _LISTED_LEVELS
    ]


def changed(page: Page) -> datetime | None:
    """Return when a page was last changed, as far as its author says so."""
    return page.front_matter.last_modified_at or page.front_matter.date
