"""The same sources give the same bytes, whatever stands around the build."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dlsite.processes.workers import FEWEST_PAGES

PAGES = FEWEST_PAGES + 12  # More than a pool is started for.
COMMAND = [sys.executable, "-m", "dlsite", "-q", "build", "--no-cache", "-o"]
NOW = {"SOURCE_DATE_EPOCH": "1700000000"}


def _texts() -> dict[str, str]:
    rng = random.Random(5)
    texts = {
        f"content/{number % 3}/p{number}.md": (
            f"---\ntitle: Page {number}\ndate: 2020-01-{1 + number % 28:02} 23:30:00\n"
            f"tags: [{', '.join(rng.sample(['GANs', 'RNN', 'Zürich', 'İ', 'a b'], 2))}]\n---\n"
            f"## One\n\nSee [x](/{rng.randrange(3)}/p{rng.randrange(PAGES)}/) and [[Page 3]].\n\n"
            f'```python\nx = {number}\n```\n\n$x^{number}$ "quoted"[^1]\n\n[^1]: Note.\n'
        )
        for number in range(PAGES)
    }
    return texts | {
        "static/a.css": "a {}",
        "dlsite.yml": "timezone: America/New_York\nlanguage: de\n",
    }


def _write(root: Path, texts: dict[str, str]) -> Path:
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return root


def _build(
    root: Path, out: Path, *flags: str, umask: int = 0o022, more: dict[str, str] | None = None
) -> dict[str, bytes]:
    environment = {**os.environ, **NOW, **(more or {})}  # noqa: TID251 - a copy for a process
    subprocess.run([*COMMAND, str(out), *flags], cwd=root, env=environment, umask=umask, check=True)
    files = (path for path in sorted(out.rglob("*")) if path.is_file())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("site"), _texts())


@pytest.fixture(scope="module")
def expected(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    outputs = _build(root, tmp_path_factory.mktemp("expected") / "out", "-j1")
    assert len(outputs) > PAGES
    return outputs


@pytest.mark.parametrize(
    ("more", "flags", "umask"),
    [
        (
            {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8"},
            ["-j1"],
            0o022,
        ),
        ({"PYTHONHASHSEED": "2", "LC_ALL": "C"}, [], 0o077),
        ({"USER": "somebody", "HOME": "/nonexistent"}, ["-j3"], 0o022),
    ],
    ids=["Turkish in Tokyo", "C and private", "user and workers"],
)
def test_environment_does_not_matter(  # noqa: PLR0913, PLR0917 - all that it takes
    root: Path,
    expected: dict[str, bytes],
    tmp_path: Path,
    more: dict[str, str],
    flags: list[str],
    umask: int,
) -> None:
    assert _build(root, tmp_path / "out", *flags, umask=umask, more=more) == expected


def test_place_order_and_times_of_files_and_the_working_directory_do_not_matter(
    expected: dict[str, bytes], tmp_path: Path
) -> None:
    names = list(_texts().items())
    random.Random(7).shuffle(names)
    moved = _write(tmp_path / "a longer and other path", dict(names))
    for number, path in enumerate(sorted(moved.rglob("*"))):
        os.utime(path, (number, number))
    (tmp_path / "elsewhere").mkdir()
    flags = ["-C", str(moved)]
    assert _build(tmp_path / "elsewhere", tmp_path / "out", *flags) == expected


def test_cold_and_incremental_are_the_same(
    root: Path, expected: dict[str, bytes], tmp_path: Path
) -> None:
    site = tmp_path / "site"
    shutil.copytree(root, site)
    (site / "content/0/p3.md").write_text("---\ntitle: Other\n---\n")
    command = [*COMMAND[:5], "-o", str(tmp_path / "out")]
    environment = {**os.environ, **NOW}  # noqa: TID251 - a copy for a process
    subprocess.run(command, cwd=site, env=environment, check=True)
    shutil.copy(root / "content/0/p3.md", site / "content/0/p3.md")
    subprocess.run(command, cwd=site, env=environment, check=True)
    out = tmp_path / "out"
    files = (path for path in sorted(out.rglob("*")) if path.is_file())
    assert {path.relative_to(out).as_posix(): path.read_bytes() for path in files} == expected
