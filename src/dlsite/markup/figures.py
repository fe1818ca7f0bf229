"""An image alone in its paragraph is a figure; its title is the caption."""

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
            if _is_alone(paragraph):
                _make_figure(paragraph)


def _is_alone(paragraph: Element) -> bool:
    if (paragraph.text or "").strip() or len(paragraph) != 1:
        return False
    child = paragraph[0]
    if (child.tail or "").strip():
        return False
    if child.tag == "a":
        linked = not (child.text or "").strip() and len(child) == 1
        return linked and child[0].tag == "img" and not (child[0].tail or "").strip()
    return child.tag == "img"


def _make_figure(paragraph: Element) -> None:
    paragraph.tag = "figure"
    image = next(paragraph.iter("img"))
    caption = image.attrib.pop("title", "")
    paragraph[0].tail = "\n"
    paragraph.text = "\n"
    if caption.strip():
        element = SubElement(paragraph, "figcaption")
        element.text = caption.strip()
        element.tail = "\n"
