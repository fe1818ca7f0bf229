"""A run in which pages were reworded: what shows nowhere else is not worked out anew."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from dlsite.incremental import early
from dlsite.publish.amend import Amended, amend
from dlsite.quiet import is_quiet, keeps_its_place
from dlsite.records import OutputFile
from dlsite.understanding import Analysis
from rewordings import (
    FULL,
    LED_ELSEWHERE,
    LOOKALIKE,
    QUIET,
    SEEN_ELSEWHERE,
    TOLD_ELSEWHERE,
    TOO_MUCH,
)
from running import PATIENCE_SECONDS, Write, tree
from touching import PAGE, SITE, Runs, written
from words import WordySite

Understood = Callable[[Mapping[str, str]], Analysis]


SEEDS = [int(seed) for seed in os.getenv("FUZZ_SEEDS", "1 2").split()]


EDITS = int(os.getenv("FUZZ_EDITS", "15"))


@pytest.fixture
def runs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Return what runs commands."""
    return Runs(capsys, monkeypatch)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site `SITE`, in which an edit follows what others have left."""
    return written(SITE, tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the site `FULL`, in which an edit follows what others have left."""
    return written(FULL, tmp_path_factory.mktemp("full"))


@pytest.mark.parametrize("edit", QUIET.values(), ids=QUIET)
def test_a_quiet_edit_ends_as_a_clean_build(runs: Runs, plain: Path, edit: tuple[str, str]) -> None:
    assert whole_runs_after(edit, runs, plain) == 0


@pytest.mark.parametrize("edit", TOLD_ELSEWHERE.values(), ids=TOLD_ELSEWHERE)
def test_what_others_tell_is_told_anew(runs: Runs, full: Path, edit: tuple[str, str]) -> None:
    assert whole_runs_after(edit, runs, full) == 0


@pytest.mark.parametrize("options", ["", "{search: false, llms: false, feed: false, graph: false}"])
def test_what_a_site_has_not_is_not_told(runs: Runs, site: Write, options: str) -> None:
    root = site(FULL | {"dlsite.yml": f"{options}\n"})
    assert whole_runs_after(TOLD_ELSEWHERE["the title"], runs, root) == 0


@pytest.mark.parametrize("edit", LED_ELSEWHERE.values(), ids=LED_ELSEWHERE)
def test_where_a_page_leads_is_told_there(runs: Runs, full: Path, edit: tuple[str, str]) -> None:
    # What a check has to say of links is asked of the whole site.
    assert whole_runs_after(edit, runs, full) == 1


@pytest.mark.parametrize("edit", TOO_MUCH.values(), ids=TOO_MUCH)
def test_any_other_edit_ends_as_a_clean_build(
    runs: Runs, full: Path, edit: tuple[str, str]
) -> None:
    assert whole_runs_after(edit, runs, full) == 2


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"content/f.md": "---\ntitle: F\n---\n[[Zebras & more]], [A](/a/).\n"}, "the title"),
        ({"content/f.md": "---\ntitle: F\n---\n[A](/zebra/), [A](/a/).\n"}, "the title"),
        ({"content/f.md": "---\ntitle: a\n---\n[A](/a/).\n"}, "a title in small letters"),
        ({"content/f.md": "---\ntitle: F\n---\n[A](/a/#end).\n"}, "another heading"),
        ({"urls.txt": "/a/#end\n"}, "another heading"),
        (LOOKALIKE, "the title"),
        ({"urls.txt": "/zebras/\n"}, "the title"),
        ({"content/b.md": SITE["content/b.md"]}, "the title"),
        ({"content/b.md": SITE["content/b.md"]}, "another heading"),
        ({"content/b.md": SITE["content/b.md"]}, "the name of a figure"),
        ({"dlsite.yml": "permalink: /:title/\n", "content/a.md": PAGE}, "the words of a link"),
    ],
    ids=[
        "a name",
        "a suggestion",
        "a tie",
        "a fragment",
        "an old fragment",
        "a lookalike",
        "an old page",
        "words",
        "words 2",
        "words 3",
        "patterns",
    ],
)
def test_what_else_an_edit_may_change_counts(
    runs: Runs, site: Write, more: dict[str, str], name: str
) -> None:
    whole_runs_after(TOLD_ELSEWHERE[name], runs, site(FULL | more))


