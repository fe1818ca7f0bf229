"""Change the trees of formulas: labels, lines over and under, and what the signs of `texmarks` ask.

Few formulas have one of these, so that a tree may be made for them.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Collection
from typing import assert_never
from urllib.parse import quote
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

from dlsite.deferred import deferred
from dlsite.markup.mathtext import readable_element
from dlsite.markup.texmarks import (
    CLOSE,
    OPEN,
    TAG_NAME,
    Bar,
    BareNumber,
    Box,
    Gap,
    Joined,
    Link,
    Marks,
    Padding,
    Tag,
)

_TAG_NAME = deferred(TAG_NAME + r"\d+")
_SIGN = deferred(f"{OPEN}\\d+{CLOSE}")
_LINE = "\u0332"
# Elements whose children have places, so that none of them can be taken away.
_OF_FIXED_LENGTH = frozenset(
    ["mfrac", "mroot", "msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts"]
)


def is_marked(markup: str) -> bool:
    """Say whether a formula may have something for which its tree must be changed."""
    return (
        OPEN in markup
        or _LINE in markup
        or "-above" in markup
        or "<a href" in markup
        or " id=" in markup
    )


class Trees:
    """Changes the trees of the formulas of one page.

    `label_of` turns numbers into labels; a label becomes an id that is not in `taken`.
    """

    def __init__(
        self, marks: Marks, label_of: Callable[[int], str], taken: Collection[str]
    ) -> None:
        self._marks = marks
        self._label_of = label_of
        self._taken = set(taken)
        self._ids: dict[int, str] = {}
        self._tags: dict[str, str] = {}

    def changed(self, markup: str) -> str:
        """Return a formula with its labels as ids, its lines as borders, and what signs ask for."""
        root = ET.fromstring(markup)  # noqa: S314 - it is math-core's
        for element in root.iter("mtd"):
            if identity := element.get("id"):
                element.set("id", self._identity(int(identity[1:])))
        for element in root.iter("a"):
            number = element.get("href", "#L")[2:]
            if number.isdecimal():
                element.set("href", f"#{quote(self._identity(int(number)), safe=':')}")
        _draw_lines(root)
        _close_tables(root)
        self._apply(root)
        # A sign that stood where only letters may, as in the name of an operator, is lost.
        return _SIGN.sub("", ET.tostring(root, encoding="unicode").replace(" />", "/>"))

    def with_tags(self, markup: str) -> str:
        """Return dressed markup with its references to tags showing what those say."""
        if TAG_NAME not in markup:
            return markup
        return _TAG_NAME.sub(lambda name: html.escape(self._tags.get(name[0], "")), markup)

    def _identity(self, number: int) -> str:
        """Return the id of a label: the label itself, without blanks (HTML, 3.2.6)."""
        if number not in self._ids:
            label = "-".join(self._label_of(number).split())
            free, twin = label, 0
            while free in self._taken:
                twin += 1
                free = f"{label}-{twin}"
            self._taken.add(free)
            self._ids[number] = free
        return self._ids[number]

    def _apply(self, root: Element) -> None:
        parents = {child: parent for parent in root.iter() for child in parent}
        signs = [each for each in root.iter("mtext") if _SIGN.fullmatch(each.text or "")]
        # The innermost first: what they wrap is moved as a whole by those around it.
        for sign in reversed(signs):
            parent = parents[sign]
            if parent.tag in _OF_FIXED_LENGTH:
                parent = _wrap(sign, parent, parents)
            at = list(parent).index(sign)
            parent.remove(sign)
            self._do(sign.text or "", parent, at, parents)

    def _do(self, sign: str, parent: Element, at: int, parents: dict[Element, Element]) -> None:
        mark = self._marks.read(sign)
        if not isinstance(mark, Bar | Gap | Joined):
            target = parent[at] if at < len(parent) else SubElement(parent, "mrow")
            self._change(mark, target, parent, parents)
            return
        row = _row_of(parent, parents)
        match mark:
            case Bar(width, height, depth):
                bar = Element("mspace", {"class": "filled", "width": f"{width:g}em"})
                bar.set("height", f"{height:g}em")
                bar.set("depth", f"{depth:g}em")
                parent.insert(at, bar)
                parents[bar] = parent
            case Gap(height) if row is not None:
                _add_gap(row, height, parents[row])
            case Joined() if row is not None:
                _add_class(parents[row], "joined")

    def _change(
        self,
        mark: Link | Box | Padding | BareNumber | Tag,
        target: Element,
        parent: Element,
        parents: dict[Element, Element],
    ) -> None:
        at = list(parent).index(target)
        match mark:
            case Link(address, text):
                _wrap_in_link(parent, at, target, address, text)
            case Box(background, frame):
                _frame(parent, at, target, background, frame)
            case Padding(measures):
                parent[at] = padded = Element("mpadded", dict(measures))
                padded.append(target)
            case BareNumber():
                for link in target.iter("a"):
                    link.text = (link.text or "").strip("()")
            case Tag(name):
                parent.remove(target)
                self._tags[name] = readable_element(target)
                _move_to_number(name, target, parent, parents)
            case _:
                assert_never(mark)


def _wrap(element: Element, parent: Element, parents: dict[Element, Element]) -> Element:
    """Put a row in the place of an element, and the element into it."""
    at = list(parent).index(element)
    parent[at] = row = Element("mrow")
    row.append(element)
    parents[element], parents[row] = row, parent
    return row


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())


def _draw_lines(root: Element) -> None:
    """Draw lines over and under as borders: as signs, few fonts have them of any length."""
    for element in root.iter():
        if element.tag in ("mover", "munder") and len(element) == 2:  # noqa: PLR2004 - base and script
            line = element[1]
            if line.tag == "mo" and line.text == _LINE:
                element.remove(line)
                element.set("class", "overlined" if element.tag == "mover" else "underlined")
                element.tag = "mrow"
                element.attrib.pop("accent", None)
                element.attrib.pop("accentunder", None)


def _close_tables(root: Element) -> None:
    r"""Make of the empty row that a last `\hline` leaves a line below the table."""
    for table in list(root.iter("mtable")):
        row = table[-1]
        names = (row[0].get("class") or "").split() if len(row) else []
        lines = [name for name in names if name.endswith("-above")]
        if len(row) == 1 and not len(row[0]) and lines:
            table.remove(row)
            _add_class(table, lines[0].replace("above", "below"))


def _wrap_in_link(parent: Element, at: int, target: Element, address: str, text: str) -> None:
    """MathML has no links that all browsers follow, but a text in it may hold one of HTML."""
    # An `mi`, for beside an `mtext` a plus or minus would be a sign, not an operation.
    parent[at] = holder = Element("mi")
    link = SubElement(holder, "a", {"href": address})
    if text:
        link.text = text
    else:
        SubElement(link, "math").append(target)


def _frame(parent: Element, at: int, target: Element, background: str, frame: str) -> None:
    parent[at] = box = Element("mrow", {"class": "frame" if frame else "box"})
    if background:
        box.set("mathbackground", background)
    if frame:
        box.set("mathcolor", frame)
        box = SubElement(box, "mrow", {"class": "ink"})
    box.append(target)


def _row_of(element: Element, parents: dict[Element, Element]) -> Element | None:
    row: Element | None = element
    while row is not None and row.tag != "mtr":
        row = parents.get(row)
    return row


def _add_gap(row: Element, height: float, table: Element) -> None:
    """Put a row of that height below a row; lines between columns go on through it."""
    gap = Element("mtr", {"class": "gap"})
    for cell in row:
        lines = [name for name in (cell.get("class") or "").split() if name.endswith("-right")]
        kept = " ".join(name for name in lines if name.startswith(("line", "dashes")))
        SubElement(gap, "mtd", {"class": kept} if kept else {})
    if len(gap):
        SubElement(gap[0], "mspace", {"height": f"{height:g}em"})
    table.insert(list(table).index(row) + 1, gap)


def _move_to_number(
    name: str, content: Element, element: Element, parents: dict[Element, Element]
) -> None:
    """Put what a tag holds into the last cell of its row, where its name stands."""
    row = _row_of(element, parents)
    for text in row.iter("mtext") if row is not None else ():
        shown = text.text or ""
        if name not in shown:
            continue
        cell = parents[text]
        cell.remove(text)
        group = SubElement(cell, "mrow")
        before, _, after = shown.partition(name)
        if before:
            SubElement(group, "mtext").text = before
        group.append(content)
        if after:
            SubElement(group, "mtext").text = after
        return
