"""Make the math font of a site: of STIX Two Math what its formulas show, and no more.

An effect: the font and the tools to cut it are other distributions', the extra `math`,
which need not be there.  Phones and bare systems have no font that can stretch a bracket
or draw a root; with all its signs the font would weigh more than the rest of a page.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dlsite.assets import with_styles
from dlsite.memory.cache import Cache
from dlsite.memory.tool import installed
from dlsite.records import Page, StaticFile

MOST_BYTES = 48 * 1024
"""How large the font may be: about 700 glyphs, more than most sites show."""

# Not the name of the original: its licence keeps that for the original.
_FAMILY = "dlsite Math"
_MODULES = ("brotli", "fontTools", "ziamath")
_FONT = "math-font.woff2"
_SOURCE = "fonts/STIXTwoMath-Regular.ttf"
_CACHED = "math font"
# The texts in the font that stay: copyright, licence, and where the licence is found.
_NAMES = [0, 13, 14]
# So many of the signs go at a time where the font is too large.
_SHARE = 20


class MathFont:
    """Makes the font of a site, and remembers the last one in a cache."""

    def __init__(self, cache: Cache | None = None) -> None:
        self._cache = cache or Cache()

    def add_to(
        self, statics: tuple[StaticFile, ...], pages: Iterable[Page]
    ) -> tuple[StaticFile, ...]:
        """Return the static files with the font, which the stylesheet then names.

        They stay as they are where no page has a formula, and without the extra.
        """
        signs = by_weight(pages)
        if not signs or not is_available():
            return statics
        content = self._font(signs)
        digest = _digest(content)
        font = StaticFile(
            _FONT, f"theme:static/{_FONT}", "", digest, is_asset=True, content=content
        )
        named = with_styles(statics, _rule(font.published_path))
        return tuple(sorted([*named, font], key=lambda file: file.url_path))

    def _font(self, signs: str) -> bytes:
        """Return the font with these signs, made if it is not the one that is remembered."""
        key = _digest("\0".join([signs, *_versions()]).encode("utf-8", "surrogatepass"))
        known, _, text = (self._cache.store.get("stamps", _CACHED) or "").partition(" ")
        if known == key:
            return base64.b64decode(text)
        content = font_of(signs)
        self._cache.store.put("stamps", [(_CACHED, f"{key} {base64.b64encode(content).decode()}")])
        return content


def is_available() -> bool:
    """Say whether the extra is installed."""
    return all(find_spec(name) for name in _MODULES)


def by_weight(pages: Iterable[Page]) -> str:
    """Return the signs of all formulas, those on most pages first."""
    counts = Counter("".join([page.math_signs for page in pages]))
    return "".join(sorted(counts, key=lambda sign: (-counts[sign], sign)))


def font_of(signs: str, *, most_bytes: int = MOST_BYTES) -> bytes:
    """Return a font (WOFF2) with signs, and with the forms that they can be stretched to.

    Where it would be larger than `most_bytes`, the last signs are left to the fonts of
    the reader.  The same signs give the same bytes.
    """
    while len(content := _subset(signs)) > most_bytes:
        signs = signs[: len(signs) - max(1, len(signs) // _SHARE)]
    return content


def _subset(signs: str) -> bytes:
    # They take a tenth of a second to load, and there need be none.  The library that packs
    # fonts goes first: were it refused for lack of memory, fontTools would call it missing.
    import_module("brotli")
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415
    from fontTools.ttLib import TTFont  # noqa: PLC0415

    # Without forms for small sizes (`ssty`), which Chromium and Safari do not ask for, and
    # which would make the font twice as large.
    options = Options(
        hinting=False, layout_features=[], name_IDs=_NAMES, notdef_outline=True, legacy_kern=False
    )
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[ord(sign) for sign in signs])
    # The time of the original, so that the bytes do not tell when they were made.
    with TTFont(_original(), recalcTimestamp=False, lazy=True) as font:
        subsetter.subset(font)
        _centre_accents(font)
        _join_arrows(font)
        font.flavor = "woff2"
        stream = io.BytesIO()
        font.save(stream, reorderTables=False)
    return stream.getvalue()


def _centre_accents(font: Any) -> None:  # noqa: ANN401 - its tables have no types
    """Give accents that lie over the letter before a width: browsers centre what has one."""
    outlines, widths = font["glyf"], font["hmtx"]
    for name in sorted(set(font.getBestCmap().values())):
        outline = outlines[name]
        if widths[name][0] == 0 and outline.numberOfContours > 0:
            outline.coordinates.translate((-outline.xMin, 0))
            outline.recalcBounds(outlines)
            widths[name] = (outline.xMax, 0)


def _join_arrows(font: Any) -> None:  # noqa: ANN401 - as above
    """Let the heads of long arrows overlap their shafts.

    Where they may is said of the tip instead (STIX Two 2.13), so that browsers take the
    pieces for pieces that do not fit, and no arrow becomes longer.
    """
    for construction in font["MATH"].table.MathVariants.HorizGlyphConstruction or ():
        parts = construction.GlyphAssembly.PartRecords if construction.GlyphAssembly else []
        for part in parts[1:]:
            if part.StartConnectorLength == 0:
                part.StartConnectorLength = part.EndConnectorLength


def _original() -> Path:
    found = find_spec("ziamath")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(found.submodule_search_locations[0], _SOURCE)


def _versions() -> list[str]:
    names = [name.lower() for name in _MODULES]
    return [each for each in installed() if each.rpartition("-")[0].lower() in names]


def _rule(name: str) -> bytes:
    face = f'font-family:"{_FAMILY}";src:url("{name}") format("woff2");font-display:swap'
    return f"@font-face{{{face}}}".encode()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
