"""Make of the theme's stylesheets and scripts what readers load: less, and in fewer files.

An effect: it reads them.  Files of the site's own are published as they were written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import rcssmin
import rjsmin

from dlsite.records import Page, StaticFile

_STYLES = "style.css"
_MATH_STYLES = "math.css"
_THEME = "theme:"
_SMALLER: Mapping[str, Callable[[str], str]] = {"css": rcssmin.cssmin, "js": rjsmin.jsmin}


def smaller(statics: Iterable[StaticFile], pages: Iterable[Page]) -> tuple[StaticFile, ...]:
    """Return the static files with the theme's own without comments and blanks.

    The styles of formulas become a part of the one stylesheet, as a second would keep a
    page waiting, and are left out where no page has a formula.
    """
    files = [_smaller(file) for file in statics]
    formulas = next(
        (file for file in files if file.is_asset and file.url_path == _MATH_STYLES), None
    )
    if formulas is None:
        return tuple(files)
    files.remove(formulas)
    if any(page.has_math for page in pages):
        return with_styles(files, _content(formulas))
    return tuple(files)


def with_styles(statics: Iterable[StaticFile], more: bytes) -> tuple[StaticFile, ...]:
    """Return the static files with more in the stylesheet of every page."""
    return tuple(
        _with_content(file, _content(file) + b"\n" + more)
        if file.is_asset and file.url_path == _STYLES
        else file
        for file in statics
    )


def _content(file: StaticFile) -> bytes:
    return file.content or Path(file.origin).read_bytes()


def _smaller(file: StaticFile) -> StaticFile:
    if not (file.is_asset and file.path.startswith(_THEME)):
        return file
    make_smaller = _SMALLER[file.url_path.rpartition(".")[2]]
    return _with_content(file, make_smaller(_content(file).decode()).encode())


def _with_content(file: StaticFile, content: bytes) -> StaticFile:
    digest = hashlib.sha256(content).hexdigest()
    return replace(file, origin="", content=content, digest=digest)
