"""A build may be killed at any moment: readers see whole files, and the next build mends it all.

`make kills` does it a hundred times, with seeds of its own.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlsite.files.leftovers import JOURNAL
from running import Run, tree
from words import WordySite

SEEDS = [int(seed) for seed in os.getenv("KILL_SEEDS", "1").split()]
KILLS = int(os.getenv("KILLS", "8"))

# It imports what builds need first, so that a random moment is one of work, and forks processes
# however little there is to do.
_CHILD = """
import sys
import dlsite.commands.build, dlsite.incremental.run, dlsite.making, dlsite.incremental.touchup
dlsite.incremental.run.FEWEST_APART = 2
from dlsite.start import main
print("ready", flush=True)
sys.exit(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="directories are exchanged on Linux alone")
@pytest.mark.parametrize("seed", SEEDS)
def test_killed_builds_tear_nothing_and_the_next_one_is_as_clean(
    seed: int, run: Run, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    root = tmp_path / "site"
    wordy = WordySite(root, rng)
    settings = (root / "dlsite.yml").read_text()
    for number in range(40):
        # So many that the whole folder is exchanged where all of them change.
        (root / f"content/q{number}.md").write_text(f"---\ntitle: Q {number}\n---\nSee [](/p1/).\n")
    run(root, "build", "-j1")
    beside = _names(root)
    killed, longest = 0, 0.3
    while killed < KILLS:
        before = tree(root / "public")
        where = f"seed {seed}, kill {killed}: {wordy.edit()}"
        if rng.random() < 0.4:
            # It is on every page.
            (root / "dlsite.yml").write_text(f"title: Notes {rng.random()}\n{settings}")
        if rng.random() < 0.15:
            shutil.rmtree(root / "public")
            before = {}
        clean = run(root, "build", "--no-cache", "-j1", "-o", str(tmp_path / "clean"))
        after = tree(tmp_path / "clean")
        shutil.rmtree(tmp_path / "clean")
        # Squared, because builds of a few words take a fraction of what the longest takes.
        took = _build_and_kill(root, rng.choice(["-j1", "-j2"]), longest * rng.random() ** 2)
        if took is None:
            killed += 1
        else:
            longest = max(longest, took)
        seen = {
            path: content
            for path, content in tree(root / "public").items()
            if not path.startswith(JOURNAL)
        }
        torn = [path for path in seen if seen[path] not in (before.get(path), after.get(path))]
        assert torn == [], where
        assert before.keys() & after.keys() <= seen.keys(), where
        ours = run(root, "build", "-j1")
        said = clean.said[1].replace(str(tmp_path / "clean"), "public")
        assert (ours.code, ours.said[1]) == (clean.code, said), where
        assert tree(root / "public") == after, where
        assert _names(root) == beside, where


def test_what_a_killed_build_left_goes_though_its_edit_was_undone(run: Run, tmp_path: Path) -> None:
    root = tmp_path / "site"
    WordySite(root, random.Random(7))
    built = run(root, "build")
    beside, published = _names(root), tree(root / "public")
    assert run(root, "build").was_early
    for left in ("public/.dlsite-journal", ".public.dlsite-k1ll3d"):
        (root / left).mkdir()
        (root / left / "0").write_text("half a file")
        again = run(root, "build")
        assert (again.code, again.said, again.was_early) == (built.code, built.said, False)
        assert (_names(root), tree(root / "public")) == (beside, published)
        assert run(root, "build").was_early


def _build_and_kill(root: Path, jobs: str, seconds: float) -> float | None:
    """Kill a build so long after its start; return the seconds of one that had ended by then."""
    command = [sys.executable, "-c", _CHILD, "-C", str(root), "build", jobs]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        started = time.monotonic()
        try:
            child.wait(seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            return None
        return time.monotonic() - started


def _names(root: Path) -> set[str]:
    """Return what lies in the folder of a site and in its memory."""
    return {path.name for path in root.iterdir()} | {
        path.name for path in (root / ".dlsite").iterdir()
    }
