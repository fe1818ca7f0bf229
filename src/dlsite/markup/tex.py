r"""Turn TeX formulas into MathML.

`math-core` does the work; a rewriting step before it spells what it lacks in terms of
what it has.  Offsets of faults are those of the TeX that was given.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from math_core import LatexToMathML

_FAULT = re.compile(
    r'<(?:span|p) class="math-core-error" title="(?P<at>\d+): (?P<what>.*?)">', re.DOTALL
)
_MATH = re.compile(r"(<math[^>]*>)(.*)(</math>)", re.DOTALL)
_GROUP = r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula's TeX, and whether it stands on a line of its own."""

    tex: str
    is_display: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a formula from being set: at which code point of its TeX, from 0, and why."""

    offset: int
    reason: str


class Typesetter:
    """Sets the formulas of one page at a time; knows the site's macros."""

    def __init__(self, macros: Mapping[str, str]) -> None:
        # What a page defines holds for the rest of it, as with a script in the page.
        self._convert = LatexToMathML(
            macros={name: _rewritten(body).text for name, body in macros.items()},
            fancy_error=False,
            continue_on_error=True,
            global_group=True,
            allow_unreliable_rendering=True,
        ).convert_all

    def set(self, formulas: Sequence[Formula]) -> list[str | Fault]:
        r"""Return MathML, or the fault, for each formula of a page, in order.

        Numbers, labels and `\newcommand` reach from formula to formula, `\eqref` also
        backwards.  Each formula carries its TeX as an annotation.
        """
        traced = [_rewritten(formula.tex) for formula in formulas]
        given = [
            (source.text, formula.is_display)
            for source, formula in zip(traced, formulas, strict=True)
        ]
        results: list[str | Fault] = []
        for source, formula, markup in zip(traced, formulas, self._convert(given), strict=True):
            if fault := _FAULT.match(markup):
                reason = html.unescape(fault["what"]).rstrip(".")
                reason = reason[:1].lower() + reason[1:].replace('"', "'")
                results.append(Fault(source.origin_of(int(fault["at"])), reason))
            else:
                results.append(_annotated(markup, formula.tex))
        return results


def _annotated(markup: str, tex: str) -> str:
    match = _MATH.fullmatch(markup)
    assert match is not None
    start, inside, end = match.groups()
    source = html.escape(tex.strip(), quote=False)
    note = f'<annotation encoding="application/x-tex">{source}</annotation>'
    return f"{start}<semantics><mrow>{inside}</mrow>{note}</semantics>{end}"


# Rewriting


@dataclass(frozen=True, slots=True)
class _Traced:
    """Text that remembers from where in the original each of its code points came."""

    text: str
    origins: tuple[int, ...]

    def origin_of(self, offset: int) -> int:
        """Return the place in the original; the end for what is past the end."""
        if offset < len(self.origins):
            return self.origins[offset]
        return self.origins[-1] + 1 if self.origins else 0

    def replaced(self, pattern: re.Pattern[str], put: Callable[[re.Match[str]], str]) -> _Traced:
        """Return the text with every match replaced; what is put in stands for its start."""
        pieces: list[str] = []
        origins: list[int] = []
        done = 0
        for match in pattern.finditer(self.text):
            new = put(match)
            pieces += [self.text[done : match.start()], new]
            origins += self.origins[done : match.start()]
            origins += self._origins_of(match, new)
            done = match.end()
        if not pieces:
            return self
        pieces.append(self.text[done:])
        return _Traced("".join(pieces), (*origins, *self.origins[done:]))

    def _origins_of(self, match: re.Match[str], new: str) -> list[int]:
        """Trace the parts of a replacement that are parts of what it replaces."""
        start = self.origins[match.start()]
        origins = [start] * len(new)
        for number in range(1, (match.lastindex or 0) + 1):
            part = match[number]
            at = new.find(part) if part else -1
            if at >= 0:
                origins[at : at + len(part)] = self.origins[match.start(number) : match.end(number)]
        return origins


def _matrix(rows: str) -> str:
    return rf"{{\scriptstyle\begin{{matrix}}{rows}\end{{matrix}}}}"


def _alignment(match: re.Match[str]) -> str:
    name, star = match[1] or match[3], match[2] or match[4] or ""
    kind = "aligned" if name == "alignedat" else f"align{star}"
    return rf"\{'begin' if match[1] else 'end'}{{{kind}}}"


def _mixed(match: re.Match[str]) -> str:
    r"""Take the formulas out of a text: `\text{if $x$}` is a text and a formula."""
    parts = match[2].split("$")
    return "".join(
        (f"\\{match[1]}{{{part}}}" if part else "") if number % 2 == 0 else f"{{{part}}}"
        for number, part in enumerate(parts)
    )


