r"""Keep math-core from what would break it.

It recurses without a limit, so that some thousand levels of nesting end the process; it
tries anew, for each bracket that nothing closes, all that follows; and macros may multiply
their arguments without end.  Nothing of that may reach it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dlsite.dataclass import dataclass
from dlsite.markup.textokens import Tokens

MAX_DEPTH = 1000
"""How deep a formula may be, as `Limits` counts it: a quarter of what math-core bears."""
MAX_SIZE = 200_000
"""How many code points a formula may have once its macros are expanded."""
MAX_UNCLOSED = 6
"""How many brackets of one group or cell may stay open: each doubles the work."""

TOO_DEEP = "it is nested too deeply"

_OPENING = frozenset(["{", r"\left", r"\begin", r"\begingroup", r"\bgroup"])
_CLOSING = frozenset(["}", r"\right", r"\end", r"\endgroup", r"\egroup"])
_CELL_ENDS = frozenset(["&", r"\\"])
_BRACKETS = frozenset(
    [*"([⟨⌊⌈⟦⟪⎰⟮⌜⌞⦃⦅", r"\{", r"\langle", r"\lang", r"\lbrace", r"\lbrack", r"\lceil", r"\lfloor",
     r"\lgroup", r"\llangle", r"\llbracket", r"\llparenthesis", r"\lparen", r"\lvert", r"\lVert",
     r"\lAngle", r"\lBrace", r"\llcorner", r"\lmoustache", r"\ulcorner", r"\mathopen"]
)  # fmt: skip
_END_BRACKETS = frozenset(
    [*")]!⟩⌋⌉⟧⟫⎱⟯⌝⌟⦄⦆", r"\}", r"\rangle", r"\rang", r"\rbrace", r"\rbrack", r"\rceil", r"\rfloor",
     r"\rgroup", r"\rrangle", r"\rrbracket", r"\rrparenthesis", r"\rparen", r"\rvert", r"\rVert",
     r"\rAngle", r"\rBrace", r"\lrcorner", r"\rmoustache", r"\urcorner", r"\mathclose"]
)  # fmt: skip
# Before these a bracket is not one that would have to be closed.
_TAKE_A_BRACKET = re.compile(
    r"\\(?:left|middle|right|[bB]igg?[lmr]?|sqrt|x[a-zA-Z]+|cfrac|color|genfrac)\*?\s*"
    r"(?:[(\[]|\\[a-zA-Z]+|\\\{)"
)
_TELLING = re.compile(
    rf"\\[a-zA-Z]+\*?|\\.|[{re.escape('{}&!()[]⟨⌊⌈⟦⟪⎰⟮⌜⌞⦃⦅⟩⌋⌉⟧⟫⎱⟯⌝⌟⦄⦆')}]|%[^\n]*", re.DOTALL
)
_MAYBE_BRACKET = re.compile(r"[(\[⟨⌊⌈⟦⟪⎰⟮⌜⌞⦃⦅]|\\\{|\\u?l[a-zA-Z]+|\\mathopen")


@dataclass(frozen=True, slots=True)
class _Macro:
    """What a use of a macro adds, and how often it repeats an argument."""

    depth: int = 1
    size: int = 1
    unclosed: int = 0
    repeats: int = 1
    uses: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Level:
    """A group while it is read; `factor` is how often what is in it will be set."""

    factor: int
    is_argument: bool = False
    is_table: bool = False
    commands: int = 0
    deepest: int = 0
    unclosed: int = 0
    macro: _Macro | None = None
    """The last command, if it is a macro: the groups behind it may be its arguments."""


@dataclass(slots=True)
class _Weight:
    """Depth, size and brackets left open, each at most."""

    depth: int = 0
    size: int = 0
    unclosed: int = 0


class Limits:
    """Knows the macros that are defined, and says of a formula what makes it too much."""

    def __init__(self) -> None:
        self._macros: dict[str, _Macro] = {}
        self._most = _Macro()

    def copy(self) -> Limits:
        """Return limits that know the same, and learn apart."""
        other = Limits()
        other._macros = dict(self._macros)
        other._most = self._most
        return other

    def define(self, name: str, body: str) -> str:
        r"""Remember a macro, `name` with its backslash; return why it cannot be, or nothing."""
        uses = frozenset(match[0] for match in _TELLING.finditer(body) if match[0][0] == "\\")
        if name in uses | self._reach(uses):
            return f"the macro '{name}' uses itself"
        weight = self._weigh(body)
        repeats = max([1, *(body.count(f"#{number}") for number in range(1, 10))])
        macro = _Macro(weight.depth, weight.size, weight.unclosed, repeats, uses)
        self._macros[name] = macro
        self._most = _Macro(
            max(self._most.depth, macro.depth),
            max(self._most.size, macro.size),
            max(self._most.unclosed, macro.unclosed),
            max(self._most.repeats, macro.repeats),
        )
        return f"the macro '{name}' is too large" if _complaint(weight) else ""

    def learn(self, tex: str) -> str:
        r"""Remember what a formula defines by `\def`; return why it cannot be, or nothing."""
        for name, body in _definitions(Tokens(tex)):
            if reason := self.define(name, body):
                return reason
        return ""

    def reason(self, tex: str) -> str:
        """Return why a formula is too much, or nothing."""
        return "" if self._is_surely_small(tex) else _complaint(self._weigh(tex))

    def _is_surely_small(self, tex: str) -> bool:
        """Spare most formulas the look at every token."""
        levels = tex.count("\\") + tex.count("{")
        return (
            self._most.repeats == 1
            and not self._most.unclosed
            and levels * self._most.depth < MAX_DEPTH
            and len(tex) * self._most.size < MAX_SIZE
            and len(_MAYBE_BRACKET.findall(tex)) <= MAX_UNCLOSED
        )

    def _reach(self, names: frozenset[str]) -> frozenset[str]:
        """Return all macros that the macros of these names use, at any remove."""
        seen: set[str] = set()
        ahead = [name for name in names if name in self._macros]
        while ahead:
            for name in self._macros[ahead.pop()].uses:
                if name in self._macros and name not in seen:
                    ahead.append(name)
                seen.add(name)
        return frozenset(seen)

    def _weigh(self, tex: str) -> _Weight:
        levels = [_Level(1)]
        weight = _Weight()
        done = skip = 0
        for match in _TELLING.finditer(tex):
            text, level = match[0], levels[-1]
            weight.size += level.factor * (match.end() - done)
            done = match.end()
            if text in _OPENING:
                levels.append(_inside(level, text))
            elif text in _CLOSING:
                if len(levels) > 1:
                    levels.pop()
                    _close(levels[-1], level, weight)
            elif text in _CELL_ENDS and level.is_table:
                weight.unclosed = max(weight.unclosed, level.unclosed)
                level.deepest, level.commands = max(level.deepest, level.commands), 0
                level.unclosed = 0
            elif text in _BRACKETS:
                level.unclosed += match.start() >= skip
            elif text in _END_BRACKETS:
                level.unclosed = max(0, level.unclosed - 1)
            elif text[0] == "\\":
                self._count(text, level, weight)
            skip = max(skip, _end_of_bracket(tex, match))
        weight.size += levels[-1].factor * (len(tex) - done)
        _close_all(levels, weight)
        return weight

    def _count(self, command: str, level: _Level, weight: _Weight) -> None:
        """Add a command; it may take the next as its argument, so each counts as a level."""
        level.macro = self._macros.get(command)
        if level.macro is None:
            level.commands += 1
            return
        level.commands += level.macro.depth
        level.unclosed += level.macro.unclosed
        weight.size += level.factor * level.macro.size


def _inside(level: _Level, opening: str) -> _Level:
    if opening != "{" or level.macro is None:
        return _Level(level.factor, is_table=opening == r"\begin")
    return _Level(min(level.factor * level.macro.repeats, MAX_SIZE), is_argument=True)


def _close(level: _Level, inner: _Level, weight: _Weight) -> None:
    """Leave a group; what an argument leaves open is open where the macro puts it."""
    level.deepest = max(level.deepest, inner.deepest + inner.commands + 1)
    if inner.is_argument and level.macro is not None:
        level.unclosed += inner.unclosed * level.macro.repeats
    weight.unclosed = max(weight.unclosed, inner.unclosed)


def _close_all(levels: list[_Level], weight: _Weight) -> None:
    while len(levels) > 1:
        inner = levels.pop()
        _close(levels[-1], inner, weight)
    weight.unclosed = max(weight.unclosed, levels[0].unclosed)
    weight.depth = levels[0].deepest + levels[0].commands


def _end_of_bracket(tex: str, command: re.Match[str]) -> int:
    """Return where the bracket ends that a command takes for itself; 0 if it takes none."""
    if command[0][0] != "\\":
        return 0
    taken = _TAKE_A_BRACKET.match(tex, command.start())
    return taken.end() if taken else 0


def _complaint(weight: _Weight) -> str:
    if weight.depth > MAX_DEPTH:
        return TOO_DEEP
    if weight.unclosed > MAX_UNCLOSED:
        return f"more than {MAX_UNCLOSED} brackets are opened and not closed"
    return "it is too long" if weight.size > MAX_SIZE else ""


def _definitions(tokens: Tokens) -> Iterator[tuple[str, str]]:
    r"""Yield the commands that `\def` defines, with their bodies."""
    texts = tokens.texts
    for index, text in enumerate(texts):
        if text in (r"\def", r"\gdef"):
            at = tokens.past_blanks(index + 1, len(texts))
            name = texts[at] if at < len(texts) else ""
            # A command takes nine arguments, each two tokens: `#1`.
            last = min(len(texts), at + 20)
            while at < last and texts[at] != "{":
                at += 1
            close = tokens.partner.get(at)
            if close is not None and name:
                yield name, "".join(texts[at + 1 : close])
