"""Items of lists that begin with `[ ]` or `[x]` as tasks, whose boxes say how they stand."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.labels import Labels

_BOX = re.compile(r" *\[(?P<state>[xX ])\] +")


class TaskExtension(Extension):
    """Registers the tree processor."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self._labels = labels

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run when lists are made, before inline markup takes brackets for links."""
        md.treeprocessors.register(_Tasks(md, self._labels), "dlsite-tasks", 25)


class _Tasks(Treeprocessor):
    def __init__(self, md: Markdown, labels: Labels) -> None:
        super().__init__(md)
        self._stash = md.htmlStash
        self._labels = labels

    def run(self, root: Element) -> None:
        for listed in [each for each in root.iter() if each.tag in ("ul", "ol")]:
            tasks = [item for item in listed if item.tag == "li" and self._mark(item)]
            for item in tasks:
                _add_class(item, "task-list-item")
            if tasks:
                _add_class(listed, "task-list")

    def _mark(self, item: Element) -> bool:
        """Put a box where an item has its sign; say whether it has one."""
        holder = item
        if not item.text and len(item) and item[0].tag == "p":
            holder = item[0]
        sign = _BOX.match(holder.text or "")
        if sign is None:
            return False
        is_done = sign["state"] != " "
        state, words = " checked" if is_done else "", self._labels.words
        label = words.done if is_done else words.open
        box = f'<input type="checkbox" disabled{state} aria-label="{label}"/> '
        holder.text = self._stash.store(box) + (holder.text or "")[sign.end() :]
        return True


def _add_class(element: Element, name: str) -> None:
    element.set("class", f"{element.get('class', '')} {name}".strip())
