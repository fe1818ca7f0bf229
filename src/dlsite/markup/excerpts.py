"""The beginning of a rendered body, to stand in lists; and its words without markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlsite.markup.parts import Parts
from dlsite.markup.plaintext import blanks_joined, text_of

MORE = re.compile(r"<!--\s*more\s*-->")
_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)"
    r"(?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+>",
    re.DOTALL,
)
_VOID = frozenset(["area", "br", "col", "embed", "hr", "img", "input", "source", "track", "wbr"])
_FOOTNOTE_MARK = re.compile(r"<sup\b[^>]*class=\"footnote-ref\"[^>]*>.*?</sup>", re.DOTALL)
_ID = re.compile(r"(<[a-zA-Z][^<>]*?)\sid=\"[^\"]*\"")
# Python-Markdown takes this control character out of every text.
_END = "\x02"
_EMPTY_PARAGRAPH = re.compile(r"<p>\s*</p>\n?")
_NAMES = (
    "p|div|li|ul|ol|h[1-6]|tr|td|th|table|thead|tbody|pre|blockquote|dl|dt|dd|figure"
    "|figcaption|aside|section|details|summary|nav|hr|br|caption"
)
# Twice as fast as a pattern that takes no account of case.
_BLOCK = re.compile(rf"</?(?:{_NAMES}|{_NAMES.upper()})\b[^>]*>\s*")


def cut_more(body_html: str, parts: Parts) -> tuple[str, str]:
    """Return the body without its `<!--more-->` marks, and the excerpt with all its parts.

    The excerpt ends at the first mark, else with the first paragraph that stands in no
    other element.  It has no ids and no footnote marks, so that it can stand elsewhere.
    """
    mark = MORE.search(body_html)
    if mark is None:
        return body_html, _bare(parts.shown(_first_paragraph(body_html)))
    start = parts.shown(body_html[: mark.start()])
    whole = _EMPTY_PARAGRAPH.sub("", MORE.sub("", body_html))
    return whole, _bare(_EMPTY_PARAGRAPH.sub("", start + _closing_tags(start)))


def _closing_tags(start: str) -> str:
    """Return the end tags of what is open at the end of `start`."""
    open_tags: list[str] = []
    for name, match in _tags(start):
        if not match["close"]:
            open_tags.append(name)
        elif name in open_tags:
            del open_tags[len(open_tags) - 1 - open_tags[::-1].index(name) :]
    return "".join(f"</{name}>" for name in reversed(open_tags))


def _first_paragraph(body_html: str) -> str:
    depth = 0
    start = -1
    for name, match in _tags(body_html):
        if match["close"]:
            depth -= 1
            if depth == 0 and start >= 0:
                return body_html[start : match.end()]
        else:
            if depth == 0 and name == "p":
                start = match.start()
            depth += 1
    return ""


def _tags(markup: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield name and match of each tag that opens an element with an end tag, or is one."""
    for match in _TAG.finditer(markup):
        name = (match["name"] or "").lower()
        # In a formula or a drawing an element may end with its start tag.
        is_whole = match[0].endswith("/>") and not markup.startswith(f"</{name}>", match.end())
        if name and name not in _VOID and not is_whole:
            yield name, match


def _bare(excerpt_html: str) -> str:
    return without_ids(_FOOTNOTE_MARK.sub("", excerpt_html)).strip()


def without_ids(markup: str) -> str:
    """Return HTML without ids, so that it can stand on another page."""
    return _ID.sub(r"\1", markup)


def lines_of(markup: str) -> list[str]:
    """Return the words of rendered blocks, one line for each block that has any."""
    # Of these highlighted code is full, and to find them as tags takes long.
    markup = markup.replace("</span>", "")
    lines = map(blanks_joined, filter(None, text_of(_BLOCK.sub(_END, markup)).split(_END)))
    return [line for line in lines if line]