def whole_runs_after(edit: tuple[str, str], runs: Runs, root: Path) -> int:
    """Make an edit, compare what follows from it with what clean runs say; count whole runs."""
    file = root / "content/a.md"
    file.write_text(PAGE)
    runs(root, "build")
    runs(root, "check")
    runs.whole = 0
    file.write_bytes(PAGE.replace(*edit).encode("utf-8", "surrogatepass"))
    built = runs(root, "build")
    checked = runs(root, "check")
    count = runs.whole
    assert checked == runs(root, "check", "--no-cache")
    clean = runs(root, "build", "--no-cache", "-o", "clean")
    assert built == (clean[0], clean[1].replace("clean", "public"))
    if built[0] == 0:
        assert tree(root / "public") == tree(root / "clean")
    return count


@pytest.mark.parametrize("seed", SEEDS)
def test_random_edits_of_words_end_as_clean_builds(runs: Runs, tmp_path: Path, seed: int) -> None:
    root = tmp_path / "site"
    wordy = WordySite(root, random.Random(seed))
    runs(root, "build")
    for number in range(EDITS):
        runs.whole = 0
        edit = wordy.edit()
        code, said = runs(root, "build")
        taken_up = runs.whole == 0
        clean = runs(root, "build", "--no-cache", "-o", "clean")
        assert (code, said) == (clean[0], clean[1].replace("clean", "public")), (seed, number, edit)
        assert tree(root / "public") == tree(root / "clean"), (seed, number, edit)
        wordy.taken_up += taken_up
    # Else nothing was tried: a link to a heading that is not there makes later edits long.
    assert wordy.taken_up > EDITS / 6


def test_an_edit_that_is_no_text_ends_as_a_clean_build(runs: Runs, plain: Path) -> None:
    assert whole_runs_after(("third", "\ud800"), runs, plain) == 2


@pytest.mark.parametrize(
    ("edit", "judgement"),
    [
        *((edit, (True, True)) for edit in QUIET.values()),
        *((edit, (False, True)) for edit in TOLD_ELSEWHERE.values()),
        *((edit, (False, False)) for edit in SEEN_ELSEWHERE.values()),
    ],
    ids=[*QUIET, *TOLD_ELSEWHERE, *SEEN_ELSEWHERE],
)
def test_what_others_show_is_not_quiet(
    understood: Understood, edit: tuple[str, str], judgement: tuple[bool, bool]
) -> None:
    before, after = (
        next(
            page for page in understood(SITE | {"content/a.md": text}).pages if page.path[8] == "a"
        )
        for text in (PAGE, PAGE.replace(*edit))
    )
    assert before != after
    assert (is_quiet(before, after), keeps_its_place(before, after)) == judgement


_TRUNCATED_WHEN_READ = """
import os, sys
from dlsite.incremental import touchup
from dlsite.start import main

revised, rest = touchup.revised, float(sys.argv.pop())

def revised_while_somebody_truncates(names, read, *others):
    def read_then(path):
        if path == "site.json":
            full = os.path.join(sys.argv[2], "public", path)
            os.truncate(full, int(os.stat(full).st_size * rest))
            print("truncated")
        return read(path)

    return revised(names, read_then, *others)

touchup.revised = revised_while_somebody_truncates
sys.exit(main())
"""


