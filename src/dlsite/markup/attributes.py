"""Kramdown's attribute lists on a line of their own, after or before a block.

`{: .wide #results}` under a table belongs to the table; over a paragraph, with a blank
line above, it belongs to what follows.  Attribute lists inside a line or at the end of
a heading are Python-Markdown's `attr_list`.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.attr_list import AttrListTreeprocessor, get_attrs_and_remainder
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.fences import code_lines

_LINE = re.compile(r"(?P<indent>[ \t]*)\{:(?P<list>[ \t]*[^{}\n]*?)[ \t]*\}[ \t]*$")
_MARK = re.compile(r"dlsiteattributes(?P<side>after|before):(?P<list>.*)", re.DOTALL)
_TAG = "dlsite-attributes"


class AttributeExtension(Extension):
    """Registers `attr_list`'s tree processor early enough for heading ids, and ours."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Attributes are put on before anything looks at ids and classes."""
        md.preprocessors.register(_AttributeLines(md), "dlsite-attribute-lines", 27)
        md.parser.blockprocessors.register(_AttributeBlock(md.parser), "dlsite-attributes", 95)
        md.treeprocessors.register(_PutOn(md), "dlsite-attributes", 19.6)
        md.treeprocessors.register(AttrListTreeprocessor(md), "attr_list", 19.5)
        md.registerExtension(self)


class _AttributeLines(Preprocessor):
    """Sets a list on a line of its own apart from the block that it belongs to."""

    def run(self, lines: list[str]) -> list[str]:
        if not any("{:" in line for line in lines):
            return lines
        in_code = code_lines(lines)
        result: list[str] = []
        for number, line in enumerate(lines):
            match = None if number in in_code else _LINE.match(line)
            before = lines[number - 1].strip() if number else ""
            after = lines[number + 1].strip() if number + 1 < len(lines) else ""
            if match is None:
                result.append(line)
            elif before:
                # In kramdown such a line ends its block, whatever follows.
                result += ["", f"{match['indent']}dlsiteattributesafter:{match['list']}"]
                result += [""] if after else []
            elif after:
                result += [f"{match['indent']}dlsiteattributesbefore:{match['list']}", ""]
            else:
                result.append(line)
        return result


class _AttributeBlock(BlockProcessor):
    """Leaves an element for the tree processor to find where it stands."""

    def __init__(self, parser: BlockParser) -> None:
        super().__init__(parser)

    def test(self, parent: Element, block: str) -> bool:
        del parent
        return block.lstrip().startswith("dlsiteattributes") and bool(_MARK.match(block.strip()))

    def run(self, parent: Element, blocks: list[str]) -> None:
        match = _MARK.match(blocks.pop(0).strip())
        assert match is not None
        element = SubElement(parent, _TAG, {"side": match["side"]})
        element.set("list", match["list"])


class _PutOn(Treeprocessor):
    """Moves attributes from the elements that stand for them to the blocks they belong to."""

    def run(self, root: Element) -> None:
        for parent in list(root.iter()):
            if any(child.tag == _TAG for child in parent):
                self._in(parent)

    def _in(self, parent: Element) -> None:
        children = list(parent)
        for index, child in enumerate(children):
            if child.tag != _TAG:
                continue
            beside = (
                children[:index][::-1] if child.get("side") == "after" else children[index + 1 :]
            )
            target = next((each for each in beside if each.tag != _TAG), None)
            if target is None:
                # Nothing to belong to: the author sees what was written.
                child.tag, child.text = "p", f"{{:{child.get('list')}}}"
                child.attrib.clear()
                continue
            _assign(target, child.get("list", ""))
            parent.remove(child)


def _assign(element: Element, text: str) -> None:
    attributes, _ = get_attrs_and_remainder(text)
    for key, value in attributes:
        if key == ".":
            classes = element.get("class", "").split()
            element.set("class", " ".join(dict.fromkeys([*classes, value])))
        elif re.fullmatch(r"[A-Za-z_:][\w:.-]*", key):
            element.set(key, value)
