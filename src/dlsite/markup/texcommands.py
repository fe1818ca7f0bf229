r"""The commands that math-core lacks, each as a function that says what to put in its place.

Sources: LaTeX, amsmath, mathtools, xcolor, hyperref and physics, as far as MathJax and
KaTeX have made people use them in pages.
"""

from __future__ import annotations

from collections.abc import Mapping

from dlsite.markup.texarguments import argument_of, source_of, text_parts
from dlsite.markup.texboxes import BOXES
from dlsite.markup.texdefinitions import DEFINITIONS
from dlsite.markup.texlengths import em
from dlsite.markup.texmarks import BareNumber, Gap
from dlsite.markup.texphysics import PHYSICS
from dlsite.markup.texrewrite import Part, Pass, Rewrite, Span, Step, UnfitError
from dlsite.markup.textokens import Range

MACROS: Mapping[str, str] = {
    "abs": r"\left|#1\right|",
    "norm": r"\left\|#1\right\|",
    "order": r"\mathcal{O}\left(#1\right)",
    "comm": r"\left[#1,#2\right]",
    "acomm": r"\left\{#1,#2\right\}",
    "ketbra": r"\left|#1\right\rangle\left\langle #2\right|",
    "expval": r"\left\langle #1\right\rangle",
    "mel": r"\left\langle #1\middle|#2\middle|#3\right\rangle",
    "vb": r"\mathbf{#1}",
    "va": r"\vec{\mathbf{#1}}",
    "vu": r"\hat{\mathbf{#1}}",
    "grad": r"\boldsymbol{\nabla}",
    "curl": r"\boldsymbol{\nabla}\times",
    "laplacian": r"\nabla^2",
    "tr": r"\operatorname{tr}",
    "Tr": r"\operatorname{Tr}",
    "rank": r"\operatorname{rank}",
    "nicefrac": r"{}^{#1}\!/\!{}_{#2}",
    "sfrac": r"{}^{#1}\!/\!{}_{#2}",
    "cancelto": r"\cancel{#2}^{#1}",
    "qed": r"\blacksquare",
    "dotsc": r"\ldots",
    "dotsb": r"\cdots",
    "dotsm": r"\cdots",
    "dotsi": r"\cdots",
    "dotso": r"\ldots",
    "varlimsup": r"\overline{\lim}",
    "varliminf": r"\underline{\lim}",
    "bigO": r"\mathcal{O}",
    "independent": r"\perp\!\!\!\perp",
    "indep": r"\perp\!\!\!\perp",
    "LaTeX": r"\text{LaTeX}",
    "TeX": r"\text{TeX}",
    "strut": r"\mathstrut",
    "degree": r"^{\circ}",
    "mathbfcal": r"\boldsymbol{\mathcal{#1}}",
    "overarc": r"\overparen{#1}",
    "iddots": r"⋰",
    "adots": r"⋰",
}
"""Commands that are spelt by others alone, as the macros they are."""

_RENAMED = {
    r"\mbox": r"\text",
    r"\pmb": r"\boldsymbol",
    r"\mathds": r"\mathbb",
    r"\mathbbm": r"\mathbb",
    r"\bbm": r"\mathbb",
    r"\mathnormal": r"\mathit",
    r"\textdegree": r"{}^{\circ}",
    r"\hspace*": r"\hspace",
    r"\hfill": r"\quad",
    r"\hfil": r"\quad",
    r"\cr": r"\\",
    r"\tabularnewline": r"\\",
    r"\textdollar": r"\$",
    r"\ensuremath": "",
    r"\vcenter": "",
    r"\mathclap": "",
    r"\mathllap": "",
    r"\clap": "",
    r"\llap": "",
    **dict.fromkeys(
        [r"\nobreak", r"\allowbreak", r"\break", r"\noindent", r"\protect", r"\displaybreak",
         r"\pagebreak", r"\nopagebreak", r"\centering", r"\boldmath", r"\par", r"\tiny",
         r"\scriptsize", r"\footnotesize", r"\small", r"\normalsize", r"\large", r"\Large",
         r"\LARGE", r"\huge", r"\Huge", r"\smallskip", r"\medskip", r"\bigskip"],
        "",
    ),
}  # fmt: skip


