"""Read what a site is made of: content, static files, templates.  An effect, and the only reader.

Every file is read once, so a build works on one snapshot.  Nothing but regular files
below the site's own folders is opened.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

from dlsite.config import Config
from dlsite.diagnostics import Diagnostic, Position, printable
from dlsite.records import SourceFile, StaticFile

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mkd", ".mkdown")
LEDGER = "urls.txt"
TAGS_FILE = "tags.yml"
MAX_SOURCE_BYTES = 16 * 1024 * 1024
_ASSET_SUFFIXES = (".css", ".js")
# What a site adds to the theme's own, where it has a file of that name.
_CUSTOM_ASSETS = {"custom.css", "custom.js"}
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
_TEMPLATE_SUFFIXES = (
    *(".html", ".htm", ".xhtml", ".xml", ".css", ".scss", ".sass", ".js", ".coffee"),
    *(".json", ".txt", ".svg", ".webmanifest"),
)
_JEKYLL_FOLDERS = ("_layouts", "_includes", "_sass", "_data", "_site", "_plugins", "vendor")


@dataclass(frozen=True, slots=True)
class Sources:
    """One snapshot of a site's files.

    `templates` maps a template name to its text, the site's own over the theme's;
    `template_paths` the same names to the path that a diagnostic shows;
    `theme_templates` are the names that the theme has.  `stylesheets` maps the path of
    a static CSS file to its text.  `ledger` and `tags_file` are the texts of `urls.txt`
    and of `tags.yml` in the content folder, `None` where there is no such file.
    """

    pages: tuple[SourceFile, ...] = ()
    statics: tuple[StaticFile, ...] = ()
    templates: Mapping[str, str] = field(default_factory=dict)
    template_paths: Mapping[str, str] = field(default_factory=dict)
    theme_templates: frozenset[str] = frozenset()
    stylesheets: Mapping[str, str] = field(default_factory=dict)
    ledger: str | None = None
    tags_file: str | None = None


def tags_path(content: str) -> str:
    """Return the path of the tags file relative to the site."""
    return TAGS_FILE if content == "." else f"{content}/{TAGS_FILE}"


def theme_directory() -> Path:
    """Return the folder that holds the default theme's `templates` and `static`."""
    package = Path(__file__).resolve().parent
    installed = package / "theme"
    # In a source checkout the theme stands at the top of the repository.
    return installed if installed.is_dir() else package.parent.parent


def read_sources(root: Path, config: Config) -> tuple[Sources, tuple[Diagnostic, ...]]:
    """Read the site at `root`; what cannot be read is a diagnostic, and left out."""
    diagnostics: list[Diagnostic] = []
    pages, beside = _content(root, config, diagnostics)
    theme = theme_directory()
    statics = {
        file.url_path: file
        for file in _statics(theme / "static", "theme:static", Config(), diagnostics)
    }
    assets = {path for path in statics if path.endswith(_ASSET_SUFFIXES)} | _CUSTOM_ASSETS
    own_static = root / config.static
    if own_static.is_dir() and own_static.resolve() != (theme / "static").resolve():
        own = _statics(
            own_static,
            config.static,
            Config(include=config.include, exclude=config.exclude),
            diagnostics,
        )
        statics |= {file.url_path: file for file in own}
    templates, template_paths = _texts(theme / "templates", "theme:templates", diagnostics)
    theme_templates = frozenset(templates)
    own_folder = root / config.templates
    if own_folder.is_dir():
        own_templates, own_paths = _texts(own_folder, config.templates, diagnostics)
        templates |= own_templates
        template_paths |= own_paths
    statics = {path: replace(file, is_asset=path in assets) for path, file in statics.items()}
    # A static file beside the pages is as good as one in the static folder: both are kept,
    # and two on one URL are reported where the routes are made.
    everything = sorted([*statics.values(), *beside], key=lambda file: (file.url_path, file.path))
    sources = Sources(
        pages,
        tuple(everything),
        templates,
        template_paths,
        theme_templates,
        _stylesheets(everything, diagnostics),
        _text(root / LEDGER, LEDGER, diagnostics),
        _text(root / config.content / TAGS_FILE, tags_path(config.content), diagnostics),
    )
    return sources, tuple(diagnostics)


