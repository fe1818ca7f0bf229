"""How large an image is, and whether it is one, from the ends of its file."""

from __future__ import annotations

import io
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dlsite.texts.htmlurls import tags

MOST_PIXELS = 64_000_000
"""More take a browser a quarter of a gigabyte, most often by mistake or attack."""

# The names of formats by suffix, and what their files begin with (WHATWG MIME Sniffing, 6.1);
# a dot stands for any byte.
_FORMATS = {
    ".avif": "AVIF",
    ".bmp": "BMP",
    ".gif": "GIF",
    ".jpeg": "JPEG",
    ".jpg": "JPEG",
    ".png": "PNG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WebP",
}
_SIGNATURES = {
    "AVIF": re.compile(rb"....ftyp", re.DOTALL),
    "BMP": re.compile(rb"BM"),
    "GIF": re.compile(rb"GIF8[79]a"),
    "JPEG": re.compile(rb"\xff\xd8\xff"),
    "PNG": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "TIFF": re.compile(rb"II\*\0|MM\0\*|II\+\0|MM\0\+"),
    "WebP": re.compile(rb"RIFF....WEBP", re.DOTALL),
}
_HEAD = 8192
# Behind the last chunk of a PNG some programs write a few bytes more.
_TAIL = 1024
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


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a file shows.

    `size` are width and height in CSS pixels, turned as the camera says; `None` for a file
    that is no image, that is broken or that does not say.  `fault` says why browsers will
    not show it as its name promises, empty where they will.
    """

    size: tuple[int, int] | None = None
    fault: str = ""


def look(path: str) -> Look:
    """Return what a file shows of itself; nothing for what is no image by its name."""
    suffix = os.path.splitext(path)[1].lower()  # noqa: PTH122 - for each of many files
    if suffix != ".svg" and suffix not in _FORMATS:
        return Look()
    try:
        with Path(path).open("rb") as stream:
            return look_at(stream, suffix)
    except OSError:
        # Said already, where its digest was taken.
        return Look()


def look_at(stream: BinaryIO, suffix: str) -> Look:
    """Return what the content of a file with this suffix, in lower case, shows of itself."""
    head = stream.read(_HEAD)
    if suffix == ".svg":
        return Look(svg_size(head.decode("utf-8", "replace")))
    if suffix not in _FORMATS:
        return Look()
    fault = _fault(stream, head, _FORMATS[suffix])
    size = None if fault else _raster_size(stream)
    if size is not None and size[0] * size[1] > MOST_PIXELS:
        fault = f"is {size[0]} by {size[1]} pixels, more than browsers are made for"
    return Look(size, fault)


def _fault(stream: BinaryIO, head: bytes, format_: str) -> str:
    if not head:
        return "is empty"
    actual = next((name for name, mark in _SIGNATURES.items() if mark.match(head)), "")
    if actual != format_:
        return f"is a {actual} image by its content" if actual else f"is no {format_} image"
    length = stream.seek(0, io.SEEK_END)
    if format_ == "PNG":
        stream.seek(max(0, length - _TAIL))
        is_whole = b"IEND" in stream.read()
    elif format_ == "WebP":
        is_whole = length >= int.from_bytes(head[4:8], "little") + 8
    else:
        is_whole = True
    return "" if is_whole else "is cut off"


def _raster_size(stream: BinaryIO) -> tuple[int, int] | None:
    # It brings an HTTP client, 60 ms to load, which a site without such images does without.
    import imagesize  # noqa: PLC0415

    stream.seek(0)
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
