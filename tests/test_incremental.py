"""An incremental build ends with the bytes and findings of a clean one, whatever was edited.

`make fuzz` runs this for long, with seeds of its own.
"""

from __future__ import annotations

import os
import random
import shutil
from pathlib import Path

import pytest

from dlsite.processes.workers import Workers
from edits import EditedSite
from running import Ran, Run, tree
from upgrades import Edit

SEEDS = [int(seed) for seed in os.getenv("FUZZ_SEEDS", "1 2 3").split()]
EDITS = int(os.getenv("FUZZ_EDITS", "25"))


@pytest.fixture(autouse=True)
def _few_pages_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers share what there is to do, however little it is."""

    def spread(self: Workers, amount: int, *, fewest: int) -> bool:
        del fewest
        return self.count > 1 and amount > 1

    monkeypatch.setattr(Workers, "spread", spread)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_edits_end_as_a_clean_build(
    seed: int, run: Run, edit: Edit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    site = EditedSite(tmp_path / "site", rng)
    site.keep()
    jobs = "-j1"
    history: list[str] = []
    for _ in range(EDITS):
        # Most builds follow one edit.
        history += [edit(site, rng) for _ in range(rng.choice([1, 1, 1, 2, 4]))]
        if rng.random() < 0.2:
            history.append(_meanwhile(run, site.root, rng, monkeypatch))
        where = f"seed {seed}, after {history}"
        clean = run(site.root, "build", "--no-cache", "-j1", "-o", str(tmp_path / "clean"))
        # A run is remembered by its arguments, and most authors type the same every time.
        jobs = rng.choice(["-j1", "-j2"]) if rng.random() < 0.15 else jobs
        ours = run(site.root, "build", jobs)
        assert not clean.was_early
        # Two runs that fail alike by a bug of ours are no law.
        assert ours.code in (0, 1) or "configuration cannot be used" in ours.err, where
        assert (ours.code, _findings(ours, "public")) == (
            clean.code,
            _findings(clean, str(tmp_path / "clean")),
        ), where
        if ours.code == 0:
            assert _differing(site.root / "public", tmp_path / "clean") == [], where
            again = run(site.root, "build", jobs)
            if not again.was_early and site.is_damaged:
                # Damage that shows only where it is written over costs one run more.
                again = run(site.root, "build", jobs)
            assert (again.was_early, again.said) == (True, ours.said), where
            site.keep()
        elif rng.random() < 0.7:
            # What cannot be published is mended soon.
            site.undo()
            history.append("undone")
        shutil.rmtree(tmp_path / "clean", ignore_errors=True)


def _findings(ran: Ran, output: str) -> str:
    """Return what a run has found, without the name of its output directory."""
    return ran.said[1].replace(output, "")


def _differing(ours: Path, clean: Path) -> list[str]:
    """Return the paths of outputs that are not in both, or not the same."""
    one, other = tree(ours), tree(clean)
    return sorted(path for path in one.keys() | other.keys() if one.get(path) != other.get(path))


def _meanwhile(run: Run, root: Path, rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> str:
    """Do another run with the same memory, as authors do between two builds."""
    other = str(root.parent / "other")
    commands = {
        "check": ["check"],
        "drafts": ["build", "-D", "-F"],
        "drafts elsewhere": ["build", "-D", "-o", other],
        "another address": ["build", "--base-url", "https://example.org/x"],
        "strict": ["build", "--strict"],
        "every file read": ["build", "--verify"],
        "list": ["list", "wanted"],
        "interrupted": ["build"],
    }
    kind = rng.choice(list(commands))
    with monkeypatch.context() as patch:
        if kind == "interrupted":
            patch.setattr("dlsite.incremental.run.publish", _interrupt)
        run(root, *commands[kind])
    return f"meanwhile: {kind}"


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
