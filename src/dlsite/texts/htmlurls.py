"""Find the URLs of HTML tags and of CSS at their offsets, in text as written or as rendered."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dlsite.deferred import deferred

TAG_NAME = r"[a-zA-Z][a-zA-Z0-9-]*"
ATTRIBUTES = r"(?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+"
"""What may stand between the name of a start tag and its end."""

# Most tags of a page are these, of paragraphs, code and formulas; without other attributes
# none of them is a reference or the target of one.
_OF_NO_MATTER = (
    r"(?:(?:p|em|strong|li|[ou]l|t[dhr]|thead|tbody|span|code|pre|semantics|annotation|m[a-z]+)"
    r"(?: (?:class|scope|encoding|display|form|stretchy|width|[lr]space|tabindex|role|aria-label"
    r"|data-lines)=\"[^\"]*\")*/?"
    r"|figure class=\"code\"|div class=\"(?:code-head|math|table)\""
    r"(?: (?:role|tabindex|aria-label|data-lang)=\"[^\"]*\")*)>"
)
_TAG = deferred(
    r"<!--.*?(?:-->|\Z)"
    rf"|<(?!{_OF_NO_MATTER})(?P<name>{TAG_NAME})"
    r"(?P<attributes>(?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+)>",
    re.DOTALL,
)
_ATTRIBUTE = deferred(
    r"(?P<name>[^\s\"'>/=]+)(?:\s*=\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?"
)
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# The content of a `template` is inert; that of the others is no HTML.
_OPAQUE = ("script", "style", "textarea", "template")
# The URL attributes of HTML and SVG that lead somewhere (WHATWG HTML, index of attributes).
_URL_ATTRIBUTES = frozenset(
    [
        *((tag, "href") for tag in ("a", "area", "link", "use", "image")),
        *((tag, "xlink:href") for tag in ("a", "use", "image")),
        *((tag, "src") for tag in ("audio", "embed", "iframe", "img", "input", "script")),
        *((tag, "src") for tag in ("source", "track", "video")),
        *((tag, "srcset") for tag in ("img", "source")),
        *((tag, "cite") for tag in ("blockquote", "q", "del", "ins")),
        ("link", "imagesrcset"),
        ("video", "poster"),
        ("form", "action"),
        ("button", "formaction"),
        ("input", "formaction"),
        ("object", "data"),
    ]
)
_SRCSET_URL = deferred(r"\s*,*\s*([^\s,]\S*[^\s,]|[^\s,])")
_REFRESH = deferred(r"\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?['\"]?([^'\"]*?)['\"]?\s*", re.IGNORECASE)
_CSS_URL = deferred(
    r"/\*.*?(?:\*/|\Z)"
    r"|\burl\(\s*(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s\"'()]+))\s*\)"
    r"|@import\s+(?:\"(?P<idouble>[^\"\n]*)\"|'(?P<isingle>[^'\n]*)')",
    re.DOTALL | re.IGNORECASE,
)


class Value(NamedTuple):
    """An attribute's value: as written, where it starts, and the quote it lacks."""

    raw: str
    start: int
    open_quote: str = ""

    @property
    def text(self) -> str:
        """The value with character references undone."""
        return html.unescape(self.raw)


class Tag(NamedTuple):
    """A start tag: its name in lower case, where it stands, and its attributes by name."""

    name: str
    start: int
    end: int
    attributes: Mapping[str, Value]

    def value(self, name: str) -> str:
        """Return an attribute's text; empty where it is not there."""
        value = self.attributes.get(name)
        return "" if value is None else value.text


class UrlSpan(NamedTuple):
    """A URL as written, at `start` up to `end`; `open_quote` is the quote that it lacks."""

    raw: str
    start: int
    open_quote: str = ""

    @property
    def end(self) -> int:
        """The offset behind the URL."""
        return self.start + len(self.raw)


def tags(markup: str) -> Iterator[Tag]:
    """Yield every start tag with attributes that may matter, and headings and styles without.

    Comments and what stands in scripts, styles and templates are passed over.
    """
    skip_to = 0
    for match in _TAG.finditer(markup):
        written = match["name"]
        if not written or match.start() < skip_to:
            continue
        name = written.lower()
        if name in _OPAQUE:
            skip_to = closing(markup, written, match.end())
        if match["attributes"] or name in _HEADINGS or name == "style":
            yield Tag(name, match.start(), match.end(), attributes_of(match))


def closing(markup: str, name: str, start: int) -> int:
    """Return where the end tag of `name` begins behind `start`; the end where there is none."""
    end = markup.find(f"</{name}", start)
    return end if end >= 0 else len(markup)


def attributes_of(tag: re.Match[str]) -> dict[str, Value]:
    """Return the attributes in the group `attributes` of a match; the first of a name counts."""
    values: dict[str, Value] = {}
    offset = tag.start("attributes")
    for match in _ATTRIBUTE.finditer(tag["attributes"]):
        value = match["value"]
        if value is None:
            continue
        start = offset + match.start("value")
        name = match["name"].lower()
        if value[0] in "\"'":
            values.setdefault(name, Value(value[1:-1], start + 1))
        else:
            values.setdefault(name, Value(value, start, '"'))
    return values


def urls_of(tag: Tag, markup: str) -> Iterator[UrlSpan]:
    """Yield the URLs of a tag in order, those of a `style` element among them."""
    for name, value in tag.attributes.items():
        if (tag.name, name) in _URL_ATTRIBUTES:
            if name.endswith("srcset"):
                yield from _srcset(value)
            else:
                yield UrlSpan(value.raw, value.start, value.open_quote)
        elif name == "style":
            yield from css_urls(value.raw, value.start)
        elif name == "content" and tag.value("http-equiv").lower() == "refresh":
            yield from _refresh(value)
    if tag.name == "style":
        yield from css_urls(markup[tag.end : closing(markup, "style", tag.end)], tag.end)


def _srcset(value: Value) -> Iterator[UrlSpan]:
    position = 0
    while found := _SRCSET_URL.match(value.raw, position):
        yield UrlSpan(found[1], value.start + found.start(1), value.open_quote)
        comma = value.raw.find(",", found.end())
        if comma < 0:
            return
        position = comma + 1


def _refresh(value: Value) -> Iterator[UrlSpan]:
    match = _REFRESH.fullmatch(value.raw)
    if match is not None and match[1]:
        yield UrlSpan(match[1], value.start + match.start(1))


def css_urls(css: str, offset: int = 0) -> Iterator[UrlSpan]:
    """Yield the URLs of CSS that stands at `offset`; comments are passed over.

    A quote in an attribute may be written `&quot;`, which ends no URL of its own.
    """
    for match in _CSS_URL.finditer(css):
        group = match.lastgroup
        if group is None:
            continue
        raw, start = match[group], match.start(group)
        for quote in ("&quot;", "&#39;", "&#x27;", "&apos;"):
            if raw.startswith(quote) and raw.endswith(quote) and len(raw) >= 2 * len(quote):
                raw, start = raw[len(quote) : -len(quote)], start + len(quote)
        if raw and not raw.startswith("#"):
            yield UrlSpan(raw, offset + start)
