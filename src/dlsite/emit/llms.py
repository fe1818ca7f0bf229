"""The site for language models: `llms.txt` (llmstxt.org), a map of it in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dlsite.config.settings import Config
from dlsite.quiet import Reworded
from dlsite.records import Found, OutputFile, Page, PageRoute, Permalink, Site
from dlsite.terms.taxonomy import placed, sort_key
from dlsite.urls.escapes import href
from dlsite.urls.permalinks import twin_permalink
from dlsite.urls.targets import split_base_url

_SPECIAL = re.compile(r"([\\\[\]])")
_ESCAPED = re.compile(r"\\(.)")
_TITLE = re.compile(r"- \[((?:\\.|[^\\\]])*)\]\(")
NAME = "llms.txt"

_ALL, _OTHERS = "Pages", "All other pages"


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
        parts.append(_section(section or _ALL, pages, site, config))
    listed = {page.path for pages in guided.values() for page in pages}
    others = [page for path, page in shown.items() if path not in listed]
    if others:
        others.sort(key=lambda page: (sort_key(page.title), page.path))
        parts.append(_section(_OTHERS if guided else _ALL, others, site, config))
    yield OutputFile(NAME, "\n".join(parts).encode("utf-8", "replace"))


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
    permalinks = site.routes.permalink_by_path
    entries = [_entry(page, permalinks[page.path], config) for page in pages]
    return "\n".join([f"## {_line(title)}", "", *entries, ""])


def _entry(page: Page, permalink: Permalink, config: Config) -> str:
    origin, _ = split_base_url(config.base_url)
    # As Markdown, which stands at that address by our doing or the author's own.
    url = origin + href(config.base_path, twin_permalink(permalink))
    # Parentheses in an address would end the link.
    url = url.replace("(", "%28").replace(")", "%29")
    about = page.front_matter.description
    return f"- [{_line(page.title)}]({url}){f': {_line(about)}' if about else ''}"


def _line(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


# What stands already


def revised(data: bytes, changes: Iterable[Reworded], config: Config) -> bytes:
    """Return `llms.txt` after edits of the words of pages.

    Raises `ValueError` where it is not what `llms` makes of the pages before, or does not
    say where a new title belongs.
    """
    lines = data.decode().split("\n")
    for change in changes:
        old, new = (
            _entry(page, change.permalink, config).encode("utf-8", "replace").decode()
            for page in (change.before, change.after)
        )
        if old == new:
            continue
        at = lines.index(old)
        lines[at] = new
        if change.before.title != change.after.title and _is_by_title(lines, at, config):
            start = at - lines[at::-1].index("") + 1
            end = lines.index("", at)
            lines[start:end] = placed(lines[start:end], new.__eq__, _key)
    return "\n".join(lines).encode()


def _is_by_title(lines: Sequence[str], at: int, config: Config) -> bool:
    """Say whether a line is among those that stand in order of title."""
    if not config.nav:
        return True
    heading = next(line for line in lines[at::-1] if line.startswith("## "))
    others = f"## {_OTHERS}"
    if lines.count(others) != 1 or any(entry.section == _OTHERS for entry in config.nav):
        # It may be the author's own, or all pages may be in the navigation, or none.
        raise ValueError(heading)
    return heading == others


def _key(line: str) -> tuple[str, str]:
    title = _TITLE.match(line)
    if title is None:
        raise ValueError(line)
    return sort_key(_ESCAPED.sub(r"\1", title[1]))
