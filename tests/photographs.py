"""Images for tests: noise, which no encoder makes small, and drawings of few colours."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw


def noise(width: int, height: int, *, seed: int = 0) -> Image.Image:
    """Return an image of many colours; the same seed gives the same."""
    rng = random.Random(seed)
    small = Image.frombytes("RGB", (40, 30), rng.randbytes(40 * 30 * 3))
    return small.resize((width, height), Image.Resampling.BICUBIC)


def drawing(width: int, height: int) -> Image.Image:
    """Return lines on white."""
    image = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(image)
    for number in range(0, width, 9):
        pen.line((number, 0, width - number, height), fill=(number % 256, 80, 160))
    return image


def encoded(image: Image.Image, format_: str = "PNG", **options: object) -> bytes:
    """Return an image as a file holds it."""
    stream = io.BytesIO()
    image.save(stream, format_, **options)
    return stream.getvalue()


def png(width: int, height: int, *, seed: int = 0) -> bytes:
    """Return noise as a PNG."""
    return encoded(noise(width, height, seed=seed))
