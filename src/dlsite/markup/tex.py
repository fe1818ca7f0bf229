r"""Turn TeX formulas into MathML.

`math-core` does the work; `texrewrite` spells what it lacks in terms of what it has,
before, and `mathml` makes a page's markup of it, after.  Offsets of faults are those of
the TeX that was given.
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from xml.etree.ElementTree import ParseError

from math_core import LatexError, LatexToMathML

from dlsite.dataclass import dataclass
from dlsite.markup.mathml import Dresser
from dlsite.markup.texcommands import COMMANDS, MACROS
from dlsite.markup.texenvironments import ENVIRONMENTS
from dlsite.markup.texlimits import TOO_DEEP, Limits
from dlsite.markup.texmarks import CLOSE, OPEN, Marks
from dlsite.markup.texrewrite import Definitions, Pass, UnfitError
from dlsite.markup.textokens import Trail

_FAULT = re.compile(
    r'<(?:span|p) class="math-core-error" title="(?P<at>\d+): (?P<what>.*?)">', re.DOTALL
)
_COMMANDS = COMMANDS | ENVIRONMENTS
# What only some uses of a command need rewritten, told apart from those that do not.
_IN_PART = {
    r"\begin": r"\\begin\s*\{(?!(?:[bBpvV]?matrix|d?cases|aligned|gathered|gather"
    r"|align\*?|equation\*?)\}(?!\s*\[)"
    r"|array\}\s*\{[lcr|: ]*\})",
    r"\end": "",
    r"\\": r"\\\\(?:\*|\s*\[)",
    r"\operatorname": r"\\operatorname\*?(?:\s*\{[^{}\\_]*(?:\\[^,]|[_{])|\s*\*?\s+)",
    r"\operatorname*": "",
    **{
        name: rf"\{name}\s*\{{[^{{}}$_&%]*[{{$_&%\\]"
        for name in (r"\text", r"\textbf", r"\textit", r"\textrm", r"\textsf", r"\texttt")
    },
}
_WHOLE = (name[1:] for name in _COMMANDS if name[0] == "\\" and name not in _IN_PART)
_NEEDED = re.compile(
    "|".join(
        [
            rf"\\(?:{'|'.join(re.escape(name) for name in _WHOLE)})(?![a-zA-Z])",
            *(pattern for pattern in _IN_PART.values() if pattern),
            r"%",
        ]
    )
)
# What reaches from formula to formula, spelt as math-core has it: definitions and numbers.
_DEFINITION = re.compile(r"\\(?:g?def|let)(?![a-zA-Z])")
_NUMBERED = r"\begin"
_OFFSET = re.compile(r"(?:macro\d+:)?\d+: ")
_NOT_IN_TEX = re.compile(f"[\0{OPEN}{CLOSE}]")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula's TeX, and whether it stands on a line of its own."""

    tex: str
    is_display: bool


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a formula: at which code point of its TeX, from 0, and why."""

    offset: int
    reason: str
    length: int = 0


@dataclass(frozen=True, slots=True)
class SetFormula:
    """A formula as MathML, empty where it could not be set, and what is wrong with it."""

    markup: str
    faults: tuple[Fault, ...] = ()


class Typesetter:
    """Sets the formulas of one page at a time; knows the site's macros.

    Macros that cannot be used stand for nothing.
    """

    def __init__(self, macros: Mapping[str, str]) -> None:
        self._marks = Marks()
        self._limits = Limits()
        self.faulty: dict[str, str] = {}
        """The macros, by name, that cannot be used, with the reason."""
        for name, body in MACROS.items():
            self._limits.define(f"\\{name}", body)
        self._names = {f"\\{name}" for name in macros}
        usable = self._usable({name: self._rewritten(name, macros[name]) for name in macros})
        self._marks.keep()
        # What a page defines holds for the rest of it, as with a script in the page.
        self._convert = _converter(usable).convert_all
        self._have_effects = any(
            _NUMBERED in body or _DEFINITION.search(body) for body in usable.values()
        )
        # The same formulas stand in many places.
        self._alone = lru_cache(maxsize=1024)(self._set_alone)

    def _rewritten(self, name: str, body: str) -> str:
        """Return the body of a macro of the site as math-core is to have it."""
        rewriting = _pass(body, Definitions(set(self._names)), self._marks)
        if not rewriting.tokens.is_balanced:
            self.faulty[name] = "its braces do not match"
            return ""
        try:
            text = rewriting.run().text
        except UnfitError as unfit:
            self.faulty[name] = str(unfit)
            return ""
        if reason := self._limits.define(f"\\{name}", text):
            self.faulty[name] = reason
            return ""
        return text

    def _usable(self, bodies: Mapping[str, str]) -> dict[str, str]:
        """Return the macros without those that math-core does not take."""
        try:
            _converter(bodies)
        except LatexError:
            stubs = dict.fromkeys(bodies, "x")
            for name, body in bodies.items():
                try:
                    _converter({**stubs, name: body})
                except LatexError as error:
                    self.faulty[name] = _reason(_OFFSET.sub("", str(error)))
        return {name: "" if name in self.faulty else body for name, body in bodies.items()}

    def set(self, formulas: Sequence[Formula], *, taken: Collection[str] = ()) -> list[SetFormula]:
        r"""Return the formulas of a page as MathML, in order.

        Numbers, labels and `\newcommand` reach from formula to formula, `\eqref` also
        backwards.  Labels become ids, other than those `taken`.  Each formula carries its
        TeX as an annotation.
        """
        known = [self._alone(formula) for formula in formulas]
        page = self._page()
        drafts = page.drafts(
            [each for each, alone in zip(formulas, known, strict=True) if not alone]
        )
        if any(draft.may_define for draft in drafts):
            known = [None] * len(formulas)
            page = self._page()
            drafts = page.drafts(formulas)
        results = iter(self._finished(page, drafts, taken))
        return [alone or next(results) for alone in known]

    def _set_alone(self, formula: Formula) -> SetFormula | None:
        """Return a formula as it is on every page that defines nothing.

        `None` where it may count what else stands there, or what macros of the site do.
        """
        if self._have_effects or _NEEDED.search(formula.tex) or _NUMBERED in formula.tex:
            return None
        page = self._page()
        (result,) = self._finished(page, page.drafts([formula]), ())
        return result

    def _page(self) -> _Page:
        self._marks.reset()
        return _Page(Definitions(set(self._names)), self._limits.copy(), self._marks)

    def _finished(
        self, page: _Page, drafts: Sequence[_Draft], taken: Collection[str]
    ) -> list[SetFormula]:
        given = [(draft.text, draft.formula.is_display) for draft in drafts]
        return page.finished(drafts, self._convert(given), taken)


def faulty_macros(macros: Mapping[str, str]) -> Mapping[str, str]:
    """Return the macros, by name, that cannot be used, with the reason."""
    return Typesetter(macros).faulty if macros else {}


def _converter(macros: Mapping[str, str]) -> LatexToMathML:
    return LatexToMathML(
        macros={**MACROS, **macros},
        fancy_error=False,
        continue_on_error=True,
        global_group=True,
        allow_unreliable_rendering=True,
    )


def _pass(tex: str, definitions: Definitions, marks: Marks, *, is_display: bool = False) -> Pass:
    return Pass(
        _NOT_IN_TEX.sub("\ufffd", tex),
        commands=_COMMANDS,
        definitions=definitions,
        marks=marks,
        is_display=is_display,
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A formula between rewriting and math-core; `fault` keeps it from going on."""

    formula: Formula
    text: str
    trail: Trail | None = None
    fault: Fault | None = None
    twins: tuple[tuple[str, int], ...] = ()
    references: tuple[tuple[str, int], ...] = ()

    @property
    def may_define(self) -> bool:
        """Whether other formulas may mean something else because of this one."""
        return self.fault is not None or bool(_DEFINITION.search(self.text))

    def origin_of(self, offset: int) -> int:
        """Return where in the author's TeX a code point of the rewritten one came from."""
        return min(self.trail.origin_of(offset) if self.trail else offset, len(self.formula.tex))


