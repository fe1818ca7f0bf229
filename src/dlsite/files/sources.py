"""Read what a site is made of: content, static files, templates.  An effect, and the only reader.

Every file is read once, so a build works on one snapshot.  Nothing but regular files
below the site's own folders is opened.
"""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from dlsite.config.settings import Config
from dlsite.diagnostics import Diagnostic, Position, printable
from dlsite.files.folders import (
    LEDGER,
    TAGS_FILE,
    THEME_STATIC,
    THEME_TEMPLATES,
    Folder,
    folders,
    tags_path,
)
from dlsite.files.images import look
from dlsite.files.sitefiles import Digests, PageFile, SeenFile, Sources
from dlsite.files.sourcetext import MAX_SOURCE_BYTES, decode, digest_of, read_source, unreadable
from dlsite.files.walk import FOLDER_LINK, ODD, OUTSIDE, UNDECODABLE, Walk
from dlsite.records import MARKDOWN_SUFFIXES, SourceFile, StaticFile

_ASSET_SUFFIXES = (".css", ".js")
# What a site adds to the theme's own, where it has a file of that name.
_CUSTOM_ASSETS = {"custom.css", "custom.js"}
# What Jekyll fills in where it has front matter, though it is no Markdown.
_TEMPLATE_SUFFIXES = (
    *(".html", ".htm", ".xhtml", ".xml", ".css", ".scss", ".sass", ".js", ".coffee"),
    *(".json", ".txt", ".svg", ".webmanifest"),
)


def read_sources(
    root: Path, config: Config, known: Digests = MappingProxyType({})
) -> tuple[Sources, tuple[Diagnostic, ...]]:
    """Read the site at `root`; what cannot be read is a diagnostic, and left out.

    A page whose stamp is among what is `known` is not read, and a static file not hashed.
    """
    content, *others = folders(root, config)
    reader = _Reader(known)
    pages, beside = reader.content(content, config)
    statics: dict[str, StaticFile] = {}
    texts: dict[str, str] = {}
    paths: dict[str, str] = {}
    theme_templates: frozenset[str] = frozenset()
    assets = set(_CUSTOM_ASSETS)
    for folder in others:
        if folder.place in (THEME_TEMPLATES, config.templates):
            own_texts, own_paths = reader.templates(folder)
            texts, paths = texts | own_texts, paths | own_paths
            if folder.place == THEME_TEMPLATES:
                theme_templates = frozenset(own_texts)
        else:
            found = {file.url_path: file for file in reader.statics(folder)}
            statics |= found
            if folder.place == THEME_STATIC:
                assets |= {path for path in found if path.endswith(_ASSET_SUFFIXES)}
    statics = {path: replace(file, is_asset=path in assets) for path, file in statics.items()}
    # A static file beside the pages is as good as one in the static folder: both are kept,
    # and two on one URL are reported where the routes are made.
    everything = sorted([*statics.values(), *beside], key=lambda file: (file.url_path, file.path))
    sources = Sources(
        tuple(pages),
        tuple(everything),
        texts,
        paths,
        theme_templates,
        _stylesheets(everything, reader.diagnostics),
        _text(root / LEDGER, LEDGER, reader.diagnostics),
        _text(root / config.content / TAGS_FILE, tags_path(config.content), reader.diagnostics),
        reader.stamps,
        tuple(reader.folders),
    )
    return sources, tuple(reader.diagnostics)


class _Reader:
    """Reads folder by folder; gathers stamps and diagnostics."""

    def __init__(self, known: Digests) -> None:
        self._known = known
        self.diagnostics: list[Diagnostic] = []
        self.stamps: dict[str, tuple[tuple[str, str, str], ...]] = {}
        self.folders: list[tuple[Folder, Walk]] = []

    def content(self, folder: Folder, config: Config) -> tuple[list[PageFile], list[StaticFile]]:
        """Return the pages and the static files of the content folder."""
        pages: list[PageFile] = []
        beside: list[StaticFile] = []
        walked = self._walk(folder)
        if not walked.exists:
            self.diagnostics.append(_no_content(config.content))
        known = self._known.get(folder.place, {})
        stamps: list[tuple[str, str, str]] = []
        for relative, stamp in walked.files:
            before = len(self.diagnostics)
            if relative.lower().endswith(MARKDOWN_SUFFIXES):
                page = self._page(folder, relative, stamp, known)
                pages += [page] if page is not None else []
                file: PageFile | StaticFile | None = page
            elif relative == TAGS_FILE:
                # Its text is read with what there is to say of it; here its digest counts.
                with suppress(OSError):
                    content = Path(folder.path, relative).read_bytes()
                    stamps.append((relative, stamp, digest_of(content)))
                file = None
            elif config.content == "." and _is_template(Path(folder.path, relative)):
                self.diagnostics.append(_jekyll_template(folder.shown(relative)))
                file = None
            else:
                static = self._static(folder, relative, stamp, known)
                beside += [static] if static is not None else []
                file = static
            # What has a finding is read every time, so that the finding is made every time.
            if file is not None and len(self.diagnostics) == before:
                stamps.append((relative, stamp, file.digest))
        self.stamps[folder.place] = tuple(stamps)
        return pages, beside

    def statics(self, folder: Folder) -> list[StaticFile]:
        """Return the files of a static folder."""
        known = self._known.get(folder.place, {})
        found = []
        stamps = []
        for relative, stamp in self._walk(folder).files:
            file = self._static(folder, relative, stamp, known)
            if file is not None:
                found.append(file)
                stamps.append((relative, stamp, file.digest))
        self.stamps[folder.place] = tuple(stamps)
        return found

    def templates(self, folder: Folder) -> tuple[dict[str, str], dict[str, str]]:
        """Return the texts of a folder by relative path, and the path to show for each."""
        texts: dict[str, str] = {}
        paths: dict[str, str] = {}
        stamps = []
        for relative, stamp in self._walk(folder).files:
            paths[relative] = folder.shown(relative)
            try:
                content = Path(folder.path, relative).read_bytes()
            except OSError as error:
                self.diagnostics.append(unreadable(paths[relative], error))
                continue
            texts[relative], finding = decode(content, paths[relative])
            stamps.append((relative, stamp, digest_of(content)))
            if finding is not None:
                self.diagnostics.append(finding)
        self.stamps[folder.place] = tuple(stamps)
        return texts, paths

    def _walk(self, folder: Folder) -> Walk:
        walked = folder.walk()
        self.folders.append((folder, walked))
        self.diagnostics += [_remark(folder, *remark) for remark in walked.remarks]
        return walked

    def _page(
        self, folder: Folder, relative: str, stamp: str, known: Mapping[str, tuple[str, str]]
    ) -> PageFile | None:
        seen, digest = known.get(relative, ("", ""))
        origin = f"{folder.path}/{relative}"
        if seen == stamp:
            return SeenFile(folder.shown(relative), relative, digest, origin)
        return read_source(Path(origin), folder.shown(relative), relative, self.diagnostics)

    def _static(
        self, folder: Folder, relative: str, stamp: str, known: Mapping[str, tuple[str, str]]
    ) -> StaticFile | None:
        seen, digest = known.get(relative, ("", ""))
        origin, path = f"{folder.path}/{relative}", folder.shown(relative)
        if seen == stamp:
            return _static_file(relative, path, origin, digest)
        try:
            with Path(origin).open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
        except OSError as error:
            self.diagnostics.append(unreadable(path, error))
            return None
        return _static_file(relative, path, origin, digest)


