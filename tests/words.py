"""A site of pages that lead to one another, whose words change and nothing else does."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

NAMES = [f"p{number}" for number in range(12)]
_WORDS = ["network", "Layer", "Éa", "zeta", "[x]", "*bold*", "`code`", "$x$", "a & b", "'s", "10"]
_FIELDS = [
    "tags: [Nets, GANs]",
    "tags: [Nets]\nlast_modified_at: 2021-02-03",
    "categories: [Deep]\nrequires: [/p1/]",
    "tags: [GANs]\nimage: /x.svg\nlang: de",
    "tags: [RNN]\nsearch: false",
    "tags: [RNN]\nsitemap: false",
]
CONFIGS = [
    "nav:\n  - One: /p1/\n  - Two: /p2/#part-1\n",
    "base_url: https://example.org/notes\n",
    "nav:\n  - Basics:\n      - One: /p1/\n",
    "permalink: /:title/\nllms: false\n",
    "language: ar\nnav:\n  - C++: /p1/\n",
]


class WordySite:
    """A site of `NAMES`, each a list of parts of which each edit changes one or two."""

    def __init__(self, root: Path, rng: random.Random) -> None:
        self.taken_up = 0
        self._root = root
        self._rng = rng
        self._fields = {name: rng.choice(_FIELDS) for name in NAMES}
        self._titles = {name: f"Page {name}" for name in NAMES}
        self._leads = dict.fromkeys(NAMES, "")
        self._parts = {name: [self._part(number) for number in range(3)] for name in NAMES}
        for folder in ("content", "static"):
            (root / folder).mkdir(parents=True)
        (root / "static/x.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>\n')
        (root / "dlsite.yml").write_text(rng.choice(CONFIGS))
        for name in NAMES:
            self._write(name)

    def edit(self) -> str:
        """Make an edit of one page, seldom of two; return what it was."""
        return ", ".join(self._edit() for _ in range(self._rng.choice([1, 1, 1, 2])))

    def _edit(self) -> str:
        name = self._rng.choice(NAMES)
        edits: list[Callable[[str], None]] = [
            self._title,
            self._lead,
            self._first_words,
            self._link,
            self._heading,
            self._more,
            self._link_more,
            self._link_less,
        ]
        edit = self._rng.choice(edits)
        edit(name)
        self._write(name)
        return f"{name} {edit.__name__}"

    def _title(self, name: str) -> None:
        self._titles[name] = self._rng.choice([self._words(), f"Page {self._rng.choice(NAMES)}"])

    def _lead(self, name: str) -> None:
        self._leads[name] = self._rng.choice(["", self._words()])

    def _first_words(self, name: str) -> None:
        self._parts[name][0] = self._part(0)

    def _link(self, name: str) -> None:
        old, new = self._words(), self._words()
        parts = self._parts[name]
        parts[:] = [part.replace("[", f"{new}. [{old} ", 1) for part in parts]

    def _heading(self, name: str) -> None:
        number = self._rng.randrange(3)
        part = self._parts[name][number]
        head, end = part.partition(" {#")[::2]
        first = head.rpartition("## ")[0]
        self._parts[name][number] = f"{first}## {self._words()} {{#{end}"

    def _link_more(self, name: str) -> None:
        target = self._rng.choice([f"/{other}/" for other in NAMES] + ["https://example.com/", "/"])
        fragment = self._rng.choice(["", "#part-1", "#part-0"])
        number = self._rng.randrange(len(self._parts[name]))
        text = f"[{self._words()}]({target}{fragment}) {self._words()}.\n\n"
        self._parts[name][number] = self._rng.choice([text + self._parts[name][number], text])

    def _link_less(self, name: str) -> None:
        parts = self._parts[name]
        parts[:] = [re.sub(r"\]\(/\w+/\)", "]", part, count=1) for part in parts]

    def _more(self, name: str) -> None:
        more = self._rng.choice([f"### {self._words()}\n\n{self._words()}\n", "word " * 200])
        self._parts[name].append(f"{more}\n")

    def _words(self) -> str:
        return " ".join(self._rng.sample(_WORDS, self._rng.randint(1, 3)))

    def _part(self, number: int) -> str:
        others = self._rng.sample(NAMES, 2)
        links = " and ".join(f"[{self._words()}](/{other}/)" for other in others)
        start = f"{self._words()}. See {links}, {self._words()}. {'So it goes on. ' * 12}\n\n"
        return f"{start}## {self._words()} {{#part-{number}}}\n\n{self._words()}.\n\n"

    def _write(self, name: str) -> None:
        fields = [
            f"title: {_quoted(self._titles[name])}",
            f"permalink: /{name}/",
            f"date: 2020-01-{int(name[1:]) + 1:02d}",
            self._fields[name],
        ]
        if self._leads[name]:
            fields.append(f"description: {_quoted(self._leads[name])}")
        front = "\n".join(fields)
        (self._root / f"content/{name}.md").write_text(
            f"---\n{front}\n---\n{''.join(self._parts[name])}"
        )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
