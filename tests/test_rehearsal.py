"""What `check` leaves out: it says what a build says, and warm what it says cold."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dlsite.files.folders import theme_directory
from dlsite.records import OutputPlan
from dlsite.render.templates import Templates
from dlsite.rendering import Renderer
from dlsite.understanding import Analysis
from edits import EditedSite
from running import Run, Write
from upgrades import Edit

Understood = Callable[[Mapping[str, str]], Analysis]
SEEDS = [int(seed) for seed in os.getenv("FUZZ_SEEDS", "3").split()]
EDITS = int(os.getenv("FUZZ_EDITS", "10"))

OWN = "{% extends 'page.html' %}{% block meta %}{{ page.extra.colour }}{% endblock %}\n"
COLOURED = {
    f"content/{name}.md": f"---\ntitle: {name}\nlayout: own\ncolour: red\n---\n[x](/{other})\n"
    for name, other in [("a", "b"), ("b", "a")]
} | {"content/plain.md": "---\ntitle: P\n---\n[x](/a)\n", "templates/own.html": OWN}


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that every output is added to that is rendered from here on."""
    found: list[str] = []
    render = Templates.render

    def noted(self: Templates, planned: OutputPlan) -> object:
        found.append(planned.output_path)
        return render(self, planned)

    monkeypatch.setattr(Templates, "render", noted)
    return found


@pytest.mark.parametrize("date", ["", "date: 2020-01-02\n"], ids=["undated", "dated"])
def test_templates_of_the_theme_take_every_page(date: str, understood: Understood) -> None:
    # What a check does not render must not fail in a build.
    names = [
        path.relative_to(theme_directory() / "templates").as_posix().removesuffix(".html")
        for path in sorted((theme_directory() / "templates").rglob("*.html"))
    ]
    texts = {
        f"content/p{number}.md": f"---\ntitle: T\npermalink: {place}\nlayout: {name}\n{date}---\n"
        for number, (name, place) in enumerate([("home", "/"), *((n, f"/x/{n}/") for n in names)])
    }
    analysis = understood(texts)
    rendered = Renderer.of(analysis).render_all()
    assert {each.rule for each in rendered.diagnostics} == {"layout-unknown"}
    assert len(rendered.diagnostics) == len(names) - len(["page", "post"])


@pytest.mark.parametrize("seed", SEEDS)
def test_random_edits_are_checked_as_a_cold_run_and_a_build_see_them(
    seed: int, run: Run, edit: Edit, tmp_path: Path
) -> None:
    rng = random.Random(seed)
    site = EditedSite(tmp_path / "site", rng)
    history: list[str] = []
    for _ in range(EDITS):
        history.append(edit(site, rng))
        where = f"seed {seed}, after {history}"
        warm = run(site.root, "check", "--format", "json")
        cold = run(site.root, "check", "--format", "json", "--no-cache")
        assert not cold.was_early
        assert (warm.code, warm.out) == (cold.code, cold.out), where
        built = run(site.root, "build", "--format", "json", "--no-cache", "-o", str(tmp_path / "o"))
        if built.out:
            assert json.loads(built.out)["findings"] == json.loads(cold.out)["findings"], where
        again = run(site.root, "check", "--format", "json")
        assert (again.code, again.out) == (warm.code, warm.out), where
        if not again.was_early and site.is_damaged:
            again = run(site.root, "check", "--format", "json")
        # A file with a fault has no digest: fresh from the press it is read once more.
        if "source-encoding" not in cold.out:
            # A site whose settings cannot be used is looked at anew each time.
            assert again.was_early == bool(cold.out), where


@pytest.mark.parametrize(
    "flags", [[], ["-q"], ["-v"], ["--color", "always"], ["--strict"]], ids=str
)
def test_unchanged_site_is_told_again_with_its_exit_code(
    run: Run, site: Write, flags: list[str]
) -> None:
    root = site({"content/a.md": "---\ntitle: A\n---\n[x](/gone) ![](/x.png)\n"})
    first, again = (run(root, "check", *flags) for _ in range(2))
    assert (first.code, first.was_early) == (1, False)
    assert (again.code, again.out, again.was_early) == (1, first.out, True)
    (root / "content/gone.md").write_text("---\ntitle: G\n---\n[a](/a)\n")
    (root / "static").mkdir()
    (root / "static/x.png").write_text("")
    assert run(root, "check", *flags).code == (1 if "--strict" in flags else 0)


@pytest.mark.parametrize("reader", [">&- 2>&-", "| head -c 1", ">&-"])
def test_reader_that_has_gone_is_no_mistake(run: Run, site: Write, reader: str) -> None:
    # More than a pipe holds, so that who writes it all waits for a reader.
    links = "\n".join(f"[x](/gone{number})" for number in range(800))
    root = site({"content/a.md": f"---\ntitle: A\n---\n{links}\n"})
    assert not run(root, "check").was_early
    command = f'"{sys.executable}" -m dlsite -C "{root}" check'
    ran = subprocess.run(
        ["bash", "-c", f"{command} {reader}; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        check=False,
    )
    assert ran.stderr == b""
    assert ran.returncode in (1, 130)


def test_what_a_check_goes_by_is_looked_at_too(
    run: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site({"content/a.md": "---\ntitle: A\n---\n[x](/gone)\n", "notes/b.txt": ""})
    run(root, "check", "--baseline", "known.json", "--write-baseline")
    with_baseline = ("check", "--baseline", "known.json")
    assert [run(root, *with_baseline).code for _ in range(2)] == [0, 0]
    (root / "known.json").write_text('{"version": 1, "findings": []}')
    assert run(root, *with_baseline).code == 1
    assert [run(root, "check", "notes").code for _ in range(2)] == [0, 0]
    (root / "notes/b.txt").unlink()
    (root / "notes").rmdir()
    assert run(root, "check", "notes").code == 2
    text = [run(root, "check").out for _ in range(2)][1]
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert text.startswith("content/a.md:4:5")
    assert run(root, "check").out.startswith("::error")


def test_only_what_an_own_template_has_a_part_in_is_rendered_once(
    run: Run, site: Write, rendered: list[str]
) -> None:
    root = site(COLOURED)
    run(root, "check")
    assert sorted(rendered) == ["a/index.html", "b/index.html"]
    page = root / "content/b.md"
    page.write_text(page.read_text().replace("red", "blue"))
    rendered.clear()
    assert run(root, "check").code == 0
    assert rendered == ["b/index.html"]
    (root / "templates/own.html").unlink()
    rendered.clear()
    assert "[layout-unknown]" in run(root, "check").out
    assert rendered == []


def test_output_that_fails_is_rendered_until_it_does_not(
    run: Run, site: Write, rendered: list[str]
) -> None:
    broken = COLOURED["content/b.md"].replace("colour: red\n", "")
    root = site(COLOURED | {"content/b.md": broken})
    found = run(root, "check")
    assert (found.code, found.out.count("[template-error]")) == (1, 1)
    (root / "content/plain.md").write_text("---\ntitle: Q\n---\n[x](/a)\n")
    rendered.clear()
    again = run(root, "check")
    assert (again.out, "b/index.html" in rendered) == (found.out, True)
    (root / "content/b.md").write_text(COLOURED["content/b.md"])
    assert run(root, "check").code == 0
