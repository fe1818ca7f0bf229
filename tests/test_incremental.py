"""An incremental build ends with the bytes and findings of a clean one, whatever was edited.

`make fuzz` runs this for long, with seeds of its own.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlsite import early
from dlsite.cache import tool_digest
from dlsite.cli import main
from dlsite.folders import theme_directory
from dlsite.publish.manifest import MANIFEST

SEEDS = [int(seed) for seed in os.getenv("FUZZ_SEEDS", "1 2").split()]
EDITS = int(os.getenv("FUZZ_EDITS", "20"))
NOON = 1_700_000_000
WORDS = ["network", "layer", "gradient", "attention", "decoder", "prior", "token", "policy"]
TAGS = ["GANs", "gans", "Transfer Learning", "RNN", "C++", "C"]
CONFIGS = [
    "",
    "title: Notes\n",
    "base_url: https://example.org/notes\n",
    "markdown: {typography: false}\n",
    "check: {rules: {page-orphan: warning}}\n",
    "nav:\n  - One: /p1/\n  - Two: /p2\n",
    "permalink: /:title/\ntimezone: America/New_York\n",
    "exclude: [sub]\n",
    "redirects: {/old/: /p1/}\n",
    "defaults:\n  - scope: {path: sub}\n    values: {tags: [Sub], layout: page}\n",
    "unknown_key: 1\n",
]


@dataclass(frozen=True)
class Ran:
    """A build that has ended: exit code, findings as printed, whether it ended early."""

    code: int
    findings: str
    was_early: bool


Run = Callable[..., Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what does a build as the program does, without a process of its own."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOON))

    def build(root: Path, *flags: str) -> Ran:
        arguments = ["-C", str(root), "build", *flags]
        code = early.repeat(arguments)
        was_early = code is not None
        if code is None:
            code = main(arguments)
        # The last line counts what was written, and tells the time.
        findings = capsys.readouterr().err.rpartition("\n")[0].rpartition("\n")[0]
        return Ran(code, findings, was_early)

    return build


def tree(folder: Path) -> dict[str, bytes]:
    """Return every output by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


