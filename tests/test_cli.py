"""The command line from end to end: what it answers, what it writes, what it leaves alone."""

from __future__ import annotations

import html
import http.client
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest

from dlsite import __version__
from dlsite.cli import main

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")

Write = Callable[[Mapping[str, str]], Path]


@dataclass(frozen=True)
class Ran:
    """What a run of the command line gave."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the environment say nothing, but that it is the first of January 2025."""
    for name in ("DLSITE_BASE_URL", "GITHUB_ACTIONS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1735689600")


@pytest.fixture
def dlsite(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return the command line, run in this process; the first argument is the site's folder."""

    def run(root: Path, *arguments: str) -> Ran:
        capsys.readouterr()
        try:
            code = main(["-C", str(root), *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(code, out, err)

    return run


def _process(
    *arguments: str, cwd: Path, stdout: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run the command line as a process of its own."""
    command = [sys.executable, "-m", "dlsite", *arguments]
    return subprocess.run(
        command,
        check=False,
        cwd=cwd,
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=60,
    )


def _tree(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder with its bytes, by path, but for dlsite's memory."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".dlsite" not in path.parts
    }


def _stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """Return when each file was written, and which file it is, by path."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


# Sites

GOOD = {
    "content/a.md": "---\ntitle: A\npermalink: /a/\ntags: [GANs]\n---\nSee [B](/b).\n",
    "content/b.md": "---\ntitle: B\npermalink: /b/\n---\nSee [A](/a).\n",
}


@pytest.fixture(scope="session")
def _good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("good")
    (root / "content").mkdir()
    for path, text in GOOD.items():
        (root / path).write_text(text)
    assert main(["-q", "-C", str(root), "build", "--base-url="]) == 0
    return root


@pytest.fixture
def published(_good: Path, tmp_path: Path) -> Path:
    """Return a site of two pages that is published already, where `site` writes too."""
    return shutil.copytree(_good, tmp_path / "site")


DANGLING = {"content/c.md": "---\ntitle: C\n---\nSee [D](/dropout).\n"}
DANGLING_PLACE = "content/c.md:4:9: error: link to '/dropout', but no page has that permalink"
WARNED = {"content/c.md": "---\ntitle: C\n---\n![](x.svg)\n", "content/x.svg": "picture"}
REMARKED = {"content/c.md": "---\ntitle: C\n---\nNobody links here.\n"}

POST = """\
---
layout: post
title: "Deep Learning"
date: 2019-05-20 12:15:12 -0500
permalink: /deep_learning/

tags:
  - Deep Learning
  - Recurrent Neural Networks
  - GANs
---

Learning in *many layers*.

## Types

### Unsupervised Pretrained Networks

See main article [UPN](/unsupervised_petrained_networks).

### Convolutional Neural Networks

See main article [CNN](/convolutional_neural_networks).

### Recurrent Neural Networks

See main article [Recurrent Neural Networks](/recurrent_neural_networks).

### Recursive Neural Networks

See main article [Recursive Neural Networks](/recursive_neural_networks).

### Transfer Learning

See main article [Transfer Learning](/transfer_learning).

## Comparison

  |                  | Machine Learning | Deep Learning    |
  |:----------------:|:----------------:|:----------------:|
  | Features         | by hand          | learned          |
  | Data             | thousands        | millions         |
"""
SEED = {"content/2019-05-20-deep-learning.md": POST}
# Target, line, column, and the heading over the link.
WANTED = [
    ("/unsupervised_petrained_networks", 19, 24, "Unsupervised Pretrained Networks"),
    ("/convolutional_neural_networks", 23, 24, "Convolutional Neural Networks"),
    ("/recurrent_neural_networks", 27, 46, "Recurrent Neural Networks"),
    ("/recursive_neural_networks", 31, 46, "Recursive Neural Networks"),
    ("/transfer_learning", 35, 38, "Transfer Learning"),
]
REST = WANTED[1:]
# The pages that are wanted, every other one with a trailing slash in its permalink.
FULL = SEED | {
    f"content{target}.md": (
        f"---\nlayout: post\ntitle: {title}\ndate: 2019-06-0{number} 10:00:00 -0500\n"
        f"permalink: {target}{'/' * (number % 2)}\ntags:\n  - {title}\n---\n"
        f"Back to [Deep Learning](/deep_learning), or to a [part](/deep_learning#comparison).\n"
    )
    for number, (target, _, _, title) in enumerate(WANTED, start=1)
}


# A post whose main articles are not written yet


def test_five_missing_pages_are_five_findings_with_a_remedy_each(dlsite: Run, site: Write) -> None:
    ran = dlsite(site(SEED), "check", "--format", "json")
    assert ran.code == 1
    findings = json.loads(ran.out)["findings"]
    assert [
        (each["rule"], each["severity"], each["target"], each["line"], each["column"])
        for each in findings
    ] == [("link-missing", "error", target, line, column) for target, line, column, _ in WANTED]
    assert [each["help"] for each in findings] == [
        [
            "the target looks misspelt: the heading says 'Unsupervised Pretrained Networks'",
            (
                "create it: dlsite new /unsupervised_pretrained_networks/ "
                '--title "Unsupervised Pretrained Networks"'
            ),
        ],
        *([f'create it: dlsite new {target}/ --title "{title}"'] for target, _, _, title in REST),
    ]


def test_findings_stand_under_their_source_line_for_people(dlsite: Run, site: Write) -> None:
    ran = dlsite(site(SEED), "check")
    assert ran.code == 1
    assert ran.out.startswith(
        "content/2019-05-20-deep-learning.md:19:24: error: link to "
        "'/unsupervised_petrained_networks', but no page has that permalink [link-missing]\n"
        "   19 | See main article [UPN](/unsupervised_petrained_networks).\n"
        "      |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "      = help: the target looks misspelt: the heading says "
        "'Unsupervised Pretrained Networks'\n"
        "      = help: create it: dlsite new /unsupervised_pretrained_networks/ "
        '--title "Unsupervised Pretrained Networks"\n'
    )
    assert ran.out.endswith("\n1 page checked: 5 errors\n")


def test_near_miss_of_a_page_is_offered(dlsite: Run, site: Write) -> None:
    right = "---\ntitle: UPN\npermalink: /unsupervised_pretrained_networks/\n---\n"
    root = site(SEED | {"content/upn.md": right})
    ran = dlsite(root, "check", "--select", "link-missing", "--format", "json")
    suggestions = [each["suggestions"] for each in json.loads(ran.out)["findings"]]
    assert suggestions == [
        [{"text": "/unsupervised_pretrained_networks/", "certainty": "likely"}],
        *([] for _ in REST),
    ]


def test_site_with_every_page_it_wants_has_no_finding(dlsite: Run, site: Write) -> None:
    root = site(FULL)
    assert dlsite(root, "check", "--strict") == Ran(0, "6 pages checked: no findings\n", "")
    assert dlsite(root, "build", "--strict").code == 0


class _Files(SimpleHTTPRequestHandler):
    """Serves files as Python does, and keeps quiet."""

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served(folder: Path) -> Iterator[http.client.HTTPConnection]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
    try:
        yield connection
    finally:
        connection.close()
        server.shutdown()
        thread.join()
        server.server_close()


_URLS = (r'\b(?:href|src)="([^"]*)"', r"<loc>([^<]*)</loc>", r'content="\d+; ?url=([^"]*)"')


def _internal(output: Path, *, origin: str = "", base_path: str = "") -> set[str]:
    """Return the path of every internal URL in every output.

    In HTML, in the HTML within the feed, in the feed itself, the sitemap and redirects.
    """
    found: set[str] = set()
    for path, content in _tree(output).items():
        if path.endswith((".html", ".xml")):
            text = html.unescape(content.decode())
            for url in (url for pattern in _URLS for url in re.findall(pattern, text)):
                whole = urlsplit(urljoin(f"{base_path}/{path}", url.removeprefix(origin)))
                if not whole.scheme and not whole.netloc:
                    found.add(whole.path)
    return found


def test_every_internal_url_answers_without_a_redirect(dlsite: Run, site: Write) -> None:
    alias = (
        "---\ntitle: Old\npermalink: /new_name/\nredirect_from: /old_name\n---\n[RNN](/old_name)\n"
    )
    root = site(FULL | {"content/alias.md": alias})
    assert dlsite(root, "build").code == 0
    statuses: dict[str, int] = {}
    with _served(root / "public") as connection:
        for url in sorted(_internal(root / "public")):
            connection.request("GET", url)
            answer = connection.getresponse()
            answer.read()
            statuses[url] = answer.status
    assert {url: status for url, status in statuses.items() if status != 200} == {}
    expected = {f"{target}/" for target, *_ in WANTED} | {"/deep_learning/", "/tags/gans/", "/"}
    assert expected | {"/new_name/", "/icon.svg", "/feed.xml"} <= statuses.keys()
    assert any(url.startswith("/style.") for url in statuses)


@pytest.mark.parametrize("base_path", ["/notes", "/my%20notes/d%C3%A9j%C3%A0"])
def test_every_internal_url_stays_below_the_base_path(
    dlsite: Run, site: Write, base_path: str
) -> None:
    root = site(FULL)
    assert dlsite(root, "build", "--base-url", f"https://example.org{base_path}/").code == 0
    urls = _internal(root / "public", origin="https://example.org", base_path=base_path)
    assert {url for url in urls if not url.startswith(f"{base_path}/")} == set()
    files = {f"{url}index.html" if url.endswith("/") else url for url in urls}
    outputs = {f"{base_path}/{path}" for path in _tree(root / "public")}
    assert files - outputs == set()
    assert f"{base_path}/transfer_learning/" in urls


def test_content_is_the_same_at_the_root_and_below_a_path(dlsite: Run, site: Write) -> None:
    root = site(FULL)
    dlsite(root, "build", "-o", "one", "--base-url", "https://example.org")
    dlsite(root, "build", "-o", "two", "--base-url", "https://example.org/notes")
    one, two = _tree(root / "one"), _tree(root / "two")
    assert one.keys() == two.keys()
    page = "transfer_learning/index.html"
    assert two[page].replace(b"/notes/", b"/") == one[page]


# What build and check decide


@dataclass(frozen=True)
class Verdict:
    """The exit codes for a site."""

    build: int
    build_strict: int
    check: int
    check_strict: int


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({}, Verdict(0, 0, 0, 0)),
        (REMARKED, Verdict(0, 0, 0, 0)),
        (WARNED, Verdict(0, 1, 0, 1)),
        (DANGLING, Verdict(0, 1, 1, 1)),
        ({"content/c.md": "---\ntitle: a: b\n---\n"}, Verdict(1, 1, 1, 1)),
    ],
    ids=["nothing to say", "remark", "warning", "dangling link", "broken front matter"],
)
def test_exit_code_says_how_bad_it_is(
    dlsite: Run, site: Write, more: Mapping[str, str], verdict: Verdict
) -> None:
    root = site(GOOD | dict(more))
    assert verdict == Verdict(
        dlsite(root, "build").code,
        dlsite(root, "build", "--strict").code,
        dlsite(root, "check").code,
        dlsite(root, "check", "--strict").code,
    )


def test_dangling_link_is_built_and_reported(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING)
    ran = dlsite(root, "build")
    assert ran.code == 0
    assert DANGLING_PLACE in ran.err
    assert 'href="/dropout/"' in (root / "public/c/index.html").read_text()


def test_strict_build_leaves_the_published_site_as_it_was(
    dlsite: Run, site: Write, published: Path
) -> None:
    public = published / "public"
    before = _tree(public), _stamps(public)
    ran = dlsite(site(DANGLING), "build", "--strict")
    assert ran.code == 1
    assert DANGLING_PLACE in ran.err
    assert ran.err.splitlines()[-1] == "nothing was published: 1 error; 'public' is as it was"
    assert (_tree(public), _stamps(public)) == before


def test_last_line_of_a_build_says_what_happened(dlsite: Run, site: Write) -> None:
    root = site(GOOD | {"content/d.md": "---\ntitle: D\ndraft: true\n---\n"})
    ran = dlsite(root, "build")
    assert ran.out == ""
    first, last = ran.err.splitlines()
    assert first == "skipped content/d.md: draft"
    shape = (
        r"2 pages, \d+ written, 0 unchanged, 0 removed, 1 skipped in 'public'; no findings; \S+ s"
    )
    assert re.fullmatch(shape, last)


def test_check_writes_nothing(dlsite: Run, site: Write) -> None:
    root = site(FULL)
    before = _tree(root)
    dlsite(root, "check")
    assert _tree(root) == before


# What a build cannot publish


@dataclass(frozen=True)
class Breakage:
    """A mistake: the files that make it, and the finding at its place."""

    files: Mapping[str, str]
    place: str
    rule: str
    encoding: str = "utf-8"


BREAKAGES = {
    "broken YAML": Breakage(
        {"content/x.md": "---\ntitle: a: b\n---\n"}, "content/x.md:2:9", "front-matter-syntax"
    ),
    "front matter of the wrong kind": Breakage(
        {"content/x.md": "---\ntitle: [a]\n---\n"}, "content/x.md:2:8", "front-matter-type"
    ),
    "a date that is none": Breakage(
        {"content/x.md": "---\ndate: 2019-13-40\n---\n"}, "content/x.md:2:7", "date-invalid"
    ),
    "Latin-1 bytes": Breakage(
        {"content/x.md": "---\ntitle: X\n---\n\nna\xefve\n"},
        "content/x.md:5:3",
        "source-encoding",
        encoding="latin-1",
    ),
    "undefined name in a template": Breakage(
        {"templates/page.html": "<p>\n{{ page.nothing.there }}\n"},
        "templates/page.html:2",
        "template-error",
    ),
    "template that is not valid": Breakage(
        {"templates/page.html": "<p>\n{% if %}\n"}, "templates/page.html:2", "template-error"
    ),
    "two pages on one URL": Breakage(
        {"content/x.md": "---\npermalink: /a\n---\n"}, "content/x.md:2:12", "permalink-conflict"
    ),
    "two pages that differ by letter case": Breakage(
        {"content/x.md": "---\npermalink: /A/\n---\n"}, "content/x.md:2:12", "permalink-case"
    ),
    "a file against a folder": Breakage(
        {
            "content/x.md": "---\npermalink: /x.html\n---\n",
            "content/y.md": "---\npermalink: /x.html/y/\n---\n",
        },
        "content/y.md:2:12",
        "permalink-conflict",
    ),
    "a page on the page of a tag": Breakage(
        {"content/x.md": "---\npermalink: /tags/gans/\n---\n"},
        "content/x.md:2:12",
        "permalink-conflict",
    ),
    "a permalink that climbs out": Breakage(
        {"content/x.md": "---\npermalink: /../x\n---\n"}, "content/x.md:2:12", "permalink-invalid"
    ),
    "redirects in a circle": Breakage(
        {
            "content/x.md": "---\npermalink: /x/\nredirect_to: /y/\n---\n",
            "content/y.md": "---\npermalink: /y/\nredirect_to: /x/\n---\n",
        },
        "content/x.md:3:14",
        "redirect-loop",
    ),
}


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES.keys())
def test_mistake_is_found_at_its_place_and_nothing_is_published(
    dlsite: Run, published: Path, breakage: Breakage
) -> None:
    root, public = published, published / "public"
    before = _tree(public), _stamps(public)
    for path, text in breakage.files.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(text.encode(breakage.encoding))
    ran = dlsite(root, "build")
    line = re.compile(
        rf"^{re.escape(breakage.place)}: error: .+ \[{breakage.rule}\]$", re.MULTILINE
    )
    assert ran.code == 1
    assert line.search(ran.err), ran.err
    assert ran.err.splitlines()[-1].startswith("nothing was published: ")
    assert (_tree(public), _stamps(public)) == before
    checked = dlsite(root, "check")
    assert checked.code == 1
    assert line.search(checked.out)


def test_first_build_with_a_mistake_makes_no_output_directory(dlsite: Run, site: Write) -> None:
    root = site({"content/x.md": "---\ntitle: a: b\n---\n"})
    assert dlsite(root, "build").code == 1
    assert not (root / "public").exists()


def test_site_without_content_is_told_how_to_start(dlsite: Run, tmp_path: Path) -> None:
    ran = dlsite(tmp_path, "build")
    assert ran.code == 1
    assert "there is no content folder 'content'" in ran.err
    assert "dlsite init" in ran.err
    assert list(tmp_path.iterdir()) == []


@LINUX
def test_file_name_that_is_not_utf_8_is_a_finding(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    (root / os.fsdecode(b"content/caf\xe9.md")).write_text("---\ntitle: X\n---\n")
    ran = dlsite(root, "check")
    assert ran.code == 1
    assert r"the name of 'content/caf\udce9.md' is not UTF-8 [source-encoding]" in ran.out
    assert dlsite(root, "build").code == 1
    assert not (root / "public").exists()


# The output directory


def test_unchanged_files_are_not_written_again(dlsite: Run, site: Write, published: Path) -> None:
    public = published / "public"
    before = _stamps(public)
    ran = dlsite(published, "build")
    assert f"0 written, {len(before) - 1} unchanged, 0 removed" in ran.err
    assert _stamps(public) == before
    root = site({"content/b.md": GOOD["content/b.md"] + "\nMore.\n"})
    assert dlsite(root, "build").code == 0
    after = _stamps(public)
    assert after["icon.svg"] == before["icon.svg"]
    assert after["b/index.html"] != before["b/index.html"]


def test_stale_files_of_ours_are_removed_and_others_survive(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING | {"dlsite.yml": "search: false\n"})
    public = root / "public"
    dlsite(root, "build")
    foreign = {"CNAME": b"example.org", "c/mine.txt": b"mine", "mine/index.html": b"mine"}
    for path, content in foreign.items():
        (public / path).parent.mkdir(exist_ok=True)
        (public / path).write_bytes(content)
    (root / "content/c.md").unlink()
    ran = dlsite(root, "build")
    assert "2 removed" in ran.err
    after = _tree(public)
    assert "c/index.html" not in after
    assert foreign.items() <= after.items()


def test_second_build_ends_as_a_clean_one(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING)
    dlsite(root, "build")
    shutil.rmtree(root / "content")
    site(FULL)
    dlsite(root, "build")
    dlsite(root, "build", "-o", "clean")
    assert _tree(root / "public") == _tree(root / "clean")


@pytest.mark.parametrize(
    "output",
    [
        ".",
        "..",
        "/",
        "{home}",
        "{parent}",
        "content",
        "content/x",
        "static/x",
        "foreign",
        "dlsite.yml",
    ],
    ids=[
        "the site",
        "the folder above",
        "the root",
        "the home directory",
        "a parent by its full path",
        "the content",
        "inside the content",
        "inside the static files",
        "a folder of somebody else",
        "a file",
    ],
)
def test_foolish_output_directory_is_refused(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, output: str
) -> None:
    root = site(GOOD | {"foreign/mine.txt": "mine", "static/a.txt": "a", "dlsite.yml": ""})
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    where = output.format(home=home, parent=tmp_path)
    before = _tree(tmp_path)
    ran = dlsite(root, "build", "-o", where)
    assert ran.code == 2
    assert ran.err.startswith(f"dlsite: '{where}' ")
    assert _tree(tmp_path) == before
    if output != "foreign":
        assert dlsite(root, "build", "--force", "-o", where).code == 2
        assert _tree(tmp_path) == before


def test_foreign_folder_is_adopted_by_force(dlsite: Run, site: Write) -> None:
    root = site(GOOD | {"foreign/mine.txt": "mine"})
    assert dlsite(root, "build", "--force", "-o", "foreign").code == 0
    assert _tree(root / "foreign")["mine.txt"] == b"mine"
    assert dlsite(root, "build", "-o", "foreign").code == 0


def test_foreign_file_in_the_way_stops_the_build(dlsite: Run, site: Write, published: Path) -> None:
    site({"public/c/index.html": "mine"} | DANGLING)
    before = _tree(published)
    ran = dlsite(published, "build")
    assert ran.code == 1
    assert "'public/c/index.html' is in the way" in ran.err
    assert _tree(published) == before


def test_clean_removes_what_was_written_and_nothing_else(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    before = _tree(root)
    dlsite(root, "build")
    (root / "public/mine.txt").write_text("mine")
    count = len(_tree(root / "public")) - 2
    assert dlsite(root, "clean") == Ran(0, f"{count} files removed from 'public'\n", "")
    assert _tree(root) == before | {"public/mine.txt": b"mine"}
    assert not (root / ".dlsite").exists()
    assert dlsite(root, "clean").out == "0 files removed from 'public'\n"


def test_memory_hides_from_version_control(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    dlsite(root, "check")
    assert (root / ".dlsite/.gitignore").read_text() == "*\n"
    (root / ".dlsite/mine").write_text("")
    dlsite(root, "clean")
    assert sorted(path.name for path in (root / ".dlsite").iterdir()) == [".gitignore", "mine"]


def test_check_without_cache_writes_nothing(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    before = _tree(root)
    dlsite(root, "check", "--no-cache")
    assert _tree(root) == before
    assert not (root / ".dlsite").exists()


def test_clean_knows_other_output_directories(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    before = _tree(root)
    dlsite(root, "build", "-o", "out")
    assert dlsite(root, "clean", "-o", "out").code == 0
    assert _tree(root) == before
    assert dlsite(root, "clean", "-o", "content").code == 2
    assert _tree(root) == before


# init and new


def test_new_site_builds_and_checks_without_a_finding(
    dlsite: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = dlsite(Path(), "init")
    assert ran.code == 0
    assert ran.out.splitlines()[-1] == "next: dlsite serve"
    assert dlsite(Path(), "build", "--strict").code == 0
    assert dlsite(Path(), "check", "--strict") == Ran(0, "2 pages checked: no findings\n", "")


def test_init_writes_over_nothing(dlsite: Run, tmp_path: Path) -> None:
    dlsite(tmp_path, "init", "notes")
    (tmp_path / "notes/dlsite.yml").unlink()
    (tmp_path / "notes/content/deep_learning.md").write_text("mine")
    before = _tree(tmp_path)
    ran = dlsite(tmp_path, "init", "notes")
    assert ran.code == 2
    assert "is there already; nothing was written" in ran.err
    assert _tree(tmp_path) == before


def test_init_keeps_the_gitignore_of_a_folder(dlsite: Run, tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    assert dlsite(tmp_path, "init").code == 0
    assert (tmp_path / ".gitignore").read_text() == "mine\n"


def test_new_page_that_is_wanted_takes_title_and_tag_from_its_links(
    dlsite: Run, site: Write
) -> None:
    root = site(SEED)
    ran = dlsite(root, "new", "/recurrent_neural_networks")
    assert ran == Ran(0, "wrote content/recurrent_neural_networks.md\n", "")
    assert (root / "content/recurrent_neural_networks.md").read_text() == (
        "---\nlayout: post\n"
        'title: "Recurrent Neural Networks"\n'
        'permalink: "/recurrent_neural_networks/"\n'
        "tags:\n"
        '  - "Recurrent Neural Networks"\n'
        "draft: true\n---\n\n"
    )
    assert [
        row["file"] for row in json.loads(dlsite(root, "list", "drafts", "--format", "json").out)
    ] == ["content/recurrent_neural_networks.md"]


def test_remedies_of_findings_mend_the_site(dlsite: Run, site: Write) -> None:
    root = site(SEED)
    page = root / "content/2019-05-20-deep-learning.md"
    for finding in json.loads(dlsite(root, "check", "--format", "json").out)["findings"]:
        _, remedy = finding["help"][-1].split("dlsite new ")
        for suggestion in finding["suggestions"]:
            text = page.read_text().replace(finding["target"], suggestion["text"])
            page.write_text(text)
        permalink, title = remedy.split(" --title ")
        assert dlsite(root, "new", permalink, "--title", json.loads(title)).code == 0
    assert dlsite(root, "check", "-D").code == 0


def test_remedies_typed_in_a_shell_make_the_pages_that_are_asked_for(
    dlsite: Run, site: Write
) -> None:
    wiki = "[[What is a GAN?]] [[../up/$x$]] [[a&b]] [[50%20]]"
    body = f"{wiki} [`!` $5 'it'](</what is/>) [b](/x%2541)"
    root = site({"content/a.md": f"---\ntitle: A\npermalink: /a/\n---\n{body}\n"})
    found = json.loads(dlsite(root, "check", "--format", "json").out)["findings"]
    asked = [finding for finding in found if finding["rule"] == "link-missing"]
    assert len(asked) == 6
    for finding in asked:
        words = shlex.split(finding["help"][-1].partition("dlsite ")[2])
        assert dlsite(root, *words).code == 0
    found = json.loads(dlsite(root, "check", "-D", "--format", "json").out)["findings"]
    assert [each for each in found if each["rule"].startswith("link-")] == []


def test_new_page_takes_title_and_tags_from_the_command_line(dlsite: Run, site: Write) -> None:
    root = site(SEED)
    title = 'Say "hi": # 1'
    dlsite(root, "new", "/x/transfer", "--title", title, "--tag", "One", "--tag", "Two: 2")
    rows = json.loads(dlsite(root, "list", "drafts", "--format", "json").out)
    assert rows == [
        {"file": "content/x/transfer.md", "reason": "draft", "permalink": "/x/transfer/"}
    ]
    (root / "dlsite.yml").write_text("drafts: true\n")
    pages = json.loads(dlsite(root, "list", "pages", "--format", "json").out)
    found = [(page["title"], page["tags"]) for page in pages]
    assert ("Say \u201chi\u201d: # 1", ["One", "Two: 2"]) in found


def test_new_page_that_nobody_wants_is_called_after_its_permalink(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    dlsite(root, "new", "gated_recurrent-unit")
    text = (root / "content/gated_recurrent-unit.md").read_text()
    assert 'title: "Gated Recurrent Unit"\npermalink: "/gated_recurrent-unit/"\ndraft' in text


@pytest.mark.parametrize(
    "permalink",
    ["/a/", "a", "/A/", "/../x", "/", "/x.html", "//x/y", "/x?y", "/tags/gans/", "/notes", "/soon"],
)
def test_new_page_that_cannot_be_is_refused(dlsite: Run, site: Write, permalink: str) -> None:
    draft = "---\npermalink: /soon/\ndraft: true\n---\n"
    other = "---\npermalink: /other/\n---\n"
    root = site(GOOD | {"content/notes.md": other, "content/d.md": draft})
    before = _tree(root)
    ran = dlsite(root, "new", permalink)
    assert ran.code == 2
    assert ran.err.startswith("dlsite: ")
    assert _tree(root) == before


# list

LISTED = {
    "content/a.md": (
        "---\ntitle: A\ndate: 2019-05-20 12:15:12 -0500\npermalink: /a/\nredirect_from: /old\n"
        "categories: [Basics]\ntags: [GANs, RNNs]\n---\n[B](/b)\n\n"
        "## Dropout\n\nSee [it](/dropout).\n"
    ),
    "content/b.md": "---\ntitle: B\ntags: [RNNs]\n---\n",
    "content/c.md": "---\ntitle: C\ndraft: true\n---\n",
    "content/d.md": "---\ntitle: D\ndate: 2999-01-01\n---\n",
    "content/e.md": "---\ntitle: E\npublished: false\n---\n",
}
DATE = "2019-05-20T12:15:12-05:00"
LISTS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "pages": (
        [
            {
                "permalink": "/a/",
                "title": "A",
                "date": DATE,
                "tags": ["GANs", "RNNs"],
                "file": "content/a.md",
            },
            {
                "permalink": "/b/",
                "title": "B",
                "date": "",
                "tags": ["RNNs"],
                "file": "content/b.md",
            },
        ],
        [
            f"/a/  A  {DATE}  GANs, RNNs  content/a.md",
            f"/b/  B  {' ' * len(DATE)}  RNNs        content/b.md",
        ],
    ),
    "tags": (
        [
            {"count": 2, "name": "RNNs", "permalink": "/tags/rnns/"},
            {"count": 1, "name": "GANs", "permalink": "/tags/gans/"},
        ],
        ["2  RNNs  /tags/rnns/", "1  GANs  /tags/gans/"],
    ),
    "categories": (
        [{"count": 1, "name": "Basics", "permalink": "/categories/basics/"}],
        ["1  Basics  /categories/basics/"],
    ),
    "drafts": (
        [{"file": "content/c.md", "reason": "draft", "permalink": "/c/"}],
        ["content/c.md  draft  /c/"],
    ),
    "skipped": (
        [
            {"file": "content/c.md", "reason": "draft", "permalink": "/c/"},
            {"file": "content/d.md", "reason": "future date", "permalink": "/d/"},
            {"file": "content/e.md", "reason": "published: false", "permalink": "/e/"},
        ],
        [
            "content/c.md  draft             /c/",
            "content/d.md  future date       /d/",
            "content/e.md  published: false  /e/",
        ],
    ),
    "redirects": (
        [{"from": "/old/", "to": "/a/", "file": "content/a.md:5:16"}],
        ["/old/  /a/  content/a.md:5:16"],
    ),
    "wanted": (
        [
            {
                "links": 1,
                "permalink": "/dropout/",
                "titles": ["Dropout", "it"],
                "places": ["content/a.md:13:10"],
            }
        ],
        ["1  /dropout/  Dropout, it  content/a.md:13:10"],
    ),
    "orphans": (
        [{"permalink": "/a/", "title": "A", "file": "content/a.md"}],
        ["/a/  A  content/a.md"],
    ),
}


@pytest.mark.parametrize("what", LISTS)
def test_list_prints_rows_for_people_and_for_programs(dlsite: Run, site: Write, what: str) -> None:
    root = site(LISTED)
    rows, lines = LISTS[what]
    text = dlsite(root, "list", what)
    assert (text.code, text.out.splitlines(), text.err) == (0, lines, "")
    programs = dlsite(root, "list", what, "--format", "json")
    assert (programs.code, json.loads(programs.out)) == (0, rows)


def test_list_of_nothing_is_empty(dlsite: Run, site: Write) -> None:
    root = site(GOOD)
    assert dlsite(root, "list", "drafts") == Ran(0, "", "")
    assert dlsite(root, "list", "drafts", "--format", "json") == Ran(0, "[]\n", "")


@pytest.mark.parametrize("command", ["list wanted", "report", "explain /rnn/"])
def test_what_could_not_be_read_is_said_beside_what_is_known(
    dlsite: Run, tmp_path: Path, command: str
) -> None:
    ran = dlsite(tmp_path, *command.split())
    assert ran.code == 1
    assert "there is no content folder 'content' [source-unreadable]" in ran.err
    (tmp_path / "content").mkdir()
    ran = dlsite(tmp_path, *command.split())
    assert (ran.code, ran.err) == (0, "")


# Flags


def test_version_is_told(dlsite: Run, tmp_path: Path) -> None:
    assert dlsite(tmp_path, "--version") == Ran(0, f"dlsite {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["biuld"], "there is no 'biuld' here; did you mean 'build'?"),
        (["bild", "--strict"], "did you mean 'build'?"),
        (["xyzzy"], "there is no 'xyzzy' here\n"),
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
    before = _tree(root)
    ran = dlsite(root, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("dlsite: ")
    assert words in ran.err
    assert _tree(root) == before


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


_VERDICTS = [["build"], ["build", "--strict"], ["check"], ["check", "--strict"]]
_OTHERS = [
    ["check", "--format", "json"],
    ["init", "x"],
    ["new", "/dropout"],
    ["list", "wanted"],
    ["clean"],
]


@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        *((arguments, {}) for arguments in _VERDICTS),
        *((arguments, WARNED) for arguments in _VERDICTS),
        *((arguments, DANGLING) for arguments in [*_VERDICTS, *_OTHERS]),
    ],
)
def test_quiet_changes_what_is_printed_and_never_the_result(
    dlsite: Run, site: Write, published: Path, arguments: list[str], more: dict[str, str]
) -> None:
    site(more)
    twin = shutil.copytree(published, published.parent / "twin")
    loud, quiet = dlsite(published, *arguments), dlsite(twin, "-q", *arguments)
    assert quiet.code == loud.code
    assert _tree(twin) == _tree(published)
    if arguments[0] == "list" or "json" in arguments:
        assert quiet == loud
    elif arguments[0] == "check":
        # What makes it fail is said, and nothing else.
        assert ("warning" in quiet.out) == (more is WARNED and quiet.code == 1)
        assert ("error" in quiet.out) == (more is DANGLING)
    elif quiet.code == 0:
        assert quiet.err == ("" if more is not DANGLING else quiet.err)


def test_programs_are_told_everything_by_a_quiet_run(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING | {"content/w.md": WARNED["content/c.md"], "content/x.svg": ""})
    for form in ("json", "sarif", "github", "junit"):
        loud, quiet = (dlsite(root, *more, "check", "--format", form) for more in ([], ["-q"]))
        assert quiet == loud


def test_quiet_prints_errors_only(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING | {"content/w.md": WARNED["content/c.md"], "content/x.svg": ""})
    ran = dlsite(root, "-q", "check")
    assert DANGLING_PLACE in ran.out
    assert "warning" not in ran.out
    assert dlsite(root, "check", "-q") == ran
    assert "[page-orphan]" in dlsite(root, "build", "-v").err
    assert "[page-orphan]" not in dlsite(root, "build").err


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


def test_configuration_may_be_another_file(dlsite: Run, site: Write) -> None:
    root = site(GOOD | {"dlsite.yml": "title: One\n", "other.yml": "title: Two\noutput: two\n"})
    assert dlsite(root, "-c", "other.yml", "build").code == 0
    assert not (root / "public").exists()
    assert b"Two" in _tree(root / "two")["index.html"]


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


def test_check_may_be_told_which_rules_and_files(dlsite: Run, site: Write) -> None:
    root = site(GOOD | DANGLING | {"content/w.md": WARNED["content/c.md"], "content/x.svg": ""})

    def found(*arguments: str) -> tuple[int, set[str]]:
        ran = dlsite(root, "check", "--format", "json", *arguments)
        return ran.code, {each["rule"] for each in json.loads(ran.out)["findings"]}

    assert found() == (1, {"link-missing", "image-alt", "page-orphan", "page-deadend"})
    assert found("--select", "image-alt") == (0, {"image-alt"})
    assert found("--select", "image-alt", "--strict") == (1, {"image-alt"})
    assert found("--ignore", "link-missing", "--ignore", "page-") == (0, {"image-alt"})
    assert found("content/w.md") == (0, {"image-alt", "page-orphan", "page-deadend"})
    assert found("content/a.md", "content/b.md") == (0, set())
    assert found("content") == found()


# Forms of findings

ANNOTATION = (
    "::error file=content/c.md,title=dlsite link-missing,line=4,col=9,endColumn=17::"
    "link to '/dropout', but no page has that permalink"
    '%0Ahelp: create it: dlsite new /dropout/ --title "D"\n'
)


def test_findings_become_annotations_under_github_actions(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site(DANGLING)
    assert dlsite(root, "check", "--format", "github") == Ran(1, ANNOTATION, "")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert dlsite(root, "check") == Ran(1, ANNOTATION, "")
    assert dlsite(root, "check", "--format", "text").out.startswith(DANGLING_PLACE)


def test_findings_are_one_json_document(dlsite: Run, site: Write) -> None:
    root = site(DANGLING)
    ran = dlsite(root, "check", "--format", "json")
    assert (ran.code, ran.err) == (1, "")
    assert json.loads(ran.out) == {
        "schema": 1,
        "tool": "dlsite",
        "version": __version__,
        "summary": {"errors": 1, "warnings": 0, "infos": 0},
        "findings": [
            {
                "rule": "link-missing",
                "severity": "error",
                "file": "content/c.md",
                "line": 4,
                "column": 9,
                "end_column": 17,
                "target": "/dropout",
                "message": "link to '/dropout', but no page has that permalink",
                "help": ['create it: dlsite new /dropout/ --title "D"'],
                "suggestions": [],
                "related": [],
            }
        ],
    }
    built = dlsite(root, "build", "--format", "json")
    assert (built.code, json.loads(built.out)) == (0, json.loads(ran.out))


@pytest.mark.parametrize("form", ["json", "github"])
def test_no_findings_are_a_document_too(dlsite: Run, site: Write, form: str) -> None:
    ran = dlsite(site(GOOD), "check", "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "" if form == "github" else json.loads(ran.out)["findings"] == []


def test_colour_is_for_those_who_want_it(dlsite: Run, site: Write) -> None:
    root = site(DANGLING)
    assert "\x1b[" not in dlsite(root, "check").out
    assert "\x1b[31;1merror\x1b[0m" in dlsite(root, "--color", "always", "check").out
    assert "\x1b[" not in dlsite(root, "check", "--color", "never").out


HOSTILE = r'"\e]0;owned\a \x9b31m \u202e a\nb"'
HOSTILE_SITE = {
    "content/a.md": (
        f"---\ntitle: {HOSTILE}\npermalink: /a/\ntags: [{HOSTILE}]\nlayout: {HOSTILE}\n---\n"
        "# \x1b[31mred\n\n[\x1b[2J](/no\x1b[2Jpe) ![](\u202ex.png)\n"
    ),
    "content/b.md": f"---\ntitle: {HOSTILE}\npermalink: /A/\nredirect_from: {HOSTILE}\n---\n",
    "content/d.md": f"---\ntitle: {HOSTILE}\ndraft: true\n---\n",
    "dlsite.yml": 'output: "a\\e[31mb"\n',
}


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--format", "json"],
        ["check", "--format", "github"],
        ["build", "-v"],
        ["clean"],
        *(["list", what, "--format", form] for what in LISTS for form in ("text", "json")),
    ],
    ids=" ".join,
)
def test_control_characters_of_content_do_not_reach_the_terminal(
    dlsite: Run, site: Write, arguments: list[str]
) -> None:
    root = site(HOSTILE_SITE)
    ran = dlsite(root, *arguments)
    assert [c for c in ran.out + ran.err if not c.isprintable() and c != "\n"] == []
    if "json" in arguments:
        told = json.loads(ran.out)
        assert arguments[1] != "pages" or "\x9b31m" in told[0]["title"]


def test_control_characters_in_the_name_of_the_output_do_not_reach_the_terminal(
    dlsite: Run, site: Write
) -> None:
    root = site(GOOD | {"dlsite.yml": 'output: "a\\e[31mb"\n'})
    for arguments in (["build"], ["clean"], ["build", "-o", "content/\x1b[31m"]):
        ran = dlsite(root, *arguments)
        assert "\x1b" not in ran.out + ran.err
        assert r"\x1b[31m" in ran.out + ran.err


# What goes wrong outside of the content


def test_interruption_is_told_apart(
    dlsite: Run, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _stamps(published / "public")

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("dlsite.incremental.run.publish", interrupted)
    ran = dlsite(published, "build")
    assert ran == Ran(130, "", "dlsite: interrupted; nothing more was written\n")
    assert _stamps(published / "public") == before


def test_terminated_run_says_so_and_leaves_with_143(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = site({"content/a.md": "---\ntitle: A\n---\nText.\n"})
    before = signal.getsignal(signal.SIGTERM)

    def terminated(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)

    monkeypatch.setattr("dlsite.incremental.run.publish", terminated)
    ran = dlsite(root, "build")
    assert ran == Ran(143, "", "dlsite: terminated; nothing more was written\n")
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (MemoryError(), "there is not enough memory"),
        (
            ImportError("cannot map _x.so", name="_x", path="/lib/_x.so"),
            "a library cannot be loaded: cannot map _x.so",
        ),
    ],
)
def test_lack_of_memory_is_said_in_one_line(
    dlsite: Run, site: Write, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    def starved(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("dlsite.incremental.run.publish", starved)
    ran = dlsite(site({"content/a.md": "Text."}), "build")
    assert ran == Ran(2, "", f"dlsite: {said}\n")


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Put a bug into every command that reads a site; returns the folder for its traceback."""

    def buggy(*_: object, **__: object) -> None:
        raise ZeroDivisionError("first line\nsecond line")

    monkeypatch.setattr("dlsite.reading.analyse", buggy)
    folder = tmp_path / "bugs"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_bug_is_owned_up_to_in_one_line_with_a_traceback_in_a_file(
    dlsite: Run, site: Write, broken: Path
) -> None:
    ran = dlsite(site(GOOD), "check")
    (file,) = broken.iterdir()
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.count("\n") == 1
    assert ran.err.startswith("dlsite: a bug in dlsite (ZeroDivisionError); please report it")
    assert ran.err.endswith(f"with the file {file}\n")
    text = file.read_text()
    assert text.startswith(f"dlsite {__version__}, Python {sys.version}")
    assert "Traceback" in text
    assert text.endswith("ZeroDivisionError: first line\nsecond line\n")


def test_bug_is_owned_up_to_where_no_file_can_be_written(
    site: Write, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken.rmdir()
    assert main(["-C", str(site(GOOD)), "check"]) == 3
    lines = capsys.readouterr().err.splitlines()
    assert "second line" in lines
    assert lines[-1].endswith("with the lines above")


def test_refusal_of_the_system_is_no_bug(
    dlsite: Run, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Path, *, missing_ok: bool = False) -> None:
        del missing_ok
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "unlink", refuse)
    ran = dlsite(published, "clean")
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"dlsite: '.*/public/\S+': permission denied\n", ran.err)


# As a process


def test_module_is_the_command_line(site: Write) -> None:
    root = site(DANGLING)
    ran = _process("check", cwd=root)
    assert ran.returncode == 1
    assert ran.stdout.startswith(DANGLING_PLACE)
    assert ran.stderr == ""
    assert _process("build", "--strict", cwd=root).returncode == 1
    assert _process("biuld", cwd=root).returncode == 2


@pytest.mark.parametrize("arguments", [["list", "pages"], ["check"], ["--help"]], ids=" ".join)
def test_reader_that_has_gone_is_no_error_of_ours(site: Write, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ran = _process(*arguments, cwd=site(GOOD), stdout=writer)
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
    ran = _process("list", "pages", cwd=root)
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
    ran = _process("build", "-o", "two", cwd=elsewhere)
    assert ran.returncode == 0
    assert _tree(elsewhere / "two") == _tree(root / "one")
