"""A change of letter case alone, where the file system knows letter case and where it is blind."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from blind import make_blind
from dlsite.publish.journal import complete
from dlsite.publish.manifest import MANIFEST, folders_of, read_manifest
from dlsite.publish.run import publish
from dlsite.records import OutputFile
from dlsite.urls.permalinks import collision_key
from running import Run, Write, broken_off, tree

SEEDS = [int(seed) for seed in os.getenv("FUZZ_SEEDS", "1 2").split()]
STEPS = int(os.getenv("FUZZ_EDITS", "40"))

CHANGES = {
    "a page": ({"Adam/index.html": "a"}, {"adam/index.html": "b"}),
    "a page that reads the same": ({"Adam/index.html": "a"}, {"adam/index.html": "a"}),
    "a file": ({"Logo.svg": "a", "x.html": "x"}, {"logo.svg": "a", "x.html": "y"}),
    "a folder for another page": ({"adam/index.html": "a"}, {"Adam/x/index.html": "b"}),
    "folders in folders": ({"A/B/c.html": "a", "A/d.html": "d"}, {"a/b/c.html": "a", "e": "d"}),
    "other letters of one sound": ({"straße/index.html": "a"}, {"STRASSE/index.html": "b"}),
    "a file for a folder": ({"notes": "a"}, {"notes/index.html": "b"}),
    "many": (
        {f"P{n}/index.html": "a" for n in range(60)},
        {f"p{n}/index.html": f"{n % 2}" for n in range(60)},
    ),
}


@pytest.fixture(params=["knows letter case", "blind to letter case"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder on a file system of each kind."""
    made = tmp_path / "folder"
    made.mkdir()
    if request.param == "blind to letter case":
        make_blind(made, monkeypatch)
    return made


def put(texts: Mapping[str, str], output: Path) -> None:
    publish((OutputFile(path, text.encode()) for path, text in sorted(texts.items())), output)


def standing(output: Path) -> dict[str, str]:
    """Return every file with its name as it stands there."""
    return {path: content.decode() for path, content in tree(output).items()}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_of_letter_case_is_published(
    change: tuple[Mapping[str, str], Mapping[str, str]], folder: Path
) -> None:
    output = folder / "public"
    for texts in (*change, *change):
        put(texts, output)
        assert standing(output) == texts
        assert read_manifest(output).keys() == texts.keys()
        assert not any(path.is_dir() and not any(path.iterdir()) for path in output.rglob("*"))


@pytest.mark.parametrize("seed", SEEDS)
def test_sites_that_follow_one_another_are_each_as_if_alone(seed: int, folder: Path) -> None:
    rng = random.Random(seed)
    parts = ["a", "A", "b", "B", "é", "É", "e\u0301"]
    paths = ["/".join(p) for n in (1, 2, 3) for p in itertools.product(parts, repeat=n)]
    for _ in range(STEPS):
        texts: dict[str, str] = {}
        for path in rng.sample(paths, rng.randint(1, 12)):
            wanted = {*texts, path}
            every = wanted | folders_of(wanted)
            # Of two paths that some file system cannot tell apart one is refused or warned of.
            is_sound = len({collision_key(each) for each in every}) == len(every)
            if is_sound and not wanted & folders_of(wanted):
                texts[path] = rng.choice("xy")
        put(texts, folder / "public")
        assert standing(folder / "public") == texts


@pytest.mark.parametrize("dies_at", range(4))
def test_change_that_is_interrupted_is_completed(dies_at: int, folder: Path) -> None:
    old = {"Adam/index.html": "a", "Logo.svg": "l"}
    new = {"adam/index.html": "b", "logo.svg": "l"}
    output = folder / "public"
    put(old, output)
    with broken_off(after=dies_at):
        put(new, output)
    complete(output)
    assert standing(output) == (new if dies_at else old)
    assert read_manifest(output).keys() == standing(output).keys()


def test_file_of_others_that_differs_in_letter_case_stays(folder: Path) -> None:
    output = folder / "public"
    put({"a.html": "a", "b/x.html": "x"}, output)
    (output / "B/mine.txt").parent.mkdir(exist_ok=True)
    (output / "B/mine.txt").write_text("mine")
    put({"A.html": "a", "B/x.html": "x"}, output)
    found = standing(output)
    assert {name.lower(): text for name, text in found.items()} == {
        "a.html": "a",
        "b/x.html": "x",
        "b/mine.txt": "mine",
    }
    assert (output / MANIFEST).is_file()


def test_site_whose_names_change_in_letter_case_is_as_a_clean_one(
    run: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "---\ntitle: A\npermalink: /{}/\ntags: [GAN]\n---\nA [link](/{}/).\n"
    root = site({"content/a.md": page.format("Adam", "Adam"), "static/Logo.txt": "logo"})
    make_blind(root, monkeypatch)
    for name, logo in (("Adam", "Logo.txt"), ("adam", "logo.txt"), ("ADAM/x", "LOGO.txt")):
        (root / "content/a.md").write_text(page.format(name, name))
        next((root / "static").iterdir()).rename(root / "passing")
        (root / "passing").rename(root / "static" / logo)
        assert run(root, "build").code == 0
        assert run(root, "build", "--no-cache", "-o", "clean").code == 0
        assert tree(root / "public") == tree(root / "clean")
        run(root, "clean", "-o", "clean")
