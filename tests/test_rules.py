"""Every rule has an example that breaks it and no other, and a page in the docs that is true.

`UPDATE=1` writes the pages of `docs/rules/` from the table of rules and the case files
of `cases/rules/`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dlsite.build import analyse, findings
from dlsite.config.settings import Config
from dlsite.rendering import Renderer
from dlsite.rules import RULES, Rule, Severity, rules_named
from dlsite.understanding import Analysis

CASES = Path(__file__).parent / "cases" / "rules"
DOCS = Path(__file__).parents[1] / "docs" / "rules"
UPDATE = os.getenv("UPDATE") == "1"
# What no text in a case file can show: bytes, devices, rights, the network, a converter at its end.
BEYOND_TEXT = {
    "link-external": "the answer of a server",
    "link-external-moved": "the answer of a server",
    "link-external-unknown": "the answer of a server, or none",
    "source-encoding": "a byte that is no UTF-8",
    "source-unreadable": "a file that the system does not give away",
    "source-skipped": "a pipe or a device",
    "image-broken": "the bytes of an image",
    "markdown-failed": "a page of thousands of levels",
}
_SECTION = re.compile(r"^=== (\S+)\n", re.MULTILINE)
_LANGUAGES = {".md": "markdown", ".yml": "yaml", ".html": "html", ".css": "css"}
_WEIGHTS = {
    Severity.ERROR: "Error",
    Severity.WARNING: "Warning",
    Severity.INFO: "Remark (`info`)",
}


def _example(rule: str) -> tuple[str, dict[str, str], str]:
    """Return the words, the files and the findings of a rule's case file."""
    words, *parts = _SECTION.split((CASES / f"{rule}.txt").read_text("utf-8"))
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    return words.strip(), sections, sections.pop("findings")


def _fenced(text: str, language: str) -> str:
    fence = "````" if "```" in text else "```"
    return f"{fence}{language}\n{text.rstrip()}\n{fence}\n"


def _page(rule: Rule) -> str:
    weight = _WEIGHTS[rule.severity]
    stops = " A build publishes nothing while it stands." if rule.blocks else ""
    parts = [
        (
            f"# {rule.id}\n\n{weight}: {rule.summary}.{stops}\n\n"
            f"{rule.why}\n\n**What to do.** {rule.fix}\n"
        )
    ]
    if rule.id in BEYOND_TEXT:
        parts.append(f"\nThere is no example in text: it takes {BEYOND_TEXT[rule.id]}.\n")
    else:
        words, files, found = _example(rule.id)
        parts.append(f"\n## Example\n\n{words}\n")
        for name, text in files.items():
            parts.append(f"\n`{name}`:\n\n{_fenced(text, _LANGUAGES.get(Path(name).suffix, ''))}")
        parts.append(f"\ndlsite says:\n\n{_fenced(found, '')}")
    return "".join(parts)


def _index() -> str:
    rows = [
        f"| [{rule.id}]({rule.id}.md) | {rule.severity.value} | {rule.summary} |\n"
        for rule in RULES.values()
    ]
    return (
        "# Rules\n\nWhat `dlsite check` may say. How to weigh and exempt findings: "
        "[check.md](../check.md).\n\n| rule | severity | |\n|---|---|---|\n" + "".join(rows)
    )


def _pages() -> dict[str, str]:
    return {"README.md": _index()} | {f"{rule.id}.md": _page(rule) for rule in RULES.values()}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in BEYOND_TEXT])
def test_example_breaks_its_rule_and_no_other(rule: str) -> None:
    # That the findings are what dlsite says is what `test_cases.py` sees to.
    _, _, found = _example(rule)
    assert set(re.findall(r"^\S.* \[([a-z-]+)\]$", found, re.MULTILINE)) == {rule}


def test_pages_of_the_docs_are_what_the_table_says() -> None:
    pages = _pages()
    if UPDATE:
        DOCS.mkdir(parents=True, exist_ok=True)
        for stale in {path.name for path in DOCS.iterdir()} - set(pages):
            (DOCS / stale).unlink()
        for name, text in pages.items():
            (DOCS / name).write_text(text, encoding="utf-8")
    written = {path.name: path.read_text("utf-8") for path in DOCS.iterdir()}
    assert written == pages, "run: UPDATE=1 pytest tests/test_rules.py"


def _break_encoding(root: Path) -> None:
    (root / "content/a.md").write_bytes(b"# A\n\ncaf\xe9\n")


def _break_link_out(root: Path) -> None:
    (root.parent / "outside.md").write_text("# Out\n")
    (root / "content/a.md").symlink_to(root.parent / "outside.md")


def _break_pipe(root: Path) -> None:
    os.mkfifo(root / "content/pipe")


def _break_image(root: Path) -> None:
    (root / "content/a.png").write_bytes(b"\xff\xd8\xff\xe0 and so on")


@pytest.mark.parametrize(
    ("rule", "spoil"),
    [
        ("image-broken", _break_image),
        ("source-encoding", _break_encoding),
        ("source-unreadable", _break_link_out),
        ("source-skipped", _break_pipe),
    ],
)
def test_what_is_beyond_text_breaks_its_rule_and_no_other(
    rule: str, spoil: Callable[[Path], None], site: Callable[[Mapping[str, str]], Path]
) -> None:
    root = site({"content/b.md": "# B\n"})
    spoil(root)
    analysis = analyse(root, Config())
    found = findings(analysis, Renderer.of(analysis).render_all())
    quiet = {"page-orphan", "page-deadend"}
    assert {each.rule for each in found} - quiet == {rule}


def _clean_site() -> dict[str, str]:
    """Return forty pages in a ring, with links, fragments, code and comments that are fine."""
    return {
        f"content/ring/page{number}.md": (
            f"---\ntitle: Ring {number}\npermalink: /ring_{number}/\n---\n## Part\n\n"
            f"[on](/ring_{(number + 1) % 40}#part), `[no](/nowhere)` <!-- [no](/nowhere) -->\n"
        )
        for number in range(40)
    }


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule not in BEYOND_TEXT])
def test_fault_planted_in_a_larger_site_is_found_and_none_invented(
    rule: str, understood: Callable[[Mapping[str, str]], Analysis]
) -> None:
    _, files, found = _example(rule)
    top = ("dlsite.yml", "urls.txt")
    planted = {
        name if "/" in name or name in top else f"content/{name}": text
        for name, text in files.items()
        if not name.startswith("output")
    }
    analysis = understood(_clean_site() | planted)
    rendered = Renderer.of(analysis).render_all()
    places = [
        f"{str(each.position).removeprefix('content/')}: {each.level.value} [{each.rule}]"
        for each in findings(analysis, rendered)
    ]
    lines = re.findall(r"^(\S+): (\w+): .* \[([a-z-]+)\]$", found, re.MULTILINE)
    assert places == [f"{place}: {level} [{name}]" for place, level, name in lines]


def test_names_stand_for_rules_and_families() -> None:
    assert rules_named("link-missing") == ("link-missing",)
    assert rules_named("redirect-") == rules_named("redirect-*")
    assert rules_named("redirect-") == ("redirect-loop", "redirect-chain", "redirect-shadows")
    assert rules_named("redirect") == rules_named("nothing-") == rules_named("-") == ()


def test_every_rule_says_why_and_what_to_do() -> None:
    for rule in RULES.values():
        assert rule.summary[0].islower(), rule.id
        assert not rule.summary.endswith("."), rule.id
        assert rule.why.endswith("."), rule.id
        assert rule.fix.endswith("."), rule.id
