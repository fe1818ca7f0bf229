"""What is said where a library is wanted that an extra would have installed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from photographs import png
from running import Run, Write
from smallsites import GOOD


@pytest.mark.parametrize(
    ("names", "words"), [("p", "1 image is published as made; "), ("pq", "2 images are published")]
)
def test_images_are_published_as_made(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch, names: str, words: str
) -> None:
    monkeypatch.setattr("dlsite.commands.build.has_images_extra", lambda: False)
    shown = "".join(f"![A plot](/{name}.png)\n" for name in names)
    root = site(GOOD | {"content/a.md": f"---\ntitle: A\n---\n[b](/b)\n\n{shown}"})
    for name in names:
        (root / f"content/{name}.png").write_bytes(png(9, 9))
    ran = dlsite(root, "build")
    assert ran.code == 0
    assert words in ran.err
    assert "pip install 'dlsite[images]' gives phones smaller ones\n" in ran.err
    assert "image" not in dlsite(root, "build", "-q").err


def test_no_server_is_asked(dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.startswith("dlsite.external")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    ran = dlsite(site(GOOD), "check", "--external")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "dlsite: --external needs 'aiohttp'; install it with: pip install 'dlsite[external]'\n"
    )


def test_no_cluster_is_looked_for(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    root = site(GOOD)
    ran = dlsite(root, "build", "--executor", "dask://127.0.0.1:8786")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "dlsite: a dask cluster wants: pip install 'dlsite[dask]'\n"
    assert not (root / "public").exists()
    assert [*tmp_path.iterdir()] == [root]
