"""Kramdown's attribute lists on a line of their own, after or before a block.

`{: .wide #results}` under a table belongs to the table; over a paragraph, with a blank
line above, it belongs to what follows.  A list inside a line belongs to the span before it,
one at the end of a heading, a cell or a term to that; `attr_list` of Python-Markdown finds
those, with a stricter notion of what is a list.  `{:name: .wide}` gives a list a name.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.extensions.attr_list import AttrListTreeprocessor, isheader
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from dlsite.deferred import deferred
from dlsite.markup.attributelists import DEFINITION, LIST, assign
from dlsite.markup.fences import code_lines
from dlsite.markup.headlines import without_closing

_LINE = deferred(r"(?P<indent>[ \t]*)\{:(?P<list>[ \t]*[^{}\n]*?)[ \t]*\}[ \t]*$")
# What stands for a list on its line; a plus says that the line below is a blank one that
# was put in.
_MARK = deferred(r"dlsiteattributes(?P<side>after|before)\+?:(?P<list>[^\n]*)")
_LEFT = deferred(
    r"(?:(?<=\n)\n(?P<indent>[ \t]*)dlsiteattributesafter|dlsiteattributes[a-z]+)"
    r"(?:\+:(?P<list>[^\n{}<]*)\n?|:(?P<last>[^\n{}<]*))"
)
_TAG = "dlsite-attributes"


class AttributeExtension(Extension):
    """Registers what puts attributes on, early enough for heading ids."""

    def __init__(self) -> None:
        super().__init__()
        self.named: dict[str, str] = {}

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Attributes are put on before anything looks at ids and classes."""
        lines = _AttributeLines(md, self.named)
        md.preprocessors.register(lines, "dlsite-attribute-lines", 27)
        md.parser.blockprocessors.register(_AttributeBlock(md.parser), "dlsite-attributes", 95)
        md.treeprocessors.register(_PutOn(md, self.named), "dlsite-attributes", 19.6)
        md.treeprocessors.register(_Inside(md, self.named), "attr_list", 19.5)
        md.postprocessors.register(_PutBack(), "dlsite-attributes", 3)
        md.registerExtension(self)

    def reset(self) -> None:
        """Forget the names of the page before."""
        self.named.clear()


class _AttributeLines(Preprocessor):
    """Sets a list on a line of its own apart from the block that it belongs to."""

    def __init__(self, md: Markdown, named: dict[str, str]) -> None:
        super().__init__(md)
        self._named = named

    def run(self, lines: list[str]) -> list[str]:
        if "{:" not in "\n".join(lines):
            return lines
        in_code = code_lines(lines)
        lines = [
            line if number in in_code else self._without_definition(line)
            for number, line in enumerate(lines)
        ]
        result: list[str] = []
        for number, line in enumerate(lines):
            match = None if number in in_code else _LINE.match(line)
            before = lines[number - 1].strip() if number else ""
            after = lines[number + 1].strip() if number + 1 < len(lines) else ""
            if match is None:
                result.append(line)
            elif before:
                # In kramdown such a line ends its block, whatever follows.
                plus = "+" if after else ""
                result += ["", f"{match['indent']}dlsiteattributesafter{plus}:{match['list']}"]
                result += [""] if after else []
            elif after:
                result += [f"{match['indent']}dlsiteattributesbefore+:{match['list']}", ""]
            else:
                result.append(line)
        return result

    def _without_definition(self, line: str) -> str:
        match = DEFINITION.fullmatch(line)
        if match is None:
            return line
        before = self._named.get(match[1])
        self._named[match[1]] = match[2] if before is None else f"{before} {match[2]}"
        return ""


class _AttributeBlock(BlockProcessor):
    """Leaves an element for the tree processor to find where it stands."""

    signs = ("dlsiteattributes",)

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


class _PutBack(Postprocessor):
    """Gives lines back that turn out to be of HTML, which no list belongs to."""

    def run(self, text: str) -> str:
        if "dlsiteattributes" not in text:
            return text
        return _LEFT.sub(
            lambda left: f"{left['indent'] or ''}{{:{left['list'] or left['last'] or ''}}}", text
        )


class _PutOn(Treeprocessor):
    """Moves attributes from the elements that stand for them to the blocks they belong to."""

    def __init__(self, md: Markdown, named: dict[str, str]) -> None:
        super().__init__(md)
        self._named = named

    def run(self, root: Element) -> None:
        if next(root.iter(_TAG), None) is None:
            return
        for parent in list(root.iter()):
            if parent.tag in ("ul", "ol"):
                self._in_items(parent)
            if any(child.tag == _TAG for child in parent):
                self._in(parent)

    def _in_items(self, listed: Element) -> None:
        """Put on items what belongs to their words; a table of contents takes the whole list."""
        for item in listed:
            if len(item) and item[0].tag == _TAG and item[0].get("side") == "after" and item.text:
                text = item[0].get("list", "")
                assign(listed if text.split() == ["toc"] else item, text, self._named)
                item.text += (item[0].tail or "").rstrip()
                item.remove(item[0])

    def _in(self, parent: Element) -> None:
        blocks = iter([child for child in parent if child.tag != _TAG])
        above, below = None, next(blocks, None)
        kept: list[Element] = []
        for child in parent:
            target = above if child.get("side") == "after" else below
            if child is below:
                above, below = child, next(blocks, None)
            elif target is None:
                # Nothing to belong to: the author sees what was written.
                child.tag, child.text = "p", f"{{:{child.get('list')}}}"
                child.attrib.clear()
                above = child
            else:
                assign(target, child.get("list", ""), self._named)
                continue
            kept.append(child)
        parent[:] = kept


class _Inside(AttrListTreeprocessor):
    """Puts on what stands behind a span, or at the end of a heading, a cell or a term."""

    HEADER_RE = deferred(rf"[ ]+({LIST})[ ]*$")  # type: ignore[misc]  # made to be replaced
    BLOCK_RE = deferred(rf"\n[ ]*({LIST})[ ]*$")  # type: ignore[misc]
    INLINE_RE = deferred(rf"((?:{LIST})+)")  # type: ignore[misc]

    def __init__(self, md: Markdown, named: dict[str, str]) -> None:
        super().__init__(md)
        self._named = named

    def run(self, doc: Element) -> None:
        """Look at every element, if there is a list anywhere."""
        if "{" in "".join(doc.itertext()):
            for element in doc.iter():
                if isheader(element):
                    self._put_on_heading(element)
            super().run(doc)

    def _put_on_heading(self, heading: Element) -> None:
        """Put on what stands at the end; Python-Markdown would take the sign of `# C# {#c}` too."""
        text = (heading[-1].tail if len(heading) else heading.text) or ""
        found = self.HEADER_RE.search(text)
        if found is None:
            return
        assign(heading, found[1], self._named)
        words = without_closing(text[: found.start()])
        if len(heading):
            heading[-1].tail = words
        else:
            heading.text = words

    def assign_attrs(self, elem: Element, attrs_string: str, *, strict: bool = False) -> str:
        """Put lists on an element; nothing of them remains."""
        del strict
        assign(elem, attrs_string, self._named)
        return ""
