"""Say pages, terms and dates in plain data, as templates get them.

URLs are final `href` values: base path included, percent-encoded.  Names that end in
`_html` are trusted HTML; everything else is escaped by the template.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from urllib.parse import quote

from dlsite.assemble import body_html, resolved_href
from dlsite.config import Config
from dlsite.records import Json, Page, Permalink, Site, Term
from dlsite.urls import href, split_base_url

_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WORDS_PER_MINUTE = 230
"""Silent reading of English non-fiction: 238 words a minute (Brysbaert 2019), less formulas."""

Facts = dict[str, Json]


@dataclass(frozen=True)
class Teller:
    """Tells the facts of one site; made once for all outputs."""

    site: Site
    config: Config
    term_by_key: Mapping[tuple[str, str], Term] = field(default_factory=dict)

    @classmethod
    def of(cls, site: Site, config: Config) -> Teller:
        """Return a teller with the index from a spelling to its term."""
        terms = {
            (term.taxonomy, variant): term
            for group in site.routes.terms.values()
            for term in group
            for variant in term.variants
        }
        return cls(site, config, terms)

    def href(self, permalink: str) -> str:
        """Return the URL of a permalink of this site."""
        return href(self.config.base_path, Permalink(permalink))

    def full_url(self, permalink: str) -> str:
        """Return the canonical URL of a permalink; empty where the host is not known."""
        origin, _ = split_base_url(self.config.base_url)
        return origin + self.href(permalink) if origin else ""

    def permalink(self, page: Page) -> Permalink:
        """Return where a page stands."""
        return self.site.routes.permalink_by_path[page.path]

    def badge(self, page: Page) -> str:
        """Return why a public build would leave the page out; empty where it would not."""
        reason = self.site.routes.previews.get(page.path)
        return "" if reason is None else reason.value

    def link(self, page: Page) -> Facts:
        """Return a page as a link."""
        return {
            "title": page.title,
            "title_html": page.title_html,
            "url": self.href(self.permalink(page)),
        }

    def body(self, page: Page) -> str:
        """Return the HTML of a page's body."""
        resolutions = self.site.resolutions[page.path]
        return body_html(page.body, resolutions, base_path=self.config.base_path)

    def excerpt(self, page: Page) -> str:
        """Return the HTML of a page's excerpt."""
        resolutions = self.site.resolutions[page.path]
        return body_html(page.excerpt, resolutions, base_path=self.config.base_path)

    def summary(self, page: Page) -> Facts:
        """Return a page as it stands in lists."""
        fields = page.front_matter
        return self.link(page) | {
            "date": date(fields.date, self.config.timezone),
            "description": fields.description or "",
            "excerpt_html": self.excerpt(page),
            "tags": self.terms(page, "tags"),
            "reading_minutes": minutes(page),
            "badge": self.badge(page),
        }

    def terms(self, page: Page, taxonomy: str) -> list[Json]:
        """Return the terms of a page, each once, in the order its author chose."""
        fields = page.front_matter
        names = fields.tags if taxonomy == "tags" else fields.categories
        terms = dict.fromkeys(
            self.term_by_key[taxonomy, name]
            for name in names
            if (taxonomy, name) in self.term_by_key
        )
        return [self.term(term) for term in terms]

    def term(self, term: Term) -> Facts:
        """Return a term as a link with its count."""
        return {
            "name": term.name,
            "url": self.href(term.permalink),
            "count": len(term.paths),
        }

    def image_url(self, page: Page) -> str:
        """Return the full URL of a page's image, empty without image or host."""
        if page.front_matter.image is None:
            return ""
        resolution = self.site.resolutions[page.path][-1]
        url = resolved_href(resolution, self.config.base_path)
        origin, _ = split_base_url(self.config.base_url)
        if url.startswith("/"):
            return f"{origin}{url}" if origin else ""
        return url


def date(moment: datetime | None, zone: tzinfo) -> Json:
    """Return a date for machines and for people, in the site's time zone."""
    if moment is None:
        return None
    local = moment.astimezone(zone)
    text = f"{_MONTHS[local.month - 1]} {local.day}, {local.year}"
    return {"iso": local.isoformat(), "text": text}


def minutes(page: Page) -> int:
    """Return how many minutes the page takes to read, at least one."""
    return max(1, round(page.words / WORDS_PER_MINUTE))


def toc(page: Page) -> list[Json]:
    """Return headings of the second and third level as a tree; none for under three headings."""
    wanted = [heading for heading in page.headings if heading.level in (2, 3)]
    if len(wanted) < 3:  # noqa: PLR2004 - two entries are no help to find one's way
        return []
    entries: list[Json] = []
    children: list[Json] = []
    for heading in wanted:
        entry: Facts = {"text_html": heading.html, "url": f"#{quote(heading.fragment)}"}
        if heading.level == 2 or not entries:  # noqa: PLR2004 - the level of sections
            children = []
            entries.append(entry | {"children": children})
        else:
            children.append(entry)
    return entries
