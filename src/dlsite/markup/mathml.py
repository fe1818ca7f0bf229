r"""Make the MathML of math-core fit for a page.

No `style` attribute is left, so that a strict Content-Security-Policy can hold: what they
say becomes a class of `static/math.css` or an attribute of MathML Core.  The signs of
`texmarks` become what they stand for.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Mapping

from dlsite.markup.mathtree import Trees, is_marked
from dlsite.markup.texmarks import OPEN, Marks

_STYLE = re.compile(
    r"(<(?P<tag>\w+)(?P<before>[^<>]*?)) style=\"(?P<style>[^\"]*)\"(?P<after>[^<>]*>)"
)
_BACK = re.compile(r"<mspace style=\"margin-left:-(?P<number>[\d.]+)(?P<unit>[a-z]+);\"/>")
_REM = re.compile(r"\"([\d.]+)rem\"")
# Where they are the only sign of an element math-core lets these through as they are.
_BARE_SIGN = re.compile(r"(?<=>)[<&](?=</m[ion]>)")
# A text counts as blank space, so that beside one an operator has none of its own
# (MathML Core, 3.2.2 and 3.3.1.3); an identifier looks the same and does not.
_BESIDE_OPERATOR = re.compile(
    rf"(?P<before></mo>)?<mtext>(?P<text>[^<{OPEN}]+)</mtext>(?=<mo\b|(?(before)|(?!)))"
)
# The attributes that MathML Core lets stand on any element, where MathML 3, by which pages are
# validated, has them on `mstyle` alone; `displaystyle` also on tables.
_LEVELLED = re.compile(
    r"</(?P<end>mfrac|mtable)>|<(?P<tag>mfrac|mtable)(?P<attributes>[^<>]*?)(?P<empty>/?)>"
)
_LEVEL = re.compile(r" (?P<name>displaystyle|scriptlevel)=\"[^\"]*\"")
# Fonts draw a prime at the height of a superscript: raised once more, and small, it would be a
# speck above the line.
_PRIMED = re.compile(
    r"<msu(?P<has_sub>bsu)?p>(?P<base><mi[^<>]*>[^<]*</mi>)"
    r"(?P<sub>(?(has_sub)(?:(?!</?msubsup>).)*))"
    r"<mo>(?P<prime>[\u2032-\u2034\u2057])</mo></msu(?(has_sub)bsu)p>"
)
_PRIME = re.compile("[\u2032-\u2034\u2057]</mo></msu")
# Classes in units of 1/18 em: together they make up any width.
_BACK_CLASSES = (64, 32, 16, 8, 4, 3, 2, 1)
_EM = {"em": 18.0, "rem": 18.0, "ex": 7.74}
_CLASSES: Mapping[str, str] = {
    "width:100%": "numbered",
    "width:50%": "half",
    "width:7.5%": "edge",
    "text-align:left": "left",
    "text-align:right": "right",
    "padding-left:0": "flush-left",
    "padding-right:0": "flush-right",
    "padding-left:1em": "apart",
    "padding-top:0": "tight",
    "padding-top:0.1667em": "continued",
    "padding-left:0.1em": "rule",
    "padding-left:0.1667em": "thin-left",
    "padding-right:0.1667em": "thin-right",
    "padding-left:0.2222em": "medium-left",
    "padding-right:0.2222em": "medium-right",
    "padding-left:0.2778em": "thick-left",
    "padding-right:0.2778em": "thick-right",
    "border-left:0.05em solid currentcolor": "line-left",
    "border-right:0.05em solid currentcolor": "line-right",
    "border-top:0.05em solid currentcolor": "line-above",
    "border-left:0.05em dashed currentcolor": "dashes-left",
    "border-right:0.05em dashed currentcolor": "dashes-right",
    "border-top:0.05em dashed currentcolor": "dashes-above",
    "font-variant-caps:small-caps": "small-caps",
}


class Dresser:
    """Dresses the formulas of one page.

    `label_of` turns numbers into labels; a label becomes an id that is not in `taken`.
    """

    def __init__(
        self, marks: Marks, label_of: Callable[[int], str], taken: Collection[str]
    ) -> None:
        self._marks = marks
        self._trees = Trees(marks, label_of, taken)

    def dressed(self, markup: str, tex: str) -> str:
        """Return math-core's `markup` of `tex` as it is to stand in the page."""
        # XML, of which feeds and our own readers are made, does not know the names of HTML.
        markup = markup.replace("&ApplyFunction;", "\u2061")
        if "<</m" in markup or "&</m" in markup:
            markup = _BARE_SIGN.sub(lambda sign: html.escape(sign[0]), markup)
        markup = markup.replace('stretchy="false" stretchy="true"', 'stretchy="true"')
        if 'style="' in markup:
            markup = _STYLE.sub(self._classed, _BACK.sub(_back, markup))
        if 'rem"' in markup:
            # Of a length in pt math-core makes one that ignores how large the formula is.
            markup = _REM.sub(r'"\1em"', markup)
        if "<mtext" in markup:
            markup = _BESIDE_OPERATOR.sub(_identifier, markup)
        if is_marked(markup):
            markup = self._trees.changed(markup)
        if "</mo></msu" in markup and _PRIME.search(markup):
            markup = _PRIMED.sub(_at_its_height, markup)
        if "<mfrac" in markup or "<mtable" in markup:
            markup = _with_levels_outside(markup)
        start, _, inside = markup.removesuffix("</math>").partition(">")
        source = html.escape(tex.strip(), quote=False)
        note = f'<annotation encoding="application/x-tex">{source}</annotation>'
        return f"{start}><semantics><mrow>{inside}</mrow>{note}</semantics></math>"

    def with_tags(self, markup: str) -> str:
        """Return dressed markup with its references to tags showing what those say."""
        return self._trees.with_tags(markup)

    def _classed(self, match: re.Match[str]) -> str:
        classes: list[str] = []
        attributes = ""
        for declaration in match["style"].split(";"):
            name, _, value = declaration.partition(":")
            name, value = name.strip(), value.strip()
            if name == "color":
                attributes += f' mathcolor="{self._marks.colour_of(value.lstrip("#"))}"'
            elif name == "font-size":
                attributes += f' mathsize="{value}"'
            elif word := _CLASSES.get(f"{name}:{value}"):
                classes.append(word)
        if classes:
            attributes += f' class="{" ".join(classes)}"'
        return f"{match[1]}{attributes}{match['after']}"


