"""Dates in a time zone whose rules the system knows, and which an upgrade of it changes."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from running import NOON, PATIENCE_SECONDS, Write, tree

Build = Callable[..., subprocess.CompletedProcess[str]]

SITE = {
    "content/a.md": "---\ntitle: A\ndate: 2019-05-20 22:30:00 Z\n---\nText.\n",
    "content/b.md": "---\ntitle: B\ndate: 2019-05-20 22:30:00\n---\n[A](/a/)\n",
    "content/9999-12-31-c.md": "[B](/b/)\n",
    "dlsite.yml": "timezone: Test/Here\nbase_url: https://example.org\nfuture: true\n",
}


def rules(hours: int) -> bytes:
    """Return those of a zone that is always hours ahead of UTC, in the form of RFC 8536."""
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    return b"TZif" + bytes(16) + counts + struct.pack(">lbb", hours * 3600, 0, 0) + b"TST\0"


@pytest.fixture
def zone(tmp_path: Path) -> Path:
    """Return the file in which the system has the zone `Test/Here`, two hours ahead of UTC."""
    file = tmp_path / "zones/Test/Here"
    file.parent.mkdir(parents=True)
    file.write_bytes(rules(2))
    return file


@pytest.fixture
def build(site: Write, zone: Path) -> Build:
    """Return what builds the site `SITE` in a process of its own, for zones are read once."""
    root = site(SITE)
    environment = {"PYTHONTZPATH": str(zone.parent.parent), "SOURCE_DATE_EPOCH": str(NOON)}

    def run(*flags: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "dlsite", "build", *flags],
            check=False,
            cwd=root,
            env=os.environ | environment | more,  # noqa: TID251 - the command line runs as a whole
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )

    return run


def test_upgrade_of_a_zone_changes_the_pages_that_show_its_dates(
    build: Build, site: Write, zone: Path
) -> None:
    root = site({})
    for hours, day in ((2, "2019-05-21"), (-2, "2019-05-20"), (2, "2019-05-21")):
        zone.write_bytes(rules(hours))
        assert build().returncode == 0
        assert f'datetime="{day}' in (root / "public/a/index.html").read_text()
        clean = f"clean {day}"
        assert (root / clean).exists() or build("--no-cache", "-o", clean).returncode == 0
        assert tree(root / "public") == tree(root / clean)


def test_other_place_of_zones_is_another_run(build: Build, zone: Path, tmp_path: Path) -> None:
    assert " written" in build().stderr
    shutil.copytree(zone.parent.parent, tmp_path / "other")
    (tmp_path / "other/Test/Here").write_bytes(rules(-2))
    assert " 0 written" in build().stderr
    assert " 0 written" not in build(PYTHONTZPATH=str(tmp_path / "other")).stderr


def test_zone_that_has_gone_is_a_finding(build: Build, zone: Path) -> None:
    assert build().returncode == 0
    zone.unlink()
    ran = build()
    assert ran.returncode == 2
    assert "dlsite.yml:1:11: error: 'timezone' must be a time zone" in ran.stderr + ran.stdout
