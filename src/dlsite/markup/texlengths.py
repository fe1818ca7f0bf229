"""Lengths and colours as TeX writes them, in terms of MathML and CSS."""

from __future__ import annotations

from itertools import zip_longest

from dlsite.deferred import deferred

# How many em one unit is, in a font of 10 pt with the measures of Computer Modern.
_UNITS = {
    "em": 1.0,
    "ex": 0.43,
    "mu": 1 / 18,
    "pt": 0.1,
    "px": 0.1,
    "bp": 0.1004,
    "pc": 1.2,
    "mm": 0.2845,
    "cm": 2.845,
    "in": 7.227,
}
_LENGTH = deferred(r"(?P<number>[+-]?(?:\d{1,5}(?:\.\d{0,6})?|\.\d{1,6}))[ ]*(?P<unit>[a-z]{2})")
_BASELINES = {r"\baselineskip": 1.2, r"\jot": 0.3, r"\normalbaselineskip": 1.2}
_HEX = deferred(r"#?([0-9a-fA-F]{6}|[0-9a-fA-F]{3})")
_NUMBER = r"(?:\d{1,3}(?:\.\d{0,6})?|\.\d{1,6})"
_MOST_MIXED = 8
# The colours that xcolor has of itself, with the values that CSS gives their names.
_RGB: dict[str, tuple[float, ...]] = {
    "red": (255, 0, 0),
    "green": (0, 128, 0),
    "blue": (0, 0, 255),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "yellow": (255, 255, 0),
    "black": (0, 0, 0),
    "darkgray": (169, 169, 169),
    "gray": (128, 128, 128),
    "lightgray": (211, 211, 211),
    "white": (255, 255, 255),
    "brown": (165, 42, 42),
    "lime": (0, 255, 0),
    "olive": (128, 128, 0),
    "orange": (255, 165, 0),
    "pink": (255, 192, 203),
    "purple": (128, 0, 128),
    "teal": (0, 128, 128),
    "violet": (238, 130, 238),
}
_NUMBERS = deferred(rf"{_NUMBER}(?:\s*,\s*{_NUMBER})*")
# xcolor's names, those of dvips, and the named colours of CSS that pages have used.
_CSS = frozenset(
    [
        "aliceblue",
        "antiquewhite",
        "aqua",
        "aquamarine",
        "azure",
        "beige",
        "bisque",
        "black",
        "blanchedalmond",
        "blue",
        "blueviolet",
        "brown",
        "burlywood",
        "cadetblue",
        "chartreuse",
        "chocolate",
        "coral",
        "cornflowerblue",
        "cornsilk",
        "crimson",
        "cyan",
        "darkblue",
        "darkcyan",
        "darkgoldenrod",
        "darkgray",
        "darkgreen",
        "darkgrey",
        "darkkhaki",
        "darkmagenta",
        "darkolivegreen",
        "darkorange",
        "darkorchid",
        "darkred",
        "darksalmon",
        "darkseagreen",
        "darkslateblue",
        "darkslategray",
        "darkslategrey",
        "darkturquoise",
        "darkviolet",
        "deeppink",
        "deepskyblue",
        "dimgray",
        "dimgrey",
        "dodgerblue",
        "firebrick",
        "floralwhite",
        "forestgreen",
        "fuchsia",
        "gainsboro",
        "ghostwhite",
        "gold",
        "goldenrod",
        "gray",
        "green",
        "greenyellow",
        "grey",
        "honeydew",
        "hotpink",
        "indianred",
        "indigo",
        "ivory",
        "khaki",
        "lavender",
        "lavenderblush",
        "lawngreen",
        "lemonchiffon",
        "lightblue",
        "lightcoral",
        "lightcyan",
        "lightgoldenrodyellow",
        "lightgray",
        "lightgreen",
        "lightgrey",
        "lightpink",
        "lightsalmon",
        "lightseagreen",
        "lightskyblue",
        "lightslategray",
        "lightslategrey",
        "lightsteelblue",
        "lightyellow",
        "lime",
        "limegreen",
        "linen",
        "magenta",
        "maroon",
        "mediumaquamarine",
        "mediumblue",
        "mediumorchid",
        "mediumpurple",
        "mediumseagreen",
        "mediumslateblue",
        "mediumspringgreen",
        "mediumturquoise",
        "mediumvioletred",
        "midnightblue",
        "mintcream",
        "mistyrose",
        "moccasin",
        "navajowhite",
        "navy",
        "oldlace",
        "olive",
        "olivedrab",
        "orange",
        "orangered",
        "orchid",
        "palegoldenrod",
        "palegreen",
        "paleturquoise",
        "palevioletred",
        "papayawhip",
        "peachpuff",
        "peru",
        "pink",
        "plum",
        "powderblue",
        "purple",
        "rebeccapurple",
        "red",
        "rosybrown",
        "royalblue",
        "saddlebrown",
        "salmon",
        "sandybrown",
        "seagreen",
        "seashell",
        "sienna",
        "silver",
        "skyblue",
        "slateblue",
        "slategray",
        "slategrey",
        "snow",
        "springgreen",
        "steelblue",
        "tan",
        "teal",
        "thistle",
        "tomato",
        "transparent",
        "turquoise",
        "violet",
        "wheat",
        "white",
        "whitesmoke",
        "yellow",
        "yellowgreen",
    ]
)


def em(source: str) -> float | None:
    """Return a length of TeX in em; `None` if it is none."""
    if source in _BASELINES:
        return _BASELINES[source]
    match = _LENGTH.fullmatch(source.strip())
    if match is None or match["unit"] not in _UNITS:
        return None
    return round(float(match["number"]) * _UNITS[match["unit"]], 4)


def colour(source: str, model: str = "") -> str:
    """Return a colour as CSS has it, a name of dvips as it is, nothing for what is no colour.

    Mixtures as xcolor writes them, `red!50!blue`, are of the colours that it has itself.
    """
    if "!" in source and not model:
        return _mixture(source)
    if match := _HEX.fullmatch(source if model != "HTML" else f"#{source.lstrip('#')}"):
        return f"#{match[1].lower()}" if model == "HTML" or source[0] == "#" else ""
    if model in ("rgb", "RGB", "gray") and _NUMBERS.fullmatch(source):
        return _mixed([float(part) for part in source.split(",")], model)
    if source.lower() in _CSS and source.islower():
        return source
    # math-core knows the names of dvips, and says so if it does not.
    return source if source.isalpha() and source.isascii() and source[0].isupper() else ""


def _mixture(source: str) -> str:
    """Mix colours from left to right; what is behind the last percentage is white if nothing is."""
    first, *others = source.split("!")
    mixed = _RGB.get(first)
    if mixed is None or not others or len(others) > _MOST_MIXED:
        return ""
    for share, other in zip_longest(others[::2], others[1::2], fillvalue="white"):
        second = _RGB.get(other)
        if second is None or not _NUMBERS.fullmatch(share) or "," in share:
            return ""
        weight = min(float(share) / 100, 1)
        mixed = tuple(
            weight * one + (1 - weight) * two for one, two in zip(mixed, second, strict=True)
        )
    return "#" + "".join(f"{round(part):02x}" for part in mixed)


def _mixed(values: list[float], model: str) -> str:
    scale = 1.0 if model == "RGB" else 255.0
    parts = [min(255, max(0, round(value * scale))) for value in values]
    if model == "gray":
        parts = parts[:1] * 3
    return "#{:02x}{:02x}{:02x}".format(*parts) if len(parts) == 3 else ""  # noqa: PLR2004 - red, green, blue
