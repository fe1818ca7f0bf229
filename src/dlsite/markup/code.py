"""Fenced and indented code as figures.

What stands in the code is never altered: not its tabs, not its blank lines, not the
blanks at the ends of its lines.  A fence that nothing closes is text.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from html import unescape
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor, CodeBlockProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER, STX, AtomicString

from dlsite.dataclass import dataclass
from dlsite.hidden import closing_fence
from dlsite.markup.codefaults import code_fault
from dlsite.markup.fences import fence_lines
from dlsite.markup.highlight import Highlighter
from dlsite.markup.infostrings import Info, read_info
from dlsite.markup.labels import Labels
from dlsite.markup.parts import Keeper
from dlsite.markup.remarks import Remarks

_TAB = 4
_OPENING = re.compile(
    r"(?P<prefix>[ \t>]*(?:(?:[-*+:]|\d{1,9}[.)])[ \t]+)?)"
    r"(?P<mark>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$"
)
_QUOTES = re.compile(r"(?: {0,3}> ?)*")
# Noncharacters (Unicode, 23.7) are for a program's own use, so no text has them.
_TAB_SIGN, _BLANK_SIGN = "\ufdd0", "\ufdd1"
_TO_SIGNS = str.maketrans("\t ", _TAB_SIGN + _BLANK_SIGN)
_FROM_SIGNS = str.maketrans(_TAB_SIGN + _BLANK_SIGN, "\t ")
_BLANKS = f"\t {_TAB_SIGN}{_BLANK_SIGN}"
_SIGNS = re.compile(f"[{_TAB_SIGN}{_BLANK_SIGN}]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLACEHOLDER = re.compile(HTML_PLACEHOLDER % r"(\d+)")
_PLACEHOLDER_LINE = re.compile(rf"^(?P<indent> *){_PLACEHOLDER.pattern} *$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Fence:
    """A fence with its end.

    `start` and `end` are the numbers of its first and last line, from 0.  `prefix` is
    what stands before the mark.  `heads` are what stood before the
    code on each line between, and `code` the rest of those lines.
    """

    start: int
    end: int
    prefix: str
    mark: str
    info: str
    heads: tuple[str, ...]
    code: tuple[str, ...]

    @property
    def key(self) -> str:
        """What it holds, however it is indented."""
        held = "\n".join([self.info, *self.code])
        for blank in _BLANKS:
            held = held.replace(blank, "")
        return held


class CodeExtension(Extension):
    """Registers what reads fences and indented code; reports to `remarks`."""

    def __init__(self, remarks: Remarks, labels: Labels, keeper: Keeper) -> None:
        super().__init__()
        self.labels = labels
        self.remarks = remarks
        self.highlighter = Highlighter(keeper)
        self.fences: dict[int, _Fence] = {}
        self.written: dict[str, deque[_Fence]] = defaultdict(deque)
        """The fences as they stand in the lines of the body, by what they hold."""
        self._figures = 0

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Fences are taken out before anything reads HTML or blocks."""
        md.registerExtension(self)
        md.preprocessors.register(_Protect(md, self), "dlsite-code-blanks", 31)
        md.preprocessors.register(_TakeOut(md, self), "dlsite-code", 26)
        md.parser.blockprocessors.register(_Indented(md, self), "code", 80)
        md.parser.blockprocessors.register(_PutIn(md, self), "dlsite-code", 12)
        md.treeprocessors.register(_IndentedFigures(md, self), "dlsite-code", 30)
        md.postprocessors.register(_Report(self), "dlsite-code", 0)

    def reset(self) -> None:
        """Forget the fences of the last body."""
        self.fences.clear()
        self.written.clear()
        self._figures = 0

    def figure(self, code: str, info: Info) -> str:
        """Return what stands in the next `<figure>` of the body."""
        self._figures += 1
        return self.highlighter.figure(code, info, self._figures, self.labels.words.code)


class _Protect(Preprocessor):
    """Replaces tabs and trailing blanks of code by signs that nothing else touches."""

    def __init__(self, md: Markdown, extension: CodeExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, lines: list[str]) -> list[str]:
        result = list(lines)
        if _has_signs("".join(lines)):
            result = [_SIGNS.sub("", line) for line in lines]
        for fence in _fences(result, level=1):
            self._extension.written[fence.key].append(fence)
            for offset, (head, code) in enumerate(zip(fence.heads, fence.code, strict=True)):
                bare = code.rstrip(" \t")
                if bare != code or "\t" in code:
                    blanks = code[len(bare) :].translate(_TO_SIGNS)
                    safe = bare.replace("\t", _TAB_SIGN) + blanks
                    result[fence.start + 1 + offset] = head + safe
        return result


