"""Find the title of a page: in its front matter, its first heading, or the name of its file."""

from __future__ import annotations

import html
import re
from pathlib import PurePosixPath

from dlsite.diagnostics import Diagnostic, Position
from dlsite.markup.converted import Converted
from dlsite.markup.fieldlines import FieldLines
from dlsite.markup.plaintext import plain
from dlsite.records import FrontMatter, Heading
from dlsite.texts.dates import FILE_DATE

_FIRST_H1 = re.compile(r"\s*<h1\b[^>]*>.*?</h1>\s*", re.DOTALL)


def title_of(
    fields: FrontMatter, converted: Converted, content_path: str, lines: FieldLines
) -> tuple[str, str, str]:
    """Return title as text and HTML, and the body without the heading that says the same.

    The title is the page's only first-level heading, so a body that opens with it
    gives it up.
    """
    first = converted.headings[0] if converted.headings else None
    opens = first is not None and first.level == 1 and _FIRST_H1.match(converted.markup)
    if fields.title is not None and fields.title.strip():
        title_html = lines.html("title", fields.title.strip())
        title = plain(title_html) or fields.title.strip()
        if opens and first is not None and first.text.casefold() == title.casefold():
            return title, title_html, _without_first(converted.markup, first)
        return title, title_html, converted.markup
    if not converted.own_headings:
        title = title_of_name(content_path)
        return title, html.escape(title, quote=False), converted.markup
    naming = converted.headings[converted.own_headings[0]]
    markup = _without_first(converted.markup, naming) if opens else converted.markup
    return naming.text or title_of_name(content_path), naming.html, markup


def fragment_given_up(converted: Converted, markup: str) -> set[str]:
    """Return the fragment of the heading that a body gave up; `markup` is what was left of it.

    No fragment where all was left.
    """
    return set() if markup is converted.markup else {converted.headings[0].fragment}


def title_of_name(content_path: str) -> str:
    """Return the title that the name of a file makes; for an `index` that of its folder does."""
    path = PurePosixPath(content_path)
    stem = (path.parent.name or "home") if path.stem == "index" else path.stem
    words = re.sub(r"[-_\s]+", " ", FILE_DATE.sub("", stem)).strip() or stem
    return words[:1].upper() + words[1:]


def title_missing(path: str, title: str) -> Diagnostic:
    """Return what there is to say of a page whose title its file name had to make."""
    return Diagnostic(
        "title-missing",
        Position(path, 1),
        f"no title and no heading: '{title}' is taken from the file name",
        (f"add to the front matter: title: {title}",),
    )


def _without_first(markup: str, heading: Heading) -> str:
    """Drop the opening heading, but keep what deep links to it lead to."""
    anchor = f'<span id="{html.escape(heading.fragment)}"></span>\n'
    return _FIRST_H1.sub(lambda _: anchor, markup, count=1)