def _content(
    root: Path, config: Config, diagnostics: list[Diagnostic]
) -> tuple[tuple[SourceFile, ...], tuple[StaticFile, ...]]:
    pages: list[SourceFile] = []
    beside: list[StaticFile] = []
    folder = root / config.content
    if not folder.is_dir():
        diagnostics.append(
            Diagnostic(
                "source-unreadable",
                Position(config.content),
                f"there is no content folder '{config.content}'",
                ("make it, or start a site: dlsite init", "or name another: content: FOLDER"),
            )
        )
        return (), ()
    shown = "" if config.content == "." else f"{config.content}/"
    for relative, file in _walk(folder, shown, config, diagnostics):
        if file.suffix.lower() in MARKDOWN_SUFFIXES:
            source = _source(file, shown + relative, relative, diagnostics)
            if source is not None:
                pages.append(source)
        elif config.content == "." and _is_template(file):
            message = f"'{shown}{relative}' is skipped: a template of Jekyll's, not a page"
            remedy = "write its words into a Markdown file"
            diagnostics.append(
                Diagnostic("source-skipped", Position(shown + relative), message, (remedy,))
            )
        else:
            static = _static(file, relative, shown + relative, diagnostics)
            if static is not None:
                beside.append(static)
    return tuple(pages), tuple(beside)


