"""Raw HTML and the Markdown in it, read by Python-Markdown within bounds.

What begins a tag and does not end one is looked at to the end of the text, and the
rest of the text is copied for each block.  Both are nothing to a page that a person
wrote, and hours to one that a program got wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.md_in_html import (
    HTMLExtractorExtra,
    MarkdownInHtmlExtension,
    MarkdownInHTMLPostprocessor,
)
from markdown.inlinepatterns import HTML_RE, HtmlInlineProcessor
from markdown.preprocessors import Preprocessor
from markdown.util import HTML_PLACEHOLDER, HTML_PLACEHOLDER_RE

from dlsite.deferred import deferred
from dlsite.markup.parts import Keeper
from dlsite.markup.remarks import Remarks

_IN_VAIN = 100
"""Tags and elements without an end that are looked for in the whole rest of the text."""
_LONGEST_TAG = 1_000
"""Code points of a tag, once there have been so many."""
_MOST_COPIED = 10**11
"""Code points: a megabyte of text with a hundred thousand tags."""
# What is no prose: tags, comments, and elements whose text is shown or run as it is.
_NO_PROSE = deferred(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<name>script|style|pre|code|textarea|svg|math|kbd|samp)\b.*?(?:</(?P=name)>|\Z)"
    r"|<[^<>]*>",
    re.DOTALL | re.IGNORECASE,
)
# Markdown that readers would see the signs of, and that nobody writes by chance.
_MARKDOWN = deferred(
    r"\*\*(?=[^\s*])[^*\n]*[^\s*]\*\*|\[[^\[\]\n]+\]\([^()\s]+\)|^[ \t]*(?:```|~~~)[\w{]*$",
    re.MULTILINE,
)
_FOLDED = deferred(r"<(?P<close>/?)details\b", re.IGNORECASE)
_PARAGRAPH = deferred(r"\n[ \t]*\n {0,3}[^\s<]")
_INDENTED_TAG = deferred(r"\n[ \t]*\n {4,}<")
# A whole setting, or what may look like one: the value of another.
_SETTING = deferred(
    r"""(?P<other>=\s*(?:"[^"]*"|'[^']*'))|(?<!\s)\s+markdown(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?"""
    r"(?=[\s/>])",
    re.IGNORECASE,
)
_PLACEHOLDER_START = HTML_PLACEHOLDER.partition("%")[0]
_TAG = deferred(r"<[A-Za-z][\w-]*")