def _renamed(name: str) -> Rewrite:
    return lambda _p, index, _end: (index + 1, [name])


def _left_out(p: Pass, index: int, end: int) -> Step:
    """Leave a command out with its argument."""
    return argument_of(p, index, index + 1, end)[1], []


# Text and operators


def _text(p: Pass, index: int, end: int) -> Step:
    part, following = argument_of(p, index, index + 1, end)
    command = {r"\hbox": r"\text", r"\textnormal": r"\text", r"\textup": r"\text"}.get(
        p.tokens.texts[index], p.tokens.texts[index]
    )
    command = r"\text" if command == r"\mbox" else command
    parts = text_parts(p, command, part)
    return following, parts if len(parts) <= 3 else ["{", *parts, "}"]  # noqa: PLR2004 - one piece is three parts


def _substack(p: Pass, index: int, end: int) -> Step:
    part, following = argument_of(p, index, index + 1, end)
    return following, [r"\begin{subarray}{c}", Span(*part), r"\end{subarray}"]


def _operator(p: Pass, index: int, end: int) -> Step:
    r"""`\operatorname{\mathrm{x}}` is `\operatorname{x}`; `_` in a name is itself."""
    name = p.tokens.texts[index]
    part, following = argument_of(p, index, index + 1, end)
    texts = p.tokens.texts
    first = p.tokens.past_blanks(part[0], part[1])
    while texts[first] in _UPRIGHT and first < part[1]:
        inner = p.tokens.group(first + 1, part[1])
        if inner is None or p.tokens.past_blanks(inner[1], part[1]) != part[1]:
            break
        part = inner[0]
        first = p.tokens.past_blanks(part[0], part[1])
    if texts[first : part[1]] and texts[first] in _LETTERS:
        return _with_limits(p, part, following, end, always=name.endswith("*"))
    return following, [f"{name}{{", Span(*part, is_text=True), "}"]


_UPRIGHT = frozenset([r"\mathrm", r"\text", r"\textrm", r"\rm", r"\mathop", r"\operatorname"])
_LETTERS = frozenset(
    [r"\mathbb", r"\mathbf", r"\mathcal", r"\mathsf", r"\mathscr", r"\boldsymbol", r"\bm",
     r"\underset", r"\overset", r"\underbrace", r"\mathfrak"]
)  # fmt: skip


def _class_of_operator(p: Pass, index: int, end: int) -> Step | None:
    r"""`\mathop{…}` has its limits above and below, which math-core cannot say."""
    found = p.tokens.group(index + 1, end)
    if found is None:
        return None
    part, following = found
    source = source_of(p, part)
    if source.replace(" ", "") in (r"\arg\min", r"\arg\max", r"\arg\,\min", r"\arg\,\max"):
        return _past_limits(p, following, end), [rf"\operatorname*{{arg\,{source[-3:]}}}"]
    return _with_limits(p, part, following, end, always=p.is_display)


def _past_limits(p: Pass, index: int, end: int) -> int:
    at = p.tokens.past_blanks(index, end)
    return at + 1 if at < end and p.tokens.texts[at] in (r"\limits", r"\nolimits") else index


def _with_limits(p: Pass, part: Range, index: int, end: int, *, always: bool) -> Step:
    at = p.tokens.past_blanks(index, end)
    word = p.tokens.texts[at] if at < end else ""
    index = _past_limits(p, index, end)
    base: list[Part] = [r"\mathop{", Span(*part), "}"]
    if word == r"\nolimits" or (word != r"\limits" and not always):
        return index, base
    for _ in range(2):
        at = p.tokens.past_blanks(index, end)
        script = p.tokens.texts[at] if at < end else ""
        if script not in ("_", "^"):
            break
        limit, index = argument_of(p, at, at + 1, end)
        command = r"\underset{" if script == "_" else r"\overset{"
        base = [command, Span(*limit), "}{", *base, "}"]
    return index, base


# Rows and numbers


