"""Sites whose images have smaller forms: pages offer them, and builds make them once."""

from __future__ import annotations

import hashlib
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from dlsite.build import analyse, load_config
from dlsite.cli import main
from dlsite.memory.cache import Cache
from dlsite.records import StaticRoute, VariantRoute
from dlsite.rendering import Renderer
from dlsite.understanding import Analysis
from dlsite.variants import encode as encoding
from dlsite.variants.encode import Encoded, encode
from dlsite.variants.run import PLACE, Variants
from photographs import encoded, noise, png
from running import Write

pytestmark = pytest.mark.usefixtures("hasty_images")

PAGE = "---\ntitle: A\npermalink: /a/\n---\n"
SHOWN = f'{PAGE}![a](photo.png)\n\n![b](photo.png "B"){{: .wide}}\n'


def _site(site: Write, page: str = SHOWN, **images: bytes) -> Path:
    root = site({"content/a.md": page, "dlsite.yml": "base_url: https://example.org/n\n"})
    for name, content in ({"photo": png(620, 200)} | images).items():
        (root / f"content/{name.replace('_', '.')}.png").write_bytes(content)
    return root


def _analysed(root: Path, *, images: bool = True) -> Analysis:
    config = replace(load_config(root)[0], images=images)
    return analyse(root, config, variants=Variants(Cache(), None))


def _page(analysis: Analysis) -> str:
    output, _ = Renderer.of(analysis).render("a/index.html")
    assert output is not None
    return output.content.decode()


def test_pages_offer_the_forms_in_order_of_preference(site: Write) -> None:
    analysis = _analysed(_site(site))
    page = _page(analysis)
    routes = analysis.site.routes.route_by_permalink
    variants = [route for route in routes.values() if isinstance(route, VariantRoute)]
    assert {route.of for route in variants} == {"/photo.png"}
    for route in variants:
        assert hashlib.sha256(route.file.content).hexdigest() == route.file.digest
        assert route.file.digest[:10] in route.permalink
        assert page.count(f"/n{route.permalink} ") == 2
    first, second = page.split("</picture>")[:2]
    assert first.index('type="image/avif"') < first.index('type="image/webp"') < first.index("<img")
    assert 'sizes="(max-width: 40rem) 100vw, 36rem"' in first
    assert 'sizes="(max-width: 56rem) 100vw, 52rem"' in second
    assert '<img width="620" height="200" alt="a" decoding="async" src="/n/photo.png">' in first
    feed = next(each for each in Renderer.of(analysis).emit() if each.path == "feed.xml")
    assert b"picture" not in feed.content


def test_the_original_stands_at_the_top_of_its_own_format(site: Write) -> None:
    root = _site(site, f"{PAGE}![a](w.webp)\n")
    (root / "content/w.webp").write_bytes(encoded(noise(620, 200), "WEBP", quality=60))
    assert ", /n/w.webp 620w" in _page(_analysed(root))


def test_an_author_who_chose_forms_gets_no_others(site: Write) -> None:
    own = (
        '<picture><source srcset="photo.png"><img src="photo.png" alt="a"></picture> '
        '<img src="photo.png" srcset="photo.png 2x" alt="b">'
    )
    page = _page(_analysed(_site(site, f"{PAGE}{own}\n")))
    assert page.count("<source") == 1
    assert ".webp" not in page


def test_twins_are_for_dark_pages(site: Write) -> None:
    root = _site(site, f"{PAGE}![a](s.svg) ![[photo.png|b]]\n", photo_dark=png(620, 300, seed=2))
    for name in ("s", "s.dark"):
        (root / f"content/{name}.svg").write_text('<svg viewBox="0 0 4 3"/>')
    dark = '<source media="(prefers-color-scheme: dark)"'
    plain = _page(analyse(root, load_config(root)[0]))
    assert f'<picture>{dark} srcset="/n/s.dark.svg"><img width="4" height="3"' in plain
    twin = f'{dark} srcset="/n/photo.dark.png" width="620" height="300">'
    assert f"<picture>{twin}<img" in plain
    sources = _page(_analysed(root)).split("<source")[2:]
    assert ["dark)" in each for each in sources] == [True, True, True, False, False]
    assert ["photo.dark-480" in each for each in sources] == [True, True, False, False, False]


