"""An image with a title, alone in its paragraph, is a figure, and the title its caption."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor


class FigureExtension(Extension):
    """Registers the tree processor."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run when attributes are on and typography is done."""
        md.treeprocessors.register(_Figures(md), "dlsite-figures", 12)


class _Figures(Treeprocessor):
    def run(self, root: Element) -> None:
        for number, image in enumerate(root.iter("img")):
            # The first is likely on the screen at once; waiting would make it late.
            if number:
                image.set("loading", "lazy")
            image.set("decoding", "async")
        for paragraph in list(root.iter("p")):
            if _is_figure(paragraph):
                _make_figure(paragraph)


def _is_figure(paragraph: Element) -> bool:
    if (paragraph.text or "").strip() or len(paragraph) != 1:
        return False
    child = paragraph[0]
    if (child.tail or "").strip():
        return False
    if child.tag == "a":
        is_linked = not (child.text or "").strip() and len(child) == 1
        if not is_linked or (child[0].tail or "").strip():
            return False
        child = child[0]
    return child.tag == "img" and bool(child.get("title", "").strip())


def _make_figure(paragraph: Element) -> None:
    paragraph.tag = "figure"
    image = next(paragraph.iter("img"))
    paragraph[0].tail = "\n"
    paragraph.text = "\n"
    caption = SubElement(paragraph, "figcaption")
    caption.text = image.attrib.pop("title").strip()
    caption.tail = "\n"
