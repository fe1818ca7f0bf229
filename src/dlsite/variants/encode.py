"""Make smaller forms of an image with Pillow, the extra `images`; nothing else knows of it.

An effect, and a careful one: an image may be anything.  What cannot be decoded, moves, or
has colours that the web's formats have not, gets no other form.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from dlsite.files.images import MOST_PIXELS
from dlsite.variants.plan import AVIF, WEBP, widths_for

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

KIND_BY_FORMAT = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": WEBP}
"""The formats that are read, by Pillow's names, and their media types."""

# What a mode is brought to before it is made smaller: palettes cannot be.  Modes that are
# not here have more than eight bits a channel, or inks instead of lights.
_WORKING_MODE = {
    "1": "L",
    "L": "L",
    "P": "RGB",
    "RGB": "RGB",
    "LA": "RGBA",
    "PA": "RGBA",
    "RGBA": "RGBA",
}
# A drawing has few colours, and shows every change of them; a photograph has many.
_MOST_COLOURS_OF_DRAWING = 4096
_LOSSLESS = {"lossless": True, "quality": 70, "method": 4}
_PHOTO = {"quality": 80, "method": 4}
AVIF_PHOTO = {"quality": 60, "speed": 6, "max_threads": 1}
"""Pillow's options; one thread, for the bytes must not depend on how many there are."""

SETTINGS = f"1 {_LOSSLESS} {_PHOTO} {AVIF_PHOTO} {_MOST_COLOURS_OF_DRAWING}"
"""Changes with everything here that decides what an image becomes."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A form of an image: its media type, how many pixels it is across, its bytes."""

    kind: str
    width: int
    content: bytes


def is_available() -> bool:
    """Say whether the extra is installed."""
    return find_spec("PIL") is not None


def encoders() -> str:
    """Return which encoders there are, in one text."""
    from PIL import __version__, features  # noqa: PLC0415 - 30 ms to load

    kinds = [name for name in ("webp", "avif") if features.check(name)]
    versions = [f"{name} {features.version(name)}" for name in kinds]
    return " ".join([f"Pillow {__version__}", *versions])


def encode(content: bytes) -> tuple[str, int, list[Encoded]]:
    """Return the media type of an image, its width, and every form that can be made of it.

    Both are empty where it is better left alone.  Same content, same bytes.
    """
    from PIL import Image  # noqa: PLC0415 - 30 ms to load

    try:
        with Image.open(io.BytesIO(content), formats=list(KIND_BY_FORMAT)) as image:
            kind = KIND_BY_FORMAT[image.format or ""]
            if not _is_fit(image):
                return "", 0, []
            upright, keeps_colours = _upright(image)
            options = {"icc_profile": image.info.get("icc_profile")} if keeps_colours else {}
            return kind, upright.width, list(_forms(upright, _savers(kind, upright), options))
    except Exception:  # noqa: BLE001 - decoders of hostile files fail in ways that cannot be listed
        return "", 0, []


def _is_fit(image: Picture) -> bool:
    still = not getattr(image, "is_animated", False)
    return still and image.width * image.height <= MOST_PIXELS and image.mode in _WORKING_MODE


def _upright(image: Picture) -> tuple[Picture, bool]:
    """Return the image turned as the camera says, and whether its colour profile still fits."""
    from PIL import ImageOps  # noqa: PLC0415

    mode = _WORKING_MODE[image.mode]
    if image.mode == "P" and "transparency" in image.info:
        mode = "RGBA"
    keeps_colours = image.mode not in ("1", "L", "LA")
    turned = ImageOps.exif_transpose(image)
    return turned if turned.mode == mode else turned.convert(mode), keeps_colours


def _savers(kind: str, image: Picture) -> list[tuple[str, str, dict[str, Any]]]:
    """Return media type, Pillow's format and options of each form to make."""
    from PIL import features  # noqa: PLC0415

    is_drawing = kind != "image/jpeg" and image.getcolors(_MOST_COLOURS_OF_DRAWING) is not None
    savers = []
    if features.check("webp"):
        savers.append((WEBP, "WEBP", _LOSSLESS if is_drawing else _PHOTO))
    if features.check("avif") and not is_drawing:
        savers.append((AVIF, "AVIF", AVIF_PHOTO))
    return savers


def _forms(
    image: Picture, savers: Iterable[tuple[str, str, dict[str, Any]]], options: dict[str, Any]
) -> Iterator[Encoded]:
    from PIL.Image import Resampling  # noqa: PLC0415

    chosen = list(savers)
    for width in widths_for(image.width):
        height = max(1, round(image.height * width / image.width))
        size = (width, height)
        scaled = image if size == image.size else image.resize(size, Resampling.LANCZOS)
        for kind, format_, own in chosen:
            stream = io.BytesIO()
            scaled.save(stream, format_, **own, **options)
            yield Encoded(kind, width, stream.getvalue())
