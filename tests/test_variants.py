"""Smaller forms of an image: which there are, and how they are made."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from dlsite.variants.encode import encode
from dlsite.variants.plan import AVIF, WEBP, WIDEST, Made, widths_for, worthwhile
from photographs import drawing, encoded, noise, png

pytestmark = pytest.mark.usefixtures("hasty_images")


# Which forms there are


@given(st.integers(1, 20_000))
def test_no_form_is_wider_than_the_image(own: int) -> None:
    widths = widths_for(own)
    assert widths[-1] == min(own, WIDEST)
    assert list(widths) == sorted(set(widths))


forms = st.lists(
    st.builds(Made, st.sampled_from([WEBP, AVIF]), st.integers(1, 3000), st.integers(1, 100_000)),
    unique_by=lambda made: (made.kind, made.width),
)


@given(forms, st.sampled_from(["image/png", WEBP]), st.integers(1, 100_000))
def test_more_pixels_cost_more_bytes_and_never_as_many_as_the_original(
    made: list[Made], own_kind: str, length: int
) -> None:
    kept = worthwhile(made, own_kind=own_kind, own_width=3000, length=length)
    for kind in (WEBP, AVIF):
        lengths = [form.length for form in kept if form.kind == kind]
        assert lengths == sorted(set(lengths))
        assert all(each < length for each in lengths)
        widest = max((form.width for form in made if form.kind == kind), default=0)
        if lengths and kind != own_kind:
            assert max(form.width for form in kept if form.kind == kind) == widest


def test_avif_has_to_be_smaller_than_webp() -> None:
    webp = [Made(WEBP, 480, 50), Made(WEBP, 900, 90)]
    larger = [Made(AVIF, 480, 60), Made(AVIF, 900, 95)]
    smaller = [Made(AVIF, 480, 30), Made(AVIF, 900, 60)]
    assert worthwhile([*webp, *larger], own_kind="", own_width=900, length=1000) == webp
    both = worthwhile([*webp, *smaller], own_kind="", own_width=900, length=1000)
    assert both == [*smaller, *webp]


# How they are made


def test_forms_are_what_they_say_and_the_same_each_time() -> None:
    content = png(840, 280)
    kind, width, made = encode(content)
    assert (kind, width) == ("image/png", 840)
    assert [(form.kind, form.width) for form in made if form.kind == WEBP] == [
        (WEBP, 480),
        (WEBP, 840),
    ]
    for form in made:
        with Image.open(io.BytesIO(form.content)) as image:
            assert f"image/{(image.format or '').lower()}" == form.kind
            assert image.width == form.width
            assert image.height == round(280 * form.width / 840)
    assert encode(content) == (kind, width, made)


def test_a_drawing_loses_nothing() -> None:
    image = drawing(900, 300)
    _, _, made = encode(encoded(image))
    assert {form.kind for form in made} == {WEBP}
    with Image.open(io.BytesIO(made[-1].content)) as form:
        assert form.convert("RGB").tobytes() == image.tobytes()


def test_an_image_is_turned_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    _, width, made = encode(encoded(noise(900, 500), "JPEG", exif=exif))
    assert width == 500
    with Image.open(io.BytesIO(made[-1].content)) as form:
        assert form.size == (500, 900)
        assert not form.getexif()


def test_transparency_and_palettes_stay() -> None:
    clear = noise(700, 500).convert("RGBA")
    clear.putalpha(Image.radial_gradient("L").resize((700, 500)))
    palette = drawing(700, 500).convert("P")
    for content, mode in ((encoded(clear), "RGBA"), (encoded(palette), "RGB")):
        _, _, made = encode(content)
        with Image.open(io.BytesIO(made[0].content)) as form:
            assert form.mode == mode


def _bomb() -> bytes:
    """Return a PNG of a few kilobytes that says it is of four gigapixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", 65_500, 65_500, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 5_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows)


def _left_alone() -> Iterator[tuple[str, bytes]]:
    whole = png(300, 200)
    yield "nothing", b""
    yield "text", b"no image at all" * 500
    yield "cut off", whole[: len(whole) // 2]
    yield "damaged", whole[:200] + bytes(len(whole) - 400) + whole[-200:]
    yield "bomb", _bomb()
    yield "gif", encoded(noise(300, 200), "GIF")
    yield "inks", encoded(noise(300, 200).convert("CMYK"), "JPEG")
    yield "sixteen bits", encoded(Image.new("I;16", (300, 200)))
    moving = noise(300, 200), [noise(300, 200, seed=1)]
    yield "moving webp", encoded(moving[0], "WEBP", save_all=True, append_images=moving[1])
    yield "moving png", encoded(moving[0], "PNG", save_all=True, append_images=moving[1])


@pytest.mark.parametrize(
    ("what", "content"), list(_left_alone()), ids=lambda value: str(value)[:12]
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_what_is_no_plain_image_is_left_alone(what: str, content: bytes) -> None:
    assert encode(content) == ("", 0, []), what


def test_too_long_for_the_format_is_left_alone() -> None:
    assert encode(encoded(Image.new("RGB", (8, 20_000)))) == ("", 0, [])
