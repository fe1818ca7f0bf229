r"""Colours, boxes, links and rules, most of which MathML has and math-core has not."""

from __future__ import annotations

from dlsite.markup.texarguments import argument_of, length_of, source_of, text_parts
from dlsite.markup.texlengths import colour
from dlsite.markup.texmarks import Bar, Box, Link, Padding
from dlsite.markup.texrewrite import Pass, Rewrite, Span, Step, UnfitError
from dlsite.markup.textokens import Range


def _colour(p: Pass, command: int, index: int, end: int) -> tuple[str, int]:
    """Return the TeX that selects the colour at `index`, and the index after it."""
    value, following = _css_colour(p, command, index, end)
    known = value if value[:1].isupper() else ""
    return (
        rf"\color{{{known}}}" if known else rf"\color[HTML]{{{p.marks.colour(value)}}}",
        following,
    )


def _css_colour(p: Pass, command: int, index: int, end: int) -> tuple[str, int]:
    model = p.tokens.optional(index, end)
    kind, index = (source_of(p, model[0]), model[1]) if model else ("", index)
    part, following = argument_of(p, command, index, end)
    source = source_of(p, part)
    value = colour(source, kind)
    if not value:
        raise UnfitError(command, f"'{source}' is not a colour")
    return value, following


def _switch_colour(p: Pass, index: int, end: int) -> Step:
    select, following = _colour(p, index, index + 1, end)
    return following, [select]


def _coloured(p: Pass, index: int, end: int) -> Step:
    select, following = _colour(p, index, index + 1, end)
    part, following = argument_of(p, index, following, end)
    return following, ["{", select, Span(*part), "}"]


def _colour_box(p: Pass, index: int, end: int) -> Step:
    value, following = _css_colour(p, index, index + 1, end)
    frame = ""
    if p.tokens.texts[index] == r"\fcolorbox":
        frame = value
        value, following = _css_colour(p, index, following, end)
    part, following = argument_of(p, index, following, end)
    inside = ["{", *text_parts(p, r"\text", part), "}"]
    return following, ["{", p.marks.sign(Box(value, frame)), *inside, "}"]


def _bbox(p: Pass, index: int, end: int) -> Step:
    """MathJax's box: a colour, a padding, a border, in any order; the padding is ours."""
    options = p.tokens.optional(index + 1, end)
    words = source_of(p, options[0]).split(",") if options else []
    background = next((value for word in words if (value := colour(word.strip()))), "")
    frame = "currentcolor" if any("border" in word for word in words) else ""
    part, following = argument_of(p, index, options[1] if options else index + 1, end)
    return following, ["{", p.marks.sign(Box(background, frame)), "{", Span(*part), "}}"]


def _link(p: Pass, index: int, end: int) -> Step:
    target, following = argument_of(p, index, index + 1, end)
    address = _address(p, target)
    part, following = argument_of(p, index, following, end)
    return following, ["{", p.marks.sign(Link(address)), "{", Span(*part), "}}"]


def _url(p: Pass, index: int, end: int) -> Step:
    target, following = argument_of(p, index, index + 1, end)
    address = _address(p, target)
    shown = r"\text{x}"
    return following, ["{", p.marks.sign(Link(address, address)), shown, "}"]


def _address(p: Pass, part: Range) -> str:
    address = "".join(p.tokens.texts[slice(*part)]).strip()
    for sign in "%#_&$~":
        address = address.replace(f"\\{sign}", sign)
    return address


def _rule(p: Pass, index: int, end: int) -> Step:
    lift = p.tokens.optional(index + 1, end)
    raised = length_of(p, index, lift[0]) if lift else 0.0
    width, following = argument_of(p, index, lift[1] if lift else index + 1, end)
    height, following = argument_of(p, index, following, end)
    bar = Bar(length_of(p, index, width), raised + length_of(p, index, height), -raised)
    return following, [p.marks.sign(bar)]


def _raised(p: Pass, index: int, end: int) -> Step:
    length, following = argument_of(p, index, index + 1, end)
    part, following = argument_of(p, index, following, end)
    sign = p.marks.sign(Padding((("voffset", f"{length_of(p, index, length):g}em"),)))
    return following, ["{", sign, "{", *text_parts(p, r"\text", part), "}}"]


_NO_HEIGHT, _NO_DEPTH, _NO_WIDTH = ("height", "0"), ("depth", "0"), ("width", "0")


def _smashed(p: Pass, index: int, end: int) -> Step:
    option = p.tokens.optional(index + 1, end)
    where = source_of(p, option[0]) if option else ""
    measures = {"t": (_NO_HEIGHT,), "b": (_NO_DEPTH,)}.get(where, (_NO_HEIGHT, _NO_DEPTH))
    part, following = argument_of(p, index, option[1] if option else index + 1, end)
    return following, ["{", p.marks.sign(Padding(measures)), "{", Span(*part), "}}"]


def _without_width(p: Pass, index: int, end: int) -> Step:
    part, following = argument_of(p, index, index + 1, end)
    return following, ["{", p.marks.sign(Padding((_NO_WIDTH,))), "{", Span(*part), "}}"]


BOXES: dict[str, Rewrite] = {
    r"\color": _switch_colour,
    r"\textcolor": _coloured,
    r"\colorbox": _colour_box,
    r"\fcolorbox": _colour_box,
    r"\bbox": _bbox,
    r"\href": _link,
    r"\url": _url,
    r"\rule": _rule,
    r"\raisebox": _raised,
    r"\smash": _smashed,
    r"\mathrlap": _without_width,
    r"\rlap": _without_width,
}