def _is_template(file: Path) -> bool:
    """Say whether Jekyll would fill in a file: it has front matter and is no Markdown."""
    if file.suffix.lower() not in _TEMPLATE_SUFFIXES:
        return False
    try:
        with file.open("rb") as stream:
            return bool(re.match(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n", stream.read(64)))
    except OSError:
        return False


def _walk(
    folder: Path, shown: str, config: Config, diagnostics: list[Diagnostic], below: str = ""
) -> Iterator[tuple[str, Path]]:
    """Yield the regular files below `folder` in order of path, with their relative path."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder / below))
    except OSError as error:
        diagnostics.append(_unreadable(shown + below, error))
        return
    for name in names:
        relative = f"{below}{name}"
        if _is_left_out(relative, name, config):
            continue
        if not _is_utf8(name):
            shown_name = printable(shown + relative)
            message = f"the name of '{shown_name}' is not UTF-8"
            finding = Diagnostic("source-encoding", Position(shown_name), message, ("rename it",))
            diagnostics.append(finding)
            continue
        path = folder / relative
        kind = _kind(path, folder, shown + relative, diagnostics)
        if kind == "folder":
            yield from _walk(folder, shown, config, diagnostics, f"{relative}/")
        elif kind == "file":
            yield relative, path


def _is_utf8(name: str) -> bool:
    # Python keeps the bytes of a name that cannot be decoded as lone surrogates.
    return not any("\ud800" <= c <= "\udfff" for c in name)


def _is_left_out(relative: str, name: str, config: Config) -> bool:
    if any(fnmatchcase(relative, pattern) for pattern in config.include):
        return False
    if relative == TAGS_FILE:
        return True
    patterns = [*_IGNORED, *config.exclude]
    if config.content == ".":
        patterns += [*_JEKYLL_FOLDERS, config.output, config.templates, config.static]
        patterns += ["dlsite.yml", "_config.yml", "Gemfile*", "README.md", "LICENSE*", LEDGER]
    # As in `.gitignore`, a pattern without a slash inside is for names at any depth.
    bare = [pattern.strip("/") for pattern in patterns]
    return any(
        fnmatchcase(relative if "/" in pattern else name, pattern) for pattern in bare if pattern
    )


def _kind(path: Path, folder: Path, shown: str, diagnostics: list[Diagnostic]) -> str:
    """Return `file`, `folder` or nothing; a device, pipe or a link out of the site is reported."""
    try:
        mode = path.stat().st_mode
        if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
            reason = "it is a symbolic link that leads out of the folder"
            diagnostics.append(
                Diagnostic("source-unreadable", Position(shown), f"'{shown}' is not read: {reason}")
            )
            return ""
        if path.is_symlink() and stat.S_ISDIR(mode):
            # What it leads to is inside the folder and read there: twice would be a conflict,
            # and a link to a parent would never end.
            message = f"'{shown}' is skipped: a symbolic link to a folder that is read already"
            diagnostics.append(Diagnostic("source-skipped", Position(shown), message))
            return ""
    except OSError as error:
        diagnostics.append(_unreadable(shown, error))
        return ""
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    diagnostics.append(
        Diagnostic("source-skipped", Position(shown), f"'{shown}' is skipped: no regular file")
    )
    return ""


def _source(
    file: Path, path: str, content_path: str, diagnostics: list[Diagnostic]
) -> SourceFile | None:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_SOURCE_BYTES + 1)
    except OSError as error:
        diagnostics.append(_unreadable(path, error))
        return None
    if len(content) > MAX_SOURCE_BYTES:
        too_large = OSError(f"it is larger than {MAX_SOURCE_BYTES // 2**20} MiB")
        diagnostics.append(_unreadable(path, too_large))
        return None
    text, finding = decode(content, path)
    if finding is not None:
        diagnostics.append(finding)
    return SourceFile(path, content_path, text, hashlib.sha256(content).hexdigest())


def decode(content: bytes, path: str) -> tuple[str, Diagnostic | None]:
    r"""Return the text of a source file: UTF-8, without byte order mark, `\n` line ends.

    Bytes that are not UTF-8 and NUL become U+FFFD, with a diagnostic at the first.
    """
    finding = None
    # Done to the bytes, so that places count in lines as the author sees them.
    content = content.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line_start = content.rfind(b"\n", 0, error.start) + 1
        line = content.count(b"\n", 0, error.start) + 1
        column = len(content[line_start : error.start].decode("utf-8", "replace")) + 1
        text = content.decode("utf-8", "replace")
        finding = Diagnostic(
            "source-encoding",
            Position(path, line, column),
            f"byte 0x{content[error.start]:02x} is not UTF-8",
            ("save the file as UTF-8",),
        )
    if "\0" in text:
        before, _, _ = text.partition("\0")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        text = text.replace("\0", "\ufffd")
        finding = finding or Diagnostic(
            "source-encoding",
            Position(path, line, column),
            "a NUL character is no text",
            ("remove it, or give a file that is no text another name",),
        )
    return text, finding


def _text(file: Path, path: str, diagnostics: list[Diagnostic]) -> str | None:
    """Return the text of a file that need not be there."""
    if not file.is_file():
        return None
    source = _source(file, path, path, diagnostics)
    return None if source is None else source.text


def _statics(
    folder: Path, shown: str, config: Config, diagnostics: list[Diagnostic]
) -> tuple[StaticFile, ...]:
    if not folder.is_dir():
        return ()
    found = []
    for relative, file in _walk(folder, f"{shown}/", config, diagnostics):
        static = _static(file, relative, f"{shown}/{relative}", diagnostics)
        if static is not None:
            found.append(static)
    return tuple(found)


def _stylesheets(files: Iterable[StaticFile], diagnostics: list[Diagnostic]) -> dict[str, str]:
    """Return the texts of stylesheets: what they refer to is checked."""
    texts = {}
    for file in files:
        if file.url_path.lower().endswith(".css"):
            try:
                content = Path(file.origin).read_bytes()
            except OSError as error:
                diagnostics.append(_unreadable(file.path, error))
                continue
            texts[file.path], _ = decode(content[:MAX_SOURCE_BYTES], file.path)
    return texts


def _static(
    file: Path, url_path: str, path: str, diagnostics: list[Diagnostic]
) -> StaticFile | None:
    try:
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        diagnostics.append(_unreadable(path, error))
        return None
    return StaticFile(url_path, path, str(file), digest)


def _texts(
    folder: Path, shown: str, diagnostics: list[Diagnostic]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the texts below `folder` by relative path, and the path to show for each."""
    texts: dict[str, str] = {}
    paths: dict[str, str] = {}
    for relative, file in _walk(folder, f"{shown}/", Config(), diagnostics):
        paths[relative] = f"{shown}/{relative}"
        try:
            content = file.read_bytes()
        except OSError as error:
            diagnostics.append(_unreadable(paths[relative], error))
            continue
        texts[relative], finding = decode(content, paths[relative])
        if finding is not None:
            diagnostics.append(finding)
    return texts, paths


def _unreadable(path: str, error: OSError) -> Diagnostic:
    reason = error.strerror or str(error)
    return Diagnostic(
        "source-unreadable",
        Position(path),
        f"'{path}' cannot be read: {reason[:1].lower()}{reason[1:]}",
    )