@pytest.mark.parametrize("seed", SEEDS)
def test_random_edits_end_as_a_clean_build(
    seed: int, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(seed)
    site = EditedSite(tmp_path / "site", rng)
    history: list[str] = []
    for number in range(EDITS):
        history.append(edit(site, rng, monkeypatch))
        clean = run(site.root, "--no-cache", "-o", str(tmp_path / f"clean{number}"))
        ours = run(site.root)
        where = f"seed {seed}, after {history}"
        assert not clean.was_early
        assert (ours.code, ours.findings.replace("public", "")) == (
            clean.code,
            clean.findings.replace(str(tmp_path / f"clean{number}"), ""),
        ), where
        if ours.code == 0:
            assert tree(site.root / "public") == tree(tmp_path / f"clean{number}"), where
            again = run(site.root)
            if not again.was_early and "cache_damaged" in history:
                # Damage that shows only where it is written over costs one run more.
                again = run(site.root)
            assert (again.was_early, again.findings) == (True, ours.findings), where


def edit(site: EditedSite, rng: random.Random, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make an edit of the site, or of what is around it."""
    around = rng.randrange(20)
    if around == 0:
        monkeypatch.setattr("dlsite.tool.__version__", f"0.0.{rng.randrange(99)}")
        tool_digest.cache_clear()
        return "another version"
    if around == 1:
        monkeypatch.setenv(
            "SOURCE_DATE_EPOCH", str(NOON + rng.choice([-10, 0, 10, 20]) * 31_536_000)
        )
        return "another time"
    return site.edit()


class EditedSite:
    """A site that is edited at random; each method that is no `_` is one kind of edit."""

    def __init__(self, root: Path, rng: random.Random) -> None:
        self.root = root
        self._rng = rng
        self._made = 0
        for folder in ("content/sub", "static"):
            (root / folder).mkdir(parents=True)
        for _ in range(9):
            self.create()

    def edit(self) -> str:
        """Make one edit; return what it was."""
        kinds = [name for name in vars(EditedSite) if not name.startswith("_") and name != "edit"]
        kind = self._rng.choice(kinds)
        act: Callable[[], None] = getattr(self, kind)
        act()
        return kind

    # What edits are made of

    def _pages(self) -> list[Path]:
        return sorted(self.root.glob("content/**/*.md"))

    def _page(self) -> Path:
        pages = self._pages()
        if not pages:
            self.create()
        return self._rng.choice(self._pages())

    def _sentence(self) -> str:
        return " ".join(self._rng.choices(WORDS, k=5)).capitalize() + "."

    def _target(self) -> str:
        number = self._rng.randint(1, self._made + 2)
        return f"/p{number}" + self._rng.choice(["", "/", "#layer", "#policy"])

    def _set(self, field: str, value: str) -> None:
        """Give a field of some page a value; an empty one takes the field away."""
        page = self._page()
        lines = page.read_text(errors="replace").split("\n")
        kept = [line for line in lines if not line.startswith(f"{field}:")]
        page.write_text("\n".join([kept[0], *([f"{field}: {value}"] if value else []), *kept[1:]]))

    def _append(self, text: str) -> None:
        page = self._page()
        page.write_text(f"{page.read_text(errors='replace')}\n{text}\n")

    def _any(self, pattern: str) -> Path | None:
        found = [path for path in sorted(self.root.glob(pattern)) if path.is_file()]
        return self._rng.choice(found) if found else None

    # Pages

    def create(self) -> None:
        self._made += 1
        name = f"p{self._made}"
        folder = self._rng.choice(["", "sub/"])
        (self.root / f"content/{folder}").mkdir(parents=True, exist_ok=True)
        tags = ", ".join(self._rng.sample(TAGS, 2))
        front = f"title: Page {name}\ntags: [{tags}]\ndate: 20{self._rng.randint(10, 29)}-01-02"
        front += f"\npermalink: /{name}/"
        text = f"---\n{front}\n---\n\n{self._sentence()}\n\n## Layer\n\n[a]({self._target()})\n"
        (self.root / f"content/{folder}{name}.md").write_text(text)

    def body(self) -> None:
        sentence = self._sentence()
        self._append(f"{sentence} So $\\sqrt{{{sentence[0]}}}$ it is.")

    def heading(self) -> None:
        self._append(f"## {self._rng.choice(WORDS)}")

    def link(self) -> None:
        self._append(f'See [there]({self._target()}), "{self._sentence()}"')

    def wiki_link(self) -> None:
        self._append(f"See [[Page p{self._rng.randint(1, self._made + 1)}]].")

    def image(self) -> None:
        self._append(f"![{self._rng.choice(['', 'x'])}](/images/{self._rng.randint(1, 3)}.png)")

    def title(self) -> None:
        self._set("title", self._rng.choice(["", "'A *new* title'", self._sentence()]))

    def tags(self) -> None:
        self._set("tags", f"[{', '.join(self._rng.sample(TAGS, 3))}]")

    def permalink(self) -> None:
        self._set("permalink", self._rng.choice(["", f"/q{self._rng.randint(1, 30)}/", "/p1/"]))

    def date(self) -> None:
        self._set(
            "date", self._rng.choice(["", "2001-02-03", "2023-12-30 23:30:00 -0500", "2031-01-01"])
        )

    def draft(self) -> None:
        self._set("draft", self._rng.choice(["true", "false", ""]))

    def redirect(self) -> None:
        self._set("redirect_from", self._rng.choice(["", f"/old{self._rng.randint(1, 3)}/"]))

    def layout(self) -> None:
        self._set("layout", self._rng.choice(["", "page", "post", "home", "nowhere"]))

    def broken_front_matter(self) -> None:
        self._set("title", "a: b: c")

    def delete(self) -> None:
        self._page().unlink()

    def rename_file(self) -> None:
        page = self._page()
        page.rename(page.with_name(f"r{self._rng.randint(1, 99)}.md"))

    def rename_folder(self) -> None:
        old, new = self.root / "content/sub", self.root / "content/other"
        if new.exists():
            old, new = new, old
        if old.exists() and not new.exists():
            old.rename(new)

    def same_size_at_once(self) -> None:
        """Change a word for one of its length, and set the time back."""
        page = self._page()
        status, text = page.stat(), page.read_text(errors="replace")
        page.write_text(text.replace("e", "o", self._rng.randint(1, 9)))
        os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))

    def touch(self) -> None:
        self._page().touch()

    def not_utf8(self) -> None:
        self._page().write_bytes(b"---\ntitle: x\n---\nab\xff\n")

    # The rest of a site

    def template(self) -> None:
        self._override(self._rng.choice(["page.html", "post.html", "term.html", "home.html"]))

    def partial(self) -> None:
        names = sorted(path.name for path in (theme_directory() / "templates/partials").iterdir())
        self._override(f"partials/{self._rng.choice(names)}")

    def _override(self, name: str) -> None:
        file = self.root / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = (theme_directory() / "templates" / name).read_text()
        file.write_text(text + self._rng.choice([f"<!-- {self._sentence()} -->\n", "", "{% if %}"]))

    def template_removed(self) -> None:
        if (file := self._any("templates/**/*")) is not None:
            file.unlink()

    def config(self) -> None:
        (self.root / "dlsite.yml").write_text(self._rng.choice(CONFIGS))

    def static(self) -> None:
        folder = self.root / self._rng.choice(["static/images", "content/images"])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self._rng.randint(1, 3)}.png").write_text(self._sentence())

    def static_removed(self) -> None:
        if (file := self._any("*/images/*")) is not None:
            file.unlink()

    # What is not the site's

    def output_tampered(self) -> None:
        if (file := self._any("public/**/*.html")) is not None:
            status, text = file.stat(), file.read_text()
            file.write_text(self._rng.choice(["mine", text.replace("a", "b"), ""]))
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    def output_deleted(self) -> None:
        if (file := self._any("public/**/[!.]*")) is not None:
            file.unlink()

    def outputs_deleted(self) -> None:
        shutil.rmtree(self.root / "public", ignore_errors=True)

    def cache_damaged(self) -> None:
        file = self.root / ".dlsite/cache.sqlite"
        if file.exists():
            content = bytearray(file.read_bytes())
            for _ in range(20):
                content[self._rng.randrange(len(content))] ^= 0x55
            file.write_bytes(content)

    def cache_foreign(self) -> None:
        (self.root / ".dlsite").mkdir(exist_ok=True)
        (self.root / ".dlsite/cache.sqlite").write_text(self._rng.choice(["", "no database"]))
