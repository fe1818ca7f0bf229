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
from dlsite.texts.hidden import closing_fence

# What follows the gap may be a blank of another kind, as editors leave them.
_MARKER = re.compile(r"(?P<marker>[-*+]|(?P<number>\d{1,9})[.)])(?P<gap>[ \t]+(?=[^ \t])|[ \t]*$)")
_FENCE = re.compile(r"(?P<mark>`{3,}(?=[^`]*$)|~{3,})")
_QUOTE = re.compile(r"(?P<indent> *)>")
_RULE = re.compile(r"(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_HEADING = re.compile(r"#{1,6}(?:[ \t]|$)")
# What stands in these is nobody's Markdown (CommonMark, 4.6, the first kind).
RAW = re.compile(r"<(?P<name>pre|script|style|textarea)\b", re.IGNORECASE)
# An attribute list on its own line ends its block, as in kramdown.
_ATTRIBUTES = re.compile(r"\{:[^{}\n]*\}[ \t]*$")
# Tags that end a sentence (CommonMark, 4.6, the sixth kind), those that authors write.
_HTML = re.compile(
    r"</?(?:address|article|aside|blockquote|center|dd|details|div|dl|dt|figcaption|figure|footer"
    r"|form|h[1-6]|header|hr|iframe|li|main|nav|ol|p|section|summary|table|tbody|td|tfoot|th|thead"
    r"|tr|ul)(?=[\s/>]|$)",
    re.IGNORECASE,
)
_BLOCKS = (_MARKER, _FENCE, _HEADING, _RULE, _ATTRIBUTES, _HTML, re.compile(">"))
_TAB = 4
_MAX_DEPTH = 40
"""Items deeper than this stay text: Python-Markdown recurses once a level."""


@dataclass(slots=True)
class _Item:
    """An open list item: the columns, from 0, at which its marker and its text start."""

    indent: int
    content: int
    is_ordered: bool

    def takes(self, indent: int, marker: re.Match[str] | None) -> bool:
        """Say whether a marker left of the text begins a list in the item, of another kind.

        `- b` two columns below `1. a` does, as with kramdown.
        """
        if marker is None or indent <= self.indent:
            return False
        return (marker["number"] is not None) != self.is_ordered


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
        if ">" in line and not walker.in_code and (quote := _QUOTE.match(line)):
            indent = len(quote["indent"])
            before = walker.leave(indent, ">")
            if indent < walker.start + _TAB:
                result += before
                end = _quote_end(source, index, min(indent, walker.start))
                result += _quoted(source[index:end], " " * (_TAB * walker.depth))
                walker.pass_quote()
                if end < len(source) and walker.holds_list(source[end]):
                    result.append("")
                index = end
                continue
            result += before
        if walker.takes(line):
            result.append(line)
        else:
            result += walker.line(line, source, index)
        index += 1
    return result


def _quote_end(lines: list[str], start: int, column: int) -> int:
    """Return the number of the line after a quote, whose signs stand about at a column."""
    for number in range(start + 1, len(lines)):
        quote = _QUOTE.match(lines[number]) if ">" in lines[number] else None
        if quote is None or not column <= len(quote["indent"]) < column + _TAB:
            return number
    return len(lines)


def _quoted(lines: list[str], indent: str) -> list[str]:
    """Treat the inside of a block quote as a text of its own, and indent the quote."""
    bare = [re.sub(r"^ *> ?", "", line, count=1) for line in lines]
    depth = max(len(line) - len(line.lstrip("> ")) for line in bare)
    # Quotes in quotes in quotes are Python-Markdown's to bound.
    inside = bare if depth > _MAX_DEPTH else indent_lists(bare)
    # Blanks at the end of a line may be a line break.
    return [f"{indent}> {line}" if line.strip() else f"{indent}>" for line in inside]


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

    @property
    def depth(self) -> int:
        """How many items are open."""
        return len(self._items)

    @property
    def start(self) -> int:
        """The column, from 0, at which the text of the innermost item starts."""
        return self._items[-1].content if self._items else 0

    def pass_quote(self) -> None:
        """Note that a quote has ended, whose last sentence may go on."""
        self._in_paragraph = bool(self._items)
        self._after_blank = False

    def holds_list(self, line: str) -> bool:
        """Say whether a list begins at a line below a quote, which would take it in."""
        text = line.lstrip(" ")
        extra = len(line) - len(text) - self.start
        marker = _MARKER.match(text) if 0 <= extra < _TAB else None
        return marker is not None and bool(marker["gap"]) and marker["number"] in (None, "1")

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
            self._in_paragraph = False
            return [line]
        expanded = line.expandtabs(_TAB)
        text = expanded.lstrip(" ")
        indent = len(expanded) - len(text)
        before = self.leave(indent, text)
        moved = self._place(indent, text, source, index)
        self._after_blank = False
        return before + moved

    def leave(self, indent: int, text: str) -> list[str]:
        """Close the items that a line is not part of; return what is to stand before it."""
        if not self._items or indent >= self._items[-1].content:
            return []
        starts_block = not text[0].isalpha() and any(each.match(text) for each in _BLOCKS)
        if not self._after_blank and not starts_block and self._in_paragraph:
            return []  # A sentence that goes on at the margin (CommonMark, 5.2).
        if self._after_blank and not _MARKER.match(text) and indent and self._continues(indent):
            return []
        marker = _MARKER.match(text) if starts_block and not _RULE.match(text) else None
        is_ordered = marker is not None and marker["number"] is not None
        while self._items and indent < self._items[-1].content:
            if self._items[-1].takes(indent, marker):
                break
            is_ordered = self._items.pop().is_ordered
        self._in_paragraph = False
        # A list of another kind is another list, but for a year in a sentence.
        ends_list = starts_block and (
            marker is None
            or ((marker["number"] is not None) != is_ordered and marker["number"] in (None, "1"))
        )
        if _ATTRIBUTES.match(text):
            return []  # It is set apart from its list once it is known what it belongs to.
        return [""] if ends_list and not self._after_blank else []

    def _continues(self, indent: int) -> bool:
        """Say whether a paragraph belongs to the open item though it is indented by less.

        Kramdown and authors take two or three columns for an item of `10.` as well, but what
        is no farther from the text of the item around belongs to that.
        """
        missing = self._items[-1].content - indent
        around = self._items[-2].content if len(self._items) > 1 else -_TAB
        is_deeper = indent > max(1, self._items[-1].indent)
        return is_deeper and missing <= 2 and missing < indent - around  # noqa: PLR2004 - columns

    def _place(self, indent: int, text: str, source: list[str], index: int) -> list[str]:
        depth = len(self._items)
        start = self._items[-1].content if self._items else 0
        extra = max(0, indent - start)
        if text[0].isalpha():
            # Nothing below begins with a letter.
            self._in_paragraph = self._in_paragraph or extra < _TAB
            return [" " * (_TAB * depth + extra if depth else indent) + text]
        marker = _MARKER.match(text)
        if extra < _TAB and marker and not _RULE.match(text) and self._may_begin(marker):
            return self._item(indent, marker, source, index)
        fence = _FENCE.match(text)
        if fence and extra < _TAB and self._closes(fence["mark"], indent, source, index):
            self._fence, self._fence_indent = fence["mark"], indent
            self._in_paragraph = False
            return [" " * (_TAB * depth) + text]
        raw = RAW.match(text)
        if raw and extra < _TAB:
            self._open_raw(raw, source, index, indent)
        starts_none = _HEADING.match(text) or _RULE.match(text) or _ATTRIBUTES.match(text)
        self._in_paragraph = not starts_none and (self._in_paragraph or extra < _TAB)
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
        # In items their lists are known by what begins them.
        before = [""] if self._in_paragraph and not self._items else []
        self._items.append(_Item(indent, indent + width, marker["number"] is not None))
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