class RawHtmlExtension(MarkdownInHtmlExtension):
    """`md_in_html` with the bounds; tells `remarks` of Markdown that is not read."""

    def __init__(self, remarks: Remarks, keeper: Keeper) -> None:
        super().__init__()
        self._remarks = remarks
        self._keeper = keeper

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the places of the preprocessor, the inline pattern and the postprocessor."""
        super().extendMarkdown(md)
        md.inlinePatterns.register(_InLine(md, self._keeper), "html", 90)
        md.postprocessors.register(_PutBack(md), "raw_html", 30)
        md.preprocessors.register(_RawHtml(md, self._remarks, self._keeper), "html_block", 20)


class _PutBack(MarkdownInHTMLPostprocessor):
    """Puts stashed HTML back as Python-Markdown does, whose expression is tried at every tag."""

    def run(self, text: str) -> str:
        return "".join(self._pieces(text)) if _PLACEHOLDER_START in text else text

    def _pieces(self, text: str) -> Iterator[str]:
        done = 0
        for placeholder in HTML_PLACEHOLDER_RE.finditer(text):
            number = int(placeholder[1])
            if number >= self.md.htmlStash.html_counter:
                continue
            start, end = placeholder.span()
            html = self.stash_to_string(self.md.htmlStash.rawHtmlBlocks[number])
            before, after = start - len("<p>"), end + len("</p>")
            is_alone = before >= done and text[before:start] == "<p>" and text[end:after] == "</p>"
            if is_alone and self.isblocklevel(html):
                start, end = before, after
            yield text[done:start]
            yield self.run(html)
            done = end
        yield text[done:]


class _InLine(HtmlInlineProcessor):
    """Stashes the tags of an author that stand in a line."""

    def __init__(self, md: Markdown, keeper: Keeper) -> None:
        super().__init__(HTML_RE, md)
        self._keeper = keeper

    def handleMatch(  # type: ignore[override] # noqa: N802 - Python-Markdown's name; its stub has the old form
        self, m: re.Match[str], data: str
    ) -> tuple[Element | str | None, int | None, int | None]:
        del data
        self._keeper.is_keeping = False
        html = self.backslash_unescape(self.unescape(m[1]))
        return self.md.htmlStash.store(without_setting(html)), m.start(), m.end()


def without_setting(tag: str) -> str:
    """Return a tag without `markdown="…"`, which says how it is read and is nothing to browsers."""
    return _SETTING.sub(lambda found: found["other"] or "", tag) if "markdown" in tag else tag


class _RawHtml(Preprocessor):
    """Stashes raw HTML; raises `ValueError` where there is too much."""

    def __init__(self, md: Markdown, remarks: Remarks, keeper: Keeper) -> None:
        super().__init__(md)
        self._remarks = remarks
        self._keeper = keeper

    def run(self, lines: list[str]) -> list[str]:
        source = "\n".join(lines)
        if "<" not in source and "&" not in source:
            return lines
        if len(source) * source.count("<") > _MOST_COPIED:
            raise ValueError("it has too many tags for its length")
        stashed = self.md.htmlStash.html_counter
        extractor = _Extractor(self.md)
        extractor.feed(source)
        extractor.close()
        if self.md.htmlStash.html_counter > stashed:
            self._keeper.is_keeping = False
        for block in self.md.htmlStash.rawHtmlBlocks:
            if isinstance(block, str) and ("**" in block or "](" in block or "\n" in block):
                self._report_markdown(block)
        return "".join(extractor.cleandoc).split("\n")

    def _report_markdown(self, block: str) -> None:
        """Report the first Markdown in a block of HTML, which readers get as it is written."""
        prose = _NO_PROSE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), block)
        found = _MARKDOWN.search(prose)
        tag = _TAG.match(block)
        if found is None or tag is None:
            return
        line, column = self._remarks.find(block[: found.end()])
        if line:
            line += block.count("\n", 0, found.start())
            start = block.rfind("\n", 0, found.start()) + 1
            column = found.start() - start + (column if not start else 1)
        snippet = found[0].strip()
        self._remarks.add_at(
            "html-markdown",
            f"'{snippet}' stands in HTML, where Markdown is not read",
            line,
            column,
            length=len(found[0]) if line else 0,
            help_=(f'let it be read: {tag[0]} markdown="1">', "or write it as HTML"),
        )


class _Extractor(HTMLExtractorExtra):
    mdstate: list[str | None]
    """How the elements around are read, the innermost last; not in the stub."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self._in_vain = 0
        self._last_end: int | None = None

    def handle_starttag(self, tag: str, attrs: Iterable[tuple[str, str | None]]) -> None:
        """Begin an element; Markdown is read in `<details>` where GitHub reads it."""
        is_block = not self.inraw and (not self.mdstate or self.mdstate[-1] == "block")
        if tag == "details" and is_block and self.at_line_start():
            attrs = [*attrs]
            says_so = any(name == "markdown" for name, _ in attrs)
            if not says_so and self._in_vain <= _IN_VAIN and self._has_paragraphs():
                attrs = [*attrs, ("markdown", "1")]
        super().handle_starttag(tag, attrs)

    def get_starttag_text(self) -> str:
        """Return the tag that begins here as it is kept; in a line it may be shown as code."""
        text: str = super().get_starttag_text()
        is_kept = self.inraw or self.intail or self.at_line_start()
        return without_setting(text) if is_kept else text

    def _has_paragraphs(self) -> bool:
        """Say whether blank lines part what is no HTML from the rest of the element that begins.

        HTML that is indented as code is would become code: then all of it is HTML.
        """
        start = self.line_offset + self.offset
        depth = 0
        for found in _FOLDED.finditer(self.rawdata, start):
            depth += -1 if found["close"] else 1
            if not depth:
                inside = self.rawdata[start : found.start()]
                return bool(_PARAGRAPH.search(inside)) and not _INDENTED_TAG.search(inside)
        self._in_vain += 1
        return False

    def parse_endtag(self, i: int) -> int:
        """Return where the closing tag that begins at `i` ends; what does not end is text.

        The library looks through the rest of the text for the end of each.
        """
        if self._last_end is None:
            self._last_end = self.rawdata.rfind(">")
        if i < self._last_end:
            end: int = super().parse_endtag(i)
            return end
        self.handle_data("</")
        return i + len("</")

    def check_for_whole_start_tag(self, i: int) -> int:
        """Return where the tag that begins at `i` ends; negative where it does not."""
        if self._in_vain > _IN_VAIN and self.rawdata.find(">", i, i + _LONGEST_TAG) < 0:
            return -1
        end: int = super().check_for_whole_start_tag(i)
        if end < 0:
            self._in_vain += 1
        return end
