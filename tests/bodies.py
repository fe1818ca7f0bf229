"""Bodies of pages at random, with everything that a body can hold, and edits of them.

Pages are called `Page p1`, stand at `/p1/`, and share their words, so that they lead to one
another, to what is not there yet, and are found by the same searches.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable

WORDS = ["network", "layer", "gradient", "attention", "decoder", "prior", "token", "policy"]
NAMES = ["Transfer Learning", "GANs", "C++", "RNN"]
_SEPARATOR = "\n\n"
_HEADING = re.compile(r"(?<=^## ).*$", re.MULTILINE)
_WORD = re.compile(rf"\b(?:{'|'.join(WORDS)}|rare)\b")
_NUMBER = re.compile(r"\bp\d+")
_BLOCKS = {
    "paragraph": 4,
    "heading": 4,
    "link": 6,
    "main_article": 2,
    "wiki_link": 2,
    "formula": 3,
    "image": 2,
}

"""How often a kind of block comes; all others come once."""
_OFTEN = {"word": 10, "sentence": 3, "insert": 2, "heading": 4, "target": 4}
"""How often a kind of edit comes; all others come once."""


class Bodies:
    """Makes and edits bodies; `pages` says how many pages there have been."""

    def __init__(self, rng: random.Random, pages: Callable[[], int]) -> None:
        self._rng = rng
        self._blocks = Blocks(rng, pages)
        self._edits: dict[str, Callable[[str], str]] = {
            "insert": self._insert,
            "sentence": lambda text: f"{text}{self._blocks.paragraph()}\n",
            "append": lambda text: f"{text}\n\n{self._blocks.any()}\n",
            "first paragraph": self._first_paragraph,
            "remove": self._remove,
            "replace": lambda text: self._insert(self._remove(text)),
            "move": self._move,
            "word": self._word,
            "heading": lambda text: self._one(_HEADING, text, self._blocks.title),
            "target": lambda text: self._one(_NUMBER, text, self._blocks.name),
            "blanks": lambda text: text + self._rng.choice(["\n", "  \n", "\n\n\n"]),
            "line ends": lambda text: text.replace("\n", "\r\n") if "\r" not in text else text,
            "formulas out": self._without_formulas,
            "nothing": lambda _: "",
            "anew": lambda _: self.body(),
        }

    def body(self) -> str:
        """Return a body of some blocks."""
        blocks = [self._blocks.any() for _ in range(self._rng.randint(2, 8))]
        return f"\n{_SEPARATOR.join(blocks)}\n"

    def calm_body(self) -> str:
        """Return a body that there is nothing to say about, as most are."""
        blocks = [self._blocks.calm() for _ in range(self._rng.randint(3, 8))]
        return f"\n{self._blocks.paragraph()}\n\n{_SEPARATOR.join(blocks)}\n"

    def edit(self, text: str) -> tuple[str, str]:
        """Return a body after one edit, and what kind of edit it was."""
        kind = self._rng.choices(list(self._edits), [_OFTEN.get(each, 1) for each in self._edits])[
            0
        ]
        return self._edits[kind](text), kind

    def _insert(self, text: str) -> str:
        blocks = text.split(_SEPARATOR)
        blocks.insert(self._rng.randint(0, len(blocks)), self._blocks.any())
        return _SEPARATOR.join(blocks)

    def _first_paragraph(self, text: str) -> str:
        return f"\n{self._blocks.paragraph()}\n\n{text.lstrip()}"

    def _remove(self, text: str) -> str:
        blocks = text.split(_SEPARATOR)
        del blocks[self._rng.randrange(len(blocks))]
        return _SEPARATOR.join(blocks)

    def _move(self, text: str) -> str:
        blocks = text.split(_SEPARATOR)
        block = blocks.pop(self._rng.randrange(len(blocks)))
        blocks.insert(self._rng.randint(0, len(blocks)), block)
        return _SEPARATOR.join(blocks)

    def _word(self, text: str) -> str:
        """Write another word in the place of one."""
        new = self._rng.choice([*WORDS, "Policy", "rare", "*rare*", ""])
        return self._one(_WORD, text, lambda: new)

    def _without_formulas(self, text: str) -> str:
        return _SEPARATOR.join(block for block in text.split(_SEPARATOR) if "$" not in block)

    def _one(self, pattern: re.Pattern[str], text: str, make: Callable[[], str]) -> str:
        """Give one of the matches of a pattern another text."""
        found = list(pattern.finditer(text))
        if not found:
            return self._insert(text)
        match = self._rng.choice(found)
        return text[: match.start()] + make() + text[match.end() :]


class Blocks:
    """Makes blocks; each method that is no `_` and not in `_OTHERS` is one kind of block."""

    _OTHERS = ("any", "calm", "name", "title")

    def __init__(self, rng: random.Random, pages: Callable[[], int]) -> None:
        self._rng = rng
        self._pages = pages

    def any(self) -> str:
        """Return a block of a kind at random."""
        kinds = [kind for kind in vars(Blocks) if kind[0] != "_" and kind not in self._OTHERS]
        kind = self._rng.choices(kinds, [_BLOCKS.get(kind, 1) for kind in kinds])[0]
        make: Callable[[], str] = getattr(self, kind)
        return make()

    def calm(self) -> str:
        """Return a block that there is nothing to say about, where its page is there."""
        words = self._rng.choice(WORDS)
        return self._rng.choice(
            [
                *[self.paragraph()] * 2,
                *[f"## {self.title()}"] * 2,
                *[f"{self._sentence()} See [{words}](/p{self._rng.randint(1, 9)}/)."] * 3,
                f"So ${words[0]}^2$ it is: {words}.",
                self.list_(),
            ]
        )

    def name(self) -> str:
        """Return what a page is called, also one that is not there yet."""
        return f"p{self._rng.randint(1, self._pages() + 3)}"

    def title(self) -> str:
        """Return the words of a heading."""
        words = " ".join(self._rng.choices(WORDS, k=self._rng.randint(1, 2)))
        return words.capitalize() + self._rng.choice(["", "", "", " {#own}"])

    def _sentence(self) -> str:
        words = self._rng.choices([*WORDS, "the", "of", *NAMES], k=6)
        if self._rng.random() < 0.3:
            words.insert(3, self._rng.choice([self.name(), "unheard", "神经网络", "Über"]))
        return " ".join(words).capitalize() + self._rng.choice([".", "!", "…", ' "so".'])

    def _target(self) -> str:
        name, rng = self.name(), self._rng
        return rng.choice(
            [
                *[f"/{name}" + rng.choice(["", "/", "/index.html", "?a=b"])] * 4,
                *[f"/{name}/#" + rng.choice(["layer", "policy-token", "own", "top"])] * 3,
                *(f"{name}.md", f"../sub/{name}.md#layer", f"sub/{name}.md"),
                *("#layer", "#own", "#nowhere", "/tags/gans/", "/tags/", "/"),
                *(f"/q{rng.randint(1, 9)}/", f"/old{rng.randint(1, 3)}", f"/images/{name[1]}.png"),
                *(f"https://example.org/notes/{name}/", "https://example.com/x", "mailto:a@b.org"),
                *("", "javascript:x()", "https://[::1", f"/{name.upper()}"),
            ]
        )

    def paragraph(self) -> str:
        return " ".join(self._sentence() for _ in range(self._rng.randint(1, 3)))

    def heading(self) -> str:
        return f"{'#' * self._rng.choice([1, 2, 2, 2, 3, 4])} {self.title()}"

    def link(self) -> str:
        words = self._rng.choice(
            ["there", self._sentence(), f"the *{self._rng.choice(WORDS)}*", "", "Figure"]
        )
        return f"{self._sentence()} See [{words}]({self._target()}), {self._sentence()}"

    def main_article(self) -> str:
        return f"See main article [{self._sentence()[:-1]}](/{self.name()})."

    def wiki_link(self) -> str:
        target = self._rng.choice([f"Page {self.name()}", self.name(), "Transfer Learning"])
        return f"{self._sentence()} [[{target}{self._rng.choice(['', '#layer', '|words'])}]]."

    def reference_link(self) -> str:
        mark = self._rng.choice(WORDS)
        return f"[{self._sentence()}][{mark}]\n\n[{mark}]: {self._target()} '{mark}'"

    def raw_html(self) -> str:
        return f'<p id="{self._rng.choice(WORDS)}"><a href="{self._target()}">raw</a></p>'

    def image(self) -> str:
        number = self._rng.randint(1, 4)
        place = self._rng.choice([f"/images/{number}.png", f"images/{number}.png"])
        return f"![{self._rng.choice(['', 'x', self._sentence()])}]({place})"

    def figure(self) -> str:
        name, number = self._rng.choice(["layer", "own", "cell"]), self._rng.randint(1, 4)
        caption = self._rng.choice(["", "Fig. 7: "]) + self._rng.choice(WORDS)
        return f'![x](/images/{number}.png "{caption}"){{: #{name}}}'

    def wiki_image(self) -> str:
        return f"![[{self._rng.randint(1, 4)}.png]]"

    def formula(self) -> str:
        sign = self._rng.choice(["x", r"\alpha", r"\sqrt{y}", r"\mathbb{R}", r"\R", "∑", r"\frac{"])
        label = rf" \label{{eq:{self._rng.choice(WORDS)}}}"
        display = f"$$\n{sign} = 1{self._rng.choice(['', label])}\n$$"
        return self._rng.choice([f"So ${sign}^2$ it is.", display, rf"As \eqref{{eq:{WORDS[0]}}}."])

    def code(self) -> str:
        language = self._rng.choice(["python", "python", "json", "", "unheard-of"])
        text = self._rng.choice(["x = 1", "def f(:", f"# {self._sentence()}\n\nx = [1]", "{}"])
        return f"```{language}\n{text}\n```"

    def footnote(self) -> str:
        mark = self._rng.choice(["1", "2", "note"])
        return f"{self._sentence()}[^{mark}]\n\n[^{mark}]: See [x]({self._target()})."

    def table(self) -> str:
        return f"| a | b |\n|---|---|\n| {self._sentence()} | [x]({self._target()}) |"

    def list_(self) -> str:
        mark = self._rng.choice(["-", "1.", "- [x]"])
        return "\n".join(f"{mark} {self._sentence()}" for _ in range(3))

    def quote(self) -> str:
        return f"> {self._rng.choice(['', '[!NOTE]', '[!TIP]'])}\n> {self._sentence()}"

    def definitions(self) -> str:
        return f"{self._rng.choice(WORDS)}\n:   {self._sentence()}"

    def abbreviation(self) -> str:
        return f"*[{self._rng.choice(NAMES)}]: {self._sentence()}"

    def contents(self) -> str:
        return "* x\n{:toc}"

    def more(self) -> str:
        return "<!-- more -->"

    def comment(self) -> str:
        return f"<!-- [x]({self._target()}) {self._sentence()} -->"

    def liquid(self) -> str:
        return self._rng.choice(["{{ page.title }}", "{% include x.html %}", "{% link p1.md %}"])

    def unclosed(self) -> str:
        return self._rng.choice(["```python", "<div>", "<details>", "**", "[x](", "$$"])
