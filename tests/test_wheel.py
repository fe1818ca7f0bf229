"""The wheel, as people get it: installed into an empty environment, away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlsite import __version__

pytestmark = pytest.mark.wheel

CHECKOUT = Path(__file__).resolve().parent.parent
CONSTRAINTS = CHECKOUT / "constraints.txt"


def _run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        check=False,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )


def _done(*command: str | Path, cwd: Path) -> str:
    """Run a command that must succeed; returns what it printed."""
    ran = _run(*command, cwd=cwd)
    assert ran.returncode == 0, ran.stdout
    return ran.stdout


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = (sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder)
    _done(*build, CHECKOUT, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


def _pip(python: Path) -> tuple[str | Path, ...]:
    """Return our own pip, at work in the environment of `python`, which has none."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    return (*pip, "--python", python)


@dataclass(frozen=True)
class Installed:
    """An environment that has the wheel and nothing else of ours."""

    python: Path
    dlsite: Path


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Return an empty environment with the wheel and what it needs installed."""
    home = tmp_path_factory.mktemp("installed")
    _done(sys.executable, "-m", "venv", "--without-pip", "env", cwd=home)
    programs = home / "env" / ("Scripts" if os.name == "nt" else "bin")
    # What is not imported need not be compiled, which takes longer than all the rest.
    pip = (*_pip(programs / "python"), "--quiet", "install", "--no-compile")
    # First what others have made: without an index that fails, and it is not the wheel's fault.
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # The checkout has the extra that makes a font: what is compared is the wheel alone.
    needed = [*project["dependencies"], *project["optional-dependencies"]["math"]]
    fetched = _run(*pip, "-c", CONSTRAINTS, *needed, cwd=home)
    if fetched.returncode != 0:
        if os.getenv("CI") == "true":
            pytest.fail(f"the dependencies cannot be installed:\n{fetched.stdout}")
        pytest.skip("no package index gives the dependencies of dlsite")
    _done(*pip, "--no-index", "-c", CONSTRAINTS, wheel, cwd=home)
    return Installed(programs / "python", programs / "dlsite")


def _tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_wheel_holds_the_theme_and_says_that_it_is_typed(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    theme = {
        f"dlsite/theme/{path.relative_to(CHECKOUT).as_posix()}"
        for folder in ("templates", "static")
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file()
    }
    expected = {"dlsite/theme/templates/base.html", "dlsite/theme/static/style.css"}
    assert expected <= theme
    assert theme | {"dlsite/py.typed", "dlsite/serve/live.js"} <= names


def test_wheel_holds_the_package_alone(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.partition("/")[0] for name in archive.namelist()}
    assert tops == {"dlsite", f"dlsite-{__version__}.dist-info"}


def test_installed_wheel_has_all_that_it_needs(installed: Installed, tmp_path: Path) -> None:
    _done(*_pip(installed.python), "check", cwd=tmp_path)
    module = "import dlsite, dlsite.serve.app; print(dlsite.__file__)"
    place = _done(installed.python, "-c", module, cwd=tmp_path)
    assert Path(place.strip()).is_relative_to(installed.python.parent.parent)


def test_installed_wheel_makes_the_same_site_as_the_checkout(
    installed: Installed, tmp_path: Path
) -> None:
    assert not tmp_path.resolve().is_relative_to(CHECKOUT)
    _done(installed.dlsite, "init", cwd=tmp_path)
    assert "no findings" in _done(installed.dlsite, "build", "--strict", cwd=tmp_path)
    # The words for people, also where the suite itself runs under GitHub Actions.
    checked = _done(installed.dlsite, "check", "--strict", "--format", "text", cwd=tmp_path)
    assert checked == "2 pages checked: no findings\n"
    _done(sys.executable, "-m", "dlsite", "build", "--strict", "-o", "checkout", cwd=tmp_path)
    ours = _tree(tmp_path / "public")
    assert {"index.html", "icon.svg", "deep_learning/index.html", "feed.xml"} <= ours.keys()
    assert _tree(tmp_path / "checkout") == ours
