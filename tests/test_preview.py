"""The preview shows after any edits what one that is started now would show.

`make fuzz` runs this for long, with seeds of its own.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlsite.build import analyse, has_errors, load_config
from dlsite.config.settings import Config
from dlsite.mathfont import MathFont
from dlsite.processes.workers import Workers
from dlsite.records import Permalink
from dlsite.rendering import Renderer
from dlsite.serve.preview import Preview
from dlsite.urls.permalinks import output_path
from edits import EditedSite
from upgrades import Edit
from words import WordySite

SEEDS = [int(seed) for seed in os.getenv("FUZZ_SEEDS", "4").split()]
EDITS = int(os.getenv("FUZZ_EDITS", "20"))

_SCRIPT = re.compile(rb'<script src="/_dlsite/live\.js"[^>]*></script>\n')
_PANEL = re.compile(rb'<aside id="dlsite-panel".*?</aside>', re.DOTALL)

Stamps = dict[Path, tuple[int, int, int]]


class Shown:
    """A preview that takes up changes as `serve` does, without a server."""

    def __init__(self, root: Path) -> None:
        self._is_marked = False
        self.preview = Preview(
            root=root,
            load=lambda: load_config(root),
            first=Config(),
            address="http://127.0.0.1:8000",
            say=lambda _: None,
            show=lambda *_: None,
            again=self._mark,
            is_over=lambda: False,
        )
        self.refresh()

    def _mark(self) -> None:
        self._is_marked = True

    def refresh(self) -> None:
        """Read the site, and once more where what is remembered of it was damaged."""
        self.preview.refresh(self.preview.read_config())
        self._settle()

    def take_up(self, changed: frozenset[Path]) -> bool:
        """Take up edits of pages where they are no more than that, as `refresh` does."""
        is_taken_up = self.preview.take_up(changed)
        if is_taken_up:
            self._settle()
        return is_taken_up

    def _settle(self) -> None:
        """Do what is asked for while pages are shown."""
        list(self.answers())
        if self._is_marked:
            self._is_marked = False
            self.preview.refresh(self.preview.read_config())

    def stands(self) -> dict[str, bytes]:
        """Return what a build would write, by output path: answers without what is ours."""
        at = self.preview.snapshot.at
        found = {}
        for url in [*at.planned, *at.generated]:
            body = self.preview.snapshot.answer(url).body
            path = output_path(Permalink(url.removeprefix(at.base_path)))
            found[path] = _SCRIPT.sub(b"", _PANEL.sub(b"", body))
        return found

    def answers(self) -> Iterator[tuple[str, int, bytes]]:
        """Yield address, status and content of whatever stands there."""
        at = self.preview.snapshot.at
        for url in sorted({*at.planned, *at.statics, *at.generated}):
            answer = self.preview.snapshot.answer(url)
            yield url, answer.status, answer.body


def _stamps(root: Path) -> Stamps:
    """Return what a watcher goes by, for each source file."""
    found = {}
    for path in root.rglob("*"):
        if path.is_file() and not {"public", ".dlsite"} & set(path.relative_to(root).parts):
            status = path.stat()
            found[path.resolve()] = (status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_random_edits_show_as_in_a_preview_that_is_started_after_them(
    seed: int, edit: Edit, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    site = EditedSite(tmp_path / "site", rng)
    site.keep()
    history: list[str] = []
    root, ours = site.root, Shown(site.root)
    taken_up = 0
    for _ in range(EDITS):
        before = _stamps(site.root)
        list(ours.answers())
        history.append(edit(site, rng))
        after = _stamps(site.root)
        if site.root != root:
            # Who moves the site starts another preview.
            root, ours = site.root, Shown(site.root)
        changed = frozenset(
            path for path in before.keys() | after.keys() if before.get(path) != after.get(path)
        )
        if changed and ours.take_up(changed):
            taken_up += 1
        else:
            ours.refresh()
        if has_errors(load_config(root)[1]):
            # The last settings that could be used are kept, which a new preview does not know.
            site.undo()
            ours.refresh()
            history.append("undone")
            continue
        where = f"seed {seed}, after {history}"
        shutil.copytree(
            root, tmp_path / "fresh", ignore=shutil.ignore_patterns(".dlsite", "public")
        )
        fresh = Shown(tmp_path / "fresh")
        differing = set(ours.answers()) ^ set(fresh.answers())
        assert sorted({url for url, *_ in differing}) == [], where
        found = [each.preview.snapshot.findings.found for each in (ours, fresh)]
        assert found[0] == found[1], where
        shutil.rmtree(tmp_path / "fresh")
    assert taken_up


def _built(root: Path, config: Config) -> dict[str, bytes]:
    """Return what a clean build writes, but for files that are copied."""
    rendered = Renderer.of(analyse(root, config, font=MathFont())).render_all(workers=Workers(1))
    return {file.path: file.content for file in rendered.outputs if not file.origin}


@pytest.mark.parametrize("seed", SEEDS)
def test_random_edits_of_words_show_as_a_clean_build_writes_them(seed: int, tmp_path: Path) -> None:
    site = WordySite(tmp_path, random.Random(seed))
    ours = Shown(tmp_path)
    taken_up = 0
    for number in range(EDITS):
        before = _stamps(tmp_path)
        edited = site.edit()
        after = _stamps(tmp_path)
        changed = frozenset(path for path in after if before[path] != after[path])
        if ours.take_up(changed):
            taken_up += 1
        else:
            ours.refresh()
        built = _built(tmp_path, ours.preview.config)
        shown = ours.stands()
        # A feed's folder of files is asked for by the name of each.
        assert {path: content for path, content in built.items() if path in shown} == {
            path: content for path, content in shown.items() if path in built
        }, (seed, number, edited)
        assert {path for path in built if path.endswith(".html")} <= shown.keys()
    assert taken_up > EDITS / 2
