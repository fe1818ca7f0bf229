"""Jekyll's spellings in a Markdown text, in place of a template language.

`{% highlight %}` becomes a fence, `{% comment %}` is left out, `{% raw %}` is taken
away from around what it protects.  Every other expression is replaced by a token while
Markdown is read, and put back at the very end: in a link target as the target it stands
for, in code as it was written, elsewhere as text, with a remark.  Fences, code spans
and formulas are never looked into.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import field

from markdown import Extension, Markdown
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred
from dlsite.markup.fences import code_lines
from dlsite.markup.formulas import replace_formulas
from dlsite.markup.moved import Moved
from dlsite.markup.parts import Keeper
from dlsite.markup.remarks import Remarks, line_starts
from dlsite.texts.hidden import blank, blank_code
from dlsite.texts.liquid import Spelling, join_target, spellings

# Noncharacters (Unicode, 23.7) are for a program's own use, so no text has them.
_OPEN, _CLOSE = "\ufdd2", "\ufdd3"
_SIGNS = deferred(f"[{_OPEN}{_CLOSE}]")
_TOKEN = deferred(f"{_OPEN}(\\d+){_CLOSE}")
_HIGHLIGHT = deferred(
    r"^(?P<prefix>[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?)"
    r"\{%-?\s*highlight\b(?P<options>[^%\n]*?)-?%\}",
    re.MULTILINE,
)
_ENDS = {
    name: re.compile(r"\{%-?\s*end" + name + r"\s*-?%\}")
    for name in ("highlight", "comment", "raw")
}
_RAW_TAG = deferred(r"\{%-?\s*(?:end)?raw\s*-?%\}")
_INSIDE = deferred(r"(?:else|elsif|when|end\w*)$")
_PLACES = deferred(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<code>pre|code|textarea|kbd|samp|math)\b.*?(?:</(?P=code)>|\Z)"
    r"|<(?P<raw>script|style)\b.*?(?:</(?P=raw)>|\Z)"
    r"|(?P<tag><[a-zA-Z](?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+>)"
    f"|{_OPEN}(?P<number>\\d+){_CLOSE}",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = deferred(r"([\w:-]+)=(\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+)")
_URL_ATTRIBUTES = ("href", "src", "action", "formaction", "poster", "data")


class LiquidExtension(Extension):
    """Registers what takes Liquid out and what puts it back; reports to `remarks`.

    `title` is the page's, as text and as HTML, for `{{ page.title }}`.
    """

    def __init__(self, remarks: Remarks, keeper: Keeper, *, brackets: bool) -> None:
        super().__init__()
        self.remarks = remarks
        self.keeper = keeper
        self.brackets = brackets
        self.title = ("", "")
        self.source = ""
        self.found: list[Spelling] = []
        self.places: dict[int, tuple[int, int]] = {}
        self._starts: list[int] = []

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come first of all and last of all."""
        md.registerExtension(self)
        md.preprocessors.register(_TakeOut(md, self), "dlsite-liquid", 32)
        md.postprocessors.register(_PutIn(self), "dlsite-liquid", 4)

    def reset(self) -> None:
        """Forget the expressions of the last body."""
        self.found.clear()
        self.places.clear()

    def begin(self, text: str) -> None:
        """Begin with another text."""
        self.source, self._starts = text, line_starts(text)

    def add(self, spelling: Spelling) -> str:
        """Note an expression, and return the token that stands for it."""
        line = bisect_right(self._starts, spelling.start)
        place = self.remarks.place(line, spelling.start - self._starts[line - 1] + 1)
        self.found.append(spelling)
        self.places[spelling.start] = place
        return f"{_OPEN}{len(self.found) - 1}{_CLOSE}"

    def plain(self, text: str) -> str:
        """Return `text` with the words of its expressions in their places."""
        return _TOKEN.sub(lambda token: self.words(self.found[int(token[1])]), text)

    def words(self, spelling: Spelling) -> str:
        """Return what a reader is to see of an expression in running text."""
        return self.title[0] if spelling.is_title else self.source[spelling.start : spelling.end]

    def report(self, spelling: Spelling, why: str, remedy: str) -> None:
        """Remark on an expression at its place."""
        written = self.source[spelling.start : spelling.end]
        self.remarks.add_at(
            "liquid-unknown",
            f"'{' '.join(written.split())}' {why}",
            *self.places[spelling.start],
            length=len(written.partition("\n")[0]),
            help_=(remedy,),
        )


