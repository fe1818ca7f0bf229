"""Read the items of lists and of definition lists whole: each with all blocks that it holds.

Python-Markdown hands an item's blocks over one by one, so that what begins in one block
and goes on in the next (a callout, a tab, a definition) was none in a list.  The lines
are those of `lists.indent_lists`: what belongs to an item is indented by four columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred
from dlsite.markup.attributelists import LIST, assign
from dlsite.markup.lists import RAW, indent_lists

_ITEM = re.compile(r" {0,3}(?:[-*+]|(?P<number>\d{1,9})\.) +(?P<text>.*)")
_OWN = deferred(rf"(?!\{{:toc\}})(?P<list>{LIST})[ \t]*")
_INDENT = "    "
_DEFINITION = re.compile(r"^ {0,3}: {1,3}(?P<text>.*)$", re.MULTILINE)


class ItemExtension(Extension):
    """Registers the two block processors; `named` are the lists of attributes with a name."""

    def __init__(self, named: Mapping[str, str]) -> None:
        super().__init__()
        self._named = named

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the places of Python-Markdown's own."""
        blocks = md.parser.blockprocessors
        blocks.register(Items(md.parser, self._named), "olist", 40)
        blocks.deregister("ulist")
        blocks.deregister("indent")
        blocks.register(Definitions(md.parser), "deflist", 25)


@dataclass(slots=True)
class _Text:
    """The lines of an item; loose items are those that a blank line parts from others."""

    lines: list[str]
    is_loose: bool


