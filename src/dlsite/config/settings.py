"""The settings of a site, as frozen records; nothing looks into a dictionary after them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, date, datetime, tzinfo

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Position
from dlsite.records import Json
from dlsite.rules import Severity
from dlsite.urls.targets import split_base_url

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


# Jekyll's named patterns and its placeholders, from its documentation of permalinks.
NAMED_PATTERNS = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
PLACEHOLDERS = (
    *("path", "basename", "title", "slug", "name", "collection"),
    *("categories", "slugified_categories", "output_ext"),
    *("year", "short_year", "w_year", "month", "i_month", "short_month", "long_month"),
    *("day", "i_day", "y_day", "w_day", "short_day", "long_day", "week"),
    *("hour", "minute", "second"),
)


@dataclass(frozen=True, slots=True)
class MarkupOptions:
    r"""What the Markdown converter can be told.

    `toc_depth` is the deepest heading level that `{:toc}` lists.  `extensions` are
    Python-Markdown extensions of the site owner's, by entry point or module name.
    `caption_numbers` numbers figures and tables that have a caption.
    `math_macros` maps a TeX macro (without its backslash) to its body;
    `math_brackets` makes `\[…\]` and `\(…\)` with one backslash formulas too.
    """

    typography: bool = True
    wikilinks: bool = True
    autolink: bool = True
    raw_html: bool = True
    toc_depth: int = 3
    extensions: tuple[str, ...] = ()
    caption_numbers: bool = True
    math_macros: Mapping[str, str] = field(default_factory=dict)
    math_brackets: bool = False


@dataclass(frozen=True, slots=True)
class Defaults:
    """Front-matter fields for all pages below `prefix` (relative to the content directory).

    `kind` is Jekyll's type: `posts`, `pages`, `drafts` or a collection; empty means all.
    """

    prefix: str
    values: Mapping[str, Json]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class FolderPermalink:
    """The permalink pattern for pages in or below a folder of this name, wherever that stands.

    The path of such a page counts from the folder.
    """

    folder: str
    pattern: str


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A link of the site's navigation; `target` is resolved as in content.

    `section` is the heading that it stands under, empty for none.
    """

    title: str
    target: str
    position: Position
    section: str = ""


@dataclass(frozen=True, slots=True)
class License:
    """What others may do with the content; `url` is empty where not given."""

    name: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ConfigRedirect:
    """A redirect of the configuration, from a permalink to a permalink or full URL."""

    old: str
    new: str
    position: Position


@dataclass(frozen=True, slots=True)
class Level:
    """The severity of one rule in the files that the pattern `path` fits; `None` is off."""

    rule: str
    path: str
    severity: Severity | None


@dataclass(frozen=True, slots=True)
class Exemption:
    """Findings that the site does not want to hear of, and why.

    `rule` is a rule or a family, `path` and `target` are patterns; what is empty fits
    everything.  From the day `until` on the findings are back.
    """

    rule: str
    path: str
    target: str
    reason: str
    until: date | None
    position: Position


@dataclass(frozen=True, slots=True)
class ExternalOptions:
    """How servers outside the site are asked.

    `timeout` is for one request with its redirects, `retries` are further tries after a
    passing failure; `at_once` requests run together, `per_host` of them to one host,
    which gets `pause` between two.  An answer counts for `max_age`.  Addresses that fit
    a pattern of `ignore` are not asked about.
    """

    timeout_seconds: float = 20.0
    retries: int = 2
    at_once: int = 16
    per_host: int = 2
    pause_seconds: float = 0.2
    max_age_days: float = 7.0
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """How findings are weighed.  Of several levels that fit a finding the last one counts."""

    levels: tuple[Level, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    external: ExternalOptions = ExternalOptions()


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one site.

    `content`, `templates`, `static` and `output` are directories relative to the
    site.  `base_url` has no trailing slash; empty means that the site is published
    at the root of a host that is not known.  `permalink` is the pattern for pages
    that name none, `folder_permalinks` are those of folders.  `source_url` is where the
    sources can be read, with `:path` in the place of a file's path.  `tags_allowed`
    are the tags that pages may have, `None` where any.
    `graph` publishes the knowledge base as data (`site.json` and `backlinks.json`); `images`
    are given smaller forms where the extra of that name is installed.
    `now` decides what is in the future, and dates nothing else.
    """

    path: str = "dlsite.yml"
    title: str = "Knowledge base"
    description: str = ""
    author: str = ""
    language: str = "en"
    base_url: str = ""
    content: str = "content"
    templates: str = "templates"
    static: str = "static"
    output: str = "public"
    permalink: str = "/:path/"
    folder_permalinks: tuple[FolderPermalink, ...] = ()
    timezone: tzinfo = UTC
    drafts: bool = False
    future: bool = False
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    defaults: tuple[Defaults, ...] = ()
    markup: MarkupOptions = field(default_factory=MarkupOptions)
    check: CheckOptions = field(default_factory=CheckOptions)
    tags_allowed: tuple[str, ...] | None = None
    nav: tuple[NavEntry, ...] = ()
    license: License | None = None
    source_url: str = ""
    redirects: tuple[ConfigRedirect, ...] = ()
    feed: bool = True
    sitemap: bool = True
    robots: bool = True
    search: bool = True
    graph: bool = True
    llms: bool = True
    images: bool = True
    extra: Mapping[str, Json] = field(default_factory=dict)
    now: datetime = EPOCH

    @property
    def base_path(self) -> str:
        """The path prefix of the published site, decoded: `/notes`, or empty."""
        return split_base_url(self.base_url)[1]
