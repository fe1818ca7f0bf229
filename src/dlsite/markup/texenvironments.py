r"""The environments that math-core lacks, as what it has that looks like them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dlsite.dataclass import dataclass
from dlsite.markup.texmarks import Joined
from dlsite.markup.texrewrite import Environment, Part, Pass, Rewrite, Span, Step, UnfitError
from dlsite.markup.textokens import Range

# Of the tables that math-core has, `subarray` alone is in script style.
_SMALL = {"smallmatrix": "", "psmallmatrix": "()", "bsmallmatrix": "[]", "vsmallmatrix": "||",
          "Vsmallmatrix": "‖‖", "Bsmallmatrix": "{}"}  # fmt: skip
_RENAMED: Mapping[str, str] = {
    "split": "aligned",
    "alignedat": "aligned",
    "alignat": "align",
    "alignat*": "align*",
    "flalign": "align",
    "flalign*": "align*",
    "eqnarray": "align",
    "eqnarray*": "align*",
    "multlined": "gathered",
    "lgathered": "gathered",
    "rgathered": "gathered",
    "dcases*": "dcases",
    "rcases*": "rcases",
    "drcases*": "drcases",
    "cases*": "cases",
    "matrix*": "matrix",
    "pmatrix*": "pmatrix",
    "bmatrix*": "bmatrix",
    "Bmatrix*": "Bmatrix",
    "vmatrix*": "vmatrix",
    "Vmatrix*": "Vmatrix",
    "tabular": "array",
    "math": "",
    "displaymath": "",
    "dmath": "equation",
    "dmath*": "equation*",
    "multline*": "multline",
}
_NUMBERED = frozenset(["align", "equation", "gather", "multline"])
_FENCES = {"pmatrix": "()", "bmatrix": "[]", "vmatrix": "||", "Bmatrix": "{}", "matrix": ""}
_TAKE_A_NUMBER = ("alignat", "alignedat")
_TAKE_A_POSITION = ("aligned", "gathered", "alignedat", "array", "multlined", "split", "tabular")


def _begin(p: Pass, index: int, end: int) -> Step | None:
    found = p.tokens.group(index + 1, end)
    if found is None:
        return None
    name, following = p.tokens.source(found[0]), found[1]
    if name == "CD":
        return _diagram(p, index, following, end)
    following = _past_options(p, name.removesuffix("*"), name, following, end)
    new = _RENAMED.get(name, name)
    if new.removesuffix("*") in _NUMBERED:
        p.is_numbered = True
    table = _table(p, name, new, following, end)
    if table is not None:
        return table
    closing = r"\nonumber\end{multline}" if name == "multline*" else rf"\end{{{new}}}"
    p.environments.append(Environment(name.removesuffix("*"), closing if new else ""))
    if new == name and following == found[1]:
        return None
    joined = p.marks.sign(Joined()) if name.removesuffix("*") in _TAKE_A_NUMBER else ""
    return following, [rf"\begin{{{new}}}{joined}" if new else ""]


def _past_options(p: Pass, bare: str, name: str, index: int, end: int) -> int:
    """Pass over what an environment may be told and math-core cannot hear."""
    takes_option = bare in _TAKE_A_POSITION or name.endswith("matrix*")
    if takes_option and (option := p.tokens.optional(index, end)):
        index = option[1]
    if bare in _TAKE_A_NUMBER and (number := p.tokens.group(index, end)):
        index = number[1]
    return index


def _table(p: Pass, name: str, new: str, index: int, end: int) -> Step | None:
    """Begin a table that has columns of its own, or a size."""
    if name in ("array", "tabular", "darray") and (columns := p.tokens.group(index, end)):
        p.environments.append(Environment(name, rf"\end{{{new}}}"))
        return columns[1], [rf"\begin{{{new}}}{{{_columns(p, columns[0])}}}"]
    if name in _SMALL:
        left, right = _fences(_SMALL[name])
        p.environments.append(Environment(name, rf"\end{{subarray}}{right}"))
        return index, [rf"{left}\begin{{subarray}}{{cccccccccccc}}"]
    if name in _FENCES and (option := p.tokens.optional(index, end)):
        left, right = _fences(_FENCES[name])
        p.environments.append(Environment(name, rf"\end{{array}}{right}"))
        return option[1], [rf"{left}\begin{{array}}{{{_columns(p, option[0])}}}"]
    return None


def _fences(signs: str) -> tuple[str, str]:
    if not signs:
        return "", ""
    left, right = (f"\\{sign}" if sign in "{}" else sign for sign in signs)
    return rf"\left{left}", rf"\right{right}"


def _end(p: Pass, index: int, end: int) -> Step | None:
    found = p.tokens.group(index + 1, end)
    if found is None or not p.environments:
        return None
    name = p.tokens.source(found[0])
    environment = p.environments[-1]
    if environment.name.removesuffix("*") != name.removesuffix("*"):
        return None
    p.environments.pop()
    return found[1], [environment.closing]


def _columns(p: Pass, part: Range) -> str:
    """Return a preamble with nothing in it but columns and lines."""
    columns: list[str] = []
    index = part[0]
    while index < part[1]:
        text = p.tokens.texts[index]
        index += 1
        if text in ("@", "!", ">", "<"):
            _, index = _group(p, index, part[1])
        elif text == "*":
            times, index = _group(p, index, part[1])
            what, index = _group(p, index, part[1])
            number = p.tokens.source(times)
            count = int(number[:2]) if number.isascii() and number.isdecimal() else 1
            columns += [_columns_of(p, what)] * min(count, 40)
        elif text in ("p", "m", "b", "w", "X"):
            _, index = _group(p, index, part[1])
            columns.append("l")
        elif text in "lcr|:":
            columns.append(text)
    return "".join(columns)


def _columns_of(p: Pass, part: Range) -> str:
    return "".join(text for text in p.tokens.texts[slice(*part)] if text in "lcr|:")


def _group(p: Pass, index: int, end: int) -> tuple[Range, int]:
    return p.tokens.group(index, end) or ((index, index), index)


# Commutative diagrams (amscd)


@dataclass(slots=True)
class _Row:
    """A row of a diagram: objects with arrows between, or arrows below objects."""

    cells: list[list[Part]]
    arrows: list[list[Part]]
    is_vertical: bool = False

    def parts(self) -> Iterator[list[Part]]:
        """Yield the cells of the array, an arrow to the right in one of its own."""
        columns = self.arrows if self.is_vertical else self.cells
        between: list[list[Part]] = [] if self.is_vertical else self.arrows
        for number, cell in enumerate(columns):
            yield cell
            if number + 1 < len(columns):
                yield between[number] if number < len(between) else []


def _diagram(p: Pass, begin: int, start: int, end: int) -> Step:
    r"""Turn `CD` into an array: an object or an arrow in each cell."""
    stop = _end_of_diagram(p, begin, start, end)
    rows = [_Row([[]], [])]
    index = start
    while index < stop:
        text = p.tokens.texts[index]
        if text == "@":
            is_vertical, arrow, index = _arrow(p, begin, index + 1, stop)
            rows[-1].is_vertical |= is_vertical
            rows[-1].arrows.append(arrow)
            rows[-1].cells.append([])
            continue
        if text == r"\\":
            rows.append(_Row([[]], []))
        elif not text.isspace():
            close = p.tokens.partner.get(index, index)
            rows[-1].cells[-1].append(Span(index, close + 1))
            index = close
        index += 1
    cells = [list(row.parts()) for row in rows]
    parts: list[Part] = [rf"\begin{{array}}{{{'c' * max(map(len, cells))}}}"]
    for number, row in enumerate(cells):
        parts += [r"\\ "] if number else []
        for column, cell in enumerate(row):
            parts += [" & "] if column else []
            parts += cell
    following = p.tokens.group(stop + 1, end)
    return following[1] if following else end, [*parts, r"\end{array}"]


def _end_of_diagram(p: Pass, begin: int, start: int, end: int) -> int:
    for index in range(start, end):
        if p.tokens.texts[index] == r"\end":
            found = p.tokens.group(index + 1, end)
            if found and p.tokens.source(found[0]) == "CD":
                return index
    raise UnfitError(begin, r"'\begin{CD}' has no '\end{CD}'")


_ACROSS = {">": r"\xrightarrow", "<": r"\xleftarrow"}
_DOWN = {"V": r"\downarrow", "A": r"\uparrow"}


def _arrow(p: Pass, begin: int, index: int, end: int) -> tuple[bool, list[Part], int]:
    """Return whether the arrow at `index` points up or down, its TeX, and the index after it."""
    sign = p.tokens.texts[index] if index < end else ""
    if sign in ("=", "|", "."):
        plain = {"=": r"\xlongequal{\quad}", "|": r"\Big\|", ".": ""}[sign]
        return sign == "|", [plain], index + 1
    if sign not in _ACROSS and sign not in _DOWN:
        raise UnfitError(begin, f"'@{sign}' is no arrow of a diagram")
    labels: list[Span] = []
    at = index + 1
    for _ in range(2):
        start = at
        while at < end and p.tokens.texts[at] != sign:
            if p.tokens.texts[at] == r"\\":
                break
            at = p.tokens.partner.get(at, at) + 1
        if at >= end or p.tokens.texts[at] != sign:
            raise UnfitError(begin, f"an arrow '@{sign}' has not three '{sign}'")
        labels.append(Span(start, at))
        at += 1
    first, second = labels
    if sign in _ACROSS:
        return False, [_ACROSS[sign] + "[", second, "]{", first, "}"], at
    arrow = rf"}}\Big{_DOWN[sign]} {{\scriptstyle "
    return True, [r"{\scriptstyle ", first, arrow, second, "}"], at


ENVIRONMENTS: dict[str, Rewrite] = {r"\begin": _begin, r"\end": _end}
