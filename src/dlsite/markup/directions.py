"""Let what runs the other way than its page say so: English in an Arabic page, and the reverse.

`1.2 GB` in a cell would read `GB 1.2`, and the full stop of an English source would stand at
its beginning.  A block in which no letter runs as the page does is English or a formula.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import ETX, STX

from dlsite.markup.labels import Labels
from dlsite.markup.trees import words
from dlsite.texts.direction import LEFT_TO_RIGHT, direction, own_direction

# What stands at the place of its side, and lists, whose marks do: the words in them turn alone.
_TURNED_INSIDE = frozenset(["caption", "dd", "dt", "figcaption", "li", "summary", "td", "th"])
_TURNED = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "p"])
_BLOCKS = frozenset(
    ["blockquote", "details", "div", "dl", "figure", "ol", "p", "pre", "section", "table", "ul"]
)

# What `tasks` puts before the words: a piece of raw HTML.
_BOX = re.compile(rf"{STX}wzxhzdk:\d+{ETX}")


class DirectionExtension(Extension):
    """Registers the tree processor."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self._labels = labels

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run when all blocks are what they will be."""
        md.treeprocessors.register(_Turn(md, self._labels), "dlsite-directions", 14)


class _Turn(Treeprocessor):
    def __init__(self, md: Markdown, labels: Labels) -> None:
        super().__init__(md)
        self._labels = labels

    def run(self, root: Element) -> None:
        around = direction(self._labels.language)
        if around == LEFT_TO_RIGHT:
            # Words of Arabic among English ones are mostly set right as they are.
            return
        held: set[Element] = set()
        for element in list(root.iter()):
            if element.tag in ("li", "dd"):
                held.update(element.findall("p"))
            is_inside = element.tag in _TURNED_INSIDE or element in held
            if not (is_inside or element.tag in _TURNED) or "dir" in element.attrib:
                continue
            own = own_direction(words(element), around)
            if not own or any(child.tag in _BLOCKS for child in element):
                continue
            if is_inside:
                _put_inside(element, own)
            else:
                element.set("dir", own)


def _put_inside(element: Element, own: str) -> None:
    """Put what an element holds, but for the box of a task, into one that says its direction."""
    is_task = "task-list-item" in element.get("class", "").split()
    box = _BOX.match(element.text or "") if is_task else None
    inside = Element("bdi", {"dir": own})
    inside.text = (element.text or "")[box.end() if box else 0 :]
    element.text = box[0] if box else None
    inside.extend(element)
    for child in list(element):
        element.remove(child)
    element.append(inside)