class _Page:
    """The formulas of one page, and what they know of each other."""

    def __init__(self, definitions: Definitions, limits: Limits, marks: Marks) -> None:
        self._definitions = definitions
        self._limits = limits
        self._marks = marks

    def drafts(self, formulas: Iterable[Formula]) -> list[_Draft]:
        """Return the formulas rewritten, or with their faults."""
        return [self._draft(formula) for formula in formulas]

    def _draft(self, formula: Formula) -> _Draft:
        tex = formula.tex
        optional = self._definitions.optional
        if not _NEEDED.search(tex) and not any(name in tex for name in optional):
            text = _NOT_IN_TEX.sub("\ufffd", tex)
            reason = self._limits.reason(text)
            if reason:
                return _Draft(formula, "", fault=_whole(tex, reason))
            return _Draft(formula, text)
        rewriting = _pass(tex, self._definitions, self._marks, is_display=formula.is_display)
        try:
            trail = rewriting.run()
        except UnfitError as unfit:
            at = rewriting.tokens.start(unfit.index)
            return _Draft(formula, "", fault=_at(tex, at, str(unfit)))
        text = trail.text
        reason = self._limits.learn(text) if r"\def" in text else ""
        reason = reason or self._limits.reason(text)
        if reason:
            return _Draft(formula, "", fault=_whole(tex, reason))
        twins, references = tuple(rewriting.twins), tuple(rewriting.references)
        return _Draft(formula, text, trail, None, twins, references)

    def finished(
        self, drafts: Sequence[_Draft], results: Sequence[str], taken: Collection[str]
    ) -> list[SetFormula]:
        """Return what math-core made of the drafts as it is to stand in the page."""
        dresser = Dresser(self._marks, self._definitions.label_of, taken)
        done = [
            self._finished(draft, markup, dresser)
            for draft, markup in zip(drafts, results, strict=True)
        ]
        return [
            SetFormula(dresser.with_tags(each.markup), each.faults) if each.markup else each
            for each in done
        ]

    def _finished(self, draft: _Draft, markup: str, dresser: Dresser) -> SetFormula:
        tex = draft.formula.tex
        if draft.fault:
            return SetFormula("", (draft.fault,))
        if match := _FAULT.match(markup):
            at = draft.origin_of(int(match["at"]))
            return SetFormula("", (_at(tex, at, _reason(html.unescape(match["what"]))),))
        if lost := self._lost(draft):
            return SetFormula("", lost)
        twins = tuple(
            _at(tex, at, f"the label '{name}' was given before on this page")
            for name, at in draft.twins
        )
        try:
            return SetFormula(dresser.dressed(markup, tex), twins)
        except RecursionError:
            return SetFormula("", (_whole(tex, TOO_DEEP),))
        except ParseError:
            return SetFormula("", (_whole(tex, "math-core makes of it what is no MathML"),))

    def _lost(self, draft: _Draft) -> tuple[Fault, ...]:
        return tuple(
            _at(draft.formula.tex, at, f"no formula of this page has the label '{name}'")
            for name, at in draft.references
            if name not in self._definitions.labels
        )


_COMMAND = re.compile(r"\\(?:[a-zA-Z]+\*?|.)|.", re.DOTALL)


def _at(tex: str, offset: int, reason: str) -> Fault:
    word = _COMMAND.match(tex, offset)
    length = len(word[0]) if word and word[0] != "\n" else 0
    return Fault(offset, reason, length)


def _whole(tex: str, reason: str) -> Fault:
    return Fault(0, reason, len(tex.partition("\n")[0]))


def _reason(message: str) -> str:
    """Return math-core's message in our manner: lower case, single quotes, no full stop."""
    message = message.rstrip(".")
    return message[:1].lower() + message[1:].replace('"', "'").replace("`", "'")
