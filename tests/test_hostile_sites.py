"""Whole sites with something hostile in them: each row is one input and what is promised of it.

The numbers in brackets are those of `PROMISES`.  On every row hold: no traceback, an exit code
that says whether the site was published, every page that is not named as left out in the output
(1), a line for each error with the place in the file, sorted (2, 3), seconds (4), nothing
touched where it was not published (5), no control character on the terminal (6), and outputs
that their readers can read, in which no text of an author's became markup (13).
"""

from __future__ import annotations

import json
import re
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from dlsite.cli import main
from dlsite.diagnostics import printable
from dlsite.processes.budget import parse_in_time
from hostilerows import GOOD, PROMISES, SECONDS, Files, Row
from hostilesites import ROWS
from running import Run, tree


def _write(root: Path, files: Files) -> None:
    for path, made in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if callable(made):
            made(file)
        else:
            file.write_bytes(made.encode() if isinstance(made, str) else made)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site that is published, to be copied."""
    root = tmp_path_factory.mktemp("good")
    _write(root, {"content/good.md": GOOD})
    assert main(["-q", "-C", str(root), "build"]) == 0
    return root


@pytest.mark.parametrize("name", ROWS)
def test_promises_are_kept(
    name: str, good: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ROWS[name]
    given = parse_in_time.__kwdefaults__ or {}
    monkeypatch.setattr(parse_in_time, "__kwdefaults__", {**given, "seconds": 0.3})
    root = tmp_path / "site"
    shutil.copytree(good, root)
    before = tree(root / "public")
    _write(root, row.files)
    started = time.process_time()
    ran = run(root, "build", "--format", "json")
    assert time.process_time() - started < SECONDS
    findings = json.loads(ran.out)["findings"]
    told = [each for each in findings if each["severity"] != "info"]
    found = [
        f"{each['file'].removeprefix('content/')}:{each['line']} {each['rule']}" for each in told
    ]
    assert found == list(row.found)
    assert ran.code == (0 if row.is_published else 1)
    if row.is_published:
        _no_page_is_missing(row, tree(root / "public"), ran.err, told)
        _outputs_can_be_read(row, tree(root / "public"))
    else:
        assert tree(root / "public") == before
    _is_told_in_lines(run(root, "check").out, told)


def _no_page_is_missing(
    row: Row, outputs: Mapping[str, bytes], said: str, told: list[dict[str, object]]
) -> None:
    named = {each["file"] for each in told if each["rule"] == "source-skipped"}
    named |= set(re.findall(r"^skipped (\S+): \w+", said, re.MULTILINE))
    pages = [path for path in row.files if path.endswith(".md") and "/." not in path]
    for path in pages:
        address = path.removeprefix("content/").removesuffix(".md")
        assert path in named or f"{address}/index.html" in outputs, path


def _outputs_can_be_read(row: Row, outputs: Mapping[str, bytes]) -> None:
    for path, content in outputs.items():
        if path.endswith(".json"):
            json.loads(content)
        elif path.endswith(".xml"):
            ET.fromstring(content)
        elif path.endswith(".html"):
            text = content.decode()
            assert not [each for each in row.never if each in text], path
            for data in re.findall(
                r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL
            ):
                json.loads(data)


def _is_told_in_lines(printed: str, told: list[dict[str, object]]) -> None:
    """Say that each finding is a line with its place, in order, and nothing steers a terminal."""
    assert printed.replace("\n", "").isprintable()
    lines = [line for line in printed.split("\n") if re.search(r": (error|warning): ", line)]
    places = []
    for each in told:
        line = f":{each['line']}:" if each["line"] else ": "
        places.append(f"{printable(str(each['file']))}{line}")
    assert len(lines) == len(places)
    assert [
        line for line, place in zip(lines, places, strict=True) if not line.startswith(place)
    ] == []


def test_every_promise_has_its_rows() -> None:
    on_every_row = {2, 3, 5}
    assert {promise for row in ROWS.values() for promise in row.promises} | on_every_row == set(
        PROMISES
    )
