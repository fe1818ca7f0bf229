r"""Spell what math-core lacks in terms of what it has.

One pass over the tokens, with a stack instead of recursion, so that nesting costs no more
than length.  Each command or environment that needs it has a function in `texcommands`
or `texenvironments`, which says what to put in its place; everything else is copied.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from dlsite.dataclass import dataclass
from dlsite.markup.texmarks import Marks
from dlsite.markup.textokens import Tokens, Trail


class UnfitError(Exception):
    """A command cannot mean anything here; carries the token at fault."""

    def __init__(self, index: int, reason: str) -> None:
        super().__init__(reason)
        self.index = index


@dataclass(frozen=True, slots=True)
class Span:
    """Tokens that are still to be rewritten, as a formula or as text."""

    start: int
    end: int
    is_text: bool = False


Part = str | Span
"""TeX to put in, or tokens to go on with."""

Step = tuple[int, list[Part]]
"""The index of the token to go on with, and what to put in before that."""

Rewrite = Callable[["Pass", int, int], Step | None]
"""Looks at the command at an index, whose group ends at another; `None`: it is copied."""


OPTIONAL = "with an optional argument"
"""The key of the rewrite for the commands of a page that take one."""


@dataclass(slots=True)
class Definitions:
    """What the formulas of a page have defined so far.

    `names` are commands, with their backslash, that mean what the author says, whatever
    they mean here; those in `optional` take an optional argument.  `labels` are the
    labels given.
    """

    names: set[str] = field(default_factory=set)
    optional: set[str] = field(default_factory=set)
    labels: set[str] = field(default_factory=set)
    _numbers: dict[str, int] = field(default_factory=dict)

    def number_of(self, label: str) -> int:
        """Return what stands for a label while math-core has it, which takes few signs."""
        return self._numbers.setdefault(label, len(self._numbers))

    def label_of(self, number: int) -> str:
        """Return the label that a number stands for."""
        return list(self._numbers)[number]


@dataclass(slots=True)
class Environment:
    """An environment that is open: what closes it, and in which column of its row we are."""

    name: str
    closing: str
    column: int = 0


class Pass:
    """One formula on its way.

    `twins` are labels that were given before, `references` the labels that it refers to,
    each with its offset.
    """

    def __init__(
        self,
        tex: str,
        *,
        commands: Mapping[str, Rewrite],
        definitions: Definitions,
        marks: Marks,
        is_display: bool,
    ) -> None:
        self.tokens = Tokens(tex)
        self.marks = marks
        self.definitions = definitions
        self.is_display = is_display
        self.environments: list[Environment] = []
        self.is_numbered = False
        self.wants_number = False
        self.twins: list[tuple[str, int]] = []
        self.references: list[tuple[str, int]] = []
        self._commands = commands

    def run(self) -> Trail:
        """Return the formula rewritten.  Raises `UnfitError`."""
        trail = Trail()
        # An insertion is at fault where the command stands that asked for it.
        work: list[tuple[Part, int]] = [(Span(0, len(self.tokens.texts)), 0)]
        while work:
            part, origin = work.pop()
            if isinstance(part, str):
                trail.put(part, origin)
            else:
                self._copy(part, trail, work)
        if self.wants_number and not self.is_numbered:
            return self._in_equation(trail)
        return trail

    def _copy(self, span: Span, trail: Trail, work: list[tuple[Part, int]]) -> None:
        """Copy tokens up to the first that is to be rewritten."""
        index, tokens = span.start, self.tokens
        while index < span.end:
            text, start = tokens.texts[index], tokens.starts[index]
            step = self._step(text, index, span)
            if step is not None:
                following, parts = step
                work.append((Span(following, span.end, span.is_text), start))
                work.extend((part, start) for part in reversed(parts))
                return
            trail.copy(text, start)
            index += 1

    def _step(self, text: str, index: int, span: Span) -> Step | None:
        if text[0] == "%":
            return index + 1, [" "] if text[-1].isspace() else []
        if span.is_text and text in ("_", "&"):
            return index + 1, [f"\\{text}"]
        if text == "&" and self.environments:
            return self._next_column(index)
        if text in self.definitions.optional:
            return self._commands[OPTIONAL](self, index, span.end)
        command = self._commands.get(text)
        if command is None or text in self.definitions.names:
            return None
        return command(self, index, span.end)

    def _next_column(self, index: int) -> Step | None:
        environment = self.environments[-1]
        environment.column += 1
        # `a &=& b` has three columns where `align` has two.
        if environment.name == "eqnarray" and environment.column % 3 == 2:  # noqa: PLR2004
            return index + 1, [" "]
        return None

    def _in_equation(self, trail: Trail) -> Trail:
        r"""Let a formula with a `\tag` or `\label` be an equation, which alone may have one."""
        whole = Trail()
        whole.put(r"\begin{equation}", 0)
        whole.extend(trail)
        whole.put(r"\end{equation}", self.tokens.length)
        return whole
