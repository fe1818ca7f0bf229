"""The text of a tree as a reader meets it: run by run, across the borders of inline elements."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markdown.util import AtomicString

from dlsite.dataclass import dataclass

CODE = frozenset(["code", "pre", "kbd", "samp", "script", "style", "var", "math", "textarea"])
INLINE = frozenset(
    ["a", "abbr", "b", "cite", "del", "em", "i", "ins", "mark", "q", "s", "small", "span",
     "strong", "sub", "sup", "u"]
)  # fmt: skip


@dataclass(slots=True)
class Run:
    """A piece of text in the tree: the `text` or the `tail` of an element."""

    element: Element
    is_tail: bool
    text: str

    def write(self, text: str) -> None:
        if self.is_tail:
            self.element.tail = text
        else:
            self.element.text = text


def lines_of(root: Element) -> Iterator[list[Run]]:
    """Yield the runs of text that a reader meets one after the other in one block."""
    line: list[Run] = []
    # A stack in place of recursion: quotes in quotes may be deep.
    waiting: list[tuple[Element, bool]] = [(root, False)]
    while waiting:
        element, is_tail = waiting.pop()
        if is_tail:
            if element.tag not in INLINE and element.tag not in CODE:
                yield line
                line = []
            elif element.tag in CODE:
                line.append(Run(Element("code"), is_tail=False, text="x"))
            if element.tail and not isinstance(element.tail, AtomicString):
                line.append(Run(element, is_tail=True, text=element.tail))
            continue
        if element.tag in CODE or not isinstance(element.tag, str):
            continue
        if element.tag not in INLINE:
            yield line
            line = []
        if element.text:
            # A link may show its own address, which is not to be changed.
            is_fixed = isinstance(element.text, AtomicString)
            holder = Element("code") if is_fixed else element
            line.append(Run(holder, is_tail=False, text="x" if is_fixed else element.text))
        for child in reversed(element):
            waiting += [(child, True), (child, False)]
    yield line