def test_no_forms_without_the_extra_or_where_they_are_not_wanted(
    site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _site(site)
    assert "<picture" not in _page(_analysed(root, images=False))
    monkeypatch.setattr("dlsite.variants.run.is_available", lambda: False)
    page = _page(_analysed(root))
    assert "<picture" not in page
    assert '<img width="620" height="200" alt="a"' in page


def test_only_what_pages_show_gets_forms(site: Write) -> None:
    head = PAGE.replace("permalink", "image: og.png\nrequires: [/a/]\npermalink")
    page = f"{head}![a](img/p%C3%BCr.png) [b](link.png)\n\n`![c](code.png)`\n"
    root = _site(site, page, og=png(400, 300), link=png(400, 300), code=png(400, 300))
    (root / "content/img").mkdir()
    (root / "content/img/pür.png").write_bytes(png(400, 300))
    (root / "content/img/dot.png").write_bytes(encoded(Image.new("RGB", (9, 9))))
    routes = _analysed(root).site.routes.route_by_permalink.values()
    of = {route.of for route in routes if isinstance(route, VariantRoute)}
    assert of == {"/img/pür.png"}


def test_a_file_of_the_same_name_is_the_same_image(site: Write) -> None:
    root = _site(site)
    first = _analysed(root).site.routes.route_by_permalink
    variant = next(route for route in first.values() if isinstance(route, VariantRoute))
    (root / f"content{variant.permalink}").write_bytes(variant.file.content)
    analysis = _analysed(root)
    assert isinstance(analysis.site.routes.route_by_permalink[variant.permalink], StaticRoute)
    assert not [each for each in analysis.diagnostics if each.rule.startswith("permalink")]
    assert variant.permalink in _page(analysis)


# Memory


@pytest.fixture
def encodes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the lengths of the images that were encoded."""
    calls: list[int] = []
    real = encode

    def counted(content: bytes) -> tuple[str, int, list[Encoded]]:
        calls.append(len(content))
        return real(content)

    monkeypatch.setattr("dlsite.variants.run.encode", counted)
    return calls


def _build(root: Path, *flags: str) -> dict[str, bytes]:
    assert main(["-C", str(root), "build", "-q", *flags]) == 0
    return {
        path.relative_to(root / "public").as_posix(): path.read_bytes()
        for path in (root / "public").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def test_a_second_build_encodes_nothing(site: Write, encodes: list[int]) -> None:
    root = _site(site)
    first = _build(root)
    assert len(encodes) == 1
    (root / "content/b.md").write_text("# B\n\n[A](/a/) ![x](photo.png)\n")
    second = _build(root)
    assert len(encodes) == 1
    assert {path: second[path] for path in first if path.startswith("photo")} == {
        path: content for path, content in first.items() if path.startswith("photo")
    }
    assert _build(root, "--no-cache") == second
    assert len(encodes) == 2


def test_what_is_damaged_or_gone_is_made_again(site: Write, encodes: list[int]) -> None:
    root = _site(site)
    first = _build(root)
    one, other, *_ = sorted((root / PLACE).iterdir())
    one.write_bytes(b"damaged")
    assert _build(root, "--verify") == first
    other.unlink()
    (root / "content/b.md").write_text("# B\n\n[A](/a/)\n")
    assert _build(root).items() >= {p: c for p, c in first.items() if "photo" in p}.items()
    assert len(encodes) == 3


def test_what_was_remembered_may_be_anything(site: Write, encodes: list[int]) -> None:
    root = _site(site)
    first = _build(root)
    for text in ("[", "[1]", '{"a": [{"kind": 1}]}'):
        cache = Cache(root)
        cache.store.put("stamps", [("image variants", text)])
        cache.store.close()
        (root / "content/b.md").write_text(f"---\ntags: [{len(text)}]\n---\n# B\n\n[A](/a/)\n")
        assert _build(root).items() >= {p: c for p, c in first.items() if "photo" in p}.items()
    assert len(encodes) == 4


def test_what_another_build_makes_meanwhile_stays(
    site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made_beside(content: bytes) -> object:
        (root / PLACE).mkdir(parents=True, exist_ok=True)
        (root / PLACE / "another").write_bytes(b"form")
        return encode(content)

    root = _site(site)
    _build(root)
    (root / "content/photo.png").write_bytes(png(300, 100, seed=7))
    with monkeypatch.context() as patch:
        patch.setattr("dlsite.variants.run.encode", made_beside)
        _build(root)
    assert (root / PLACE / "another").exists()
    (root / "content/photo.png").write_bytes(png(300, 100, seed=8))
    _build(root)
    assert not (root / PLACE / "another").exists()


def test_forms_that_cannot_be_thrown_out_are_no_obstacle(
    site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *, missing_ok: bool = False) -> None:
        if self.parent == root / PLACE:
            raise PermissionError(13, "Permission denied", str(self))
        unlink(self, missing_ok=missing_ok)

    unlink = Path.unlink
    root = _site(site)
    _build(root)
    monkeypatch.setattr(Path, "unlink", refuse)
    for seed in range(1, 4):
        (root / "content/photo.png").write_bytes(png(300, 100, seed=seed))
        _build(root)


def test_what_is_not_used_any_more_is_thrown_out_when_it_has_become_much(site: Write) -> None:
    root = _site(site)
    for seed in range(1, 6):
        (root / "content/photo.png").write_bytes(png(300, 100, seed=seed))
        _build(root)
    # A form of each format, of two images.
    assert 2 <= len(list((root / PLACE).iterdir())) <= 4
    assert main(["-C", str(root), "clean", "-q"]) == 0
    assert not (root / ".dlsite").exists()


def test_who_waits_at_a_terminal_is_told(
    site: Write, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["-C", str(_site(site)), "build"]) == 0
    assert "1 page" in capsys.readouterr().err


def test_checks_and_a_preview_make_no_forms(site: Write, encodes: list[int]) -> None:
    root = _site(site)
    assert main(["-C", str(root), "check", "-q"]) == 0
    assert "<picture" not in _page(analyse(root, load_config(root)[0]))
    assert encodes == []


def test_other_settings_make_other_forms(
    site: Write, encodes: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = _site(site)
    _build(root)
    monkeypatch.setattr("dlsite.variants.run.SETTINGS", f"{encoding.SETTINGS} and more")
    (root / "content/b.md").write_text("# B\n\n[A](/a/)\n")
    _build(root)
    assert len(encodes) == 2


def test_explain_says_what_a_form_is_made_of(
    site: Write, encodes: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    root = _site(site)
    forms = sorted(name for name in _build(root) if name.startswith("photo-"))
    small = next(name for name in forms if "-480." in name)

    def told(what: str) -> dict[str, list[str]]:
        assert main(["-C", str(root), "explain", what, "--format", "json"]) == 0
        facts: dict[str, list[str]] = json.loads(capsys.readouterr().out)
        return facts

    kind = "image/webp" if small.endswith(".webp") else "image/avif"
    assert told(f"https://example.org/n/{small}") == {
        "address": [f"/{small}"],
        "stands": [f"a smaller form of the image at /photo.png: {kind}, 480 of 620 pixels across"],
        "source": ["content/photo.png"],
        "output": [small],
        "linked from": ["content/a.md:5:6", "content/a.md:7:6"],
    }
    assert sorted(told("content/photo.png")["smaller forms"]) == [f"/{name}" for name in forms]
    assert len(encodes) == 1
    (root / "content/photo.png").write_bytes(png(620, 200, seed=1))
    before = sorted((root / PLACE).iterdir())
    assert told(f"/{small}")["stands"] == ["nothing"]
    assert "smaller forms" not in told("content/photo.png")
    assert (len(encodes), sorted((root / PLACE).iterdir())) == (1, before)
