"""A site understood again, with what was known of it, is what it is without.

`make fuzz` runs this for long, with seeds of its own.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Mapping

import pytest

from dlsite.understanding import Analysis, understand

SEEDS = [int(seed) for seed in os.getenv("FUZZ_SEEDS", "1 2 3").split()]
EDITS = 2 * int(os.getenv("FUZZ_EDITS", "20"))

Understood = Callable[[Mapping[str, str]], Analysis]

_PAGES = frozenset(range(7))
_TITLES = ["Layers", "Éa", "Loss", "layers", "A long way", "$L_2$ norm", "L₂ norm"]
_FIELDS = [
    *["title: {title}"] * 8,
    *("description: {title}", "tags: [GANs]", "tags: [gans, RNN]", "date: 2019-05-2{number}"),
    *("redirect_from: /old/", "redirect_from: /old{number}/", "requires: [/p{number}/, Loss]"),
]
_ODD = [
    *("date: 2031-01-01", "draft: true", "published: false", "permalink: /p{number}/"),
    *("redirect_to: /p{number}/", "layout: nowhere", "sitemap: false", "title: [x"),
]
_BLOCKS = [
    *("Words of {title}.", "[[{title}]] is called.", "[[{title}#part]] too.", "[[p{number}]]"),
    *(
        "See [it](/p{number}/).",
        "See [it](/p{number}/#part).",
        "[](/p{number}/#part)",
        "[]({path})",
    ),
    *("[there](#part)", "[file](p{number}.md#e-a)", "[old](/old/#part)", "[gone](/pp{number}/)"),
    *("[case](/P{number}/)", "[tag](/tags/gans/)", "![](/x.png)", "![[x.png]]", "[](/tags/rnn/)"),
    *("## Part", "## {title}", "### {title} {{#part}}", "## E\u0301a", "[form](/p{number}/#éa)"),
    "[host](https://example.org/p{number}/#part)",
]
_CONFIGS = [
    "title: Notes\n",
    "base_url: https://example.org\nnav:\n  - Part: /p1/#part\n  - Two: /p2/\n",
    "check: {ignore: [{rule: link-anchor, reason: later}]}\npermalink: /:title/\n",
]


class TangledSite:
    """Pages that call one another in every way, some of which lead nowhere."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._fields = {
            number: {"permalink": f"/p{number}/", "title": f"T{number}"} for number in _PAGES
        }
        self._odd: dict[int, dict[str, str]] = {number: {} for number in _PAGES}
        self._blocks = {number: [self._block() for _ in range(5)] for number in _PAGES}
        self._gone: set[int] = set()
        self._config = rng.choice(_CONFIGS)

    def _block(self) -> str:
        return self._filled(self._rng.choice(_BLOCKS))

    def _filled(self, text: str) -> str:
        number = self._rng.choice([*_PAGES])
        title = self._rng.choice(_TITLES)
        return text.format(number=number, title=title, path=f"p{number}.md")

    @property
    def texts(self) -> dict[str, str]:
        """The files of the site."""
        pages = {}
        for number in sorted(_PAGES - self._gone):
            fields = self._fields[number] | self._odd[number]
            front = "\n".join(f"{name}: {value}" for name, value in fields.items())
            body = "\n\n".join(self._blocks[number])
            pages[f"content/p{number}.md"] = f"---\n{front}\n---\n{body}\n"
        return {**pages, "static/x.png": "x", "dlsite.yml": self._config}

    def edit(self) -> str:
        """Change a block or a field of one page; return which."""
        number = self._rng.choice([*_PAGES])
        new = self._block()
        match self._rng.choices(["block", "field", "odd", "gone"], [10, 8, 2, 1])[0]:
            case "block":
                self._blocks[number][self._rng.randrange(5)] = new
            case "field":
                new = self._filled(self._rng.choice(_FIELDS))
                name, _, value = new.partition(": ")
                self._fields[number][name] = value
            case "gone":
                self._gone ^= {number}
            case _:
                new = self._filled(self._rng.choice(_ODD))
                name, _, value = new.partition(": ")
                self._odd[number] = {} if self._odd[number] else {name: value}
        return f"p{number} {new}"


@pytest.mark.parametrize("seed", SEEDS)
def test_random_edits_give_what_is_understood_anew(understood: Understood, seed: int) -> None:
    rng = random.Random(seed)
    site = TangledSite(rng)
    known = understood(site.texts)
    history: list[str] = []
    kept = 0
    for _ in range(EDITS):
        history.append(site.edit())
        if rng.random() < 0.2:
            history.append(site.edit())
        first = understood(site.texts)
        again = understand(first.sources, first.parsed, first.config, first.reading, known)
        assert again.diagnostics == first.diagnostics, (seed, history)
        assert again == first, (seed, history)
        routes = [each.site.routes.route_by_permalink for each in (known, again)]
        kept += routes[0] is routes[1]
        known = again
    # Else nothing was tried.
    assert kept > EDITS / 8
