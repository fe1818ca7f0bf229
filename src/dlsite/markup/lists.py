"""Give lists the indentation that Python-Markdown wants, read as CommonMark and GitHub read it.

Python-Markdown nests by four columns and wants a blank line before a list.  Authors
nest by the width of the marker and put a list right under its sentence.  This walks
the lines once, keeps a stack of the open items, and moves what belongs to an item to
four columns a level; no word is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor

from dlsite.dataclass import dataclass
from dlsite.hidden import closing_fence

# What follows the gap may be a blank of another kind, as editors leave them.
_MARKER = re.compile(r"(?P<marker>[-*+]|(?P<number>\d{1,9})[.)])(?P<gap>[ \t]+(?=[^ \t])|[ \t]*$)")
_FENCE = re.compile(r"(?P<mark>`{3,}(?=[^`]*$)|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
# What stands in these is nobody's Markdown (CommonMark, 4.6, the first kind).
_RAW = re.compile(r"<(?P<name>pre|script|style|textarea)\b", re.IGNORECASE)
# An attribute list on its own line ends its block, as in kramdown.
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}[ \t]*$")
_TAB = 4
_MAX_DEPTH = 40
"""Items deeper than this stay text: Python-Markdown recurses once a level."""


@dataclass(slots=True)
class _Item:
    """An open list item.

    `content` is the column, from 0, at which its text starts; `has_blank` says that it
    goes on after a blank line.
    """

    content: int
    has_blank: bool = False


class ListExtension(Extension):
    """Registers the preprocessor."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run after line ends are normal and before anything reads blocks."""
        md.preprocessors.register(_ListLines(md), "dlsite-lists", 28)


class _ListLines(Preprocessor):
    def run(self, lines: list[str]) -> list[str]:
        return indent_lists(lines)


def indent_lists(lines: Iterable[str]) -> list[str]:
    """Return `lines` with list items and what belongs to them at four columns a level."""
    source = list(lines)
    result: list[str] = []
    index = 0
    walker = _Walker()
    while index < len(source):
        line = source[index]
        if ">" in line and not walker.in_code and _QUOTE.match(line):
            end = index
            while end < len(source) and _QUOTE.match(source[end]):
                end += 1
            result += walker.close_for_block()
            result += _quoted(source[index:end])
            if end < len(source) and _interrupts(source[end]):
                result.append("")
            index = end
            continue
        if walker.takes(line):
            result.append(line)
        else:
            result += walker.line(line, source, index)
        index += 1
    return result


def _interrupts(line: str) -> bool:
    """Say whether a list begins at a line, which the paragraph of a quote above cannot hold."""
    text = line.lstrip(" ")
    marker = _MARKER.match(text) if len(line) - len(text) < _TAB else None
    return marker is not None and bool(marker["gap"]) and marker["number"] in (None, "1")


def _quoted(lines: list[str]) -> list[str]:
    """Treat the inside of a block quote as a text of its own."""
    bare = [re.sub(r"^ {0,3}> ?", "", line, count=1) for line in lines]
    depth = max(len(line) - len(line.lstrip("> ")) for line in bare)
    # Quotes in quotes in quotes are Python-Markdown's to bound.
    inside = bare if depth > _MAX_DEPTH else indent_lists(bare)
    return [f"> {line}".rstrip() if line.strip() else ">" for line in inside]