class _TakeOut(Preprocessor):
    """Replaces each fence by the placeholder of its figure."""

    def __init__(self, md: Markdown, extension: CodeExtension) -> None:
        super().__init__(md)
        self._stash = md.htmlStash
        self._extension = extension

    def run(self, lines: list[str]) -> list[str]:
        result: list[str] = []
        done = 0
        for fence in _fences(lines, level=_TAB):
            result += _without_signs(lines[done : fence.start])
            result += self._placed(fence, result)
            done = fence.end + 1
            following = lines[done] if done < len(lines) else ""
            if (blank := _blank_beside(fence.prefix)) is not None and following.strip(" >"):
                result.append(blank)
        return [*result, *_without_signs(lines[done:])]

    def _placed(self, fence: _Fence, before: list[str]) -> list[str]:
        code = "".join([f"{line}\n" for line in fence.code])
        if _has_signs(code):
            code = code.translate(_FROM_SIGNS)
        inside = self._extension.figure(code, read_info(fence.info))
        placeholder = self._stash.store(f'<figure class="code">{inside}</figure>')
        self._extension.fences[self._stash.html_counter - 1] = fence
        blank = _blank_beside(fence.prefix)
        if blank is None:
            return [fence.prefix + placeholder]
        line = f"{blank} {placeholder}" if blank else placeholder
        return [blank, line] if before and before[-1].strip(" >") else [line]


def _without_signs(lines: Sequence[str]) -> Sequence[str]:
    if not _has_signs("".join(lines)):
        return lines
    return [
        line.translate(_FROM_SIGNS).expandtabs(_TAB) if _has_signs(line) else line for line in lines
    ]


def _has_signs(text: str) -> bool:
    return _TAB_SIGN in text or _BLANK_SIGN in text


def _blank_beside(prefix: str) -> str | None:
    """Return the blank line that sets a fence apart; `None` if it may stand in a list."""
    quotes = _QUOTES.match(prefix)
    assert quotes is not None
    rest = prefix[quotes.end() :]
    return None if rest.strip() or len(rest) >= _TAB else quotes[0].rstrip()


class _Indented(CodeBlockProcessor):
    """Indented code, in which a fence is what was written."""

    def __init__(self, md: Markdown, extension: CodeExtension) -> None:
        super().__init__(md.parser)
        self._extension = extension

    def run(self, parent: Element, blocks: list[str]) -> None:
        blocks[0] = _PLACEHOLDER_LINE.sub(self._written, blocks[0])
        super().run(parent, blocks)

    def _written(self, match: re.Match[str]) -> str:
        indent = match["indent"]
        if len(indent) < _TAB or int(match[2]) not in self._extension.fences:
            return match[0]
        fence = self._extension.fences.pop(int(match[2]))
        code = [f"{line.translate(_FROM_SIGNS)}".rstrip() for line in fence.code]
        lines = [fence.mark + fence.info, *code, fence.mark]
        return "\n".join(indent + line if line else "" for line in lines)


class _PutIn(BlockProcessor):
    """Ends the paragraph, or the words of a list item, in which a fence begins."""

    signs = (HTML_PLACEHOLDER.partition("%")[0],)

    def __init__(self, md: Markdown, extension: CodeExtension) -> None:
        super().__init__(md.parser)
        self._stash = md.htmlStash
        self._extension = extension

    def test(self, parent: Element, block: str) -> bool:
        del parent
        return STX in block and self._find(block) is not None

    def _find(self, block: str) -> re.Match[str] | None:
        matches = _PLACEHOLDER_LINE.finditer(block)
        return next((each for each in matches if int(each[2]) in self._extension.fences), None)

    def run(self, parent: Element, blocks: list[str]) -> None:
        block = blocks.pop(0)
        match = self._find(block)
        assert match is not None
        if before := block[: match.start()].strip("\n"):
            self.parser.parseBlocks(parent, [before])
        figure = SubElement(parent, "figure", {"class": "code"})
        html = str(self._stash.rawHtmlBlocks[int(match[2])])
        inside = html.removeprefix('<figure class="code">').removesuffix("</figure>")
        figure.text = AtomicString(self._stash.store(inside))
        if after := block[match.end() :].strip("\n"):
            indent = re.compile(f"^ {{1,{len(match['indent']) or 1}}}", re.MULTILINE)
            rest = indent.sub("", after) if match["indent"] else after
            self.parser.parseBlocks(parent, [rest])


class _IndentedFigures(Treeprocessor):
    """Makes of indented code the figure that a fence without a language gives."""

    def __init__(self, md: Markdown, extension: CodeExtension) -> None:
        super().__init__(md)
        self._stash = md.htmlStash
        self._extension = extension

    def run(self, root: Element) -> None:
        for element in root.iter("pre"):
            if element.attrib or len(element) != 1 or element[0].tag != "code" or element.text:
                continue
            text = element[0].text
            if len(element[0]) or not isinstance(text, AtomicString):
                continue
            code = unescape(text).strip("\n") + "\n"
            element.tag = "figure"
            element.set("class", "code")
            element.remove(element[0])
            inside = self._extension.figure(code, Info())
            element.text = AtomicString(self._stash.store(inside))