class Items(BlockProcessor):
    """A list with its items, up to a block that belongs to none of them."""

    def __init__(self, parser: BlockParser, named: Mapping[str, str]) -> None:
        super().__init__(parser)
        self._named = named

    def test(self, parent: Element, block: str) -> bool:
        del parent
        return _ITEM.match(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        first = _ITEM.match(blocks[0])
        assert first is not None
        number = first["number"]
        tag = "ul" if number is None else "ol"
        items = _take(blocks, is_ordered=number is not None)
        last = parent[-1] if len(parent) else None
        if last is not None and last.tag == tag and len(last):
            # A long list comes in parts, and they come apart at blank lines.
            _loosen(last[-1])
            items[0].is_loose = True
            holder = last
        else:
            holder = SubElement(parent, tag)
            if number is not None and int(number) != 1:
                holder.set("start", str(int(number)))
        has_gap = False
        for item in items:
            # What follows an item of several blocks is set as far apart as they are.
            item.is_loose = item.is_loose or has_gap
            element = SubElement(holder, "li")
            if item.lines[0].startswith("{:") and (own := _OWN.match(item.lines[0])):
                # As in kramdown: attributes before the words of an item are the item's.
                assign(element, own["list"], self._named)
                item.lines[0] = item.lines[0][own.end() :]
            has_gap = _parse(self.parser, element, item)


def _take(blocks: list[str], *, is_ordered: bool) -> list[_Text]:
    """Take the items of one list from the front of `blocks`, and leave what is none of it."""
    items: list[_Text] = []
    lines, after_blank = blocks.pop(0).split("\n"), False
    while True:
        for number, line in enumerate(lines):
            marker = _marker(line)
            if marker is None:
                items[-1].lines.append(line.removeprefix(_INDENT))
            elif (marker["number"] is not None) == is_ordered:
                if after_blank and items:
                    items[-1].is_loose = True
                items.append(_Text([marker["text"]], is_loose=after_blank))
            elif marker["number"] is None or int(marker["number"]) == 1:
                blocks.insert(0, "\n".join(lines[number:]))
                return items
            else:
                # A year in a sentence, which must not look like an item inside of this one.
                items[-1].lines.append(_INDENT + line)
            after_blank = False
        following = _following(blocks)
        marker = _ITEM.match(following)
        is_next = marker is not None and (marker["number"] is not None) == is_ordered
        if not (is_next or following.startswith(_INDENT)):
            return items
        # What attributes stand right above of has been set apart from them, and not by its author.
        after_blank = not items[-1].lines[-1].startswith("dlsiteattributesafter+")
        lines = _pop_following(blocks)
        if not is_next:
            items[-1].lines.append("")


def _marker(line: str) -> re.Match[str] | None:
    sign = line.lstrip(" ")[:1]
    return _ITEM.match(line) if sign in "-*+" or sign.isdecimal() else None


def _parse(parser: BlockParser, holder: Element, item: _Text) -> bool:
    """Parse what an item holds, and say whether blank lines part that.

    Paragraphs of a tight item are text.
    """
    lines, has_gap = _apart(item.lines) if len(item.lines) > 1 else (item.lines, False)
    parser.state.set("looselist" if item.is_loose or has_gap else "list")
    parser.parseChunk(holder, "\n".join(lines))
    parser.state.reset()
    return has_gap


def _apart(lines: Sequence[str]) -> tuple[list[str], bool]:
    """Set a list apart from a sentence right above; say whether a blank line parts two blocks.

    Those inside of a list in the item part none of the item's own.
    """
    result: list[str] = []
    in_list = is_blank = has_gap = has_words = False
    raw_end: str | None = None
    for line in lines:
        if not line:
            result.append(line)
            is_blank = has_words
            continue
        if raw_end is None and (raw := RAW.match(line)) and f"</{raw['name']}" not in line:
            raw_end = f"</{raw['name']}"
        is_item = not raw_end and _marker(line) is not None
        if raw_end is not None and raw_end in line:
            raw_end = None
        is_deep = line.startswith(_INDENT)
        # Attributes come apart from the block that they belong to.
        is_own = is_blank and not line.startswith("dlsiteattributes")
        has_gap = has_gap or (is_own and not (in_list and (is_item or is_deep)))
        if is_item and not in_list and has_words and not is_blank:
            result.append("")
        in_list = is_item or (in_list and (is_deep or not is_blank))
        is_blank, has_words = False, True
        result.append(line)
    return result, has_gap


def _loosen(item: Element) -> None:
    """Make paragraphs of the texts that stand in an item."""
    if item.text:
        paragraph = Element("p")
        paragraph.text, item.text = item.text, ""
        item.insert(0, paragraph)
    for index, child in reversed(list(enumerate(item))):
        if child.tail and child.tail.strip():
            paragraph = Element("p")
            paragraph.text, child.tail = child.tail.lstrip(), ""
            item.insert(index + 1, paragraph)


class Definitions(BlockProcessor):
    """`: what it is` under a line that says what, with all that is indented below."""

    signs = (": ",)

    def test(self, parent: Element, block: str) -> bool:
        del parent
        return ": " in block and _DEFINITION.search(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> bool:
        block = blocks[0]
        found = _DEFINITION.search(block)
        assert found is not None
        last = parent[-1] if len(parent) else None
        terms = [line.strip() for line in block[: found.start()].split("\n") if line.strip()]
        is_loose = False
        if not terms:
            if last is None or (last.tag != "dl" and not (last.tag == "p" and last.text)):
                # A paragraph that begins with a colon.
                return False
            if last.tag == "p":
                terms, is_loose = (last.text or "").split("\n"), True
                parent.remove(last)
                last = parent[-1] if len(parent) else None
            else:
                is_loose = len(last[-1]) > 0 and last[-1][0].tag == "p"
        del blocks[0]
        holder = last if last is not None and last.tag == "dl" else SubElement(parent, "dl")
        lines, number = block[found.start() :].split("\n"), 0
        while number < len(lines):
            for term in terms:
                SubElement(holder, "dt").text = term
            text, lines, number = _definition(lines, number, blocks)
            _parse(self.parser, SubElement(holder, "dd"), _Text(text, is_loose))
            terms, is_loose = [], False
        return True


def _definition(
    lines: list[str], number: int, blocks: list[str]
) -> tuple[list[str], list[str], int]:
    """Return the lines of the definition at a line, and where among which lines the next begins.

    Sentences may go on at the margin; what is indented in `blocks` belongs to it as well.
    """
    opening = _DEFINITION.match(lines[number])
    assert opening is not None
    inside = [opening["text"]]
    number += 1
    while True:
        while number < len(lines):
            if _DEFINITION.match(lines[number]):
                return indent_lists(inside), lines, number
            inside.append(lines[number].removeprefix(_INDENT))
            number += 1
        if not _following(blocks).startswith(_INDENT):
            return indent_lists(inside), lines, number
        inside.append("")
        lines, number = _pop_following(blocks), 0


def _following(blocks: Sequence[str]) -> str:
    """Return the next block that is not blank, from its first line."""
    return next((block.lstrip("\n") for block in blocks if block.strip("\n")), "")


def _pop_following(blocks: list[str]) -> list[str]:
    """Take the lines of the next block that is not blank, and what is blank before it."""
    while not blocks[0].strip("\n"):
        del blocks[0]
    return blocks.pop(0).lstrip("\n").split("\n")