@pytest.mark.parametrize("rest", ["0", "0.5", "0.9999"])
def test_output_that_somebody_truncates_is_made_anew(runs: Runs, site: Write, rest: str) -> None:
    root = site(FULL)
    runs(root, "build")
    time.sleep(0.1)
    (root / "content/a.md").write_text(PAGE.replace("third block", "third and last block"))
    ran = subprocess.run(
        [sys.executable, "-c", _TRUNCATED_WHEN_READ, "-C", str(root), "build", rest],
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert (ran.returncode, ran.stdout) == (0, "truncated\n")
    runs(root, "build", "--no-cache", "-o", "clean")
    assert tree(root / "public") == tree(root / "clean")


@pytest.mark.parametrize("most_beside", [500, 3])
def test_edits_follow_one_another(
    runs: Runs, site: Write, monkeypatch: pytest.MonkeyPatch, most_beside: int
) -> None:
    monkeypatch.setattr(early, "_MOST_BESIDE", most_beside)
    root = site(SITE)
    runs(root, "build")
    runs.whole = 0
    for number in range(4):
        for name in "abc":
            with (root / f"content/{name}.md").open("a") as page:
                page.write(f"\nWords of the edit number {number}, of {name}.\n")
            if number % 2:
                runs(root, "build")
        runs(root, "build")
        # Written long ago, as the next look will have it.
        os.utime(root / "content/a.md", ns=(1, 10**18 + number))
    # The dead end of `c.md` has stayed where it is, and so has what is said of it.
    assert runs.whole < 4 * 4
    runs(root, "build", "--no-cache", "-o", "clean")
    assert tree(root / "public") == tree(root / "clean")


def test_a_page_and_what_leads_to_it_change_at_once(runs: Runs, site: Write) -> None:
    root = site(FULL)
    runs(root, "build")
    for name, old, new in [("a", "third", "last"), ("d", "[One]", "See [one]")]:
        page = root / f"content/{name}.md"
        page.write_text(page.read_text().replace(old, new))
    runs.whole = 0
    runs(root, "build")
    assert runs.whole == 0
    runs(root, "build", "--no-cache", "-o", "clean")
    assert tree(root / "public") == tree(root / "clean")


def test_a_finding_moves_with_its_line(runs: Runs, site: Write) -> None:
    root = site(SITE)
    runs(root, "check")
    page = root / "content/c.md"
    page.write_text(page.read_text().replace("Alone", "Words.\n\nAlone"))
    assert "content/c.md:6:" in runs(root, "check")[1]


@pytest.mark.parametrize(
    "around",
    ["output tampered with", "output deleted", "template", "config", "cache lost", "other output"],
)
def test_what_changed_beside_a_reworded_page_counts(runs: Runs, site: Write, around: str) -> None:
    root = site(SITE | {"templates/post.html": '{% extends "page.html" %}\n'})
    flags = []
    runs(root, "build")
    time.sleep(0.06)
    page = root / "content/a.md"
    page.write_text(page.read_text().replace("third", "fourth"))
    match around:
        case "output tampered with":
            (root / "public/b/index.html").write_text("mine")
        case "output deleted":
            (root / "public/site.json").unlink()
        case "template":
            (root / "templates/post.html").write_text('{% extends "page.html" %}{# #}\n')
        case "config":
            (root / "dlsite.yml").write_text("title: Other\n")
        case "cache lost":
            (root / ".dlsite/cache.sqlite").unlink()
        case "other output":
            flags = ["-o", "other"]
    runs(root, "build", *flags)
    runs(root, "build", "--no-cache", "-o", "clean")
    assert tree(root / (flags or ["", "public"])[1]) == tree(root / "clean")


def test_another_build_is_waited_for_aloud(
    runs: Runs, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    def amend_after_another(
        output: Path,
        files: Iterable[OutputFile],
        gone: Iterable[str],
        manifest: str,
        on_wait: Callable[[], None],
    ) -> Amended:
        on_wait()
        return amend(output, files, gone, manifest, on_wait)

    root = site(SITE)
    runs(root, "build")
    monkeypatch.setattr("dlsite.incremental.touchup.amend", amend_after_another)
    page = root / "content/a.md"
    page.write_text(page.read_text().replace("third", "fourth"))
    runs.whole = 0
    assert "waiting for it" in runs(root, "build")[1]
    assert runs.whole == 0


def test_two_runs_of_one_site_do_not_mislead_each_other(runs: Runs, site: Write) -> None:
    root = site(SITE)
    page = root / "content/a.md"
    other = ["--base-url", "https://example.org/other", "-o", "other"]
    for number in range(3):
        page.write_text(page.read_text().replace("third", f"third{number}"))
        runs(root, "build")
        runs(root, "build", *other)
        runs(root, "check")
    runs(root, "build", "--no-cache", "-o", "clean")
    assert tree(root / "public") == tree(root / "clean")
    runs(root, "build", "--no-cache", *other[:2], "-o", "clean")
    assert tree(root / "other") == tree(root / "clean")
