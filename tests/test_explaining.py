"""What stands at an address and why, and the lists of what a knowledge base lacks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dlsite.explaining import explain
from dlsite.listing import LISTS, as_page
from dlsite.understanding import Analysis

SITE = {
    "dlsite.yml": "base_url: https://my.org/notes\nnav:\n  - A: /a/\nredirects: {/r/: /a/}\n",
    "content/a.md": "---\ntitle: A *is*\npermalink: /a\ntags: [GANs]\nredirect_from: /old/\n"
    "---\n" + "word " * 70 + "[b](/b/) [gone](/gone) [c](c.md) [home](/)\n",
    "content/b.md": "---\ntitle: B\n---\nShort. [a](/a#x) [a](/notes/a/)\n\n## X\n",
    "content/c.md": "---\ntitle: C\ndraft: true\n---\nText.\n",
    "content/d.md": "Alone.\n",
    "content/e.md": "---\npermalink: /b/\n---\nTwice.\n",
    "content/f.md": "---\ntitle: F\npermalink: /f.v1/\ndraft: true\n---\nText.\n",
    "static/x.txt": "x",
    "static/g/index.html": "<p>G.</p>",
}

Understood = Callable[[Mapping[str, str]], Analysis]


@pytest.fixture
def analysis(understood: Understood) -> Analysis:
    return understood(SITE)


@pytest.mark.parametrize(
    ("asked", "name", "values"),
    [
        ("/a", "stands", ("the page 'A is'",)),
        ("/a/", "permalink", ("'/a' at content/a.md:3:12",)),
        ("content/a.md", "address", ("/a/",)),
        ("https://my.org/notes/a/", "source", ("content/a.md",)),
        ("/notes/a/index.html", "tags", ("GANs",)),
        ("/a/", "old addresses", ("/old/",)),
        ("/a/", "linked from", ("content/b.md:4:12", "content/b.md:4:22", "the navigation")),
        ("/a/", "output", ("a/index.html",)),
        ("/d/", "permalink", ("from the pattern '/:path/': the page names none",)),
        ("/d/", "linked from", ("no text and no navigation",)),
        ("/old", "stands", ("a redirect to /a/",)),
        ("/r/", "written", ("dlsite.yml:4:18",)),
        ("/tags/gans/", "pages", ("content/a.md",)),
        ("/tags/", "stands", ("the index of tags",)),
        ("/c/", "stands", ("nothing: the page is left out (draft; shown with --drafts)",)),
        ("/F.v1", "stands", ("nothing: the page is left out (draft; shown with --drafts)",)),
        ("static/g/index.html", "address", ("/g/",)),
        ("/g", "source", ("static/g/index.html",)),
        ("content/c.md", "source", ("content/c.md",)),
        ("content/e.md", "stands", ("not there: something else has the address",)),
        ("static/x.txt", "stands", ("a static file",)),
        ("/x.txt", "source", ("static/x.txt",)),
        ("/sitemap.xml", "stands", ("a file that dlsite makes (sitemap)",)),
        ("/", "stands", ("the home page, since no page has the permalink '/'",)),
        ("/gone", "stands", ("nothing",)),
        ("/gone", "linked from", ("content/a.md:7:367",)),
        ("/tags/gan/", "near", ("/tags/gans/",)),
        ("https://elsewhere.org/a/", "stands", ("outside of this site",)),
    ],
)
def test_every_address_has_its_reason(
    analysis: Analysis, asked: str, name: str, values: tuple[str, ...]
) -> None:
    facts = dict(reversed(explain(analysis, asked, {})))
    assert facts[name] == values


@pytest.mark.parametrize(
    ("asked", "name", "values"),
    [
        ("/h/", "permalink", ("'/h/' from the 'defaults' of the configuration",)),
        ("/h/", "categories", ("C", "D")),
        ("/h/index.html.md", "stands", ("a page in Markdown, for programs",)),
        ("/h/index.html.md", "source", ("content/i.md",)),
    ],
)
def test_what_the_configuration_gives_has_its_reason_too(
    understood: Understood, asked: str, name: str, values: tuple[str, ...]
) -> None:
    config = "defaults:\n  - scope: {path: i.md}\n    values: {permalink: /h/}\n"
    page = "---\ntitle: I\ncategories: [C, D]\n---\nText.\n"
    analysis = understood({"dlsite.yml": config, "content/i.md": page})
    assert dict(reversed(explain(analysis, asked, {})))[name] == values


@pytest.mark.parametrize("asked", ["", "#x", "//", "/%zz", "https://[::1", "a\x00b", "/" * 900])
def test_no_question_is_too_odd(analysis: Analysis, asked: str) -> None:
    assert explain(analysis, asked, {})


def _paths(analysis: Analysis, name: str) -> list[object]:
    return [row["file"] for row in LISTS[name](analysis.site)]


@pytest.fixture
def sound(understood: Understood) -> Analysis:
    """Return the site without two pages on one address."""
    return understood({path: text for path, text in SITE.items() if path != "content/e.md"})


def test_lists_name_what_is_lacking(sound: Analysis) -> None:
    assert _paths(sound, "deadends") == ["content/d.md"]
    assert _paths(sound, "stubs") == ["content/d.md", "content/b.md"]
    assert _paths(sound, "untagged") == ["content/b.md", "content/d.md"]
    assert [(row["file"], row["links"]) for row in LISTS["most-linked"](sound.site)] == [
        ("content/a.md", 1),
        ("content/b.md", 1),
    ]


def test_report_is_a_page_of_markdown(sound: Analysis) -> None:
    text = as_page(sound.site, "My *notes*")
    assert text.startswith("# My \\*notes\\*: state of the knowledge base\n\n3 pages, 1 tag.\n")
    assert "## Wanted pages (1)\n" in text
    assert "| 1 | /gone/ | gone | content/a.md:7:367 |\n" in text
    assert text.count("\n## ") == 9


def test_commands_answer_people_and_programs(
    site: Callable[[Mapping[str, str]], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    from dlsite.cli import main  # noqa: PLC0415 - the commands import everything

    texts = {path: text for path, text in SITE.items() if path != "content/e.md"}
    root = str(site(texts))
    assert main(["-C", root, "explain", "/old/"]) == 0
    assert "stands       a redirect to /a/\n" in capsys.readouterr().out
    assert main(["-C", root, "explain", "/old/", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["stands"] == ["a redirect to /a/"]
    assert main(["-C", root, "report"]) == 0
    assert "## Stubs (2)\n" in capsys.readouterr().out
    assert main(["-C", root, "report", "-o", "state.md"]) == 0
    assert capsys.readouterr().out == "wrote 'state.md'\n"
    assert "## Stubs (2)\n" in (Path(root) / "state.md").read_text(encoding="utf-8")
