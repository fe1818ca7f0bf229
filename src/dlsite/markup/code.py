"""Fenced and indented code as figures.

What stands in the code is never altered: not its tabs, not its blank lines, not the
blanks at the ends of its lines.  A fence that nothing closes is text.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Sequence
from html import unescape
from itertools import count
from xml.etree.ElementTree import Element, SubElement

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor, CodeBlockProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import HTML_PLACEHOLDER, STX, AtomicString

from dlsite.markup.codefaults import code_fault
from dlsite.markup.fenced import Fence, fences_of
from dlsite.markup.highlight import Highlighter
from dlsite.markup.infostrings import Info, read_info
from dlsite.markup.labels import Labels
from dlsite.markup.parts import Keeper
from dlsite.markup.remarks import Remarks

_TAB = 4
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


class CodeExtension(Extension):
    """Registers what reads fences and indented code; reports to `remarks`."""

    def __init__(self, remarks: Remarks, labels: Labels, keeper: Keeper) -> None:
        super().__init__()
        self.labels = labels
        self.remarks = remarks
        self.highlighter = Highlighter(keeper)
        self.fences: dict[int, tuple[int, Fence]] = {}
        """Each with the number of its figure, by the number of its placeholder."""
        self.written: dict[str, deque[Fence]] = defaultdict(deque)
        """The fences as they stand in the lines of the body, by what they hold."""
        self.figures = 0
        self.are_in_order = True
        """Whether figures stand in the order in which they were made, and all of them."""

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
        self.figures = 0
        self.are_in_order = True

    def figure(self, code: str, info: Info) -> str:
        """Return what stands in the next `<figure>` of the body."""
        self.figures += 1
        return self.highlighter.figure(code, info, self.figures, self.labels.words.code)


class _Protect(Preprocessor):
    """Replaces tabs and trailing blanks of code by signs that nothing else touches."""

    def __init__(self, md: Markdown, extension: CodeExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, lines: list[str]) -> list[str]:
        result = list(lines)
        if _has_signs("".join(lines)):
            result = [_SIGNS.sub("", line) for line in lines]
        for fence in fences_of(result, level=1):
            self._extension.written[_held(fence)].append(fence)
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
        for fence in fences_of(lines, level=_TAB):
            result += _without_signs(lines[done : fence.start])
            result += self._placed(fence, result)
            done = fence.end + 1
            following = lines[done] if done < len(lines) else ""
            if (blank := _blank_beside(fence.prefix)) is not None and following.strip(" >"):
                result.append(blank)
        return [*result, *_without_signs(lines[done:])]

    def _placed(self, fence: Fence, before: list[str]) -> list[str]:
        code = "".join([f"{line}\n" for line in fence.code])
        if _has_signs(code):
            code = code.translate(_FROM_SIGNS)
        inside = self._extension.figure(code, read_info(fence.info))
        placeholder = self._stash.store(f'<figure class="code">{inside}</figure>')
        number = self._extension.figures
        self._extension.fences[self._stash.html_counter - 1] = number, fence
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

    def test(self, parent: Element, block: str) -> bool:
        # Of an element that ends here its own indent may be left.
        return super().test(parent, block) and not block.isspace()

    def run(self, parent: Element, blocks: list[str]) -> None:
        blocks[0] = _PLACEHOLDER_LINE.sub(self._written, blocks[0])
        super().run(parent, blocks)

    def _written(self, match: re.Match[str]) -> str:
        indent = match["indent"]
        if len(indent) < _TAB or int(match[2]) not in self._extension.fences:
            return match[0]
        _, fence = self._extension.fences.pop(int(match[2]))
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
            self._extension.are_in_order = False
            element.text = AtomicString(self._stash.store(inside))


class _Report(Postprocessor):
    """Numbers figures, and reports languages that are not known and code that does not parse.

    At the end, once it is sure what is a fence.
    """

    def __init__(self, extension: CodeExtension) -> None:
        super().__init__()
        self._extension = extension

    def run(self, text: str) -> str:
        label = re.compile(rf'(?<= aria-label="{re.escape(self._extension.labels.words.code)} )\d+')
        # Behind the last end of one no other is looked for.
        end = text.rfind("-->") + 1
        uncovered = _COMMENT.sub("", text[: end + 2]) + text[end + 2 :] if end else text
        shown = {*label.findall(uncovered)} if "<!--" in text else None
        for number, fence in self._extension.fences.values():
            written = self._extension.written[_held(fence)]
            source = written.popleft() if written else None
            if shown is not None and str(number) not in shown:
                continue
            info = read_info(fence.info)
            if not self._extension.highlighter.knows(info.language):
                self._unknown(info.language, fence)
            if source is not None and info.is_checked:
                self._check(info.language, source)
        if self._extension.are_in_order:
            return text
        numbers = count(1)
        return label.sub(lambda _: str(next(numbers)), text)

    def _unknown(self, language: str, fence: Fence) -> None:
        near = self._extension.highlighter.nearest(language)
        guess = (f"did you mean '{near}'?",) if near else ()
        self._extension.remarks.add(
            "code-language",
            f"the language '{language}' of a code block is not known",
            at=f"{fence.mark}{fence.info.rstrip()}",
            help_=(*guess, "write 'text' for code that needs no colours"),
        )

    def _check(self, language: str, fence: Fence) -> None:
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


def _held(fence: Fence) -> str:
    """Return what a fence holds, however it is indented."""
    held = "\n".join([fence.info, *fence.code])
    for blank in _BLANKS:
        held = held.replace(blank, "")
    return held
