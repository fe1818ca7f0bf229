"""An image with a title, alone in its paragraph, is a figure, and the title its caption.

Words in italics on the line below images are a caption too, and stay what they are.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.schemes import SILENT_SCHEME, WIKI_SCHEME

# Classes that say how much room a figure takes, and so are the figure's.
_ROOM = ("wide", "full")


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
            source = image.get("src", "")
            if not image.get("alt", "").strip() and not source.startswith(WIKI_SCHEME):
                image.set("src", SILENT_SCHEME + source)
        for paragraph in list(root.iter("p")):
            if _is_figure(paragraph):
                _make_figure(paragraph)
            elif _has_caption(paragraph):
                paragraph[-1].set("class", "caption")


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


def _has_caption(paragraph: Element) -> bool:
    """Say whether nothing but images stands above a line that is all in italics."""
    if len(paragraph) < 2 or (paragraph.text or "").strip():  # noqa: PLR2004 - an image and its words
        return False
    *above, words = paragraph
    if words.tag != "em" or "class" in words.attrib or (words.tail or "").strip():
        return False
    is_below = above[-1].tag == "br" or "\n" in (above[-1].tail or "")
    return (
        is_below
        and above[0].tag != "br"
        and all(_is_image(each) and not (each.tail or "").strip() for each in above)
    )


def _is_image(child: Element) -> bool:
    """Say whether an element is an image, one with a link around it, or the end of a line."""
    if child.tag == "a" and len(child) == 1:
        is_bare = not (child.text or "").strip() and not (child[0].tail or "").strip()
        return is_bare and child[0].tag == "img"
    return child.tag in ("img", "br")


def _make_figure(paragraph: Element) -> None:
    paragraph.tag = "figure"
    image = next(paragraph.iter("img"))
    _hand_over(image, paragraph)
    paragraph[0].tail = "\n"
    paragraph.text = "\n"
    caption = SubElement(paragraph, "figcaption")
    caption.text = image.attrib.pop("title").strip()
    caption.tail = "\n"


def _hand_over(image: Element, figure: Element) -> None:
    """Give the figure what is said of it behind the image: `![](…){: .wide #id}`."""
    classes = image.get("class", "").split()
    of_figure = [name for name in classes if name in _ROOM]
    if of_figure:
        figure.set("class", " ".join([*figure.get("class", "").split(), *of_figure]))
        classes = [name for name in classes if name not in _ROOM]
        image.set("class", " ".join(classes))
        if not classes:
            del image.attrib["class"]
    if "id" in image.attrib and "id" not in figure.attrib:
        figure.set("id", image.attrib.pop("id"))