def _at_its_height(match: re.Match[str]) -> str:
    whole = f'<mrow>{match["base"]}<mo lspace="0" rspace="0">{match["prime"]}</mo></mrow>'
    if not match["has_sub"]:
        return whole
    return f"<msub>{whole}{_PRIMED.sub(_at_its_height, match['sub'])}</msub>"


def _with_levels_outside(markup: str) -> str:
    """Put around fractions and tables, as `mstyle`, what they say of their own size."""
    is_wrapped: list[bool] = []

    def moved(match: re.Match[str]) -> str:
        if match["end"]:
            return match[0] + ("</mstyle>" if is_wrapped.pop() else "")
        outside: list[str] = []

        def taken(level: re.Match[str]) -> str:
            if match["tag"] == "mtable" and level["name"] == "displaystyle":
                return level[0]
            outside.append(level[0])
            return ""

        tag = f"<{match['tag']}{_LEVEL.sub(taken, match['attributes'])}{match['empty']}>"
        opening = f"<mstyle{''.join(outside)}>" if outside else ""
        if not match["empty"]:
            is_wrapped.append(bool(outside))
            return opening + tag
        return f"{opening}{tag}</mstyle>" if outside else tag

    return _LEVELLED.sub(moved, markup)


def _back(match: re.Match[str]) -> str:
    """Return spaces that go back together as far as one with a negative margin."""
    left = min(128, round(float(match["number"]) * _EM.get(match["unit"], 18.0)))
    spaces: list[str] = []
    while left > 0:
        width = next(each for each in _BACK_CLASSES if each <= left)
        spaces.append(f'<mspace class="back-{width}"/>')
        left -= width
    inside = "".join(spaces)
    return inside if len(spaces) == 1 else f"<mrow>{inside}</mrow>"


def _identifier(match: re.Match[str]) -> str:
    text = match["text"]
    upright = ' mathvariant="normal"' if len(html.unescape(text)) == 1 else ""
    return f"{match['before'] or ''}<mi{upright}>{text}</mi>"
