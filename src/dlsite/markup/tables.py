"""Tables as authors write them: also right under a sentence, and without a header row.

Alignment becomes a class, header cells get their scope, and each table stands in a box
of its own that can scroll.  A `|` in code does not cut a cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import zip_longest
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.labels import Labels
from dlsite.markup.trees import raw_words, words

# A rule between rows; kramdown allows blanks in it, and signs of equality over a foot.
_RULE_CELL = r"[ \t]*+:?[ \t]*+(?:-[-+ \t]*+|=[=+ \t]*+):?[ \t]*+"
_RULE = re.compile(rf"[ \t]*+\|?{_RULE_CELL}(?:\|{_RULE_CELL})*+\|?[ \t]*+$")
_ITEM = re.compile(r"[ ]*(?:[-*+]|\d{1,9}[.)])[ ]+")
_CODE = re.compile(r"\\\\|\\`|(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)")
_PIPE = re.compile(r"(?<!\\)\|")
# A figure with its sign, separators and unit.
_NUMBER = re.compile(r"[-+\u2212\u00b1~<>]?\s?\d[\d.,\s]*(?:\s?(?:%|\u00d7|x|[kKMGTB]))?")
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_STANDS_FOR_PIPE = "\ue7c1"


class TableExtension(Extension):
    """Registers the two block processors and the tree processor."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self._labels = labels

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Tables come before paragraphs and after everything that can hold one."""
        md.parser.blockprocessors.register(_Tables(md.parser), "table", 75)
        md.parser.blockprocessors.register(_HeaderlessTables(md.parser), "dlsite-rows", 74)
        md.treeprocessors.register(_Finish(md, self._labels), "dlsite-tables", 15)


class _Tables(BlockProcessor):
    """A row of names over a rule, wherever in its block they stand, and the rows below."""

    signs = ("|",)

    def test(self, parent: Element, block: str) -> bool:
        del parent
        return "-" in block and _header(block.split("\n")) >= 0

    def run(self, parent: Element, blocks: list[str]) -> None:
        lines = blocks.pop(0).split("\n")
        start = _header(lines)
        above = lines[:start]
        if above and "|" in above[-1] and _RULE.match(above[-1]):
            # In kramdown a table may begin with a rule.
            del above[-1]
        if before := "\n".join(above).strip("\n"):
            self.parser.parseBlocks(parent, [before])
        table = SubElement(parent, "table")
        names, aligns = _cells(lines[start]), [_align(cell) for cell in _cells(lines[start + 1])]
        width = max(len(names), len(aligns))
        _row(SubElement(table, "thead"), "th", _filled(names, width), aligns)
        _rows(table, lines[start + 2 :], width, aligns)


def _header(lines: Sequence[str]) -> int:
    """Return the number of the line that is a header; -1 where there is none."""
    in_item = False
    for number in range(1, len(lines)):
        is_rule = "|" in lines[number] or ":" in lines[number]
        in_item = in_item or _ITEM.match(lines[number - 1]) is not None
        if in_item and lines[number].startswith(" "):
            continue  # The table is in the item.
        if is_rule and "-" in lines[number] and _RULE.match(lines[number]):
            names = _cells(lines[number - 1])
            # One column needs its bars, lest a rule under a sentence make it a table.
            if _PIPE.search(_hide(lines[number - 1])) and (
                len(names) > 1 or len(_cells(lines[number])) == 1
            ):
                return number - 1
    return -1


class _HeaderlessTables(BlockProcessor):
    """A block in which every line begins with a pipe, or that begins with a rule over rows."""

    signs = ("|",)

    def test(self, parent: Element, block: str) -> bool:
        del parent
        lines = [line.strip() for line in block.strip("\n").split("\n")]
        if not all(line.startswith("|") for line in lines):
            is_ruled = len(_cells(lines[0])) > 1 and _RULE.match(lines[0])
            return bool(is_ruled) and len(lines) > 1 and all(map(_PIPE.search, lines))
        # A sentence may begin with a bar: `|x| is the absolute value`.
        return len(lines) > 1 or (len(lines[0]) > 2 and lines[0].endswith("|"))  # noqa: PLR2004 - two pipes and a cell

    def run(self, parent: Element, blocks: list[str]) -> None:
        lines = blocks.pop(0).strip("\n").split("\n")
        ruled = _RULE.match(lines[0]) if len(lines) > 1 else None
        aligns = [_align(cell) for cell in _cells(lines[0])] if ruled else []
        _rows(SubElement(parent, "table"), lines[1:] if ruled else lines, len(aligns), aligns)


def _rows(table: Element, lines: Sequence[str], width: int, aligns: Sequence[str]) -> None:
    """Add rows to a table; a rule begins another group of them, one of `=` the foot."""
    group: Element | None = None
    kind = "tbody"
    for line in lines:
        if _RULE.match(line) and "|" in line:
            kind, group = "tfoot" if "=" in line else "tbody", None
            continue
        if group is None:
            group = SubElement(table, kind)
        _row(group, "td", _filled(_cells(line), width), aligns)


def _row(group: Element, tag: str, cells: Sequence[str], aligns: Sequence[str]) -> None:
    row = SubElement(group, "tr")
    for text, align in zip_longest(cells, aligns[: len(cells)], fillvalue=""):
        SubElement(row, tag, {"class": align} if align else {}).text = text


def _filled(cells: list[str], width: int) -> list[str]:
    """Return `cells` with empty ones up to `width`; what is more than that is kept."""
    return cells + [""] * (width - len(cells))


def _align(cell: str) -> str:
    """Return the class for the alignment that a cell of the rule asks for."""
    left, right = cell.startswith(":"), cell.endswith(":")
    return "center" if left and right else "right" if right else "left" if left else ""


def _cells(line: str) -> list[str]:
    """Cut a row at its pipes, those in code and escaped ones left; the outer ones are optional."""
    bare = _hide(line.strip()).removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    return [cell.strip().replace(_STANDS_FOR_PIPE, "|") for cell in _PIPE.split(bare)]


def _hide(line: str) -> str:
    r"""Replace the pipes of code spans until the row is cut; in them `\|` is a pipe too."""
    if "`" not in line:
        return line
    return _CODE.sub(
        lambda code: code[0].replace("\\|", _STANDS_FOR_PIPE).replace("|", _STANDS_FOR_PIPE), line
    )


class _Finish(Treeprocessor):
    """Classes, scopes and the box around each table."""

    def __init__(self, md: Markdown, labels: Labels) -> None:
        super().__init__(md)
        self._labels = labels

    def run(self, root: Element) -> None:
        if next(root.iter("table"), None) is None:
            return
        heading: Element | None = None
        number = 0
        parents = {child: parent for parent in root.iter() for child in parent}
        for element in list(root.iter()):
            if element.tag in _HEADINGS:
                heading = element
            elif element.tag == "table":
                number += 1
                _dress(element)
                caption = _with_caption(element)
                _box(element, parents[element], caption or self._label(heading, number))

    def _label(self, heading: Element | None, number: int) -> str:
        label = f"{self._labels.words.table} {number}"
        above = "" if heading is None else words(heading)
        return f"{label}: {above}" if above else label


def _with_caption(table: Element) -> str:
    """Make a caption of the attribute that `{: caption="…"}` is, and return its words."""
    text = " ".join(table.attrib.pop("caption", "").split())
    if not text:
        return ""
    caption = Element("caption")
    caption.text, caption.tail = text, "\n"
    table.insert(0, caption)
    return words(caption)


def _dress(table: Element) -> None:
    """Say by scopes what cells head, and by classes that figures are aligned."""
    head = [*next(table.iterfind("thead/tr"), ())]
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
