"""References that stand elsewhere than in pages: in stylesheets and in templates."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Mapping

from dlsite.records import OutsideReference, Permalink, Reference, ReferenceKind, StaticFile
from dlsite.texts.htmlurls import css_urls, tags, urls_of
from dlsite.texts.locate import Lines

_JINJA = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_HOLE = "\x00"


def stylesheet_references(
    files: Iterable[StaticFile], text_by_path: Mapping[str, str]
) -> Iterator[OutsideReference]:
    """Yield the `url()` and `@import` targets of stylesheets; relative ones start at the file."""
    for file in files:
        text = text_by_path.get(file.path)
        if text is None:
            continue
        lines = Lines(text, path=file.path)
        here = Permalink(f"/{file.url_path}")
        for url in css_urls(text):
            place = lines.position(url.start, len(url.raw))
            yield OutsideReference(Reference(ReferenceKind.HTML, url.raw, place), here)


def template_references(
    text_by_name: Mapping[str, str], path_by_name: Mapping[str, str]
) -> Iterator[OutsideReference]:
    """Yield the targets that a site's own templates spell out.

    What an expression fills in is known on the page alone; those of the theme are the
    theme's business.
    """
    for name, path in path_by_name.items():
        if path.startswith("theme:") or not name.endswith((".html", ".htm", ".svg", ".xml")):
            continue
        text = text_by_name.get(name, "")
        plain = _JINJA.sub(lambda match: _HOLE * len(match[0]), text)
        lines = Lines(text, path=path)
        for tag in tags(plain):
            for url in urls_of(tag, plain):
                # A page's own fragments are not known here.
                if not url.raw or _HOLE in url.raw or url.raw.startswith("#"):
                    continue
                kind = ReferenceKind.LINK if tag.name == "a" else ReferenceKind.HTML
                place = lines.position(url.start, len(url.raw))
                target = html.unescape(url.raw)
                yield OutsideReference(Reference(kind, target, place), Permalink("/"))