class _Report(Postprocessor):
    """Reports languages that are not known and code that does not parse.

    At the end, once it is sure what is a fence.
    """

    def __init__(self, extension: CodeExtension) -> None:
        super().__init__()
        self._extension = extension

    def run(self, text: str) -> str:
        shown = _COMMENT.sub("", text) if "<!--" in text else None
        word = self._extension.labels.words.code
        for number, fence in enumerate(self._extension.fences.values(), start=1):
            written = self._extension.written[fence.key]
            source = written.popleft() if written else None
            if shown is not None and f'aria-label="{word} {number}' not in shown:
                continue
            info = read_info(fence.info)
            if not self._extension.highlighter.knows(info.language):
                self._unknown(info.language, fence)
            if source is not None and info.is_checked:
                self._check(info.language, source)
        return text

    def _unknown(self, language: str, fence: _Fence) -> None:
        near = self._extension.highlighter.nearest(language)
        guess = (f"did you mean '{near}'?",) if near else ()
        self._extension.remarks.add(
            "code-language",
            f"the language '{language}' of a code block is not known",
            at=f"{fence.mark}{fence.info.rstrip()}",
            help_=(*guess, "write 'text' for code that needs no colours"),
        )

    def _check(self, language: str, fence: _Fence) -> None:
        fault = code_fault(language, "".join(f"{line}\n" for line in fence.code))
        if fault is None:
            return
        row = min(fault.line, len(fence.code))
        head, code = fence.heads[row - 1], fence.code[row - 1]
        column = len(head) + min(fault.column, len(code) + 1)
        line, column = self._extension.remarks.place(fence.start + row + 1, column)
        self._extension.remarks.add_at(
            "code-syntax",
            f"the {language} code does not parse: {fault.reason}",
            line,
            column,
            length=fault.length,
            help_=(f"write '{language} no-check' if it is not meant to",),
        )


def _fences(lines: Sequence[str], *, level: int) -> Iterator[_Fence]:
    """Yield the fences of a text that have an end, in order.

    Lists stand at multiples of `level` columns: 1 for a text as its author wrote it.
    """
    # Up to which line no fence of this kind, quotes and level has an end, and from
    # which length on: so that many openings without an end cost no more than one.
    endless: dict[tuple[str, int, int], tuple[int, int]] = {}
    done = 0
    for number in fence_lines(lines):
        opening = _OPENING.match(lines[number]) if number >= done else None
        if opening is None:
            continue
        prefix, mark = opening["prefix"], opening["mark"]
        kind = (mark[0], prefix.count(">"), _columns(prefix, level))
        length, until = endless.get(kind, (len(mark) + 1, 0))
        if len(mark) < length or number >= until:
            fence, stop = _read(lines, number, opening, level)
            if fence is None:
                endless[kind] = (len(mark), stop)
            else:
                yield fence
                done = fence.end + 1


def _columns(prefix: str, level: int) -> int:
    """Return the columns from the quote signs to the code."""
    _, quote, inside = prefix.expandtabs(_TAB).rpartition(">")
    # The blank behind a quote sign belongs to the sign (CommonMark, 5.1).
    inside = inside.removeprefix(" ") if quote else inside
    is_item = bool(inside.strip())
    return -(-len(inside) // level) * level if is_item else len(inside)


def _read(
    lines: Sequence[str], start: int, opening: re.Match[str], level: int
) -> tuple[_Fence | None, int]:
    """Return the fence that begins at `start`, or else the line at which it cannot go on."""
    prefix, mark = opening["prefix"], opening["mark"]
    depth, width = prefix.count(">"), _columns(prefix, level)
    # As its author wrote it, code in a list may stand at the margin.
    floor = width // level * level if level > 1 else 0
    closing = closing_fence(mark, width)
    heads: list[str] = []
    code: list[str] = []
    for number in range(start + 1, len(lines)):
        quotes, line = _unquote(lines[number], depth) if depth else ("", lines[number])
        if quotes is None or (floor and line.strip() and len(line) - len(line.lstrip(" ")) < floor):
            return None, number
        if mark in line and closing.match(line):
            info = opening["info"]
            return _Fence(start, number, prefix, mark, info, tuple(heads), tuple(code)), number
        blanks, rest = _strip_columns(line, width) if width else ("", line)
        heads.append(quotes + blanks)
        code.append(rest)
    return None, len(lines)


def _unquote(line: str, depth: int) -> tuple[str | None, str]:
    """Split off the quote signs of so many levels; `None` if the line has fewer."""
    match = re.match(rf"(?:[ \t]*>){{{depth}}} ?", line)
    return (match[0], line[match.end() :]) if match else (None, line)


def _strip_columns(line: str, width: int) -> tuple[str, str]:
    """Split off up to `width` columns of blanks, a tab that reaches further as blanks."""
    column = position = 0
    while column < width and line[position : position + 1] in (" ", "\t"):
        column += 1 if line[position] == " " else _TAB - column % _TAB
        position += 1
    over = max(0, column - width)
    return " " * (column - over), " " * over + line[position:]
