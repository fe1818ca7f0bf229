"""`build --diff` and `build --profile` say more of a build, and the build is the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from running import Run, Write, tree

SITE = {
    f"content/{name}.md": f"---\ntitle: Page {name}\n---\n[next](/{other}/)\n"
    for name, other in [("a", "b"), ("b", "c"), ("c", "a")]
} | {"static/x.txt": "x"}
LAP = re.compile(r" *(\d+\.\d{3}) s  (.+)")


def _laps(text: str) -> list[tuple[str, float]]:
    """Return what was timed and the seconds, in the order printed; every line is such a lap."""
    laps = [LAP.fullmatch(line) for line in text.splitlines()]
    return [(lap[2], float(lap[1])) for lap in laps if lap is not None] if all(laps) else []


@pytest.mark.parametrize("base", ["", "/notes"])
def test_diff_lists_the_addresses_of_what_is_new_other_and_gone(
    run: Run, site: Write, base: str
) -> None:
    root = site(SITE | {"dlsite.yml": f"base_url: https://example.org{base}\n"})
    added = run(root, "build", "--diff").out.splitlines()
    assert {f"added {base}/a/", f"added {base}/", f"added {base}/x.txt"} <= set(added)
    assert len(added) == len(tree(root / "public"))
    assert run(root, "build", "--diff").out == ""
    (root / "content/d.md").write_text("---\ntitle: Page d\n---\n[a](/a/)\n")
    (root / "content/b.md").write_text("---\ntitle: Page b\n---\n[a](/a/)\n\nAnother body.\n")
    (root / "content/c.md").unlink()
    lines = run(root, "build", "--diff").out.splitlines()
    pages = [line for line in lines if re.search(r" (/notes)?/[a-d]/$", line)]
    assert pages == [
        f"added {base}/d/",
        # It is linked from other pages now.
        f"changed {base}/a/",
        f"changed {base}/b/",
        f"removed {base}/c/",
    ]
    assert {line.split()[0] for line in lines} == {"added", "changed", "removed"}


def test_profile_times_the_stages_and_the_slowest_of_what_was_parsed(run: Run, site: Write) -> None:
    more = {f"content/p{number}.md": "---\ntitle: P\n---\nx\n" for number in range(20)}
    root = site(SITE | more)
    cold = _laps(run(root, "build", "--profile").out)
    stages = ["read, parse, link", "render", "publish"]
    assert [name for name, _ in cold[:3]] == stages
    assert all(seconds > 0 for _, seconds in cold[:3])
    slowest = cold[3:]
    assert len(slowest) == 10
    assert all(name.startswith("content/") for name, _ in slowest)
    assert slowest == sorted(slowest, key=lambda lap: -lap[1])
    (root / "content/a.md").write_text("---\ntitle: Page a\n---\n[b](/b/) and more\n")
    assert [name for name, _ in _laps(run(root, "build", "--profile").out)] == [
        *stages,
        "content/a.md",
    ]
    assert [name for name, _ in _laps(run(root, "build", "--profile").out)] == stages


@pytest.mark.parametrize("flag", ["--diff", "--profile"])
def test_what_is_said_more_changes_nothing(
    run: Run, site: Write, flag: str, tmp_path: Path
) -> None:
    root = site(SITE)
    plain = run(root, "build", "-o", str(tmp_path / "plain"))
    told = run(root, "build", flag, "-o", str(tmp_path / "told"))
    assert (told.code, told.said[1]) == (plain.code, plain.said[1])
    assert plain.out == ""
    assert tree(tmp_path / "told") == tree(tmp_path / "plain")
    # A run that is told again would have nothing to tell.
    assert not run(root, "build", flag, "-o", str(tmp_path / "told")).was_early


def test_blocked_build_has_no_changes_to_list(run: Run, site: Write) -> None:
    root = site(SITE)
    run(root, "build")
    before = tree(root / "public")
    (root / "content/b.md").write_text("---\ntitle: a: b: c\n---\n")
    blocked = run(root, "build", "--diff", "--profile")
    assert (blocked.code, blocked.out) == (1, "")
    assert "nothing was published" in blocked.err
    assert tree(root / "public") == before