def _operator(match: re.Match[str]) -> str:
    return rf"\def{match[2] or match[3]}{{\operatorname{match[1]}{match[4]}}}"


_Rewrite = tuple[str, str, Callable[[re.Match[str]], str]]

# A literal without which the pattern cannot match, the pattern, what is put in its place.
_TABLE: tuple[_Rewrite, ...] = (
    # Space after a line of a matrix or alignment; MathML Core has no way to say it.
    ("\\\\", r"\\\\\*?[ \t]*\[[ \t]*-?[\d.]+[ \t]*[a-z]{2}[ \t]*\]", lambda _: r"\\ "),
    (r"\cr", r"\\cr(?![a-zA-Z])", lambda _: r"\\ "),
    (
        r"\newcommand",
        rf"\\newcommand\*?[ ]*(\{{\\[a-zA-Z]+\}}|\\[a-zA-Z]+)(?=\s*(?:\[\d\]\s*)?{_GROUP})",
        lambda m: rf"\providecommand{m[1]}{{}}\renewcommand{m[1]}",
    ),
    (
        r"\DeclareMathOperator",
        rf"\\DeclareMathOperator(\*?)[ ]*(?:\{{(\\\w+)\}}|(\\[a-zA-Z]+))[ ]*({_GROUP})",
        _operator,
    ),
    (r"\operatorname", r"\\operatorname\*?(?=\s)\s+(?=\{)", lambda m: m[0].rstrip()),
    # What belongs under an operator of several words goes under all of them.
    (
        r"\mathop",
        rf"\\mathop[ ]*({_GROUP})[ ]*\\limits(?![a-zA-Z])",
        lambda m: rf"\operatorname*{m[1]}",
    ),
    (
        r"\arg",
        r"\\operatorname\*\{\\arg[ ]*(?:\\,)?[ ]*\\(min|max)[ ]*\}",
        lambda m: rf"\operatorname*{{arg\,{m[1]}}}",
    ),
    (r"\substack", rf"\\substack[ ]*({_GROUP})", lambda m: _matrix(m[1][1:-1])),
    (
        "smallmatrix}",
        r"\\(begin|end)\{([a-z]?)smallmatrix\}",
        lambda m: rf"\{m[1]}{{{m[2]}matrix}}",
    ),
    ("{split}", r"\\(begin|end)\{split\}", lambda m: rf"\{m[1]}{{aligned}}"),
    (
        "at",
        r"\\begin\{(alignat|alignedat)(\*?)\}\s*\{\d+\}|\\end\{(alignat|alignedat)(\*?)\}",
        _alignment,
    ),
    ("eqnarray", r"\\(begin|end)\{eqnarray(\*?)\}", lambda m: rf"\{m[1]}{{align{m[2]}}}"),
    (r"\mbox", r"\\mbox(?![a-zA-Z])", lambda _: r"\text"),
    (r"\pmb", r"\\pmb(?![a-zA-Z])", lambda _: r"\boldsymbol"),
    (r"\math", r"\\math(?:ds|bbm)(?![a-zA-Z])", lambda _: r"\mathbb"),
    (r"\require", r"\\require\s*\{[^{}]*\}", lambda _: ""),
    (
        "$",
        r"\\(text|textbf|textit|textrm)[ ]*\{([^{}$]*(?:\$[^$]*\$[^{}$]*)+)\}",
        _mixed,
    ),
)
_REWRITES = tuple((literal, re.compile(pattern), put) for literal, pattern, put in _TABLE)


_NUMBERED = re.compile(r"\\begin\{(?:align|alignat|equation|gather|multline|eqnarray|flalign)\*?\}")


def _rewritten(tex: str) -> _Traced:
    traced = _Traced(tex, tuple(range(len(tex))))
    if "\\" not in tex:
        return traced
    for literal, pattern, put in _REWRITES:
        if literal in traced.text:
            traced = traced.replaced(pattern, put)
    if ("\\tag" in traced.text or "\\label" in traced.text) and not _NUMBERED.search(traced.text):
        traced = _in_equation(traced)
    return traced


def _in_equation(traced: _Traced) -> _Traced:
    r"""Let a formula with a `\tag` or `\label` be an equation, which alone may have one."""
    start, end = r"\begin{equation}", r"\end{equation}"
    last = traced.origins[-1] + 1
    return _Traced(
        f"{start}{traced.text}{end}",
        (*([0] * len(start)), *traced.origins, *([last] * len(end))),
    )
