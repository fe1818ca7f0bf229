r"""Find the formulas in the lines of a Markdown text.

`$$…$$` on lines of its own is a display formula, inside a line an inline one, as
kramdown has it; `$…$` is one unless it stands between prices (`dollars`).  Also
`\\[…\\]`, `\\(…\\)`, ``$`…`$``, `\begin{align}…\end{align}`, fences of `math`, and
`\eqref{…}` where the page has that label.  None reaches past its paragraph, into code,
or out of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred
from dlsite.markup.codespans import code_spans
from dlsite.markup.dollars import between_dollars
from dlsite.markup.fences import code_lines
from dlsite.markup.texescapes import without_escapes

_ENVIRONMENTS = frozenset(
    ["Bmatrix", "CD", "Vmatrix", "align", "alignat", "aligned", "alignedat", "array", "bmatrix",
     "cases", "eqnarray", "equation", "flalign", "gather", "gathered", "matrix", "multline",
     "pmatrix", "smallmatrix", "split", "vmatrix"]
)  # fmt: skip
_MAY_HOLD_ONE = re.compile(r"\$|\\\\?[(\[]|\\begin\{|\\(?:eq)?ref\{")
_LABEL = deferred(r"\\label\s*\{([^{}]*)\}")
# The signs of quotes before what stands on a line, and markers of items among them.
_QUOTES = deferred(r"(?:[ \t]*>|[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?=>))*")
_MARGIN = re.compile(r"[ \t>]*")
_OPENING_FENCE = deferred(r"(?P<mark>`{3,}|~{3,})[ \t]*math[ \t]*$")
# What may stand before a display formula on its line.
_LEAD = deferred(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?$")
_STOPS = deferred(
    r"(?P<bracket>\\\\[(\[])|\\begin\{(?P<environment>[A-Za-z]+)\*?\}|(?P<single>\\[(\[])"
    r"|\\(?:eq)?ref\{(?P<label>[^{}\n]{1,200})\}|\\\\\$|\\.|(?P<ticks>`+)|(?P<dollars>\$\$?)|<|(?P<target>\]\()|(?P<address>\bhttps?://)",
    re.DOTALL,
)
# With what a stop begins.  Each part begins with one character, so that `re` passes over
# all others; before the sign of an address stands its scheme.
_SIGN = deferred(r"\\|`|\$|<|\](?=\()|:(?=//)")
_TICKED = deferred(r"\$(?P<ticks>`+)(?!`)")
_TICKED_END = deferred(r"(?<!`)(?P<ticks>`+)\$")
_TAG = deferred(
    r"<(?:https?|mailto):[^\s<>]*>"
    r"|</?[a-zA-Z][\w-]*(?:\s+[\w:@.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+))?)*\s*/?>",
    re.DOTALL,
)
_TARGET = deferred(r"(?:<[^<>\n]*>|[^\s()<>]*)")
_ADDRESS = deferred(r"[^\s<>()\"']*")


@dataclass(frozen=True, slots=True)
class Found:
    """A formula as it stands in a text.

    `line`, from 0, is where its TeX begins.  `tex` has no quote signs; `columns` says
    for each of its lines at which column, from 0, it begins in the text's line.
    """

    source: str
    tex: str
    is_display: bool
    line: int
    columns: tuple[int, ...]

    def place(self, offset: int) -> tuple[int, int]:
        """Return line and column, from 0, of the code point of `tex` at `offset`."""
        before = self.tex[:offset]
        row = before.count("\n")
        column = self.columns[row] + len(before) - (before.rfind("\n") + 1)
        return self.line + row, column


def replace_formulas(lines: Sequence[str], *, brackets: bool) -> tuple[list[str | Found], bool]:
    r"""Cut a text at its formulas: pieces of text, line ends included, and formulas.

    Says also whether there is any.  `brackets` lets `\[…\]` and `\(…\)` with one
    backslash be formulas.
    """
    in_code = code_lines(lines)
    labels = frozenset(
        name.strip() for line in lines if "\\label" in line for name in _LABEL.findall(line)
    )
    pieces: list[str | Found] = []
    done = 0
    for number in _candidates(lines, in_code):
        if number < done:
            continue
        start, end = _paragraph_around(number, lines, in_code)
        pieces.append("".join([f"{other}\n" for other in lines[done:start]]))
        if number in in_code:
            pieces += _fenced(lines[start:end], start)
        else:
            text = "\n".join(lines[start:end]) + "\n"
            pieces += _Paragraph(text, start, labels, brackets=brackets).cut()
        done = end
    pieces.append("".join([f"{other}\n" for other in lines[done:]]))
    return pieces, any(not isinstance(piece, str) for piece in pieces)


def _candidates(lines: Sequence[str], in_code: set[int]) -> list[int]:
    """Return the lines in which a formula may begin."""
    return [
        number
        for number, line in enumerate(lines)
        if ("$" in line or "\\" in line or "math" in line)
        and ("math" in line if number in in_code else _MAY_HOLD_ONE.search(line))
    ]


def _paragraph_around(number: int, lines: Sequence[str], in_code: set[int]) -> tuple[int, int]:
    """Return the first line of the paragraph or fence that a line is in, and that behind it."""
    start, end = number, number + 1
    while start > 0 and not _begins(start, lines, in_code):
        start -= 1
    while end < len(lines) and not _begins(end, lines, in_code):
        end += 1
    return start, end


def _begins(number: int, lines: Sequence[str], in_code: set[int]) -> bool:
    """Say whether a paragraph or a fence begins with a line, which is not the first."""
    is_code, was_code = number in in_code, number - 1 in in_code
    if is_code and was_code:
        # Two fences may follow each other without a line between.
        line = lines[number]
        return "math" in line and bool(_OPENING_FENCE.match(_MARGIN.sub("", line, count=1)))
    return is_code != was_code or not lines[number - 1].strip("> \t")


def _fenced(lines: Sequence[str], start: int) -> list[str | Found]:
    """Return the formula that a fence of `math` is, or else the code as it is."""
    text = "\n".join(lines) + "\n"
    lead = _LEAD.match(lines[0][: len(lines[0]) - len(lines[0].lstrip("> \t-*+"))])
    margin = lead[0] if lead else ""
    if not _OPENING_FENCE.match(lines[0][len(margin) :]):
        return [text]
    bare = [_MARGIN.match(line) for line in lines[1:-1]]
    columns = tuple(min(match.end(), len(margin)) if match else 0 for match in bare)
    tex = "\n".join(line[column:] for line, column in zip(lines[1:-1], columns, strict=True))
    if not tex.strip():
        return [text]
    source = text[len(margin) : -1]
    return [margin, Found(source, tex, True, start + 1, columns), "\n"]  # noqa: FBT003 - a record's field


class _Paragraph:
    """One paragraph on the way from its start to its end."""

    def __init__(self, text: str, line: int, labels: frozenset[str], *, brackets: bool) -> None:
        self._text = text
        self._labels = labels
        self._line = line
        self._brackets = brackets
        self._code = code_spans(text) if "`" in text else []
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        # Ends that are known not to come any more.
        self._endless: set[str] = set()
        # By the length of their ticks the places where ``$`…`$`` may end, once it begins.
        self._ticked_ends: defaultdict[int, list[int]] | None = None

    def cut(self) -> Iterator[str | Found]:
        done = position = 0
        while stop := self._stop(position):
            end, tex, is_display = self._formula(stop)
            if tex is None:
                position = max(end, position + 1)
                continue
            yield self._text[done : stop.start()]
            yield self._found(stop.start(), end, tex, is_display=is_display)
            done = position = end
        yield self._text[done:]

    def _stop(self, position: int) -> re.Match[str] | None:
        """Return what `_STOPS` finds first from `position` on."""
        for sign in _SIGN.finditer(self._text, position):
            start = sign.start()
            if sign[0] == ":":
                before = self._text[max(position, start - len("https")) : start]
                start -= len("https" if before.endswith("https") else "http")
            if start >= position and (stop := _STOPS.match(self._text, start)):
                return stop
        return None

    def _formula(self, stop: re.Match[str]) -> tuple[int, tuple[int, int] | None, bool]:
        """Return where to go on, and where the TeX of the formula stands that begins here."""
        start = stop.start()
        if stop["dollars"]:
            return self._dollars(start, stop["dollars"])
        if stop["bracket"] or (stop["single"] and self._brackets):
            sign = stop["bracket"] or stop["single"]
            closing = sign[:-1] + (")" if sign[-1] == "(" else "]")
            return self._until(stop, closing, is_display=sign[-1] == "[")
        if stop["environment"] in _ENVIRONMENTS:
            return self._environment(stop)
        if stop["label"]:
            # Of what is no formula a label is all that `\ref` could mean.
            is_one = stop["label"].strip() in self._labels
            return stop.end(), (start, stop.end()) if is_one else None, False
        if stop["ticks"]:
            at = bisect_right(self._code, (start, len(self._text))) - 1
            is_code = at >= 0 and self._code[at][0] == start
            return (self._code[at][1] if is_code else stop.end()), None, False
        return self._after(stop), None, False

    def _after(self, stop: re.Match[str]) -> int:
        """Return the end of the tag, target or address that begins here."""
        if self._text.startswith("<!--", stop.start()):
            return self._until(stop, "-->", is_display=False)[0]
        pattern, start = (
            (_TARGET, stop.end())
            if stop["target"]
            else (_ADDRESS, stop.end())
            if stop["address"]
            else (_TAG, stop.start())
        )
        match = pattern.match(self._text, start) if stop[0][0] != "\\" else None
        return match.end() if match else stop.end()

    def _dollars(self, start: int, sign: str) -> tuple[int, tuple[int, int] | None, bool]:
        if sign == "$$":
            end = self._text.find("$$", start + 2) if "$$" not in self._endless else -1
            while end > 0 and self._text[end - 1] == "\\":
                end = self._text.find("$$", end + 2)
            if end < 0:
                self._endless.add("$$")
                return start + 2, None, False
            if not self._text[start + 2 : end].strip("> \t\n"):
                return end + 2, None, False
            is_display = self._is_alone(start, end + 2)
            return end + 2, (start + 2, end), is_display
        if ticked := self._ticked(start):
            return ticked[1] + ticked[0] - start, ticked, False
        match = between_dollars(self._text, start)
        if match is None or self._meets_code(start, match.end()):
            return start + 1, None, False
        return match.end(), match.span("tex"), False

    def _ticked(self, start: int) -> tuple[int, int] | None:
        """Return where the TeX of ``$`…`$`` stands, on one line."""
        opening = _TICKED.match(self._text, start)
        if opening is None:
            return None
        if self._ticked_ends is None:
            self._ticked_ends = defaultdict(list)
            for closing in _TICKED_END.finditer(self._text):
                self._ticked_ends[len(closing["ticks"])].append(closing.start())
        ends = self._ticked_ends[len(opening["ticks"])]
        following = bisect_right(ends, opening.end())
        if following == len(ends) or self._text.find("\n", start, ends[following]) >= 0:
            return None
        return opening.end(), ends[following]

    def _until(
        self, stop: re.Match[str], closing: str, *, is_display: bool
    ) -> tuple[int, tuple[int, int] | None, bool]:
        end = self._text.find(closing, stop.end()) if closing not in self._endless else -1
        if end < 0:
            self._endless.add(closing)
            return stop.end(), None, False
        return end + len(closing), (stop.end(), end), is_display

    def _environment(self, stop: re.Match[str]) -> tuple[int, tuple[int, int] | None, bool]:
        closing = f"\\end{stop[0].removeprefix(chr(92) + 'begin')}"
        end, inside, _ = self._until(stop, closing, is_display=True)
        # The environment is part of its own TeX.
        return end, None if inside is None else (stop.start(), end), True

    def _is_alone(self, start: int, end: int) -> bool:
        """Say whether nothing else stands on the lines of a formula, but for a sign at its end.

        Beside the marker of an item a sign makes it part of a sentence, as in kramdown.
        """
        line_start = self._text.rfind("\n", 0, start) + 1
        line_end = self._text.find("\n", end)
        lead, rest = self._text[line_start:start], self._text[end:line_end]
        signs = " \t" if lead.strip(" \t>") else " \t.,;"
        return bool(_LEAD.match(lead) and not rest.strip(signs))

    def _meets_code(self, start: int, end: int) -> bool:
        at = bisect_right(self._code, (start, len(self._text)))
        return at < len(self._code) and self._code[at][0] < end

    def _quote(self, start: int) -> re.Pattern[str] | None:
        """Return the signs before lines of the quote in which the line at `start` stands.

        Where it stands in none, `>` is a sign of the formula.
        """
        signs = _QUOTES.match(self._text, start)
        depth = signs[0].count(">") if signs else 0
        return re.compile(rf"(?:[ \t]*>){{1,{depth}}}[ \t]?") if depth else None

    def _found(self, start: int, end: int, tex: tuple[int, int], *, is_display: bool) -> Found:
        first, last = tex
        row = bisect_right(self._starts, first) - 1
        lines: list[str] = []
        columns: list[int] = []
        quote = self._quote(self._starts[row]) if self._text.find("\n", first, last) >= 0 else None
        for number, line in enumerate(self._text[first:last].split("\n")):
            quotes = quote.match(line) if quote and number else None
            skipped = quotes.end() if quotes else 0
            lines.append(line[skipped:])
            columns.append(skipped if number else first - self._starts[row])
        source = self._text[start:end]
        meant = "\n".join(without_escapes(lines, source))
        return Found(source, meant, is_display, self._line + row, tuple(columns))