class _TakeOut(Preprocessor):
    def __init__(self, md: Markdown, extension: LiquidExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        if "{{" not in text and "{%" not in text:
            return lines
        self._extension.begin(text)
        # Signs of ours in a text from elsewhere would be taken for tokens.
        moved = _Reading(_SIGNS.sub("\ufffd", text), self._extension).moved()
        self._extension.remarks.moved(moved.text, moved.origin)
        return moved.text.split("\n")


@dataclass(slots=True)
class _Reading:
    """One text on the way from its start to its end."""

    text: str
    extension: LiquidExtension
    result: Moved = field(default_factory=Moved)
    endless: set[str] = field(default_factory=set)
    """Tags whose ends do not come any more."""

    def moved(self) -> Moved:
        """Return the text with tokens for its expressions and fences for its code."""
        blocks = list(_highlighted(self.text))
        masked = _mask(self.text, blocks, brackets=self.extension.brackets)
        done = 0
        waiting: Sequence[_Block] = blocks
        for spelling in spellings(masked):
            if spelling.start < done:
                continue
            done, waiting = self._blocks(waiting, done, spelling.start)
            self.result.add(self.text[done : spelling.start], done)
            done = self._one(spelling)
        done, _ = self._blocks(waiting, done, len(self.text))
        self.result.add(self.text[done:], done)
        return self.result

    def _blocks(
        self, waiting: Sequence[_Block], done: int, until: int
    ) -> tuple[int, Sequence[_Block]]:
        """Add the blocks of code before `until`, and the text between them."""
        number = 0
        for number, block in enumerate(waiting):  # noqa: B007 - how many is what is asked for
            if block.start >= until:
                break
            if block.start >= done:
                self.result.add(self.text[done : block.start], done)
                for piece, origin in block.fence(self.text):
                    self.result.add(piece, origin)
                done = block.end
        else:
            number = len(waiting)
        return done, waiting[number:]

    def _one(self, spelling: Spelling) -> int:
        """Add what stands for an expression, and return where the text goes on."""
        is_block = spelling.tag in ("comment", "raw") and not spelling.rest
        if is_block and spelling.tag not in self.endless:
            end = _ENDS[spelling.tag].search(self.text, spelling.end)
            if end is None:
                self.endless.add(spelling.tag)
            else:
                if spelling.tag == "raw":
                    self.result.add(self.text[spelling.end : end.start()], spelling.end)
                return end.end()
        self.result.add(self.extension.add(spelling), spelling.start)
        return spelling.end


def plain_pieces(text: str, title: str) -> Iterator[tuple[int, int, str]]:
    """Yield start and end of what Jekyll would fill in, and what its readers would see there.

    `title` is the page's.  What only Jekyll can fill in stays as it was written.
    """
    if "{{" not in text and "{%" not in text:
        return
    blocks = list(_highlighted(text))
    for block in blocks:
        yield block.start, block.end, "".join(piece for piece, _ in block.fence(text))
    endless: set[str] = set()
    for spelling in spellings(_mask(text, blocks, brackets=True)):
        if spelling.is_title:
            yield spelling.start, spelling.end, title
        elif spelling.tag in ("comment", "raw") and not (spelling.rest or spelling.tag in endless):
            end = _ENDS[spelling.tag].search(text, spelling.end)
            if end is None:
                endless.add(spelling.tag)
            else:
                inside = text[spelling.end : end.start()] if spelling.tag == "raw" else ""
                yield spelling.start, end.end(), inside


@dataclass(frozen=True, slots=True)
class _Block:
    """A block of `{% highlight %}`; `code_start` and `code_end` are what stands in it."""

    start: int
    end: int
    prefix: str
    options: str
    code_start: int
    code_end: int

    def fence(self, text: str) -> Iterator[tuple[str, int]]:
        """Yield the pieces of a fence of the same code, with their offsets in `text`."""
        raw = text[self.code_start : self.code_end]
        tail = re.search(r"\n[ \t>]*$", raw)
        body = raw[: tail.start()] if tail else raw
        code = _RAW_TAG.sub("", body)
        runs = re.findall("`+", code)
        mark = "`" * max(3, *(len(run) + 1 for run in runs), 0)
        below = re.sub(r"[^\s>]", " ", self.prefix)
        yield f"{self.prefix}{mark}{self.options}", self.start
        if not code.startswith("\n"):
            yield f"\n{below}", self.code_start
        yield code, self.code_start
        yield f"\n{below}{mark}", self.code_end
        line_end = text.find("\n", self.end)
        rest = text[self.end : line_end] if line_end >= 0 else text[self.end :]
        if rest.strip():
            yield f"\n{below}", self.end


def _highlighted(text: str) -> Iterator[_Block]:
    if "highlight" not in text:
        return
    in_code = code_lines(text.split("\n"))
    done = 0
    for opening in _HIGHLIGHT.finditer(text):
        if opening.start() < done or text.count("\n", 0, opening.start()) in in_code:
            continue
        end = _ENDS["highlight"].search(text, opening.end())
        if end is None:
            return
        done = end.end()
        options = " ".join(opening["options"].split())
        yield _Block(opening.start(), done, opening["prefix"], options, opening.end(), end.start())


def _mask(text: str, blocks: Sequence[_Block], *, brackets: bool) -> str:
    """Return a text of the same length in which code, comments and formulas are blank."""
    pieces: list[str] = []
    done = 0
    for block in blocks:
        pieces += [text[done : block.start], blank(text[block.start : block.end])]
        done = block.end
    bare = blank_code("".join([*pieces, text[done:]]))
    cut, _ = replace_formulas(bare.split("\n"), brackets=brackets)
    return "".join(piece if isinstance(piece, str) else blank(piece.source) for piece in cut)


class _PutIn(Postprocessor):
    def __init__(self, extension: LiquidExtension) -> None:
        super().__init__()
        self._extension = extension
        self._open_blocks = 0
        self._ends: set[str] = set()

    def run(self, text: str) -> str:
        if not self._extension.found:
            return text
        self._open_blocks = 0
        self._ends = {each.tag for each in self._extension.found}
        return _PLACES.sub(self._put, self._extension.keeper.give_back(text))

    def _put(self, match: re.Match[str]) -> str:
        if match["number"]:
            return self._as_text(match)
        if _OPEN not in match[0]:
            return match[0]
        if match["tag"]:
            return _TOKEN.sub(self._beside, _ATTRIBUTE.sub(self._in_attribute, match[0]))
        if match["raw"]:
            return _TOKEN.sub(self._in_script, match[0])
        return _TOKEN.sub(lambda token: html.escape(self._written(token), quote=False), match[0])

    def _spelling(self, token: re.Match[str]) -> Spelling:
        return self._extension.found[int(token[1])]

    def _written(self, token: re.Match[str]) -> str:
        spelling = self._spelling(token)
        return self._extension.source[spelling.start : spelling.end]

    def _as_text(self, match: re.Match[str]) -> str:
        spelling = self._extension.found[int(match["number"])]
        if spelling.is_title:
            return self._extension.title[1]
        if spelling.target is not None:
            self._extension.report(
                spelling,
                "is an address, and means something in a link only",
                "write a link: [its words](…)",
            )
        else:
            self._unknown(spelling)
        return html.escape(self._extension.words(spelling), quote=False)

    def _unknown(self, spelling: Spelling) -> None:
        """Remark on an expression; the parts of a block are one with its beginning."""
        if spelling.tag in _ENDS:
            end = f"{{% end{spelling.tag} %}}"
            why, remedy = "is never closed, so it is shown as text", f"write {end} where it ends"
            self._extension.report(spelling, why, remedy)
            return
        if _INSIDE.match(spelling.tag) and self._open_blocks:
            self._open_blocks -= spelling.tag.startswith("end")
            return
        self._open_blocks += f"end{spelling.tag}" in self._ends
        self._extension.report(
            spelling,
            "is Liquid that dlsite does not understand, so it is shown as text",
            "write what it stands for, or `…` around it if it is to be shown",
        )

    def _in_attribute(self, attribute: re.Match[str]) -> str:
        name, value = attribute[1], attribute[2]
        if _OPEN not in value:
            return attribute[0]
        is_known = True

        def put(token: re.Match[str]) -> str:
            nonlocal is_known
            spelling = self._spelling(token)
            if spelling.is_title:
                return html.escape(self._extension.title[0])
            if spelling.target is not None:
                return html.escape(spelling.target)
            is_known = False
            self._unknown(spelling)
            return html.escape(self._written(token))

        filled = _TOKEN.sub(put, value.strip("\"'"))
        if is_known and name.lower() in _URL_ATTRIBUTES:
            filled = join_target(filled)
        return f'{name}="{filled}"'

    def _beside(self, token: re.Match[str]) -> str:
        """Return what stands in a tag, but in none of its attributes."""
        self._unknown(self._spelling(token))
        return html.escape(self._written(token))

    def _in_script(self, token: re.Match[str]) -> str:
        """Return what a script or style is to have, in which nothing is escaped."""
        spelling = self._spelling(token)
        return spelling.target if spelling.target is not None else self._written(token)
