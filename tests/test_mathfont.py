"""The font of formulas: which signs it has, what it weighs, and who gets it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dlsite import mathfont
from dlsite.cli import main
from dlsite.markup.mathsigns import signs_of
from dlsite.mathfont import font_of

needs_extra = pytest.mark.skipif(not mathfont.is_available(), reason="the extra `math` is not here")

FORMULA = "---\ntitle: A\npermalink: /a/\n---\n$\\vec x = \\sqrt{h} - 1$ [B](/b)\n"
PROSE = "---\ntitle: B\npermalink: /b/\n---\nWords, and [A](/a).\n"
NOTICE = "formulas are left to readers' fonts"

MakeSite = Callable[[Mapping[str, str]], Path]


@pytest.mark.parametrize(
    ("html", "signs"),
    [
        ("<p>no formula</p>", ""),
        ("x <math><mi>x</mi><mo>=</mo><mn>10</mn></math> y", "01=𝑥"),
        ("<math><mi>h</mi><mi>Γ</mi><mi>∂</mi><mi>ϕ</mi></math>", "ℎ𝛤𝜕𝜙"),
        ('<math><mi mathvariant="normal">x</mi><mi>max</mi></math>', "amx"),
        ("<math><mo>-</mo><mo stretchy='false'>&lt;</mo></math>", "-<−"),
        ("<math><msqrt><mn>2</mn></msqrt></math>", "2√"),
        ("<math><mtext>if <b>so</b> <math><mi>k</mi></math></mtext></math>", " fikos𝑘"),
        ('<math><annotation encoding="application/x-tex">\\zeta</annotation></math>', ""),
    ],
)
def test_signs_are_those_that_browsers_look_up(html: str, signs: str) -> None:
    assert signs_of(html) == signs


@needs_extra
def test_font_has_the_signs_and_what_they_stretch_to() -> None:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - where the extra is

    font = TTFont(io.BytesIO(font_of("√(→⃗𝑥")))
    # A bracket comes with the one that mirrors it.
    assert set(font.getBestCmap()) == set(map(ord, "√()→⃗𝑥"))
    variants = font["MATH"].table.MathVariants
    stretched = dict(
        zip(variants.VertGlyphCoverage.glyphs, variants.VertGlyphConstruction, strict=True)
    )
    bracket = stretched[font.getBestCmap()[ord("(")]]
    assert len(bracket.MathGlyphVariantRecord) > 3
    assert all(part.glyph in font["glyf"].keys() for part in bracket.GlyphAssembly.PartRecords)  # noqa: SIM118 - a table
    # The licence stays, the name of the original does not.
    texts = {record.nameID: str(record) for record in font["name"].names}
    assert "SIL Open Font License" in texts[13]
    assert set(texts) == {0, 13, 14}


@needs_extra
def test_browsers_can_join_arrows_and_centre_accents() -> None:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - where the extra is

    font = TTFont(io.BytesIO(font_of("→⃗")))
    variants = font["MATH"].table.MathVariants
    names = font.getBestCmap()
    at = variants.HorizGlyphCoverage.glyphs.index(names[ord("→")])
    shaft, head = variants.HorizGlyphConstruction[at].GlyphAssembly.PartRecords
    overlap = min(shaft.EndConnectorLength, head.StartConnectorLength)
    assert overlap >= variants.MinConnectorOverlap
    width, bearing = font["hmtx"][names[ord("⃗")]]
    assert (width > 200, bearing) == (True, 0)


@needs_extra
def test_font_that_would_be_too_large_does_without_the_last_signs() -> None:
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - where the extra is

    signs = "".join(chr(code) for code in range(0x1D434, 0x1D44E))
    whole = font_of(signs)
    assert font_of(signs) == whole
    most = len(whole) * 9 // 10
    cut = font_of(signs, most_bytes=most)
    assert most / 2 < len(cut) <= most
    kept = set(TTFont(io.BytesIO(cut)).getBestCmap())
    assert kept == set(map(ord, signs[: len(kept)]))


@needs_extra
def test_pages_with_formulas_get_the_font_and_no_others(
    site: MakeSite, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site({"content/a.md": FORMULA, "content/b.md": PROSE})
    assert main(["-C", str(root), "build"]) == 0
    assert NOTICE not in capsys.readouterr().err
    public = root / "public"
    (font,) = public.glob("math-font.*.woff2")
    assert len(font.read_bytes()) < 10_000
    (styles,) = public.glob("style.*.css")
    assert f'src:url("{font.name}") format("woff2")' in styles.read_text()
    early = f'<link rel="preload" href="/{font.name}" as="font" type="font/woff2" crossorigin>'
    with_font = {
        path.parent.name for path in public.glob("*/index.html") if early in path.read_text()
    }
    assert "a" in with_font
    assert "b" not in with_font


@needs_extra
def test_font_is_made_again_only_for_other_signs(
    site: MakeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    def note(signs: str) -> bytes:
        made.append(signs)
        return b"a font"

    monkeypatch.setattr(mathfont, "font_of", note)
    root = site({"content/a.md": FORMULA, "content/b.md": PROSE})
    for text in (PROSE, PROSE + "\n$x$\n", PROSE + "\n$z$\n"):
        (root / "content/b.md").write_text(text)
        assert main(["-C", str(root), "build"]) == 0
    # One `x` more makes it the sign on most pages.
    assert [sorted(signs) for signs in made] == [
        sorted("⃗𝑥=√ℎ−1"),
        sorted("⃗𝑥=√ℎ−1"),
        sorted("⃗𝑥=√ℎ−1𝑧"),
    ]


def test_without_the_extra_the_build_says_what_is_missing(
    site: MakeSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(mathfont, "_MODULES", ("no_such_module",))
    root = site({"content/a.md": FORMULA, "content/b.md": PROSE})
    assert main(["-C", str(root), "build"]) == 0
    assert NOTICE in capsys.readouterr().err
    assert not list((root / "public").glob("*.woff2"))
    styles = next((root / "public").glob("style.*.css")).read_text()
    assert not re.search(r"@font-face|url\(", styles)
    assert 'rel="preload"' not in (root / "public/a/index.html").read_text()
    (root / "content/a.md").write_text(PROSE.replace("/b/", "/a/"))
    assert main(["-C", str(root), "build"]) == 0
    assert NOTICE not in capsys.readouterr().err
