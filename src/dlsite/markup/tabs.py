"""Tabs: one of several contents is open at a time, and all can be read without a script."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown

from dlsite.markup.indented import IndentedBlock

_OPENING = re.compile(
    r"^[ ]{0,3}===(?P<sign>[!+]{0,2})[ ]+(?P<quote>[\"'])(?P<title>.*)(?P=quote)[ ]*$", re.MULTILINE
)


class TabsExtension(Extension):
    """Registers the block processor; numbers the groups of a body from 1."""

    def __init__(self) -> None:
        super().__init__()
        self.groups = 0

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come before what would read the contents as code."""
        md.registerExtension(self)
        md.parser.blockprocessors.register(_Tabs(md, self), "dlsite-tabs", 106)

    def reset(self) -> None:
        """Count the groups of the next body from 1."""
        self.groups = 0


class _Tabs(IndentedBlock):
    signs = ("===",)

    def __init__(self, md: Markdown, extension: TabsExtension) -> None:
        super().__init__(md.parser)
        self._extension = extension

    def opening(self, block: str) -> re.Match[str] | None:
        may_be_one = "===" in block and ('"' in block or "'" in block)
        return _OPENING.search(block) if may_be_one else None

    def may_be_empty(self, match: re.Match[str]) -> bool:
        del match
        return False

    def begin(self, parent: Element, match: re.Match[str]) -> Element:
        group = _last(parent, "tabs")
        if group is None or "!" in match["sign"]:
            self._extension.groups += 1
            group = SubElement(parent, "div", {"class": "tabs"})
        # The browser closes the others of the same name (HTML, 4.11.1).
        name = group[0].get("name", "") if len(group) else f"tabs-{self._extension.groups}"
        tab = SubElement(group, "details", {"class": "tab", "name": name})
        if len(group) == 1:
            tab.set("open", "open")
        elif "+" in match["sign"]:
            for each in group:
                each.attrib.pop("open", None)
            tab.set("open", "open")
        SubElement(tab, "summary").text = match["title"].strip() or str(len(group))
        return tab


def _last(parent: Element, class_: str) -> Element | None:
    last = parent[-1] if len(parent) else None
    return last if last is not None and last.get("class") == class_ else None
