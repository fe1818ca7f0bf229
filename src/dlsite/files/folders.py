"""The folders that a site is made of, and what in them is never content."""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path

from dlsite.config.settings import Config
from dlsite.dataclass import dataclass
from dlsite.files.walk import Globs, Walk, walk

LEDGER = "urls.txt"
TAGS_FILE = "tags.yml"
THEME_STATIC, THEME_TEMPLATES = "theme:static", "theme:templates"
# Left behind by editors and by other tools; never content.
_IGNORED = (
    ".*",
    "*~",
    "#*#",
    "*.swp",
    "*.tmp",
    "*.bak",
    "Thumbs.db",
    "__pycache__",
    "node_modules",
)
# The folders of a Jekyll site that are no pages, where the content folder is the site itself.
_JEKYLL_FOLDERS = ("_layouts", "_includes", "_sass", "_data", "_site", "_plugins", "vendor")
_JEKYLL_FILES = ("dlsite.yml", "_config.yml", "Gemfile*", "README.md", "LICENSE*", LEDGER)


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to read: where it is, the name that paths in it are shown with, what to leave out.

    `place` has no trailing slash and is empty for the site itself.
    """

    path: str
    place: str
    exclude: tuple[str, ...] = _IGNORED
    include: tuple[str, ...] = ()

    def shown(self, relative: str) -> str:
        """Return the path that a diagnostic names."""
        return f"{self.place}/{relative}" if self.place else relative

    def leaves_out(self, relative: str) -> bool:
        """Say whether a file of this relative path is none of the site's, or in such a folder."""
        globs = Globs(self.exclude, self.include)
        parts = relative.split("/")
        folders = accumulate(parts, "{}/{}".format)
        return any(globs.leave_out(*each) for each in zip(folders, parts, strict=True))

    def walk(self) -> Walk:
        """Look at what stands in it."""
        return walk(self.path, Globs(self.exclude, self.include))


def tags_path(content: str) -> str:
    """Return the path of the tags file relative to the site."""
    return TAGS_FILE if content == "." else f"{content}/{TAGS_FILE}"


def theme_directory() -> Path:
    """Return the folder that holds the default theme's `templates` and `static`."""
    package = Path(__file__).resolve().parents[1]
    installed = package / "theme"
    # In a source checkout the theme stands at the top of the repository.
    return installed if installed.is_dir() else package.parent.parent


def folders(root: Path, config: Config) -> tuple[Folder, ...]:
    """Return the folders that a site is made of: content, the theme's two, the site's own two."""
    theme = theme_directory()
    exclude = (*_IGNORED, *config.exclude)
    beside = exclude
    if config.content == ".":
        beside += (*_JEKYLL_FOLDERS, config.output, config.templates, config.static, *_JEKYLL_FILES)
    found = [
        Folder(
            str(root / config.content),
            "" if config.content == "." else config.content,
            beside,
            config.include,
        ),
        Folder(str(theme / "static"), THEME_STATIC),
        Folder(str(theme / "templates"), THEME_TEMPLATES),
        Folder(str(root / config.templates), config.templates),
    ]
    own_static = root / config.static
    if own_static.resolve() != (theme / "static").resolve():
        found.append(Folder(str(own_static), config.static, exclude, config.include))
    return tuple(found)
