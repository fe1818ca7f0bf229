"""A site whose pages are reworded, and runs that know whether they looked at all of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from dlsite import reading
from dlsite.build import analyse
from dlsite.cli import main
from dlsite.start import run_again
from dlsite.understanding import Analysis

PAGE = """---
title: A
date: 2019-05-20 12:15:12 -0500
tags: [Nets, GANs]
---
A first block.

## Layers

See [the other](/b/) and ![a picture](/x.png). A second block, with $x$ in it.

## Losses

A third block.

As in [](/b/).

![B](/x.png "Caption"){: #fig}
"""
PAGE += "\nIt has words enough for more than a stub. " * 10 + "\n"
SITE = {
    "content/a.md": PAGE,
    "content/b.md": "---\ntitle: B\ntags: [Nets]\ndate: 2019-05-19\n---\n"
    "[Back](/a/#losses), [](/a/#fig).\n",
    "content/c.md": "---\ntitle: C\n---\nAlone, and a [dead end](/nowhere/).\n",
    "dlsite.yml": "base_url: https://example.org/notes\n",
    "static/x.png": "x",
}


class Runs:
    """Runs commands as the program does, and knows which of them looked at the whole site."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys = capsys
        self.whole = 0
        patch.setattr(reading, "analyse", self._analyse)
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")

    def _analyse(self, *arguments: object, **named: object) -> Analysis:
        self.whole += 1
        return analyse(*arguments, **named)  # type: ignore[arg-type]

    def __call__(self, root: Path, command: str, *flags: str) -> tuple[int, str]:
        """Return exit code and what was printed, without numbers of files and seconds."""
        arguments = ["-C", str(root), command, *flags]
        code = run_again(arguments)
        if code is None:
            code = main(arguments)
        said = self._capsys.readouterr()
        kept = [line for line in said.err.split("\n") if " written, " not in line]
        return code, said.out + "\n".join(kept)


def written(texts: Mapping[str, str], root: Path) -> Path:
    """Write a site into a folder; return that."""
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root