class _Walker:
    """Reads one line at a time and knows which items are open."""

    def __init__(self) -> None:
        self._items: list[_Item] = []
        self._fence = ""
        self._fence_indent = 0
        self._raw_end: re.Pattern[str] | None = None
        self._unclosed: dict[str, int] = {}
        self._after_blank = True
        self._in_paragraph = False

    @property
    def in_code(self) -> bool:
        """Whether a fence or raw HTML is open."""
        return bool(self._fence or self._raw_end)

    def close_for_block(self) -> list[str]:
        """End what is open, because another block begins at the margin."""
        needs_blank = bool(self._items) and not self._after_blank
        self._items.clear()
        self._in_paragraph = False
        self._after_blank = False
        return [""] if needs_blank else []

    def takes(self, line: str) -> bool:
        """Take a line that stays as it is, as most do: code, words or nothing outside of lists."""
        if self._items or self._raw_end:
            return False
        if self._fence:
            return self._fence not in line
        if line and not line[0].isalpha():
            return False
        if "\t" in line:
            return False
        self._after_blank = not line
        self._in_paragraph = bool(line)
        return True

    def line(self, line: str, source: list[str], index: int) -> list[str]:
        """Return what the line becomes: itself, moved, perhaps with a blank one before it."""
        if self.in_code:
            return [self._code_line(line)]
        if not line.strip():
            self._after_blank = True
            for item in self._items:
                item.has_blank = True
            self._in_paragraph = False
            return [line]
        expanded = line.expandtabs(_TAB)
        text = expanded.lstrip(" ")
        indent = len(expanded) - len(text)
        before = self._leave(indent, text)
        moved = self._place(indent, text, source, index)
        self._after_blank = False
        return before + moved

    def _leave(self, indent: int, text: str) -> list[str]:
        """Close the items that the line is not part of."""
        if not self._items or indent >= self._items[-1].content:
            return []
        starts_block = bool(
            _MARKER.match(text) or _FENCE.match(text) or _HEADING.match(text) or _RULE.match(text)
        )
        if not self._after_blank and not starts_block and self._in_paragraph:
            return []  # A sentence that goes on at the margin (CommonMark, 5.2).
        if self._after_blank and not _MARKER.match(text) and indent and self._continues(indent):
            return []
        is_loose = False
        while self._items and indent < self._items[-1].content:
            is_loose = self._items.pop().has_blank or is_loose
        self._in_paragraph = False
        ends_list = starts_block and not _MARKER.match(text)
        # Python-Markdown begins another item only at the start of a block, once an item
        # has had more than one block.
        return [""] if (ends_list or is_loose) and not self._after_blank else []

    def _continues(self, indent: int) -> bool:
        """Say whether a paragraph belongs to the open item though it is indented by less.

        Kramdown and authors take two or three columns for an item of `10.` as well.
        """
        return indent >= 2 and self._items[-1].content - indent <= 2  # noqa: PLR2004 - columns

    def _place(self, indent: int, text: str, source: list[str], index: int) -> list[str]:
        depth = len(self._items)
        start = self._items[-1].content if self._items else 0
        extra = max(0, indent - start)
        if text[0].isalpha():
            # Nothing below begins with a letter.
            self._in_paragraph = extra < _TAB
            return [" " * (_TAB * depth + extra if depth else indent) + text]
        marker = _MARKER.match(text)
        if extra < _TAB and marker and not _RULE.match(text) and self._may_begin(marker):
            return self._item(indent, marker, source, index)
        fence = _FENCE.match(text)
        if fence and extra < _TAB and self._closes(fence["mark"], indent, source, index):
            self._fence, self._fence_indent = fence["mark"], indent
            self._in_paragraph = False
            return [" " * (_TAB * depth) + text]
        raw = _RAW.match(text)
        if raw and extra < _TAB:
            self._open_raw(raw, source, index, indent)
        starts_none = _HEADING.match(text) or _RULE.match(text) or _ATTRIBUTES.match(text)
        self._in_paragraph = not starts_none and extra < _TAB
        if not depth:
            return [" " * indent + text]
        return [" " * (_TAB * depth + extra) + text]

    def _may_begin(self, marker: re.Match[str]) -> bool:
        """Say whether a list may begin here: inside a paragraph an ordered one only at 1."""
        if not self._in_paragraph or self._items:
            return len(self._items) < _MAX_DEPTH
        is_empty = not marker["gap"].strip("\n") and not marker["gap"]
        return not is_empty and marker["number"] in (None, "1")

    def _item(self, indent: int, marker: re.Match[str], source: list[str], index: int) -> list[str]:
        text, depth = marker.string, len(self._items)
        gap = marker["gap"].expandtabs(_TAB)
        # Five blanks and more after the marker are code inside the item (CommonMark, 5.2).
        width = len(marker["marker"]) + (len(gap) if 1 <= len(gap) <= _TAB else 1)
        rest = text[len(marker["marker"]) :].lstrip(" \t")
        # A list under a later paragraph of an item is no part of that paragraph either.
        parts = not self._items or self._items[-1].has_blank
        before = [""] if self._in_paragraph and parts else []
        self._items.append(_Item(indent + width))
        fence = _FENCE.match(rest)
        if fence and self._closes(fence["mark"], indent + width, source, index):
            self._fence, self._fence_indent = fence["mark"], indent + width
        self._in_paragraph = bool(rest) and not fence and not _HEADING.match(rest)
        number = marker["number"]
        sign = marker["marker"] if number is None else f"{number}."
        if sign == "-" and not rest:
            sign = "*"  # A hyphen alone would make a heading of the line above.
        return [*before, f"{' ' * (_TAB * depth)}{sign} {rest}"]

    def _closes(self, mark: str, indent: int, source: list[str], index: int) -> bool:
        """Say whether a fence is closed further on; what is not closed is text."""
        kind = f"{mark[0]}{indent}"
        if len(mark) >= self._unclosed.get(kind, len(mark) + 1):
            return False
        closing = closing_fence(mark, indent)
        rest = range(index + 1, len(source))
        if any(mark in source[at] and closing.match(source[at]) for at in rest):
            return True
        self._unclosed[kind] = len(mark)
        return False

    def _open_raw(self, raw: re.Match[str], source: list[str], index: int, indent: int) -> None:
        """Note that what follows is raw HTML, if that has an end below."""
        end = re.compile(f"</{raw['name']}\\s*>", re.IGNORECASE)
        is_open = not end.search(raw.string) and raw["name"].lower() not in self._unclosed
        if is_open and any(end.search(source[at]) for at in range(index + 1, len(source))):
            self._raw_end, self._fence_indent = end, indent
        elif is_open:
            self._unclosed[raw["name"].lower()] = 0

    def _code_line(self, line: str) -> str:
        depth = len(self._items)
        if self._raw_end is not None:
            if self._raw_end.search(line):
                self._raw_end, self._after_blank = None, False
        elif closing_fence(self._fence, self._fence_indent).match(line):
            self._fence = ""
            self._after_blank = False
            return " " * (_TAB * depth) + line.strip()
        if not depth or not line.strip():
            return line
        kept = 0
        while kept < self._fence_indent and line[kept : kept + 1] == " ":
            kept += 1
        return " " * (_TAB * depth) + line[kept:]
