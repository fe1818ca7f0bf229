"""Footnotes, numbered in the order of their marks and put at the end of the body."""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions.footnotes import FootnoteBlockProcessor
from markdown.extensions.footnotes import FootnoteExtension as Definitions
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.blocks import DEEPEST
from dlsite.markup.labels import Labels, Words
from dlsite.markup.lists import indent_lists
from dlsite.markup.reader import Reader

# A label has at most 999 code points (CommonMark, 4.7).
_MARK = r"\[\^([^\]\s][^\]\n]{0,998})\]"
_KEY = "data-footnote"
_NO_BREAK_SPACE = "\u00a0"
# With the variation selector it is a letter, not an emoji.
_BACK = "\u21a9\ufe0e"


class FootnoteExtension(Definitions):
    """Python-Markdown's reading of definitions with marks and notes of our own."""

    def __init__(self, spoken: Labels) -> None:
        super().__init__()
        self._spoken = spoken

    @property
    def words(self) -> Words:
        """The words of the language of the body."""
        return self._spoken.words

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Put notes in the tree before inline markup is read, and in order after it."""
        self.parser = md.parser
        self.md = md
        md.registerExtension(self)
        md.parser.blockprocessors.register(FootnoteBlockProcessor(self), "footnote", 17)
        md.inlinePatterns.register(_Marks(self), "footnote", 175)
        md.treeprocessors.register(_Append(md, self), "footnote", 50)
        md.treeprocessors.register(_Number(md, self), "footnote-duplicate", 16)

    def on_too_deep(self, text: str) -> None:
        """Say what stands in too many notes."""
        if isinstance(self.md, Reader):
            self.md.blocks.on_too_deep(text)

    def reset(self) -> None:
        """Forget the notes of the last body."""
        super().reset()
        self.labels: dict[str, str] = {}
        # The keys of those to be read, each with how many notes it stands in.
        self.waiting: deque[tuple[str, int]] = deque()
        self.level = 0
        self.section: Element | None = None
        self._repeats: Counter[str] = Counter()

    def setFootnote(self, id: str, text: str) -> None:  # noqa: A002, N802 - Python-Markdown's names
        """Store a definition; of several with one label the first counts, none is lost."""
        key = normal(id)
        self._repeats[key] += 1
        if key in self.footnotes:
            # No mark can say this, since `]` ends a label.
            key += f"]{self._repeats[key]}"
        self.labels[key] = id
        self.waiting.append((key, self.level))
        self.footnotes[key] = "\n".join(indent_lists(text.split("\n")))


def normal(label: str) -> str:
    """Return a label as it is compared: case and blanks count for nothing, as on GitHub."""
    return " ".join(label.split()).casefold()


class _Marks(InlineProcessor):
    def __init__(self, extension: FootnoteExtension) -> None:
        super().__init__(_MARK)
        self._extension = extension

    def handleMatch(  # type: ignore[override] # noqa: N802 - Python-Markdown's name; its stub has the old form
        self, m: re.Match[str], data: str
    ) -> tuple[Element | None, int | None, int | None]:
        del data
        key = normal(m[1])
        if key not in self._extension.footnotes:
            return None, None, None
        mark = Element("sup", {"class": "footnote-ref"})
        SubElement(mark, "a", {"role": "doc-noteref", _KEY: key})
        return mark, m.start(), m.end()


class _Append(Treeprocessor):
    """Adds the section of notes, in the order of definition."""

    def __init__(self, md: Markdown, extension: FootnoteExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, root: Element) -> None:
        footnotes = self._extension.footnotes
        if not footnotes:
            return
        section = SubElement(root, "section", {"role": "doc-endnotes", "class": "footnotes"})
        section.set("aria-label", self._extension.words.footnotes)
        self._extension.section = section
        notes = SubElement(section, "ol")
        # A note may define notes of its own.
        while self._extension.waiting:
            key, level = self._extension.waiting.popleft()
            note = SubElement(notes, "li", {_KEY: key})
            note.extend(self._blocks(footnotes[key], level))
            footnotes[key] = ""

    def _blocks(self, text: str, level: int) -> list[Element]:
        """Return what a note holds; as text where that is in too many notes."""
        # List blocks treat a parent `li` in a way of their own.
        parent = Element("div")
        if level < DEEPEST:
            self._extension.level = level + 1
            self._extension.parser.parseChunk(parent, text)
            self._extension.level = 0
        else:
            self._extension.on_too_deep(text)
            SubElement(parent, "p").text = text
        return list(parent)


class _Number(Treeprocessor):
    """Sorts the notes by their first marks, and links marks and notes with each other."""

    def __init__(self, md: Markdown, extension: FootnoteExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, root: Element) -> None:
        section = self._extension.section
        if section is None:
            return
        notes = {note.get(_KEY, ""): note for note in section[0]}
        marks = _marks(root, section, notes)
        keys = [*marks, *(key for key in notes if key not in marks)]
        names = _names({key: self._extension.labels[key] for key in keys})
        for note in list(section[0]):
            section[0].remove(note)
        for number, (key, name) in enumerate(names.items(), start=1):
            note = notes[key]
            del note.attrib[_KEY]
            note.set("id", f"fn-{name}")
            _name_anchors(note, marks.get(key, ()), number)
            section[0].append(note)
            for turn, mark in enumerate(marks.get(key, ()), start=1):
                _link(mark, note, number, turn, name)
                _name(mark, note[-1][-1], number, turn, self._extension.words)


def _name_anchors(note: Element, marks: Sequence[Element], number: int) -> None:
    """Name what a stylesheet needs to put a note beside its mark and under the note before."""
    if marks:
        marks[0].set("data-mark", f"--mark-{number}")
        note.set("data-mark", f"--mark-{number}")
    note.set("data-note", f"--note-{number}")
    if number > 1:
        note.set("data-under", f"--note-{number - 1}")


def _marks(root: Element, section: Element, notes: dict[str, Element]) -> dict[str, list[Element]]:
    """Return the marks of each note, notes in the order in which a reader meets them."""
    marks: defaultdict[str, list[Element]] = defaultdict(list)

    def collect(element: Element) -> None:
        for link in element.iter("a"):
            key = link.get(_KEY, "")
            if key in notes and link.get("role") == "doc-noteref":
                marks[key].append(link)

    for element in root:
        if element is not section:
            collect(element)
    read: set[str] = set()
    while waiting := [key for key in marks if key not in read]:
        for key in waiting:
            read.add(key)
            collect(notes[key])
    for key, note in notes.items():
        if key not in read:
            collect(note)
    return dict(marks)


def _names(labels: dict[str, str]) -> dict[str, str]:
    """Return what stands for each label in ids: letters, digits and hyphens."""
    names: dict[str, str] = {}
    taken: Counter[str] = Counter()
    for key, label in labels.items():
        name = re.sub(r"[\W-]+", "-", label.strip()).strip("-") or "note"
        taken[name] += 1
        # No label gives two hyphens in a row, so this is the name of no other.
        names[key] = name if taken[name] == 1 else f"{name}--{taken[name]}"
    return names


def _link(mark: Element, note: Element, number: int, turn: int, name: str) -> None:
    again = str(turn) if turn > 1 else ""
    # Kramdown's ids with hyphens for colons, which a selector would have to escape; the
    # theme's script leads links to the notes of a Jekyll site to them.
    place = f"fnref{again}-{name}"
    del mark.attrib[_KEY]
    mark.text = str(number)
    mark.set("id", place)
    mark.set("href", f"#fn-{name}")
    if not len(note) or note[-1].tag != "p":
        SubElement(note, "p")
    paragraph = note[-1]
    if len(paragraph):
        paragraph[-1].tail = (paragraph[-1].tail or "") + _NO_BREAK_SPACE
    elif paragraph.text:
        paragraph.text += _NO_BREAK_SPACE
    back = SubElement(paragraph, "a", {"role": "doc-backlink", "class": "footnote-backref"})
    back.set("href", f"#{place}")
    back.text = _BACK
    if again:
        SubElement(back, "sup").text = again


def _name(mark: Element, back: Element, number: int, turn: int, words: Words) -> None:
    """Say what the two links are, which show a number and an arrow."""
    again = f"-{turn}" if turn > 1 else ""
    mark.set("aria-label", f"{words.footnote} {number}")
    back.set("aria-label", f"{words.back} {number}{again}")