def _new_row(p: Pass, index: int, end: int) -> Step | None:
    r"""Read `\\*` and `\\[1em]`."""
    if p.environments:
        p.environments[-1].column = 0
    following = index + 1
    if following < end and p.tokens.texts[following] == "*":
        following += 1
    option = p.tokens.optional(following, end)
    length = em(source_of(p, option[0])) if option else None
    if option is None or length is None:
        return None if following == index + 1 else (following, [r"\\ "])
    sign = p.marks.sign(Gap(length)) if length > 0 and p.environments else ""
    return option[1], [sign, r"\\ "]


def _tag(p: Pass, index: int, end: int) -> Step:
    p.wants_number = True
    name = p.tokens.texts[index]
    part, following = argument_of(p, index, index + 1, end)
    source = source_of(p, part)
    if source.replace(" ", "").replace(".", "").replace("-", "").isalnum() and source.isascii():
        return following, [f"{name}{{{source}}}"]
    key, sign = p.marks.tag()
    is_formula = "\\" in source and "$" not in source
    inside: list[Part] = [Span(*part)] if is_formula else text_parts(p, r"\text", part)
    return following, [f"{name}{{{key}}}", sign, "{", *inside, "}"]


def _label(p: Pass, index: int, end: int) -> Step:
    p.wants_number = True
    part, following = argument_of(p, index, index + 1, end)
    name = source_of(p, part)
    if not name:
        raise UnfitError(index, "a label is empty")
    is_new = name not in p.definitions.labels
    p.definitions.labels.add(name)
    if not is_new:
        p.twins.append((name, p.tokens.start(index)))
    return following, [rf"\label{{L{p.definitions.number_of(name)}}}"] if is_new else []


def _reference(p: Pass, index: int, end: int) -> Step:
    part, following = argument_of(p, index, index + 1, end)
    name = source_of(p, part)
    p.references.append((name, p.tokens.start(index)))
    bare = p.marks.sign(BareNumber()) if p.tokens.texts[index] == r"\ref" else ""
    return following, ["{", bare, rf"\eqref{{L{p.definitions.number_of(name)}}}", "}"]


def _between(p: Pass, index: int, end: int) -> Step:
    part, following = argument_of(p, index, index + 1, end)
    return following, [*text_parts(p, r"\text", part), r"\nonumber\\ "]


def _character(p: Pass, index: int, end: int) -> Step:
    part, following = argument_of(p, index, index + 1, end)
    source = source_of(p, part).lower()
    try:
        number = int(source[1:], 16) if source[:1] == "x" else int(source)
        sign = chr(number)
    except (ValueError, OverflowError):
        raise UnfitError(index, f"'{source}' is not the number of a character") from None
    if not sign.isprintable() or sign in "\\{}#$%&_^~":
        raise UnfitError(index, f"'{source}' is not the number of a character to show")
    return following, [f"{{{sign}}}"]


_TEXTS = (
    r"\text", r"\textbf", r"\textit", r"\textrm", r"\textsf", r"\texttt", r"\textsc", r"\emph",
    r"\mbox", r"\hbox", r"\textnormal", r"\textup", r"\fbox",
)  # fmt: skip

COMMANDS: dict[str, Rewrite] = {
    **BOXES,
    **DEFINITIONS,
    **PHYSICS,
    **{name: _renamed(new) for name, new in _RENAMED.items()},
    **dict.fromkeys(_TEXTS, _text),
    r"\substack": _substack,
    r"\operatorname": _operator,
    r"\operatorname*": _operator,
    r"\mathop": _class_of_operator,
    r"\\": _new_row,
    r"\tag": _tag,
    r"\tag*": _tag,
    r"\label": _label,
    r"\ref": _reference,
    r"\eqref": _reference,
    r"\unicode": _character,
    r"\class": _left_out,
    r"\cssId": _left_out,
    r"\style": _left_out,
    r"\enclose": _left_out,
    r"\require": _left_out,
    r"\vspace": _left_out,
    r"\vspace*": _left_out,
    r"\intertext": _between,
    r"\shortintertext": _between,
}
