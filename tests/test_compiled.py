"""The byte code of the theme's templates is kept, and believed where it is of these templates."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from dlsite.config.settings import Config
from dlsite.diagnostics import Position
from dlsite.files.folders import folders
from dlsite.files.templatefiles import read_templates
from dlsite.memory.compiled import Compiled
from dlsite.records import Json, OutputPlan
from dlsite.records.names import Permalink
from dlsite.render.templates import Templates
from upgrades import theme_of_its_own

FACTS: dict[str, Json] = {
    "lang": "en",
    "direction": "ltr",
    "target_url": "/new/",
    "target_canonical": "",
}
PLAN = OutputPlan(Permalink("/old/"), "old/index.html", "redirect.html", FACTS, Position("a.md"))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which Python keeps byte code."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "kept"


class Counting(Compiled):
    """Counts the templates that had to be compiled."""

    count = 0

    def put(self, path: str, name: str, content: bytes) -> None:
        self.count += 1
        super().put(path, name, content)


def rendered(root: Path, tool: str = "one") -> tuple[str, int]:
    """Return an output, and how many templates had to be compiled for it."""
    config = Config()
    texts, paths = read_templates(folders(root, config), config)
    code = Counting(tool)
    file, finding = Templates(texts, paths, code=code).render(PLAN)
    assert finding is None
    assert file is not None
    return file.content.decode(), code.count


def test_a_template_of_the_theme_is_compiled_once(kept: Path, tmp_path: Path) -> None:
    first = rendered(tmp_path)
    assert first[1] > 0
    assert rendered(tmp_path) == (first[0], 0)
    assert [file for file in kept.rglob("*") if file.is_file() and file.suffix != ".pyc"] == []


@pytest.mark.usefixtures("kept")
def test_byte_code_of_another_dlsite_is_not_run(tmp_path: Path) -> None:
    first = rendered(tmp_path)
    assert rendered(tmp_path, "other") == first


def test_two_themes_do_not_write_over_each_other(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rendered(tmp_path)
    with monkeypatch.context() as patch:
        theme_of_its_own(tmp_path / "theme", patch)
        with (tmp_path / "theme/templates/redirect.html").open("a") as file:
            file.write("<!-- new -->")
        assert rendered(tmp_path) == (f"{first[0]}<!-- new -->", first[1])
        assert len([*kept.rglob("redirect*")]) == 2
    assert rendered(tmp_path) == (first[0], 0)


@pytest.mark.parametrize("damage", [lambda content: content[:-9] + b"damaged!!", lambda _: b""])
def test_damaged_byte_code_is_not_run(kept: Path, tmp_path: Path, damage: object) -> None:
    first = rendered(tmp_path)
    for file in kept.rglob("*.pyc"):
        file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    assert rendered(tmp_path) == first


def test_a_full_disk_leaves_no_half_of_a_file(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write_half(self: Path, content: bytes) -> None:
        with self.open("wb") as file:
            file.write(content[:9])
        raise OSError(28, "No space left on device", str(self))

    first = rendered(tmp_path)
    shutil.rmtree(kept)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_half)
        assert rendered(tmp_path) == first
    assert [file for file in kept.rglob("*") if file.is_file()] == []


def test_a_template_of_the_site_is_compiled_every_time(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/redirect.html").write_text("to {{ target_url }}")
    for _ in range(2):
        assert rendered(tmp_path) == ("to /new/", 1)
    assert not list(kept.rglob("redirect*"))


def test_nothing_is_kept_where_python_keeps_nothing(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    rendered(tmp_path)
    assert not kept.exists()
