"""Callouts, written as on GitHub or as in Python-Markdown: one and the same HTML."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor

from dlsite.deferred import deferred
from dlsite.markup.indented import IndentedBlock
from dlsite.markup.labels import ENGLISH, Labels, Words

_KINDS = ("note", "tip", "important", "warning", "caution")
_KIND_BY_TYPE = {
    **{kind: kind for kind in _KINDS},
    "abstract": "note",
    "info": "note",
    "hint": "tip",
    "success": "tip",
    "attention": "warning",
    "danger": "caution",
    "error": "caution",
    "bug": "caution",
    "failure": "caution",
}
_OPENING = deferred(
    r"^[ ]{0,3}(?P<sign>!!!|\?\?\?\+?)[ ]*(?P<type>[A-Za-z][\w-]*)"
    r"(?P<words>(?:[ ]+[^\s\"]+)*)(?:[ ]+\"(?P<title>.*)\")?[ ]*$",
    re.MULTILINE,
)
# How Material for MkDocs places a callout; here they stand in the text.
_PLACES = frozenset(["inline", "end"])
_QUOTE = deferred(r"^ {0,3}>[ ]?(?P<text>.*)$", re.MULTILINE)
_ALERT = deferred(r"[ ]*\[!(?P<type>[A-Za-z]+)\](?P<fold>[+-]?)(?P<title>(?:[ ].*)?)$")


class CalloutExtension(Extension):
    """Registers the two block processors."""

    def __init__(self, labels: Labels) -> None:
        super().__init__()
        self._labels = labels

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Both come before what would read the block as code, a quote or a paragraph."""
        blocks = md.parser.blockprocessors
        blocks.register(_Indented(md.parser, self._labels), "dlsite-callouts", 105)
        blocks.register(_Alerts(md.parser, self._labels), "dlsite-alerts", 21)


class _Indented(IndentedBlock):
    """`!!! note "Title"`, and `??? note` that can be folded."""

    signs = ("!!!", "???")

    def __init__(self, parser: BlockParser, labels: Labels) -> None:
        super().__init__(parser)
        self._labels = labels

    def opening(self, block: str) -> re.Match[str] | None:
        return _OPENING.search(block) if "!!!" in block or "???" in block else None

    def may_be_empty(self, match: re.Match[str]) -> bool:
        return match["title"] is not None

    def begin(self, parent: Element, match: re.Match[str]) -> Element:
        title = match["title"]
        if title is None:
            words = [word for word in match["words"].split() if word not in _PLACES]
            title = " ".join(words) or _name(match["type"], self._labels.words)
        name = _name(match["type"], self._labels.words)
        return _callout(parent, match["type"], title, name, fold=match["sign"])


class _Alerts(BlockProcessor):
    """`> [!NOTE]`, as GitHub has it; with a title, also as Obsidian has it."""

    signs = ("[!",)

    def __init__(self, parser: BlockParser, labels: Labels) -> None:
        super().__init__(parser)
        self._labels = labels

    def test(self, parent: Element, block: str) -> bool:
        del parent
        return "[!" in block and _first_line(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> bool:
        match = _first_line(blocks[0])
        assert match is not None
        alert = _ALERT.match(match["text"])
        assert alert is not None
        block = blocks[0]
        lines = block[match.end() :].removeprefix("\n").split("\n")
        content = "\n".join(_QUOTE.sub(r"\g<text>", line) for line in lines)
        title = alert["title"].strip()
        if not content.strip() and not title:
            return False
        blocks.pop(0)
        if before := block[: match.start()].rstrip("\n"):
            self.parser.parseBlocks(parent, [before])
        fold = {"-": "???", "+": "???+"}.get(alert["fold"], "!!!")
        name = _name(alert["type"], self._labels.words)
        callout = _callout(parent, alert["type"], title or name, name, fold=fold)
        self.parser.state.set("blockquote")
        self.parser.parseChunk(callout, content)
        self.parser.state.reset()
        return True


def _first_line(block: str) -> re.Match[str] | None:
    """Return the first line of the quote in `block` if it names a known kind."""
    match = _QUOTE.search(block)
    alert = _ALERT.match(match["text"]) if match else None
    return match if alert and alert["type"].lower() in _KIND_BY_TYPE else None


def _name(type_: str, words: Words) -> str:
    """Return what a callout is called; in English as its author has written it."""
    kind = _KIND_BY_TYPE.get(type_.lower())
    return type_.capitalize() if kind is None or words is ENGLISH else words.callout(kind)


def _callout(parent: Element, type_: str, title: str, name: str, *, fold: str) -> Element:
    """Add a callout to `parent`; `fold` is the sign that opens it in Python-Markdown."""
    kind = _KIND_BY_TYPE.get(type_.lower(), "note")
    if fold.startswith("?"):
        callout = SubElement(parent, "details", {"class": f"callout {kind}"})
        if fold.endswith("+"):
            callout.set("open", "open")
        SubElement(callout, "summary", {"class": "callout-title"}).text = title or name
        return callout
    callout = SubElement(parent, "aside", {"role": "note", "class": f"callout {kind}"})
    if title.strip():
        SubElement(callout, "p", {"class": "callout-title"}).text = title
    else:
        callout.set("aria-label", name)
    return callout
