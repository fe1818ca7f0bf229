r"""The commands of the physics package that take more than plain arguments."""

from __future__ import annotations

from dlsite.markup.texarguments import argument_of, source_of
from dlsite.markup.texrewrite import Part, Pass, Rewrite, Span, Step, UnfitError


def _derivative(p: Pass, index: int, end: int) -> Step:
    r"""`\dv{x}`, `\dv{f}{x}`, `\dv[2]{f}{x}`, `\pdv{f}{x}{y}`."""
    sign = r"\mathrm{d}" if p.tokens.texts[index].startswith(r"\dv") else r"\partial "
    option = p.tokens.optional(index + 1, end)
    order = source_of(p, option[0]) if option else ""
    first, following = argument_of(p, index, option[1] if option else index + 1, end)
    power = f"^{{{order}}}" if order else ""
    second = p.tokens.group(following, end)
    if second is None:
        return following, [rf"\frac{{{sign}{power}}}{{{sign}", Span(*first), f"{power}}}"]
    variable, following = second
    third = p.tokens.group(following, end) if sign != r"\mathrm{d}" else None
    if third is None:
        below: list[Part] = [sign, Span(*variable), power]
    else:
        below, power = [sign, Span(*variable), sign, Span(*third[0])], "^{2}"
        following = third[1]
    return following, [rf"\frac{{{sign}{power}", Span(*first), "}{", *below, "}"]


_PAIRS = {"(": ")", "[": "]", "|": "|", r"\{": r"\}", r"\|": r"\|"}


def _quantity(p: Pass, index: int, end: int) -> Step | None:
    r"""`\qty(…)`: brackets as large as what they hold."""
    at = p.tokens.past_blanks(index + 1, end)
    if at < end and p.tokens.texts[at] == "{":
        part, following = argument_of(p, index, at, end)
        return following, [r"\left\{", Span(*part), r"\right\}"]
    sign = p.tokens.texts[at] if at < end else ""
    close = _closing(p, at, end) if sign in _PAIRS else None
    if close is None:
        raise UnfitError(index, r"brackets are missing after '\qty'")
    return close + 1, [rf"\left{sign} ", Span(at + 1, close), rf"\right{_PAIRS[sign]} "]


def _closing(p: Pass, index: int, end: int) -> int | None:
    """Return where the bracket at `index` is closed; near, or not at all."""
    opening = p.tokens.texts[index]
    closing = _PAIRS[opening]
    depth, at = 1, index + 1
    last = min(end, index + 400)
    while at < last:
        text = p.tokens.texts[at]
        if text == closing:
            depth -= 1
            if not depth:
                return at
        elif text == opening:
            depth += 1
        at = p.tokens.partner.get(at, at) + 1
    return None


def _differential(p: Pass, index: int, end: int) -> Step:
    part = p.tokens.group(index + 1, end)
    if part is None:
        return index + 1, [r"\mathrm{d}"]
    return part[1], [r"\,\mathrm{d}{", Span(*part[0]), "}"]


PHYSICS: dict[str, Rewrite] = {
    r"\dv": _derivative,
    r"\pdv": _derivative,
    r"\qty": _quantity,
    r"\dd": _differential,
}
