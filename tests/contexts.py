"""What each template gets, said once: the tests hold every output against it, the docs print it.

A kind is `text`, `HTML` (trusted), `URL` (base path included), `number`, `flag`, `data`, the
name of a record of this table, `list of` or `map of` one of these; with `?` it may be none.
An empty text, URL or list means that there is nothing to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Fields = Mapping[str, tuple[str, str]]
"""Kind and meaning of each name."""


@dataclass(frozen=True, slots=True)
class TemplateContext:
    """What a template is for, and the names it gets.

    Pages (`is_page`) get those that all pages get besides.
    """

    purpose: str
    fields: Fields
    is_page: bool = True


_LINK: Fields = {
    "title": ("text", "the title of the page"),
    "title_html": ("HTML", "the same with its formulas and markup, and with its direction"),
    "url": ("URL", "where it stands"),
    "lang": ("text", "its language, where it is not that of the site"),
}

RECORDS: Mapping[str, Fields] = {
    "Date": {
        "iso": ("text", "for machines: `2019-05-20T12:15:12-05:00`"),
        "text": ("text", "in the words of the site's language"),
    },
    "Author": {
        "name": ("text", "who wrote the page"),
        "url": ("text", "their address, as given"),
        "email": ("text", "their e-mail, as given"),
    },
    "Twin": {
        "title": ("text", "the title of the page"),
        "description": ("text", "the author's one sentence"),
        "url": ("text", "its address, in full where the host is known"),
        "date": ("text", "when it was published: `2019-05-20`"),
        "modified": ("text", "when it was changed"),
        "tags": ("list of text", "what it is filed under"),
        "markdown": ("text", "what its author wrote, with links that work"),
    },
    "PageLink": _LINK,
    "DatedLink": {
        **_LINK,
        "date": ("Date?", "when it was published, on the home page changed"),
    },
    "PageSummary": {
        **_LINK,
        "date": ("Date?", "when it was published"),
        "description": ("text", "the author's one sentence"),
        "excerpt_html": ("HTML", "the start of the body"),
        "tags": ("list of text", "what it is filed under"),
        "reading_minutes": ("number", "how long it takes to read, at least 1"),
        "badge": ("text", "why a public build leaves it out (`draft`, `future date`)"),
    },
    "Backlink": {
        **_LINK,
        "text": ("text", "the words of the link"),
        "sentence": ("text", "the sentence that they stand in"),
    },
    "TermLink": {
        "name": ("text", "the tag or category"),
        "url": ("URL", "its page"),
        "count": ("number", "how many pages it has"),
    },
    "TermBar": {
        "name": ("text", "the tag or category"),
        "url": ("URL", "its page"),
        "count": ("number", "how many pages it has"),
        "share": ("number", "the same in per cent of the most used"),
    },
    "Term": {
        "name": ("text", "the tag or category"),
        "slug": ("text", "its name in the URL"),
        "count": ("number", "how many pages it has"),
        "taxonomy": ("Taxonomy", "what it belongs to"),
        "description": ("text", "what `tags.yml` says of it"),
        "parent": ("TermLink?", "the wider tag, where the site has one"),
        "feed_url": ("URL", "its own feed"),
        "pages": ("list of PageSummary", "its pages, newest first"),
        "related": ("list of TermLink", "what stands most often beside it"),
    },
    "Taxonomy": {
        "name": ("text", "`tags` or `categories`"),
        "url": ("URL", "its A to Z index"),
        "count": ("number", "how many terms it has"),
    },
    "Letter": {
        "letter": ("text", "a first letter, or `#`"),
        "id": ("text", "the fragment of its heading"),
        "terms": ("list of TermLink", "the terms that begin with it"),
    },
    "ListedPage": {
        **_LINK,
        "headings": ("list of Subheading", "second and third level, unless there are too many"),
    },
    "PageLetter": {
        "letter": ("text", "a first letter, or `#`"),
        "id": ("text", "the fragment of its heading"),
        "pages": ("list of ListedPage", "the pages whose titles begin with it"),
    },
    "Year": {
        "year": ("text", "`2019`"),
        "pages": ("list of DatedLink", "what was published in it, newest first"),
    },
    "Heading": {
        "text_html": ("HTML", "the words of the heading, without links"),
        "url": ("URL", "its fragment"),
        "children": ("list of Subheading", "the headings of the next level below it"),
    },
    "Subheading": {
        "text_html": ("HTML", "the words of the heading, without links"),
        "url": ("URL", "its fragment; on the search page with its page"),
    },
    "Crumb": {
        "title": ("text", "the words to show, unless it is a taxonomy"),
        "url": ("URL", "where it leads; a section leads nowhere"),
        "taxonomy": ("text", "the name of a taxonomy, whose title is a word of the interface"),
    },
    "NavLink": {
        "title": ("text", "as the configuration has it"),
        "title_html": ("HTML", "the same with its direction, where the interface has another"),
        "url": ("URL", "where it leads"),
    },
    "NavGroup": {
        "title": ("text", "the section; empty for entries without one"),
        "entries": ("list of NavLink", "its links, in order"),
        "urls": ("list of text", "their URLs, to see whether the page is one of them"),
        "folded": ("flag", "whether sections are folded because there are very many links"),
    },
    "Section": {
        "title": ("text", "a section of the navigation, a category or a tag"),
        "url": ("URL", "its page, where it has one"),
        "count": ("number", "how many pages it has"),
        "entries": ("list of NavLink", "its pages, or the first of them; more than a NavLink has"),
    },
    "Home": {
        "intro_html": ("HTML", "the body of the page at `/`, if the content has one"),
        "start": ("NavLink?", "the first link of the navigation"),
        "sections": ("list of Section", "the map of the field"),
        "recent": ("list of DatedLink", "what was changed last"),
        "terms": ("list of TermLink", "the most used tags"),
    },
    "License": {
        "name": ("text", "as the configuration has it"),
        "url": ("text", "its address, where given"),
    },
    "Site": {
        "title": ("text", "as the configuration has it"),
        "description": ("text", "as the configuration has it"),
        "language": ("text", "as the configuration has it"),
        "author": ("text", "as the configuration has it"),
        "license": ("License?", "as the configuration has it"),
        "home_url": ("URL", "the home page"),
        "feed_url": ("URL", "the Atom feed"),
        "sitemap_url": ("URL", "the sitemap"),
        "tags_url": ("URL", "the index of tags"),
        "archive_url": ("URL", "the archive"),
        "search_url": ("URL", "the search page"),
        "icon_url": ("URL", "the icon"),
        "assets": ("map of URL", "stylesheets and scripts by name, as in `site.js`"),
        "nav": ("list of NavGroup", "the navigation"),
        "taxonomies": ("list of Taxonomy", "those that have a term"),
        "page_count": ("number", "how many pages are published"),
        "updated": ("Date?", "the newest date of any page"),
        "origin": ("text", "scheme and host of `base_url`"),
        "generator": ("text", "`dlsite`"),
        "extra": ("data", "`extra` of the configuration"),
    },
    "Page": {
        "title": ("text", "plain"),
        "title_html": ("HTML", "with its formulas and markup"),
        "lead": ("text", "the `description` of its front matter"),
        "lang": ("text", "its language, where it is not that of the site"),
        "direction": ("text", "`ltr` or `rtl`, by its language"),
        "date": ("Date?", "when it was published"),
        "modified": ("Date?", "`last_modified_at`"),
        "authors": ("list of Author", "who wrote it"),
        "tags": ("list of TermLink", "in the author's order"),
        "categories": ("list of TermLink", "in the author's order"),
        "requires": ("list of PageLink", "the pages to read first"),
        "body_html": ("HTML", "the body, every link resolved"),
        "toc": ("list of Heading", "second and third level, from three headings up"),
        "has_math": ("flag", "whether it has a formula"),
        "is_stub": ("flag", "whether it has under 60 words"),
        "links": ("list of PageLink", "the pages that a stub leads to"),
        "backlinks": ("list of Backlink", "the pages that lead here"),
        "related": ("list of PageLink", "up to five pages that share its rarest tags"),
        "previous": ("PageLink?", "what to read before, in the order of the navigation"),
        "next": ("PageLink?", "what to read after"),
        "reading_minutes": ("number", "at least 1"),
        "source_count": ("number", "how many addresses outside the site it leads to"),
        "words": ("number", "how many words it has"),
        "source_path": ("text", "its file, relative to the site"),
        "source_url": ("text", "where that can be read, by `source_url` of the configuration"),
        "layout": ("text", "`layout` of its front matter"),
        "extra": ("data", "fields of its front matter that dlsite gives no meaning to"),
    },
}

SHARED: Fields = {
    "site": ("Site", "what is the same on all pages"),
    "page_title": ("text", "for `<title>`; templates of listings set it themselves"),
    "page_name": ("text", "for the last step of the breadcrumb, where it is not `page_title`"),
    "name_dir": ("text", "`ltr` or `rtl`, where that step does not run as the interface does"),
    "description": ("text", "for search engines: the author's, else the first words of the page"),
    "lang": ("text", "the language of the interface"),
    "direction": ("text", "`ltr` or `rtl`"),
    "canonical_url": ("text", "full URL; empty where `base_url` names no host"),
    "url": ("URL", "this page"),
    "robots": ("text", "`noindex` on pages that are none"),
    "breadcrumb": ("list of Crumb", "the steps from the home page to here, without this page"),
    "og_type": ("text", "`article` or `website`"),
    "image_url": ("text", "full URL of the page's image"),
    "markdown_url": ("URL", "this page in Markdown, for programs"),
    "badge": ("text", "why a public build leaves the page out (`draft`, `future date`)"),
    "has_math": ("flag", "whether it has a formula, and so needs the font of formulas"),
}

_PAGE: Fields = {"page": ("Page", "everything about the page")}

TEMPLATES: Mapping[str, TemplateContext] = {
    "page.html": TemplateContext("a page without a date, and with `layout: page`", _PAGE),
    "post.html": TemplateContext("a page with a date, and with `layout: post`", _PAGE),
    "page.md": TemplateContext(
        "a page in Markdown; it gets nothing else, and nothing is escaped in it",
        {"twin": ("Twin", "the page as its author wrote it")},
        is_page=False,
    ),
    "home.html": TemplateContext(
        "the home page, also where a page of the content stands at `/`",
        {"home": ("Home", "what the field has")},
    ),
    "term.html": TemplateContext(
        "a tag or category", {"term": ("Term", "everything about the term")}
    ),
    "terms.html": TemplateContext(
        "the A to Z index of tags or categories",
        {
            "taxonomy": ("Taxonomy", "which of them"),
            "top": ("list of TermBar", "the most used"),
            "letters": ("list of Letter", "all, by first letter"),
        },
    ),
    "archive.html": TemplateContext(
        "all pages by date",
        {
            "years": ("list of Year", "pages with a date, newest first"),
            "undated": ("list of DatedLink", "pages without"),
        },
    ),
    "search.html": TemplateContext(
        "the search page: without a script an A to Z list",
        {
            "count": ("number", "how many pages can be found"),
            "letters": ("list of PageLetter", "those, by first letter"),
        },
    ),
    "404.html": TemplateContext(
        "what is shown at an address where nothing stands",
        {
            "pages": ("list of PageLink", "all pages by title, where there are at most 200"),
            "known": ("data", "pairs of URL and title, for the script that looks for near ones"),
        },
    ),
    "redirect.html": TemplateContext(
        "an old address",
        {
            "target_url": ("URL", "where to go"),
            "target_canonical": ("text", "the same as a full URL, where the host is known"),
        },
    ),
}
