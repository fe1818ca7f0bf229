"""The program as a process: streams that are closed, locales, environments."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from running import LINUX, Run, Write, everything, process
from smallsites import DANGLING, DANGLING_PLACE, FULL, GOOD

pytestmark = pytest.mark.usefixtures("environment")


def test_module_is_the_command_line(site: Write) -> None:
    root = site(DANGLING)
    ran = process("check", cwd=root)
    assert ran.returncode == 1
    assert ran.stdout.startswith(DANGLING_PLACE)
    assert ran.stderr == ""
    assert process("build", "--strict", cwd=root).returncode == 1
    assert process("biuld", cwd=root).returncode == 2


@pytest.mark.parametrize("arguments", [["list", "pages"], ["check"], ["--help"]], ids=" ".join)
def test_reader_that_has_gone_is_no_error_of_ours(site: Write, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = process(*arguments, cwd=site(GOOD), stdout=writer)
    finally:
        os.close(writer)
    assert ran.stderr == ""
    assert ran.returncode in (0, 130)


@LINUX
@pytest.mark.parametrize(
    ("redirection", "code", "words"),
    [
        (">&-", 1, ""),
        ("2>&-", 1, ""),
        (">/dev/full", 2, "dlsite: no space left on device\n"),
        (">/dev/full 2>/dev/full", 2, ""),
        ("| true", 0, ""),
        (">&- 2>&1 | true", 0, ""),
    ],
)
def test_closed_and_full_streams_are_no_bugs(
    site: Write, redirection: str, code: int, words: str
) -> None:
    root = site(DANGLING)
    for command in ("check", "check", "check --verify"):
        # The second one has nothing to do but to say so again.
        ran = subprocess.run(
            ["sh", "-c", f'"$0" -m dlsite {command} {redirection}', sys.executable],
            check=False,
            cwd=root,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
        )
        assert (ran.returncode, ran.stderr) == (code, words), command


@LINUX
def test_locale_without_utf_8_builds_and_says_the_same(site: Write) -> None:
    text = "---\ntitle: 學習\npermalink: /學/\n---\n[Ü](/ü)\n"
    root = site(GOOD | {"content/é.md": text})
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "dlsite"]

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*command, *arguments],
            check=False,
            cwd=root,
            capture_output=True,
            env=os.environ | environment,  # noqa: TID251 - the command line runs as a whole
            timeout=60,
        )

    for form in ("json", "sarif", "junit"):
        here, there = run("check", "--format", form), run("check", "--format", form, **locale)
        assert (there.returncode, there.stdout) == (here.returncode, here.stdout)
    assert json.loads(run("check", "--format", "json", **locale).stdout)["findings"]
    (root / "content/é.md").write_text(text.replace("[Ü](/ü)", "Ü"), "utf-8")
    assert run("build", **locale).returncode == 0
    assert (root / "public/學/index.html").is_file()


def test_terminal_that_knows_ascii_alone_gets_everything(
    site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site({"content/a.md": "---\ntitle: 深度学习\n---\n"})
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    ran = process("list", "pages", cwd=root)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert r"\u6df1\u5ea6\u5b66\u4e60" in ran.stdout


def test_output_depends_on_nothing_but_the_site(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(FULL)
    dlsite(root, "build", "-o", "one")
    elsewhere = shutil.copytree(root / "content", root.parent / "elsewhere/content").parent
    for name, value in (("PYTHONHASHSEED", "7"), ("TZ", "Asia/Tokyo"), ("LC_ALL", "C")):
        monkeypatch.setenv(name, value)
    ran = process("build", "-o", "two", cwd=elsewhere)
    assert ran.returncode == 0
    assert everything(elsewhere / "two") == everything(root / "one")
