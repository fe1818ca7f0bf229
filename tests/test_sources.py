"""Reading a site: which files count, and what is said about those that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic
from dlsite.files.folders import theme_directory
from dlsite.files.sitefiles import Sources
from dlsite.files.sources import read_sources
from dlsite.files.sourcetext import decode

Site = Callable[[Mapping[str, str]], Path]


def _read(root: Path, config: Config | None = None) -> tuple[Sources, list[str]]:
    sources, diagnostics = read_sources(root, config or Config())
    return sources, [_line(each) for each in diagnostics]


def _line(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.position}: {diagnostic.message} [{diagnostic.rule}]"


def _paths(sources: Sources) -> list[str]:
    return [page.path for page in sources.pages]


def _own_statics(sources: Sources) -> list[tuple[str, str]]:
    return [
        (file.url_path, file.path) for file in sources.statics if not file.path.startswith("theme:")
    ]


def test_pages_are_the_markdown_files_in_order_of_path(site: Site) -> None:
    root = site({f"content/{name}": "x" for name in ("b.md", "a.markdown", "c/a.MD", "c/d.mkd")})
    sources, findings = _read(root)
    assert _paths(sources) == [
        "content/a.markdown",
        "content/b.md",
        "content/c/a.MD",
        "content/c/d.mkd",
    ]
    assert sources.pages[2].content_path == "c/a.MD"
    assert findings == []


def test_other_files_of_the_content_are_static(site: Site) -> None:
    sources, _ = _read(site({"content/a/x.png": "x", "static/y.png": "y"}))
    assert _own_statics(sources) == [("a/x.png", "content/a/x.png"), ("y.png", "static/y.png")]


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.md",
        ".git/x.md",
        "a.md~",
        "#a.md#",
        "a.swp",
        "a.bak",
        "node_modules/x.md",
        "__pycache__/x.md",
        ".DS_Store",
    ],
)
def test_what_editors_and_tools_leave_is_no_content(site: Site, name: str) -> None:
    sources, findings = _read(site({"content/a.md": "a", f"content/{name}": "x"}))
    assert _paths(sources) == ["content/a.md"]
    assert _own_statics(sources) == []
    assert findings == []


@pytest.mark.parametrize("pattern", ["b.md", "*.md", "c/*", "c", "c/"])
def test_exclude_leaves_files_out(site: Site, pattern: str) -> None:
    root = site({"content/a.txt": "a", "content/b.md": "b", "content/c/d.md": "d"})
    before = set(_paths(_read(root)[0]))
    after = set(_paths(_read(root, Config(exclude=(pattern,)))[0]))
    assert after < before


def test_include_brings_back_what_is_hidden(site: Site) -> None:
    root = site({"content/a.md": "a", "static/.well-known/x": "x"})
    config = Config(include=(".well-known", ".well-known/*"))
    assert _own_statics(_read(root, config)[0]) == [(".well-known/x", "static/.well-known/x")]


def test_site_without_content_is_told_how_to_begin(tmp_path: Path) -> None:
    _, (finding,) = read_sources(tmp_path, Config())
    assert _line(finding) == "content: there is no content folder 'content' [source-unreadable]"
    assert "dlsite init" in finding.help[0]


# Text


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(b"a\r\nb\r\n", "a\nb\n", id="CRLF"),
        pytest.param(b"a\rb", "a\nb", id="CR"),
        pytest.param(b"\xef\xbb\xbfa", "a", id="byte order mark"),
        pytest.param("深度学习".encode(), "深度学习", id="Chinese"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_text_has_one_form(content: bytes, text: str) -> None:
    assert decode(content, "a.md") == (text, None)


@pytest.mark.parametrize(
    ("content", "text", "place", "words"),
    [
        pytest.param(b"a\nb\xe9c", "a\nb\ufffdc", "a.md:2:2", "byte 0xe9", id="Latin-1"),
        pytest.param("é".encode() + b"\xff", "é\ufffd", "a.md:1:2", "0xff", id="column of letters"),
        pytest.param(b"a\nb\0c", "a\nb\ufffdc", "a.md:2:2", "NUL", id="NUL"),
        pytest.param(b"a\r\n\xe9", "a\n\ufffd", "a.md:2:1", "0xe9", id="line after CRLF"),
        pytest.param(b"a\rb\xe9", "a\nb\ufffd", "a.md:2:2", "0xe9", id="line after CR"),
        pytest.param(b"a\rb\0", "a\nb\ufffd", "a.md:2:2", "NUL", id="NUL after CR"),
        pytest.param(
            b"\xef\xbb\xbf\xe9", "\ufffd", "a.md:1:1", "0xe9", id="behind a byte order mark"
        ),
        pytest.param("a".encode("utf-16"), None, "a.md:1:1", "UTF-16", id="UTF-16"),
    ],
)
def test_what_is_no_text_is_a_finding_at_its_place(
    content: bytes, text: str | None, place: str, words: str
) -> None:
    decoded, finding = decode(content, "a.md")
    assert finding is not None
    assert (finding.rule, str(finding.position)) == ("source-encoding", place)
    assert words in finding.message
    assert text is None or decoded == text


# What is no regular file


def test_pipe_is_skipped_and_said_so(site: Site) -> None:
    root = site({"content/a.md": "a"})
    os.mkfifo(root / "content/b.md")
    sources, findings = _read(root)
    assert _paths(sources) == ["content/a.md"]
    assert findings == ["content/b.md: 'content/b.md' is skipped: no regular file [source-skipped]"]


@pytest.mark.parametrize("folder", ["content", "static", "templates"])
def test_symbolic_link_out_of_the_site_is_not_followed(
    site: Site, tmp_path: Path, folder: str
) -> None:
    root = site({"content/a.md": "a", f"{folder}/b.html": "b"})
    (tmp_path / "secret.md").write_text("secret")
    (root / folder / "c.md").symlink_to(tmp_path / "secret.md")
    sources, findings = _read(root)
    assert _paths(sources) == ["content/a.md"]
    assert ("c.md", f"{folder}/c.md") not in _own_statics(sources)
    assert "c.md" not in sources.templates
    (finding,) = findings
    assert finding.startswith(f"{folder}/c.md: '{folder}/c.md' is not read: it is a symbolic link")


def test_symbolic_link_to_a_sibling_with_the_same_prefix_is_not_followed(
    site: Site,
) -> None:
    root = site({"content/a.md": "a", "content-private/b.md": "b"})
    (root / "content/b.md").symlink_to(root / "content-private/b.md")
    sources, findings = _read(root)
    assert _paths(sources) == ["content/a.md"]
    assert len(findings) == 1


def test_symbolic_link_within_the_content_is_a_file(site: Site) -> None:
    root = site({"content/a.md": "a"})
    (root / "content/b.md").symlink_to("a.md")
    sources, findings = _read(root)
    assert _paths(sources) == ["content/a.md", "content/b.md"]
    assert findings == []


@pytest.mark.parametrize("target", ["c.md", "nowhere.md"])
def test_symbolic_link_that_leads_nowhere_is_a_finding(site: Site, target: str) -> None:
    root = site({"content/a.md": "a"})
    (root / "content/c.md").symlink_to(target)
    sources, findings = _read(root)
    assert _paths(sources) == ["content/a.md"]
    assert len(findings) == 1
    assert "'content/c.md' cannot be read" in findings[0]


def test_symbolic_link_to_a_parent_folder_ends(site: Site) -> None:
    root = site({"content/a/b.md": "b"})
    (root / "content/a/up").symlink_to("..")
    sources, findings = _read(root)
    assert _paths(sources) == ["content/a/b.md"]
    assert len(findings) == 1
    assert "[source-skipped]" in findings[0]


def test_file_too_large_to_be_text_is_a_finding(site: Site) -> None:
    root = site({"content/a.md": "a"})
    with (root / "content/b.md").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    sources, findings = _read(root)
    assert _paths(sources) == ["content/a.md"]
    assert findings == [
        "content/b.md: 'content/b.md' cannot be read: it is larger than 16 MiB [source-unreadable]"
    ]


def test_content_that_is_a_file_is_no_folder(site: Site) -> None:
    _, findings = _read(site({"content": "a"}))
    assert findings == ["content: there is no content folder 'content' [source-unreadable]"]


# The theme


def test_theme_stands_under_the_site(site: Site) -> None:
    sources, _ = _read(site({"content/a.md": "a", "templates/page.html": "mine"}))
    assert sources.templates["page.html"] == "mine"
    assert sources.template_paths["page.html"] == "templates/page.html"
    assert sources.template_paths["base.html"] == "theme:templates/base.html"
    assert {"base.html", "page.html"} <= sources.theme_templates


def test_own_static_file_shadows_the_one_of_the_theme(site: Site) -> None:
    sources, _ = _read(site({"content/a.md": "a", "static/style.css": "mine"}))
    styles = [file.path for file in sources.statics if file.url_path == "style.css"]
    assert styles == ["static/style.css"]


def test_theme_has_all_that_pages_need() -> None:
    theme = theme_directory()
    assert (theme / "templates/base.html").is_file()
    assert (theme / "static/style.css").is_file()


# Jekyll's folders


def test_site_whose_content_is_the_top_leaves_its_own_folders_out(site: Site) -> None:
    root = site(
        {
            "_posts/2020-01-27-a.md": "a",
            "about.md": "about",
            "_layouts/x.html": "x",
            "_site/x.md": "x",
            "public/x.md": "x",
            "README.md": "x",
            "_config.yml": "title: x",
            "images/x.png": "x",
        }
    )
    sources, findings = _read(root, Config(content="."))
    assert _paths(sources) == ["_posts/2020-01-27-a.md", "about.md"]
    assert _own_statics(sources) == [("images/x.png", "images/x.png")]
    assert findings == []
