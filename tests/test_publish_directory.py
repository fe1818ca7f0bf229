"""Which folders may be an output directory."""

from __future__ import annotations

from pathlib import Path

import pytest

from dlsite.config.settings import Config
from dlsite.publish.directory import PublishError, output_directory


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a site below a home directory."""
    home = tmp_path / "home"
    site = home / "site"
    for name in ("content", "templates", "static", "full"):
        (site / name).mkdir(parents=True)
    (site / "full/mine.txt").write_text("mine")
    (site / "file").write_text("mine")
    (site / "loop").symlink_to("loop")
    (site / "to_home").symlink_to(home)
    monkeypatch.setenv("HOME", str(home))
    return site


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        pytest.param(".", "own sources", id="the site"),
        pytest.param("..", "own sources", id="its parent, which is the home directory"),
        pytest.param("../..", "own sources", id="a folder above it"),
        pytest.param("/", "own sources", id="the root"),
        pytest.param("content", "own sources", id="the content"),
        pytest.param("static", "own sources", id="the static files"),
        pytest.param("content/public", "inside the sources", id="inside the content"),
        pytest.param("templates/x/y", "inside the sources", id="inside the templates"),
        pytest.param("full", "did not write", id="a folder of somebody else's"),
        pytest.param("full/../content", "own sources", id="the content by a detour"),
        pytest.param("file", "is a file", id="a file"),
        pytest.param("to_home", "own sources", id="a symbolic link to the home directory"),
        pytest.param("loop", "loop", id="a symbolic link to itself"),
        pytest.param("x" * 300, "too long", id="a name that is too long"),
    ],
)
def test_foolish_output_directory_is_refused(root: Path, output: str, reason: str) -> None:
    with pytest.raises(PublishError, match=reason):
        output_directory(root, Config(output=output))


def test_home_directory_is_refused_wherever_the_site_is(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "other"))
    (tmp_path / "other").mkdir()
    with pytest.raises(PublishError, match="not a folder for a site"):
        output_directory(root, Config(output=str(tmp_path / "other")), force=True)


@pytest.mark.parametrize("output", [".", "..", "/", "content", "content/public", "file", "to_home"])
def test_force_adopts_files_but_no_foolish_folder(root: Path, output: str) -> None:
    assert output_directory(root, Config(output="full"), force=True) == root / "full"
    with pytest.raises(PublishError):
        output_directory(root, Config(output=output), force=True)


@pytest.mark.parametrize("kept", [".git", ".gitignore", ".nojekyll", "CNAME"])
def test_what_hosting_keeps_is_no_foreign_file(root: Path, kept: str) -> None:
    (root / "public").mkdir()
    (root / "public" / kept).write_text("")
    assert output_directory(root, Config()) == root / "public"


def test_output_directory_may_be_anywhere_else(root: Path, tmp_path: Path) -> None:
    assert output_directory(root, Config(output="public")) == root / "public"
    assert output_directory(root, Config(output="a/b/c")) == root / "a/b/c"
    assert output_directory(root, Config(output=str(tmp_path / "www"))) == tmp_path / "www"