def _static_file(relative: str, path: str, origin: str, digest: str) -> StaticFile:
    seen = look(origin)
    return StaticFile(relative, path, origin, digest, size=seen.size, fault=seen.fault)


def _stylesheets(files: Iterable[StaticFile], diagnostics: list[Diagnostic]) -> dict[str, str]:
    """Return the texts of stylesheets: what they refer to is checked."""
    texts = {}
    for file in files:
        if file.url_path.lower().endswith(".css"):
            try:
                content = Path(file.origin).read_bytes()
            except OSError as error:
                diagnostics.append(unreadable(file.path, error))
                continue
            texts[file.path], _ = decode(content[:MAX_SOURCE_BYTES], file.path)
    return texts


def read_again(file: SeenFile) -> tuple[SourceFile, tuple[Diagnostic, ...]]:
    """Read a file that was taken for known, where what is known of it has been lost.

    Raises `OSError` where it has gone meanwhile.
    """
    diagnostics: list[Diagnostic] = []
    source = read_source(Path(file.origin), file.path, file.content_path, diagnostics)
    if source is None:
        raise FileNotFoundError(errno.ENOENT, "it has gone while the site was read", file.path)
    return source, tuple(diagnostics)


def _is_template(file: Path) -> bool:
    """Say whether Jekyll would fill in a file: it has front matter and is no Markdown."""
    return file.suffix.lower() in _TEMPLATE_SUFFIXES and has_front_matter(file)


def has_front_matter(file: Path) -> bool:
    """Say whether a file begins with front matter; one that cannot be read does not."""
    try:
        with file.open("rb") as stream:
            return bool(re.match(rb"(?:\xef\xbb\xbf)?---[ \t]*\r?\n", stream.read(64)))
    except OSError:
        return False


def _jekyll_template(path: str) -> Diagnostic:
    message = f"'{path}' is skipped: a template of Jekyll's, not a page"
    remedy = "write its words into a Markdown file"
    return Diagnostic("source-skipped", Position(path), message, (remedy,))


def _no_content(folder: str) -> Diagnostic:
    message = f"there is no content folder '{folder}'"
    start = "make it, or start a site: dlsite init"
    remedies = (start, "or name another in dlsite.yml: content: FOLDER")
    return Diagnostic("source-unreadable", Position(folder), message, remedies)


def _remark(folder: Folder, kind: str, relative: str, reason: str) -> Diagnostic:
    """Say what was met on a walk and is not read."""
    shown = folder.shown(relative)
    if kind == UNDECODABLE:
        message = f"the name of '{printable(shown)}' is not UTF-8"
        return Diagnostic("source-encoding", Position(printable(shown)), message, ("rename it",))
    if kind == OUTSIDE:
        message = f"'{shown}' is not read: it is a symbolic link that leads out of the folder"
        return Diagnostic("source-unreadable", Position(shown), message)
    if kind == FOLDER_LINK:
        message = f"'{shown}' is skipped: a symbolic link to a folder that is read already"
        return Diagnostic("source-skipped", Position(shown), message)
    if kind == ODD:
        message = f"'{shown}' is skipped: no regular file"
        return Diagnostic("source-skipped", Position(shown), message)
    return unreadable(shown, OSError(0, reason))


def _text(file: Path, path: str, diagnostics: list[Diagnostic]) -> str | None:
    """Return the text of a file that need not be there."""
    if not file.is_file():
        return None
    source = read_source(file, path, path, diagnostics)
    return None if source is None else source.text
