"""A site that is edited at random, in every way that authors and tools do it."""

from __future__ import annotations

import os
import random
import re
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

from bodies import Bodies
from configs import CONFIGS, TAG_FILES
from dlsite.files.folders import theme_directory
from photographs import png

TAGS = ["GANs", "gans", "Transfer Learning", "RNN", "C++", "C"]
_OFTEN = {"body": 45, "picture": 3}
"""How often a kind of edit comes; all others come once.  Of all edits bodies are half."""
_BEGINNING = re.compile(r"\A---\r?\n.*?^---\r?\n", re.DOTALL | re.MULTILINE)


class EditedSite:
    """A site that is edited at random; each method named in `_KINDS` is one kind of edit.

    `is_damaged` is set where the memory of builds was tampered with.
    """

    def __init__(self, root: Path, rng: random.Random) -> None:
        self.root = root
        self.is_damaged = False
        self._rng = rng
        self._made = 0
        self._bodies = Bodies(rng, lambda: self._made)
        self._seen: list[str] = [""]
        self._kept = root.with_name("kept")
        for folder in ("content/sub", "static"):
            (root / folder).mkdir(parents=True)
        for _ in range(9):
            self.create()
        for _ in range(3):
            self.picture()

    def edit(self) -> str:
        """Make one edit; return what it was."""
        kind = self._rng.choices(_KINDS, [_OFTEN.get(each, 1) for each in _KINDS])[0]
        act: Callable[[], str | None] = getattr(self, kind)
        detail = act()
        return f"{kind}: {detail}" if detail else kind

    def keep(self) -> None:
        """Keep the sources as they are, as a commit does."""
        shutil.rmtree(self._kept, ignore_errors=True)
        shutil.copytree(self.root, self._kept, ignore=_OUTPUTS)

    def undo(self) -> None:
        """Let the sources be as they were kept; what was made meanwhile is gone."""
        self._bring_back(shutil.copyfile)

    def _bring_back(self, copy: Callable[[str, str], object]) -> None:
        for place in self.root.iterdir():
            if place.name not in ("public", ".dlsite"):
                _remove(place)
        shutil.copytree(self._kept, self.root, dirs_exist_ok=True, copy_function=copy)

    # What edits are made of

    def _pages(self) -> list[Path]:
        return sorted(self.root.glob("content/**/*.md"))

    def _page(self) -> Path:
        if not self._pages():
            self.create()
        return self._rng.choice(self._pages())

    def _set(self, field: str, value: str) -> str:
        """Give a field of some page a value; an empty one takes the field away."""
        page = self._page()
        lines = page.read_text(errors="replace").split("\n")
        kept = [line for line in lines if not line.startswith(f"{field}:")]
        page.write_text("\n".join([kept[0], *([f"{field}: {value}"] if value else []), *kept[1:]]))
        return f"{page.name} {value}"

    def _any(self, pattern: str) -> Path | None:
        found = [path for path in sorted(self.root.glob(pattern)) if path.is_file()]
        return self._rng.choice(found) if found else None

    def _word(self) -> str:
        return self._rng.choice(["*new*", "network", "Learning", "C++", "$x^2$", "<b>"])

    # Bodies

    def body(self) -> str:
        """Change the body of one page and nothing else."""
        page = self._page()
        text = page.read_bytes().decode("utf-8", "replace")
        front = match[0] if (match := _BEGINNING.match(text)) else ""
        body = text[len(front) :]
        if self._rng.random() < 0.1:
            # Back to what it was, or what another page is.
            new, kind = self._rng.choice(self._seen), "seen before"
        else:
            new, kind = self._bodies.edit(body)
        self._seen.append(body)
        page.write_bytes((front + new).encode())
        return f"{page.name} {kind}"

    def same_size_at_once(self) -> None:
        """Change a word for one of its length, and set the time back."""
        page = self._page()
        status, text = page.stat(), page.read_text(errors="replace")
        page.write_text(text.replace("e", "o", self._rng.randint(1, 9)))
        os.utime(page, ns=(status.st_atime_ns, status.st_mtime_ns))

    def touch(self) -> None:
        self._page().touch()

    # Front matter

    def title(self) -> str:
        title = self._rng.choice(["", f"'A {self._word()} title'", "Transfer Learning"])
        return self._set("title", title)

    def description(self) -> str:
        return self._set("description", self._rng.choice(["", f"About {self._word()}"]))

    def tags(self) -> str:
        return self._set("tags", f"[{', '.join(self._rng.sample(TAGS, self._rng.randint(0, 3)))}]")

    def categories(self) -> str:
        return self._set("categories", self._rng.choice(["", "[A, b]", "[a]"]))

    def permalink(self) -> str:
        return self._set(
            "permalink", self._rng.choice(["", f"/q{self._rng.randint(1, 9)}/", "/p1/"])
        )

    def date(self) -> str:
        days = ["", "2001-02-03", "2023-12-30 23:30:00 -0500", "2031-01-01"]
        return self._set("date", self._rng.choice(days))

    def last_modified(self) -> str:
        return self._set("last_modified_at", self._rng.choice(["", "2024-05-06", "no day"]))

    def draft(self) -> str:
        return self._set("draft", self._rng.choice(["true", "false", ""]))

    def language(self) -> str:
        return self._set("lang", self._rng.choice(["", "de", "he", "ja"]))

    def excerpt(self) -> str:
        return self._set("excerpt", self._rng.choice(["", f"In {self._word()} words."]))

    def field_of_their_own(self) -> str:
        return self._set("custom", self._rng.choice(["", "{a: [1, {b: c}]}", "{title_html: x}"]))

    def requires(self) -> str:
        return self._set("requires", self._rng.choice(["", f"[/p{self._rng.randint(1, 9)}]"]))

    def redirect(self) -> str:
        return self._set("redirect_from", self._rng.choice(["", f"/old{self._rng.randint(1, 3)}/"]))

    def layout(self) -> str:
        return self._set("layout", self._rng.choice(["", "page", "post", "home", "nowhere"]))

    def left_out(self) -> str:
        field = self._rng.choice(["search", "sitemap", "published"])
        return self._set(field, self._rng.choice(["", "false"]))

    def broken_front_matter(self) -> str:
        return self._set("title", "a: b: c")

    # Files of pages

    def create(self) -> str:
        self._made += 1
        name = f"p{self._made}"
        folder = self._rng.choice(["", "sub/"])
        (self.root / f"content/{folder}").mkdir(parents=True, exist_ok=True)
        tags = ", ".join(self._rng.sample(TAGS, 2))
        front = f"title: Page {name}\ntags: [{tags}]\ndate: 20{self._rng.randint(10, 25)}-01-02"
        front += f"\npermalink: /{name}/"
        make = self._rng.choice([self._bodies.body, self._bodies.calm_body])
        text = f"---\n{front}\n---\n{make()}"
        (self.root / f"content/{folder}{name}.md").write_text(text)
        return name

    def delete(self) -> str:
        page = self._page()
        page.unlink()
        return page.name

    def rename_file(self) -> None:
        page = self._page()
        page.rename(page.with_name(f"r{self._rng.randint(1, 99)}.md"))

    def rename_folder(self) -> None:
        old, new = self.root / "content/sub", self.root / "content/other"
        if new.exists():
            old, new = new, old
        if old.exists() and not new.exists():
            old.rename(new)

    def swap_files(self) -> None:
        """Let two files change places, which keep their times."""
        one, other = self._page(), self._page()
        passing = self.root.with_name("passing")
        for old, new in ((one, passing), (other, one), (passing, other)):
            if old != new:
                old.rename(new)

    def checkout(self) -> None:
        """Let the sources be what they were once with their times, as tools do that set them."""
        if self._kept.exists():
            self._bring_back(shutil.copy2)

    def not_utf8(self) -> None:
        self._page().write_bytes(b"---\ntitle: x\n---\nab\xff\n")

    # The rest of a site

    def template(self) -> str:
        return self._override(
            self._rng.choice(["page.html", "post.html", "term.html", "home.html"])
        )

    def partial(self) -> str:
        names = sorted(path.name for path in (theme_directory() / "templates/partials").iterdir())
        return self._override(f"partials/{self._rng.choice(names)}")

    def _override(self, name: str) -> str:
        file = self.root / "templates" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = (theme_directory() / "templates" / name).read_text()
        file.write_text(text + self._rng.choice([f"<!-- {self._word()} -->\n", "", "{% if %}"]))
        return name

    def template_removed(self) -> None:
        if (file := self._any("templates/**/*")) is not None:
            file.unlink()

    def config(self) -> str:
        text = self._rng.choice(CONFIGS)
        (self.root / self._rng.choice(["dlsite.yml", "dlsite.yml", "_config.yml"])).write_text(text)
        return text

    def config_removed(self) -> None:
        if (file := self._any("*.yml")) is not None:
            file.unlink()

    def tags_file(self) -> str:
        text = self._rng.choice(TAG_FILES)
        (self.root / "content/tags.yml").write_text(text)
        return text

    def tags_file_removed(self) -> None:
        (self.root / "content/tags.yml").unlink(missing_ok=True)

    def ledger(self) -> None:
        lines = [f"/p{self._rng.randint(1, 20)}/{end}\n" for end in ("", "#layer", "")]
        (self.root / "urls.txt").write_text("".join(lines))

    def static(self) -> None:
        folder = self.root / self._rng.choice(["static/images", "content/images"])
        folder.mkdir(parents=True, exist_ok=True)
        size = (self._rng.randint(1, 3), self._rng.randint(1, 3))
        (folder / f"{self._rng.randint(1, 4)}.png").write_bytes(_png(*size))

    def picture(self) -> None:
        """Put a whole image there, or its twin, so large that it gets other forms."""
        name = f"{self._rng.randint(1, 4)}{self._rng.choice(['', '.dark'])}"
        file = self._any(f"*/images/{name}.png") or self.root / f"static/images/{name}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(60, 40, seed=self._rng.randrange(4)))

    def stylesheet(self) -> None:
        (self.root / "static").mkdir(exist_ok=True)
        name = self._rng.choice(["custom.css", "own.css"])
        text = f"a {{ background: url(images/{self._rng.randint(1, 4)}.png) }}\n"
        (self.root / "static" / name).write_text(text)

    def static_removed(self) -> None:
        if (file := self._any(self._rng.choice(["*/images/*", "static/*.css"]))) is not None:
            file.unlink()

    # What is not the author's

    def output_tampered(self) -> None:
        if (file := self._any("public/**/*.html")) is not None:
            status, text = file.stat(), file.read_text()
            file.write_text(self._rng.choice(["mine", text.replace("a", "b"), ""]))
            os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))

    def output_with_an_odd_time(self) -> None:
        if (file := self._any("public/**/*.html")) is not None:
            moment = self._rng.choice([-(10**18), 0, 4 * 10**18])
            os.utime(file, ns=(moment, moment))

    def output_deleted(self) -> None:
        if (file := self._any("public/**/[!.]*")) is not None:
            file.unlink()

    def outputs_deleted(self) -> None:
        shutil.rmtree(self.root / "public", ignore_errors=True)

    def cache_damaged(self) -> None:
        file = self.root / ".dlsite/cache.sqlite"
        if file.exists() and (content := bytearray(file.read_bytes())):
            for _ in range(20):
                content[self._rng.randrange(len(content))] ^= 0x55
            file.write_bytes(content)
            self.is_damaged = True

    def forms_damaged(self) -> None:
        if (file := self._any(".dlsite/images/*")) is not None:
            if self._rng.random() < 0.5:
                file.unlink()
            else:
                file.write_bytes(b"damaged")

    def cache_foreign(self) -> None:
        (self.root / ".dlsite").mkdir(exist_ok=True)
        (self.root / ".dlsite/cache.sqlite").write_text(self._rng.choice(["", "no database"]))

    def carried_elsewhere(self) -> None:
        """Copy the site as a fresh checkout with a restored cache, with or without outputs."""
        old = self.root
        self.root = old.with_name("site" if old.name != "site" else "checkout")
        ignored = self._rng.choice([[], ["public"]])
        # Files of a copy have times of their own.
        ignore = shutil.ignore_patterns(*ignored)
        shutil.copytree(old, self.root, ignore=ignore, copy_function=shutil.copyfile)
        shutil.rmtree(old)


_OUTPUTS = shutil.ignore_patterns("public", ".dlsite")


_KINDS = [
    name for name in vars(EditedSite) if name[0] != "_" and name not in ("edit", "keep", "undo")
]


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink()


def _png(width: int, height: int) -> bytes:
    """Return as much of a picture as says how large it is."""
    head = b"IHDR" + struct.pack(">II", width, height) + b"\x08\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head
