"""Find the references and ids of rendered HTML, and cut the HTML at the references.

The rendered page decides what is a link: code, comments and formulas never are.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from dlsite.markup.sentences import sentence_around
from dlsite.records import Body, ReferenceKind

WIKI_SCHEME = "dlsite-wiki:"
"""Marks the target of a wiki link in the converter's HTML; what follows is percent-encoded."""

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|</(?:a|h[1-6])\s*>"
    # Highlighted code is hundreds of such spans a page, and none of them matters here.
    r"|<(?!span class=\"[^\"]*\">)(?P<name>[a-zA-Z][a-zA-Z0-9-]*)"
    r"(?P<attributes>(?:[^'\">]++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(
    r"(?P<name>[^\s\"'>/=]+)(?:\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?"
)
# The URL attributes of HTML (WHATWG HTML, index of attributes) that lead somewhere.
_URL_ATTRIBUTES = frozenset(
    [
        *((tag, "href") for tag in ("a", "area", "link")),
        *((tag, "src") for tag in ("audio", "embed", "iframe", "img", "input", "script")),
        *((tag, "src") for tag in ("source", "track", "video")),
        *((tag, "srcset") for tag in ("img", "source")),
        ("video", "poster"),
        ("form", "action"),
        ("button", "formaction"),
        ("input", "formaction"),
        ("object", "data"),
    ]
)
_RAW_TEXT_TAGS = ("script", "style", "textarea")
_SRCSET_URL = re.compile(r"\s*,*\s*([^\s,]\S*[^\s,]|[^\s,])")
_ANNOTATION = re.compile(r"<annotation\b.*?</annotation>", re.DOTALL)
_ANY_TAG = re.compile(
    r"<(?:!--.*?(?:-->|\Z)|/?[a-zA-Z](?:[^'\">]++|\"[^\"]*+\"|'[^']*+')*+>)", re.DOTALL
)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class RenderedReference:
    """A reference as the HTML has it; the fields mean what they mean in `Reference`."""

    kind: ReferenceKind
    target: str
    text: str
    heading: str
    sentence: str = ""


@dataclass(slots=True)
class Cut:
    """HTML taken apart: the pieces, the references that they index, and all ids."""

    body: list[str | int] = field(default_factory=list)
    references: list[RenderedReference] = field(default_factory=list)
    fragments: set[str] = field(default_factory=set)


def plain(markup: str) -> str:
    """Return the words of an HTML snippet on one line, formulas without their TeX."""
    text = html.unescape(_ANY_TAG.sub("", _ANNOTATION.sub("", markup)))
    return _BLANKS.sub(" ", text).strip()


def cut(markup: str) -> Cut:
    """Take the HTML of a body apart; `"".join` of the pieces with values put back is `markup`."""
    result = Cut()
    done = 0
    heading = ""
    for match, name, attributes in _tags(markup):
        if name in _HEADINGS:
            end = markup.find(f"</{match['name']}", match.end())
            heading = plain(markup[match.end() : end]) if end > 0 else ""
        if "id" in attributes:
            result.fragments.add(attributes["id"].text)
        if name == "a" and "name" in attributes:
            result.fragments.add(attributes["name"].text)
        if attributes.get("role", _NONE).text in ("doc-noteref", "doc-backlink"):
            continue
        for attribute, value in attributes.items():
            if (name, attribute) not in _URL_ATTRIBUTES:
                continue
            for start, end, raw in _urls(attribute, value):
                text = _words(markup, match, name, attributes)
                sentence = _sentence(markup, match, name, raw)
                result.references.append(
                    _reference(name, html.unescape(raw), text, heading, sentence)
                )
                result.body += [markup[done:start] + value.open_quote, len(result.references) - 1]
                done = end
                if value.open_quote:
                    result.body.append(value.open_quote)
    result.body.append(markup[done:])
    return result


def cut_again(markup: str, references: Mapping[tuple[ReferenceKind, str], int]) -> Body:
    """Cut a part of a body (its excerpt) at references that the body has; others stay text."""
    again = cut(markup)
    pieces: list[str | int] = []
    for piece in again.body:
        if isinstance(piece, str):
            pieces.append(piece)
            continue
        reference = again.references[piece]
        index = references.get((reference.kind, reference.target))
        pieces.append(html.escape(reference.target) if index is None else index)
    return tuple(pieces)


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True, slots=True)
class _Value:
    """An attribute's value: as written, where it stands, and the quote it lacks."""

    raw: str
    start: int
    open_quote: str = ""

    @property
    def text(self) -> str:
        return html.unescape(self.raw)


_NONE = _Value("", 0)


def _tags(markup: str) -> Iterator[tuple[re.Match[str], str, dict[str, _Value]]]:
    """Yield every start tag with attributes, and every heading, outside raw text and comments."""
    skip_to = 0
    for match in _TAG.finditer(markup):
        name = match["name"]
        if not name or match.start() < skip_to:
            continue
        name = name.lower()
        if name in _RAW_TEXT_TAGS:
            end = markup.find(f"</{match['name']}", match.end())
            skip_to = end if end > 0 else len(markup)
        if match["attributes"] or name in _HEADINGS:
            yield match, name, _attributes(match)


def _attributes(tag: re.Match[str]) -> dict[str, _Value]:
    values: dict[str, _Value] = {}
    offset = tag.start("attributes")
    for match in _ATTRIBUTE.finditer(tag["attributes"]):
        value = match["value"]
        if value is None:
            continue
        start = offset + match.start("value")
        name = match["name"].lower()
        if value[0] in "\"'":
            values.setdefault(name, _Value(value[1:-1], start + 1))
        else:
            values.setdefault(name, _Value(value, start, '"'))
    return values


def _urls(attribute: str, value: _Value) -> Iterator[tuple[int, int, str]]:
    if attribute != "srcset":
        yield value.start, value.start + len(value.raw), value.raw
        return
    position = 0
    while found := _SRCSET_URL.match(value.raw, position):
        yield value.start + found.start(1), value.start + found.end(1), found[1]
        comma = value.raw.find(",", found.end())
        if comma < 0:
            return
        position = comma + 1


def _words(markup: str, tag: re.Match[str], name: str, attributes: dict[str, _Value]) -> str:
    if name == "a":
        end = markup.find(f"</{tag['name']}", tag.end())
        return plain(markup[tag.end() : end]) if end > 0 else ""
    return attributes.get("alt", _NONE).text


def _sentence(markup: str, tag: re.Match[str], name: str, target: str) -> str:
    """Return the sentence of a link that may lead to a page of the site."""
    if name != "a" or target.startswith(("http:", "https:", "mailto:", "#", "//")):
        return ""
    end = markup.find(f"</{tag['name']}", tag.end())
    return sentence_around(markup, tag.start(), end, plain) if end > 0 else ""


def _reference(name: str, target: str, text: str, heading: str, sentence: str) -> RenderedReference:
    is_image = name == "img"
    if target.startswith(WIKI_SCHEME):
        kind = ReferenceKind.WIKI_IMAGE if is_image else ReferenceKind.WIKI_LINK
        target = unquote(target.removeprefix(WIKI_SCHEME))
    elif is_image:
        kind = ReferenceKind.IMAGE
    else:
        kind = ReferenceKind.LINK if name == "a" else ReferenceKind.HTML
    return RenderedReference(kind, target, text, heading, sentence)
