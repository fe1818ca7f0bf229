"""The command line: slips in what is typed, which site is meant, and whose word counts."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from dlsite import __version__
from dlsite.cli import main
from running import LINUX, Ran, Run, Write, everything
from smallsites import GOOD, LISTED

pytestmark = pytest.mark.usefixtures("environment")


def test_version_is_told(dlsite: Run, tmp_path: Path) -> None:
    assert dlsite(tmp_path, "--version") == Ran(0, f"dlsite {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["biuld"], "there is no 'biuld' here; did you mean 'build'?"),
        (["bild", "--strict"], "did you mean 'build'?"),
        (["xyzzy"], "there is no 'xyzzy' here; one of: build, serve, check,"),
        (["check", "--format", "xyzzy"], "; one of: github, json, junit, sarif, text\n"),
        (["build", "--stirct"], "unknown argument '--stirct'; did you mean '--strict'?"),
        (["build", "--base_url=x"], "unknown argument '--base_url'; did you mean '--base-url'?"),
        (["check", "--stric"], "did you mean '--strict'?"),
        (["serve", "--drafts"], "'serve' has no '--drafts'; that is for 'build' and 'check'\n"),
        (["check", "--executor=x"], "'check' has no '--executor'; that is for 'build'\n"),
        (["build", "external"], "unknown argument 'external'\nsee: dlsite build --help\n"),
        (["build", "--executor", "dask://127.0.0.1"], "no address such as 'dask://127.0.0.1:8786'"),
        (["build", "--executor", "dask://127.0.0.1:x"], "no address such as 'dask://"),
        (["list", "page"], "did you mean 'pages'?"),
        (["check", "--format", "jsn"], "did you mean 'json'?"),
        (["check", "--select", "link-mising"], "did you mean 'link-missing'?"),
        (["check", "--ignore", "link_anchor"], "did you mean 'link-anchor'?"),
        (["check", "--ignore", "xyzzy"], "there is no rule 'xyzzy'\n"),
        (["check", "content/nowhere.md"], "there is no 'content/nowhere.md' in the site"),
        (["check", ".."], "there is no '..' in the site"),
        (["serve", "--port", "99999"], "a port is a number up to 65535, not '99999'"),
        (["build", "-j", "0"], "a number from 1 to 256, not '0'"),
        (["check", "-j", "all"], "a number from 1 to 256, not 'all'"),
        (["new"], "required: PERMALINK"),
        ([], "required: COMMAND"),
        (["-c", "nowhere.yml", "check"], "nowhere.yml' cannot be read: no such file"),
        (["-c", "content", "check"], "content' cannot be read: is a directory"),
        (["-C", "nowhere", "check"], "there is no folder 'nowhere'"),
        (["build", "--base-url", "example.org"], "the base URL 'example.org' must be an address"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_slip_on_the_command_line_is_answered(
    dlsite: Run, site: Write, arguments: list[str], words: str
) -> None:
    root = site(GOOD)
    before = everything(root)
    ran = dlsite(root, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("dlsite: ")
    assert words in ran.err
    assert everything(root) == before


@LINUX
@pytest.mark.parametrize(
    "arguments",
    [["-C", "loop", "check"], ["check", "loop"], ["-c", "loop", "check"], ["build", "-o", "loop"]],
    ids=" ".join,
)
def test_symbolic_link_to_itself_is_no_bug_of_ours(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    root = site(GOOD)
    (root / "loop").symlink_to("loop")
    monkeypatch.chdir(root)
    ran = dlsite(root, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("dlsite: ")


def test_site_is_the_folder_one_stands_in_unless_told(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    root = site(GOOD)
    expected = dlsite(root, "check")
    monkeypatch.chdir(root)
    assert dlsite(Path(), "check") == expected
    monkeypatch.chdir(tmp_path)
    assert dlsite(Path("nowhere"), "check", "-C", "site") == expected
    assert dlsite(Path("site"), "check", "content/a.md") == expected


def test_folder_within_a_site_is_told_the_command_that_works(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(GOOD | {"dlsite.yml": "title: One\n", "content/deep/b.md": "# B\n"})
    monkeypatch.chdir(root / "content/deep")
    for directory in (Path(), Path("..")):
        ran = dlsite(directory, "list", "pages")
        assert (ran.code, ran.out) == (2, "")
        where = f"there is no site in '{directory}': 'dlsite.yml' is in '../..'"
        assert ran.err == f"dlsite: {where}\n  dlsite -C ../.. list pages\n"
        assert not (root / "content" / directory / ".dlsite").exists()
    assert dlsite(Path("../.."), "list", "pages").code == 0


def test_folder_with_pages_within_a_site_is_a_site(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(GOOD | {"dlsite.yml": "title: One\n", "inner/content/b.md": "# B\n"})
    monkeypatch.chdir(root / "inner")
    assert dlsite(Path(), "list", "pages").code == 0
    monkeypatch.chdir(root / "content")
    assert dlsite(Path(), "-c", "../dlsite.yml", "list", "pages").code == 1


def test_configuration_may_be_another_file(dlsite: Run, site: Write) -> None:
    root = site(GOOD | {"dlsite.yml": "title: One\n", "other.yml": "title: Two\noutput: two\n"})
    assert dlsite(root, "-c", "other.yml", "build").code == 0
    assert not (root / "public").exists()
    assert b"Two" in everything(root / "two")["index.html"]


@LINUX
def test_configuration_that_is_a_pipe_is_not_waited_for(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    os.mkfifo(root / "dlsite.yml")
    ran = dlsite(root, "check")
    assert (ran.code, ran.out) == (2, "")
    assert "it is no regular file" in ran.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "titel: x\n",
            "dlsite.yml:1:1: error: 'titel' is not a configuration key [config-unknown]",
        ),
        ("titel: x\n", "help: did you mean 'title'?"),
        ("title: a: b\n", "dlsite.yml:1:9: error: "),
        ("drafts: maybe\n", "dlsite.yml:1:9: error: 'drafts' must be true or false"),
        ("output: content/x\n", "dlsite: 'content/x' lies inside the sources"),
    ],
)
def test_configuration_that_cannot_be_used_is_wrong_usage(
    dlsite: Run, site: Write, text: str, words: str
) -> None:
    root = site(GOOD | {"dlsite.yml": text})
    ran = dlsite(root, "build")
    assert ran.code == 2
    assert words in ran.err
    assert not (root / "public").exists()


@pytest.mark.parametrize(
    ("variable", "flag", "expected"),
    [
        (None, [], "https://file.example/f"),
        ("", [], "https://file.example/f"),
        ("https://variable.example/v/", [], "https://variable.example/v"),
        ("https://variable.example", ["--base-url=https://flag.example/"], "https://flag.example"),
        ("https://variable.example", ["--base-url", "/notes"], "/notes"),
        ("https://variable.example", ["--base-url="], ""),
        (None, ["--base-url="], ""),
    ],
)
def test_base_url_comes_from_flag_then_environment_then_file(
    site: Write,
    monkeypatch: pytest.MonkeyPatch,
    variable: str | None,
    flag: list[str],
    expected: str,
) -> None:
    root = site(GOOD | {"dlsite.yml": "base_url: https://file.example/f\n"})
    if variable is not None:
        monkeypatch.setenv("DLSITE_BASE_URL", variable)
    assert main(["-q", "-C", str(root), "build", *flag]) == 0
    locations = re.findall("<loc>(.*?)</loc>", (root / "public/sitemap.xml").read_text())
    assert f"{expected}/a/" in locations


def test_base_url_of_the_environment_that_is_none_is_wrong_usage(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DLSITE_BASE_URL", "ftp://example.org")
    ran = dlsite(site(GOOD), "check")
    assert ran.code == 2
    assert "the base URL 'ftp://example.org' must be an address" in ran.err


@pytest.mark.parametrize(
    ("arguments", "published"),
    [
        ([], set()),
        (["-D"], {"c"}),
        (["--future"], {"d"}),
        (["--drafts", "-F"], {"c", "d"}),
    ],
    ids=["neither", "drafts", "future", "both"],
)
def test_drafts_and_future_pages_are_built_on_request(
    dlsite: Run, site: Write, arguments: list[str], published: set[str]
) -> None:
    root = site(LISTED)
    assert dlsite(root, "build", *arguments).code == 0
    assert {name for name in "cde" if (root / "public" / name).exists()} == published


def test_time_is_that_of_the_environment(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site({"content/a.md": "---\ntitle: A\ndate: 2025-01-01 00:00:01\n---\n"})
    assert "future date" in dlsite(root, "list", "skipped").out
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689601")
    assert dlsite(root, "list", "skipped").out == ""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    assert dlsite(root, "list", "skipped").code == 2
