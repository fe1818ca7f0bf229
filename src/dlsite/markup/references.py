"""Find the references and ids of rendered HTML, and cut the HTML at the references.

The rendered page decides what is a link: code, comments and formulas never are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

from dlsite.htmlurls import Tag, tags, urls_of
from dlsite.markup.mathtext import readable
from dlsite.markup.sentences import sentence_around
from dlsite.records import Body, ReferenceKind

WIKI_SCHEME = "dlsite-wiki:"
"""Marks the target of a wiki link in the converter's HTML; what follows is percent-encoded."""

SILENT_SCHEME = "dlsite-silent:"
"""Marks the target of a Markdown image without alternative text, which HTML may have on purpose."""

# A formula may hold another, in a link, which has no annotation.
_FORMULA_START, _FORMULA_END = "<math", "</semantics></math>"
_ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
_ANY_TAG = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|/?[a-zA-Z](?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+>)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class RenderedReference:
    """A reference as the HTML has it; the fields mean what they mean in `Reference`."""

    kind: ReferenceKind
    target: str
    text: str
    heading: str
    sentence: str = ""
    is_decoration: bool = False


@dataclass(slots=True)
class Cut:
    """HTML taken apart: the pieces, the references that they index, and all ids."""

    body: list[str | int] = field(default_factory=list)
    references: list[RenderedReference] = field(default_factory=list)
    fragments: set[str] = field(default_factory=set)


def plain(markup: str) -> str:
    """Return the words of an HTML snippet on one line, formulas in plain Unicode."""
    return blanks_joined(text_of(markup))


def text_of(markup: str) -> str:
    """Return the text of HTML, with all its blanks, and formulas in plain Unicode."""
    if "<" in markup:
        if _FORMULA_START in markup:
            # Those of raw HTML may be anything.
            markup = _ANNOTATION.sub("", _with_formulas_said(markup))
        markup = _ANY_TAG.sub("", markup)
    return html.unescape(markup)


def _with_formulas_said(markup: str) -> str:
    pieces: list[str] = []
    done = 0
    while (start := markup.find(_FORMULA_START, done)) >= 0:
        end = markup.find(_FORMULA_END, start)
        if end < 0:
            break
        end += len(_FORMULA_END)
        pieces += [markup[done:start], html.escape(readable(markup[start:end]))]
        done = end
    return "".join([*pieces, markup[done:]])


def blanks_joined(text: str) -> str:
    """Return a text on one line, with single blanks."""
    return " ".join(text.split())


def cut(markup: str) -> Cut:
    """Take the HTML of a body apart; `"".join` of the pieces with values put back is `markup`."""
    return _cut(markup, _sentence)


def _cut(markup: str, sentence_of: Callable[[str, Tag, str], str]) -> Cut:
    result = Cut()
    done = 0
    heading = ""
    for tag in tags(markup):
        if tag.name in _HEADINGS:
            heading = _inside(markup, tag)
        if "id" in tag.attributes:
            result.fragments.add(tag.value("id"))
        if tag.name == "a" and "name" in tag.attributes:
            result.fragments.add(tag.value("name"))
        if tag.value("role") in ("doc-noteref", "doc-backlink"):
            continue
        if _is_unsized(tag):
            start = tag.start + len("<img")
            result.body += [markup[done:start], ~len(result.references)]
            done = start
        for url in urls_of(tag, markup):
            text = _inside(markup, tag) if tag.name == "a" else tag.value("alt")
            target = html.unescape(url.raw)
            is_early = len(result.references) < _MOST_SENTENCES
            sentence = sentence_of(markup, tag, target) if is_early else ""
            found = _reference(tag.name, target, text, heading, sentence)
            if tag.name == "img" and _is_decoration(tag, target):
                found = replace(found, is_decoration=True)
            result.references.append(found)
            result.body += [markup[done : url.start] + url.open_quote, len(result.references) - 1]
            done = url.end
            if url.open_quote:
                result.body.append(url.open_quote)
    result.body.append(markup[done:])
    return result


def cut_again(markup: str, references: Mapping[tuple[ReferenceKind, str], int]) -> Body:
    """Cut a part of a body (its excerpt) at references that the body has; others stay text."""
    again = _cut(markup, lambda *_: "")
    pieces: list[str | int] = []
    for piece in again.body:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        reference = again.references[piece if piece >= 0 else ~piece]
        index = references.get((reference.kind, reference.target))
        if index is not None:
            pieces.append(index if piece >= 0 else ~index)
        elif piece >= 0:
            pieces.append(html.escape(reference.target))
    return tuple(pieces)


_MOST_SENTENCES = 1_000
"""References of a body for which their sentences are looked for, which takes long."""
_LONGEST_INSIDE = 50_000
"""Code points from a start tag to its end tag; a tag that nobody closes has no words."""
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def _is_unsized(tag: Tag) -> bool:
    """Say whether an image leaves its size to us, and has no address but that of its `src`."""
    own = ("width", "height", "srcset", "style")
    return (
        tag.name == "img"
        and bool(tag.value("src"))
        and not any(name in tag.attributes for name in own)
    )


def _is_decoration(tag: Tag, target: str) -> bool:
    """Say whether its author wrote that there is nothing to say of an image."""
    if tag.value("aria-hidden") == "true" or tag.value("role") in ("none", "presentation"):
        return True
    is_html = not target.startswith((SILENT_SCHEME, WIKI_SCHEME))
    return is_html and "alt" in tag.attributes and not tag.value("alt").strip()


def _end_of(markup: str, tag: Tag) -> int:
    """Return where the end tag begins; -1 where there is none."""
    name = markup[tag.start + 1 : tag.start + 1 + len(tag.name)]
    return markup.find(f"</{name}", tag.end, tag.end + _LONGEST_INSIDE)


def _inside(markup: str, tag: Tag) -> str:
    """Return the words up to the end tag, empty where there is none."""
    end = _end_of(markup, tag)
    return plain(markup[tag.end : end]) if end > 0 else ""


def _sentence(markup: str, tag: Tag, target: str) -> str:
    """Return the sentence of a link that may lead to a page of the site."""
    if tag.name != "a" or target.startswith(("http:", "https:", "mailto:", "#", "//")):
        return ""
    end = _end_of(markup, tag)
    return sentence_around(markup, tag.start, end, plain) if end > 0 else ""


def _reference(name: str, target: str, text: str, heading: str, sentence: str) -> RenderedReference:
    is_image = name == "img"
    target = target.removeprefix(SILENT_SCHEME)
    if target.startswith(WIKI_SCHEME):
        kind = ReferenceKind.WIKI_IMAGE if is_image else ReferenceKind.WIKI_LINK
        target = unquote(target.removeprefix(WIKI_SCHEME))
    elif is_image:
        kind = ReferenceKind.IMAGE
    else:
        kind = ReferenceKind.LINK if name == "a" else ReferenceKind.HTML
    return RenderedReference(kind, target, text, heading, sentence)
