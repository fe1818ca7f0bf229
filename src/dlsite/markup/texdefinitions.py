r"""Commands that a page defines for itself, with `\newcommand` and its kin."""

from __future__ import annotations

from dlsite.markup.texarguments import argument_of, source_of
from dlsite.markup.texrewrite import OPTIONAL, Part, Pass, Rewrite, Span, Step, UnfitError


def _name(p: Pass, command: int, end: int) -> tuple[str, int]:
    r"""Return the command that is defined, `\x` or `{\x}`, and the index after it."""
    part, following = argument_of(p, command, command + 1, end)
    name = source_of(p, part)
    if not (name[:1] == "\\" and name[1:].isalpha() and name.isascii()):
        raise UnfitError(command, f"'{name}' is not the name of a command")
    return name, following


def _new_command(p: Pass, index: int, end: int) -> Step:
    r"""Let `\newcommand` overwrite, as pages expect, and take an optional argument."""
    name, following = _name(p, index, end)
    count = 0
    if option := p.tokens.optional(following, end):
        source, following = source_of(p, option[0]), option[1]
        if not (source.isdecimal() and source.isascii() and 0 <= int(source[:2]) <= 9):  # noqa: PLR2004 - TeX's limit
            raise UnfitError(index, f"'{source}' is not a number of arguments")
        count = int(source)
    default = p.tokens.optional(following, end)
    body, following = argument_of(p, index, default[1] if default else following, end)
    if p.tokens.texts[index].rstrip("*") == r"\providecommand" and name in p.definitions.names:
        return following, []
    p.definitions.names.add(name)
    p.definitions.optional.discard(name)
    parameters = "".join(f"#{number}" for number in range(1, count + 1))
    parts: list[Part] = []
    if default and count:
        p.definitions.optional.add(name)
        parts += [rf"\def{name}dlsitedefault{{", Span(*default[0]), "}"]
        name += "dlsitebody"
    return following, [*parts, rf"\def{name}{parameters}{{", Span(*body), "}"]


def _with_optional(p: Pass, index: int, end: int) -> Step:
    """Read the use of a command with an optional argument."""
    name = p.tokens.texts[index]
    option = p.tokens.optional(index + 1, end)
    if option is None:
        return index + 1, [rf"{name}dlsitebody{{{name}dlsitedefault}}"]
    return option[1], [rf"{name}dlsitebody{{", Span(*option[0]), "}"]


def _declared_operator(p: Pass, index: int, end: int) -> Step:
    name, following = _name(p, index, end)
    body, following = argument_of(p, index, following, end)
    p.definitions.names.add(name)
    star = "*" if p.tokens.texts[index].endswith("*") else ""
    return following, [rf"\def{name}{{\operatorname{star}{{", Span(*body), "}}"]


def _declared_pair(p: Pass, index: int, end: int) -> Step:
    r"""`\DeclarePairedDelimiter\norm{\lVert}{\rVert}`: `\norm*` is as large as what it holds."""
    name, following = _name(p, index, end)
    left, following = argument_of(p, index, following, end)
    right, following = argument_of(p, index, following, end)
    p.definitions.names.add(name)
    opening, closing = source_of(p, left), source_of(p, right)
    plain = rf"\def{name}#1{{{opening} #1{closing} }}"
    return following, [plain, rf"\def{name}*#1{{\left{opening} #1\right{closing} }}"]


def _plain_definition(p: Pass, index: int, end: int) -> Step | None:
    r"""Copy what `\def` and `\let` define, so that it is not read as a use of what it was."""
    at = p.tokens.past_blanks(index + 1, end)
    if at >= end or p.tokens.texts[at][0] != "\\":
        return None
    name = p.tokens.texts[at]
    p.definitions.names.add(name)
    p.definitions.optional.discard(name)
    at += 1
    if p.tokens.texts[index] == r"\let":
        at = p.tokens.past_blanks(at, end)
        if at < end and p.tokens.texts[at] == "=":
            at = p.tokens.past_blanks(at + 1, end)
        at += 1
    return at, [f"{p.tokens.texts[index]}{p.tokens.source((index + 1, at))}"]


DEFINITIONS: dict[str, Rewrite] = {
    OPTIONAL: _with_optional,
    r"\newcommand": _new_command,
    r"\newcommand*": _new_command,
    r"\renewcommand": _new_command,
    r"\renewcommand*": _new_command,
    r"\providecommand": _new_command,
    r"\providecommand*": _new_command,
    r"\def": _plain_definition,
    r"\gdef": _plain_definition,
    r"\let": _plain_definition,
    r"\DeclareMathOperator": _declared_operator,
    r"\DeclareMathOperator*": _declared_operator,
    r"\DeclarePairedDelimiter": _declared_pair,
}
