"""Images carry their sizes, so that no text moves when they come."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dlsite.build import analyse, load_config
from dlsite.files.images import look, look_at, svg_size
from dlsite.publish.run import publish
from dlsite.rendering import Renderer

NOW = datetime(2024, 1, 1, tzinfo=UTC)

PNG_HEAD = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"

SvgSize = tuple[int, int] | None


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        crc = zlib.crc32(kind + content)
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\0" * width) * height)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ('<svg width="30" height="20px">', (30, 20)),
        ('<?xml version="1.0"?><!-- <svg width="9"> --><svg width="1in" height="72pt">', (96, 96)),
        ('<svg viewBox="0 0 300 150"><rect width="1" height="1"/></svg>', (300, 150)),
        ('<svg viewBox="0,0,300,150" width="100%" height="100%">', (300, 150)),
        ('<svg viewBox="-5 -5 300 150" width="600">', (600, 300)),
        ('<svg viewBox="0 0 300 150" height="75">', (150, 75)),
        ('<svg width="0.2" height="0.2">', (1, 1)),
        ('<svg viewBox="0 0 0 0">', None),
        ('<svg viewBox="none">', None),
        ('<svg width="100%"><rect width="1" height="1"/></svg>', None),
        ('<svg xmlns="x">', None),
        ("<html>", None),
        ("", None),
    ],
)
def test_size_of_svg(text: str, size: SvgSize) -> None:
    assert svg_size(text) == size


def test_size_of_files(tmp_path: Path) -> None:
    (tmp_path / "a.PNG").write_bytes(png(7, 5))
    (tmp_path / "a.svg").write_text('<svg viewBox="0 0 4 3"/>')
    for name in ("b.png", "b.jpg", "b.gif", "b.webp", "b.avif", "b.bmp", "b.tiff", "b.svg"):
        for content in (b"", b"\xff\xd8\xff\xe1\0", png(7, 5)[:20], b"RIFF\0\0\0\0WEBPVP8 "):
            (tmp_path / name).write_bytes(content)
            assert look(str(tmp_path / name)).size is None, (name, content)
    assert look(str(tmp_path / "a.PNG")).size == (7, 5)
    assert look(str(tmp_path / "a.svg")).size == (4, 3)
    assert look(str(tmp_path / "c.png")).size is None
    assert look(str(tmp_path / "c.txt")).size is None


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.png", png(7, 5), ""),
        ("a.png", png(7, 5) + b"\0" * 99, ""),
        ("a.svg", b"", ""),
        ("a.txt", b"", ""),
        ("a.png", b"", "is empty"),
        ("a.png", png(7, 5)[:-12], "is cut off"),
        ("a.png", b"<html>not found</html>", "is no PNG image"),
        ("a.jpg", png(7, 5), "is a PNG image by its content"),
        ("a.webp", b"RIFF\xff\0\0\0WEBPVP8 ", "is cut off"),
        (
            "a.png",
            b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xff\0\0\0\xff\0IEND",
            "is 65280 by 65280 pixels",
        ),
    ],
)
def test_faults_are_seen_at_both_ends_of_a_file(name: str, content: bytes, fault: str) -> None:
    seen = look_at(io.BytesIO(content), Path(name).suffix).fault
    assert seen.startswith(fault)
    assert bool(seen) is bool(fault)


def test_local_images_get_the_size_that_their_author_has_not_given(
    site: Callable[[Mapping[str, str]], Path], tmp_path: Path
) -> None:
    root = site(
        {
            "dlsite.yml": "base_url: https://example.org/notes\n",
            "content/a.md": "---\ntitle: A\ntags: [T]\ndate: 2020-01-01\n---\n"
            "![One](b.png)\n\n![Two](/s.svg){: width=50}\n\n"
            "<img alt=Three class='bright' src='b.png'>\n\n"
            '<img alt="Four" src="/s.svg" srcset="/b.png 2x">\n\n'
            "![Five](https://example.com/x.png) ![[b.png]]\n\nSee [the image](b.png).\n",
            "static/s.svg": '<svg viewBox="0 0 40 30"/>',
        }
    )
    (root / "content" / "b.png").write_bytes(png(640, 480))
    config = replace(load_config(root)[0], now=NOW)
    rendered = Renderer.of(analyse(root, config)).render_all()
    publish(rendered.outputs, tmp_path / "public")
    text = (tmp_path / "public" / "a" / "index.html").read_text()
    sized = '<img width="640" height="480"'
    assert f'{sized} alt="One" decoding="async" src="/notes/b.png">' in text
    assert '<img alt="Two" decoding="async" loading="lazy" src="/notes/s.svg" width="50">' in text
    assert f"{sized} alt=Three class='bright' src='/notes/b.png'>" in text
    assert '<img alt="Four" src="/notes/s.svg" srcset="/notes/b.png 2x">' in text
    assert 'src="https://example.com/x.png">' in text
    assert text.count(sized) == 3
    listed = (tmp_path / "public" / "tags" / "t" / "index.html").read_text()
    assert f'{sized} alt="One"' in listed
    feed = (tmp_path / "public" / "feed.xml").read_text()
    assert "&lt;img alt=" in feed
