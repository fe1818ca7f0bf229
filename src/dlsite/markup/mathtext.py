"""Say a formula in plain Unicode: x² + ŷ, for search, feeds and descriptions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import lru_cache
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element

_SUPERSCRIPTS = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθιφχ*∗′″‴⊤",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᶥᵠᵡ**′″‴ᵀ",
        strict=True,
    )
)
_SUBSCRIPTS = dict(
    zip(
        "0123456789+-−=()aehijklmnoprstuvxβγρφχ",
        "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ",
        strict=True,
    )
)
# What stands over a letter, as the sign that combines with it.
_ABOVE = {
    "ˆ": "\u0302", "^": "\u0302", "˜": "\u0303", "~": "\u0303", "‾": "\u0304", "¯": "\u0304",
    "ˉ": "\u0304", "\u0332": "\u0304", "˙": "\u0307", "¨": "\u0308", "⃗": "\u20d7", "→": "\u20d7",
    "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300", "˚": "\u030a", "⃛": "\u20db",
    "⃜": "\u20dc",
}  # fmt: skip
_BRACES = "⏞⏟⎴⎵⏜⏝_̲"
_APPLY = "\u2061"
_NAME = "\u2062"
_DOUBLE_STRUCK = range(0x1D538, 0x1D56C)
_LETTERS = range(0x1D400, 0x1D800)
_SIMPLE = re.compile(r"[^\W_]{1,2}|[\d.]+|[^\W_][\u0300-\u036f\u20d0-\u20ff]?[′₀-ₜ⁰-ⁿ²³¹ᵢᵣᵤᵥⱼ]*")
# Words stay legible: W_out, not Wₒᵤₜ.
_WORD = re.compile(r"[a-zA-Z]{3}")
_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\{[^{}]*\}")
# log x, but log(x); x log y, but log y.
_NAME_BEHIND = re.compile(f"(?<=[\\w)\\]}}]){_NAME}")
_APPLY_TO_BRACKET = re.compile(f"{_APPLY}(?=\\s*[(\\[{{])")
_LOOSE = re.compile(r" (?=[)\],;}|])")
_BLANKS = re.compile(r"\s+")


# The same formulas stand in many places, and each is said in the text and beside its links.
@lru_cache(maxsize=1024)
def readable(mathml: str) -> str:
    """Return what a `<math>` element says on one line; its annotation is left out."""
    try:
        # What begins with an element has no entities that could grow.
        root = ET.fromstring(mathml)  # noqa: S314
    except ET.ParseError:
        return ""
    try:
        return readable_element(root)
    except (RecursionError, IndexError, ValueError):
        # Too deep, or raw HTML that lacks parts.
        return _BLANKS.sub(" ", "".join(root.itertext())).strip()


def readable_element(element: Element) -> str:
    """Return what an element of MathML says, on one line."""
    text = _say(element)
    if _NAME in text:
        text = _NAME_BEHIND.sub(" ", text).replace(_NAME, "")
    if _APPLY in text:
        text = _APPLY_TO_BRACKET.sub("", text).replace(_APPLY, " ")
    return _LOOSE.sub("", _BLANKS.sub(" ", text)).strip()


def _say(element: Element) -> str:
    say = _WAYS.get(element.tag)
    return say(element) if say else _row(element)


def _row(element: Element) -> str:
    if element.get("class") == "overlined":
        base = "".join(map(_say, element))
        return unicodedata.normalize("NFC", f"{base}\u0304") if len(base) == 1 else base
    parts: list[str] = []
    is_term_before = False
    for child in element:
        part = _say(child)
        if child.tag == "mo":
            # A sign before anything else, or behind another, is no operation: −x, e = −1.
            if not is_term_before and part.strip() in _SIGNS:
                part = part.strip()
            is_term_before = child.text in _CLOSING
        else:
            is_term_before = is_term_before or bool(part)
        parts.append(part)
    return "".join(parts)


_SIGNS = frozenset("+−±∓-")
_CLOSING = frozenset(")]}|‖⟩⌋⌉!′″∞.·⋯…")


def _text(element: Element) -> str:
    """Return what a text says, which may hold a formula in a link."""
    if element.find(".//math") is None:
        return _leaf(element)
    parts = [element.text or ""]
    for child in element:
        parts += [_row(child) if child.tag == "math" else _text(child), child.tail or ""]
    return "".join(parts)


def _leaf(element: Element) -> str:
    text = "".join(element.itertext())
    return "".join(map(_plain_letter, text)) if not text.isascii() else text


def _plain_letter(letter: str) -> str:
    """Return 𝐱 as x, but ℝ and 𝔼 as they are: as letters they would mean something else."""
    number = ord(letter)
    if letter in "\u2063\u2064" or 0xFE00 <= number <= 0xFE0F:  # noqa: PLR2004 - variation selectors
        return ""
    if number in _LETTERS and number not in _DOUBLE_STRUCK:
        return unicodedata.normalize("NFKC", letter)
    return letter


def _operator(element: Element) -> str:
    sign = _leaf(element)
    is_infix = element.get("form") not in ("prefix", "postfix")
    return f" {sign} " if is_infix and (sign in _SPACED) else f"{sign} " if sign == "," else sign


_SPACED = frozenset("=≠≈≡∼≃≅≤≥⩽⩾<>≪≫∈∉∋⊂⊃⊆⊇⪯⪰∗→←↔⇒⇐⇔⟹⟸⟺↦⟶⟵⟼≔∝∣∥+−±∓×÷⋅∘⊙⊕⊗∪∩∧∨∖≜≐⊢⊨≺≻≼≽:")


def _identifier(element: Element) -> str:
    """Mark names of more than one letter, to be set apart from what stands before."""
    text = _text(element)
    return f"{_NAME}{text}" if len(text) > 1 and text.isalpha() and text.isascii() else text


def _scripts(element: Element, *, below: int | None, above: int | None) -> str:
    base = _say(element[0]).rstrip()
    result = base
    if below is not None:
        result += _script(_say(element[below]), _SUBSCRIPTS, "_")
    if above is not None:
        result += _script(_say(element[above]), _SUPERSCRIPTS, "^")
    return result


def _script(text: str, signs: Mapping[str, str], mark: str) -> str:
    text = _BLANKS.sub(" ", text.replace(_NAME, "")).strip()
    tight = text.replace(" ", "")
    if all(sign in signs for sign in tight) and not _WORD.search(tight):
        return "".join(signs[sign] for sign in tight)
    is_one = text.isalnum() or len(text) == 1 or _BRACKETED.fullmatch(text)
    return f"{mark}{text}" if is_one else f"{mark}({text})"


def _fraction(element: Element) -> str:
    above, below = (_BLANKS.sub(" ", _say(part)).strip() for part in element)
    if element.get("linethickness") == "0":
        return f"{above} {below}"
    return f"{_grouped(above)}/{_grouped(below)} "


def _grouped(text: str) -> str:
    return text if _SIMPLE.fullmatch(text) else f"({text})"


def _root(element: Element) -> str:
    if element.tag == "mroot":
        degree = {"3": "∛", "4": "∜"}.get(index := _say(element[1]).strip())
        return f"{degree or index + '√'}{_grouped(_say(element[0]).strip())}"
    return f"√{_grouped(_row(element).strip())}"


def _over(element: Element) -> str:
    base, above = _say(element[0]).strip(), _say(element[1]).strip()
    if above in _ABOVE and len(base) == 1:
        return unicodedata.normalize("NFC", base + _ABOVE[above])
    if above in _ABOVE or above in _BRACES:
        return base
    return _scripts(element, below=None, above=1)


def _under(element: Element) -> str:
    if _say(element[1]).strip() in _BRACES:
        return _say(element[0])
    return _spaced_after(_scripts(element, below=1, above=None))


def _under_over(element: Element) -> str:
    return _spaced_after(_scripts(element, below=1, above=2))


def _spaced_after(text: str) -> str:
    return f"{text} "


def _table(element: Element) -> str:
    rows = [[_BLANKS.sub(" ", _say(cell)).strip() for cell in row] for row in element]
    is_aligned = element.get("displaystyle") == "true"
    between = " " if is_aligned else ", "
    lines = [between.join(cell for cell in row if cell) for row in rows]
    return "; ".join(line for line in lines if line)


def _nothing(_: Element) -> str:
    return ""


def _space(element: Element) -> str:
    return " " if element.get("width", "0").startswith(("1em", "2em", "0.5em")) else ""


def _semantics(element: Element) -> str:
    return _say(element[0]) if len(element) else ""


_WAYS: Mapping[str, Callable[[Element], str]] = {
    "mi": _identifier,
    "mn": _leaf,
    "mo": _operator,
    "mtext": _text,
    "ms": _leaf,
    "mspace": _space,
    "mphantom": _nothing,
    "annotation": _nothing,
    "semantics": _semantics,
    "mfrac": _fraction,
    "msqrt": _root,
    "mroot": _root,
    "mtable": _table,
    "msub": lambda element: _scripts(element, below=1, above=None),
    "msup": lambda element: _scripts(element, below=None, above=1),
    "msubsup": lambda element: _scripts(element, below=1, above=2),
    "munder": _under,
    "mover": _over,
    "munderover": _under_over,
}
