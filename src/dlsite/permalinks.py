"""Fill in Jekyll's placeholders: from a pattern and a page to the text of its permalink."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from dlsite.config.settings import PLACEHOLDERS, Config, FolderPermalink
from dlsite.records import Page
from dlsite.texts.dates import FILE_DATE
from dlsite.urls.slugs import slug

_PLACEHOLDER = re.compile(r":([a-z_]+)")
# The longest name that fits counts: `:title_x` is `:title` with text behind it.
_NAMES = sorted(PLACEHOLDERS, key=len, reverse=True)
_POST_FOLDERS = {"_posts": "posts", "_drafts": "drafts"}
# What Jekyll keeps in `:title` beside letters, marks and digits.
_KEPT_SIGNS = "._~!$&'()+,;=@"
_DATE_FORMATS = {
    "year": "%Y",
    "short_year": "%y",
    "w_year": "%G",
    "month": "%m",
    "i_month": "{d.month}",
    "short_month": "%b",
    "long_month": "%B",
    "day": "%d",
    "i_day": "{d.day}",
    "y_day": "%j",
    "w_day": "%u",
    "short_day": "%a",
    "long_day": "%A",
    "week": "%V",
    "hour": "%H",
    "minute": "%M",
    "second": "%S",
}


def kind_of(content_path: str) -> str:
    """Return Jekyll's type of a page: `posts`, `drafts`, the collection of `_x`, or `pages`."""
    folders = PurePosixPath(content_path).parent.parts
    for folder, kind in _POST_FOLDERS.items():
        if folder in folders:
            return kind
    is_collection = bool(folders) and folders[0].startswith("_")
    return folders[0][1:] if is_collection else "pages"


def written_permalink(page: Page, config: Config) -> str:
    """Return the permalink that a page is to have, before anything has checked it."""
    own = page.front_matter.permalink
    return expand(pattern_of(page, config) if own is None else own, page, config)


def pattern_of(page: Page, config: Config) -> str:
    """Return the pattern that makes the permalink of a page that names none."""
    folder = _folder_of(page, config)
    pattern = config.permalink if folder is None else folder.pattern
    if folder is None and PurePosixPath(page.content_path).stem == "index":
        # The index of a folder is the folder, whatever pages end in.
        pattern = re.sub(r"^/:path(?:/|:output_ext)?$", "/:path/", pattern)
    return pattern


def _folder_of(page: Page, config: Config) -> FolderPermalink | None:
    folders = PurePosixPath(page.content_path).parent.parts
    return next((row for row in config.folder_permalinks if row.folder in folders), None)


def expand(pattern: str, page: Page, config: Config) -> str:
    """Return a permalink pattern with Jekyll's placeholders filled in.

    A pattern that wants a date gives way to `/:path/` on a page without one, as only
    posts have dates in Jekyll.  Dates are taken in the site's time zone.
    """
    if ":" not in pattern:
        return pattern
    values = _placeholders(page, config)
    is_dateless = False

    def fill(match: re.Match[str]) -> str:
        nonlocal is_dateless
        name = next((name for name in _NAMES if match[1].startswith(name)), None)
        if name is None:
            return match[0]
        is_dateless = is_dateless or name not in values
        return values.get(name, "") + match[1][len(name) :]

    filled = _PLACEHOLDER.sub(fill, pattern)
    return re.sub(r"/{2,}", "/", f"/{values['path']}/" if is_dateless else filled)


def _placeholders(page: Page, config: Config) -> dict[str, str]:
    path = PurePosixPath(page.content_path)
    name = FILE_DATE.sub("", path.stem)
    folder = _folder_of(page, config)
    slug_field = page.front_matter.extra.get("slug")
    own_slug = slug_field if isinstance(slug_field, str) else ""
    categories = _categories(page)
    values = {
        "path": _path(path, name, "" if folder is None else folder.folder),
        "basename": name,
        "name": slug(name),
        "title": _pretty(own_slug) or _pretty(name) or slug(page.title),
        "slug": slug(own_slug) or slug(name),
        "collection": kind_of(page.content_path),
        "categories": "/".join(dict.fromkeys(name.lower() for name in categories)),
        "slugified_categories": "/".join(dict.fromkeys(slug(name) for name in categories)),
        "output_ext": ".html",
    }
    date = page.front_matter.date
    if date is not None:
        local = date.astimezone(config.timezone)
        for key, form in _DATE_FORMATS.items():
            values[key] = form.format(d=local) if "{" in form else local.strftime(form)
    return values


def _path(path: PurePosixPath, name: str, folder: str) -> str:
    """Return folders and name, from below the folder that the pattern is for."""
    folders = list(path.parent.parts)
    if folder and folder not in _POST_FOLDERS:
        del folders[: folders.index(folder) + 1]
    parts = [part for part in folders if part not in _POST_FOLDERS]
    return "/".join(parts if name == "index" else [*parts, name])


def _categories(page: Page) -> tuple[str, ...]:
    """Return the categories; the folders above `_posts` are some too, and the first."""
    folders = PurePosixPath(page.content_path).parent.parts
    above = folders[: folders.index("_posts")] if "_posts" in folders else ()
    return (*above, *page.front_matter.categories)


def _pretty(text: str) -> str:
    """Return a name as Jekyll writes it in `:title`: letter case and some signs are kept."""
    kept = (
        c if unicodedata.category(c)[0] in "LM" or c.isdecimal() or c in _KEPT_SIGNS else "-"
        for c in text
    )
    return re.sub("-+", "-", "".join(kept)).strip("-")
