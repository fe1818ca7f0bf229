"""How large an image is, from the first bytes of its file."""

from __future__ import annotations

import re
from pathlib import Path

from dlsite.htmlurls import tags

_RASTER = (".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
_HEAD = 8192
# CSS pixels in each unit (CSS Values 4, section 6.2); others depend on where the image stands.
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "in": 96.0,
    "cm": 96 / 2.54,
    "mm": 96 / 25.4,
}
_LENGTH = re.compile(r"\s*([0-9]*\.?[0-9]+(?:e[0-9])?)([a-z]*)\s*", re.IGNORECASE)
_SEPARATOR = re.compile(r"[\s,]+")


def size_of(path: str) -> tuple[int, int] | None:
    """Return width and height in CSS pixels, turned as the camera says.

    `None` for a file that is no image, that is broken or that does not say.
    """
    suffix = Path(path).suffix.lower()
    try:
        if suffix == ".svg":
            with Path(path).open("rb") as stream:
                return svg_size(stream.read(_HEAD).decode("utf-8", "replace"))
        if suffix in _RASTER:
            return _raster_size(path)
    except OSError:
        # Said already, where its digest was taken.
        return None
    return None


def _raster_size(path: str) -> tuple[int, int] | None:
    # It brings an HTTP client, 60 ms to load, which a site without such images does without.
    import imagesize  # noqa: PLC0415

    with Path(path).open("rb") as stream:
        try:
            width, height = imagesize.get(stream)
        except (ValueError, ArithmeticError, LookupError, TypeError):
            # A broken file is published as it is; the browser will say so too.
            return None
    return (width, height) if width > 0 and height > 0 else None


def svg_size(text: str) -> tuple[int, int] | None:
    """Return the size of an SVG by its own measures, else by its `viewBox`."""
    root = next((tag for tag in tags(text) if tag.name == "svg"), None)
    if root is None:
        return None
    width, height = _pixels(root.value("width")), _pixels(root.value("height"))
    own = [_pixels(part) for part in _SEPARATOR.split(root.value("viewbox").strip())[2:]]
    if len(own) == 2 and all(own):  # noqa: PLR2004 - width and height
        width = width or (height * own[0] / own[1] if height else own[0])
        height = height or width * own[1] / own[0]
    return (round(width) or 1, round(height) or 1) if width and height else None


def _pixels(length: str) -> float:
    """Return a length in CSS pixels; 0 where it says none, such as `100%`."""
    match = _LENGTH.fullmatch(length)
    return float(match[1]) * _PIXELS.get(match[2].lower(), 0.0) if match else 0.0
