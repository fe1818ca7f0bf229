"""The site for language models: `llms.txt` (llmstxt.org), a map of it in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dlsite.config import Config
from dlsite.records import Found, OutputFile, Page, PageRoute, Site
from dlsite.taxonomy import sort_key
from dlsite.urls import href, split_base_url, twin_permalink

_SPECIAL = re.compile(r"([\\\[\]])")


def llms(site: Site, config: Config) -> Iterator[OutputFile]:
    """Yield `llms.txt`: the pages of the navigation by section, then all others by title.

    Each with its description where the author gave one.  Previews and pages with
    `sitemap: false` are left out.
    """
    shown = {
        page.path: page
        for page in site.pages
        if page.front_matter.sitemap and page.path not in site.routes.previews
    }
    parts = [f"# {_line(config.title)}\n"]
    if config.description:
        parts.append(f"> {_line(config.description)}\n")
    guided = _guided(site, config, shown)
    for section, pages in guided.items():
        parts.append(_section(section or "Pages", pages, site, config))
    listed = {page.path for pages in guided.values() for page in pages}
    others = [page for path, page in shown.items() if path not in listed]
    if others:
        others.sort(key=lambda page: (sort_key(page.title), page.path))
        parts.append(_section("All other pages" if guided else "Pages", others, site, config))
    yield OutputFile("llms.txt", "\n".join(parts).encode("utf-8", "replace"))


def _guided(site: Site, config: Config, shown: dict[str, Page]) -> dict[str, list[Page]]:
    """Return the pages of the navigation by section, each once."""
    sections: dict[str, list[Page]] = {}
    seen: set[str] = set()
    for entry, resolution in zip(config.nav, site.nav, strict=True):
        if not isinstance(resolution, Found):
            continue
        route = site.routes.route_by_permalink.get(resolution.permalink)
        if isinstance(route, PageRoute) and route.path in shown and route.path not in seen:
            seen.add(route.path)
            sections.setdefault(entry.section, []).append(shown[route.path])
    return sections


def _section(title: str, pages: Iterable[Page], site: Site, config: Config) -> str:
    origin, _ = split_base_url(config.base_url)
    lines = [f"## {_line(title)}", ""]
    for page in pages:
        # As Markdown, which stands at that address by our doing or the author's own.
        permalink = twin_permalink(site.routes.permalink_by_path[page.path])
        url = origin + href(config.base_path, permalink)
        # Parentheses in an address would end the link.
        url = url.replace("(", "%28").replace(")", "%29")
        about = page.front_matter.description
        lines.append(f"- [{_line(page.title)}]({url}){f': {_line(about)}' if about else ''}")
    return "\n".join([*lines, ""])


def _line(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
