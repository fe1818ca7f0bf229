"""Tables as authors write them: also right under a sentence, and without a header row.

Alignment becomes a class, header cells get their scope, and each table stands in a box
of its own that can scroll.  A `|` in code does not cut a cell.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.tables import TableProcessor
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.trees import raw_words, words

_SEPARATOR = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")
_STYLE = re.compile(r"text-align:\s*(left|right|center)")
# A figure with its sign, separators and unit.
_NUMBER = re.compile(r"[-+\u2212\u00b1~<>]?\s?\d[\d.,\s]*(?:\s?(?:%|\u00d7|x|[kKMGTB]))?")
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_STANDS_FOR_PIPE = "\ue7c1"


class TableExtension(Extension):
    """Registers the two block processors and the tree processor."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Tables come before paragraphs and after everything that can hold one."""
        tables = _Tables(md.parser, {"use_align_attribute": False})
        md.parser.blockprocessors.register(tables, "table", 75)
        md.parser.blockprocessors.register(_HeaderlessTables(md.parser), "dlsite-rows", 74)
        md.treeprocessors.register(_Finish(md), "dlsite-tables", 15)


class _Tables(TableProcessor):
    """Python-Markdown's tables, begun at the header row wherever in its block that stands."""

    def __init__(self, parser: BlockParser, config: dict[str, Any]) -> None:
        super().__init__(parser, config)
        self._start = 0

    def test(self, parent: Element, block: str) -> bool:
        lines = block.split("\n")
        for number in range(1, len(lines)):
            if "|" in lines[number - 1] and _is_separator(lines[number]):
                header = "\n".join(lines[number - 1 : number + 1])
                if super().test(parent, _hide(header)):
                    self._start = number - 1
                    return True
        return False

    def run(self, parent: Element, blocks: list[str]) -> None:
        lines = blocks.pop(0).split("\n")
        start = self._start
        if start:
            self.parser.parseBlocks(parent, ["\n".join(lines[:start])])
        table = _hide("\n".join(lines[start:]))
        # The test prepared the separator of this very table; parsing what stood before
        # it may have run the test on other text.
        super().test(parent, table)
        super().run(parent, [table])
        for cell in parent[-1].iter():
            if cell.text:
                cell.text = cell.text.replace(_STANDS_FOR_PIPE, "|")


def _is_separator(line: str) -> bool:
    return "-" in line and ("|" in line or ":" in line) and bool(_SEPARATOR.match(line))


def _hide(block: str) -> str:
    """Replace the pipes of code spans, line by line, until the row is cut."""
    return "\n".join(_hide_in_line(line) if "|" in line else line for line in block.split("\n"))


def _hide_in_line(line: str) -> str:
    inside = [match.span() for match in _CODE.finditer(line)]
    characters = list(line)
    for start, end in inside:
        for at in range(start, end):
            if characters[at] == "|" and line[at - 1 : at] != "\\":
                characters[at] = _STANDS_FOR_PIPE
    return "".join(characters)


class _HeaderlessTables(BlockProcessor):
    """A block in which every line begins and ends with a pipe is a table without a header."""

    def test(self, parent: Element, block: str) -> bool:
        del parent
        lines = [line.strip() for line in block.strip("\n").split("\n")]
        return all(len(line) > 2 and line[0] == line[-1] == "|" for line in lines)  # noqa: PLR2004 - two pipes and a cell

    def run(self, parent: Element, blocks: list[str]) -> None:
        rows = [_cells(line) for line in blocks.pop(0).strip("\n").split("\n")]
        body = SubElement(SubElement(parent, "table"), "tbody")
        for cells in rows:
            row = SubElement(body, "tr")
            for cell in cells:
                SubElement(row, "td").text = cell


def _cells(line: str) -> list[str]:
    bare = _hide_in_line(line.strip())[1:-1]
    cells = re.split(r"(?<!\\)\|", bare)
    return [cell.strip().replace(_STANDS_FOR_PIPE, "|") for cell in cells]


class _Finish(Treeprocessor):
    """Classes, scopes and the box around each table."""

    def run(self, root: Element) -> None:
        heading = ""
        number = 0
        parents = {child: parent for parent in root.iter() for child in parent}
        for element in list(root.iter()):
            if element.tag in _HEADINGS:
                heading = words(element)
            elif element.tag == "table":
                number += 1
                _dress(element)
                _box(element, parents[element], _label(heading, number))


def _label(heading: str, number: int) -> str:
    return f"Table {number}: {heading}" if heading else f"Table {number}"


def _dress(table: Element) -> None:
    """Say by classes how cells are aligned, and by scopes what they head."""
    for cell in table.iter():
        style = cell.get("style")
        if cell.tag in ("td", "th") and style and (match := _STYLE.match(style)):
            del cell.attrib["style"]
            cell.set("class", " ".join(filter(None, [cell.get("class"), match[1]])))
    head = [*(table.find("thead/tr") or [])]
    rows = [[*row] for row in table.iterfind("tbody/tr") if len(row)]
    for cell in head:
        cell.set("scope", "col")
    if head and rows and (not raw_words(head[0]) or all(_is_bold(row[0]) for row in rows)):
        _name_rows(rows)
    # Rows that authors write by hand may differ in length.
    for number, column in enumerate(zip(*rows, strict=False)):
        # The head stands over its figures.
        cells = [*head[number : number + 1], *column]
        if all(map(_is_number, column)) and not any(cell.get("class") for cell in cells):
            for cell in cells:
                cell.set("class", "right")


def _is_bold(cell: Element) -> bool:
    """Say whether all of a cell is bold, as authors mark the name of a row."""
    whole = len(cell) == 1 and cell[0].tag == "strong"
    return whole and not (cell.text or "").strip() and not (cell[0].tail or "").strip()


def _name_rows(rows: list[list[Element]]) -> None:
    for row in rows:
        if row[0].tag == "td":
            row[0].tag = "th"
            row[0].set("scope", "row")


def _is_number(cell: Element) -> bool:
    return cell.tag == "td" and len(cell) == 0 and bool(_NUMBER.fullmatch(words(cell)))


def _box(table: Element, parent: Element, label: str) -> None:
    position = list(parent).index(table)
    box = Element("div", {"class": "table", "role": "group", "tabindex": "0", "aria-label": label})
    box.tail, table.tail = table.tail, "\n"
    box.text = "\n"
    parent[position] = box
    box.append(table)
