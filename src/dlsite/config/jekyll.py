"""Read what means something here in Jekyll's `_config.yml` into a `Config`.

The file is not ours: keys that mean nothing here, and values that have another shape in
Jekyll, are passed over without a word.  Pure, as `file` is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from dlsite.config.file import config_of
from dlsite.config.settings import NAMED_PATTERNS, Config, Defaults, FolderPermalink
from dlsite.diagnostics import Diagnostic
from dlsite.records import Json
from dlsite.texts.yamltree import read

_KEYS = {
    "title": "title",
    "description": "description",
    "author": "author",
    "lang": "language",
    "timezone": "timezone",
    "future": "future",
    "show_drafts": "drafts",
    "exclude": "exclude",
    "include": "include",
    "defaults": "defaults",
    # Ours, for the addresses of tags that were renamed: Jekyll passes over it.
    "redirects": "redirects",
}
_POSTS = ("_posts", "_drafts")
_JEKYLL_SEPARATOR = "\n\n"


def read_jekyll_config(
    text: str, *, path: str = "_config.yml"
) -> tuple[Config, tuple[Diagnostic, ...]]:
    """Return the settings of a Jekyll site, as far as they mean something here.

    Of a key that stands twice the last counts, as in Jekyll.
    """
    tree, problems = read(text, path=path)
    grave = [problem for problem in problems if not problem.is_repeat]
    found = tuple(Diagnostic("config-invalid", p.position, p.reason, p.help) for p in grave)
    if grave or not isinstance(tree.value, dict):
        return Config(path=path), found
    given = tree.value
    known: dict[str, Json] = {"content": given.get("source") or "content"}
    known |= {ours: given[theirs] for theirs, ours in _KEYS.items() if theirs in given}
    known["base_url"] = _base_url(given)
    author = known.get("author")
    if isinstance(author, dict):
        known["author"] = author.get("name") or ""
    config, _ = config_of(known, tree, path=path)
    folders = tuple(_collections(given))
    return (
        replace(
            config,
            permalink=f"/:path{_suffix(_style(given))}",
            folder_permalinks=folders,
            defaults=(*_separator(given), *config.defaults),
            # What begins with an underscore is Jekyll's own, but for posts and collections.
            include=(*config.include, *(name for row in folders for name in _at(row.folder))),
            exclude=(*config.exclude, "_*"),
        ),
        found,
    )


def _at(folder: str) -> tuple[str, str]:
    """Return the patterns that find a folder at the top and deeper."""
    return folder, f"*/{folder}"


def _text(given: Mapping[str, Json], key: str) -> str:
    value = given.get(key)
    return value.strip() if isinstance(value, str) else ""


def _base_url(given: Mapping[str, Json]) -> str:
    """Return `url` and `baseurl` put together.

    Links hold `baseurl` alone, so that it counts where both have a path.
    """
    url, path = _text(given, "url").rstrip("/"), _text(given, "baseurl").strip("/")
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if path:
        url = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    full = f"{url}/{path}" if path else url
    return full if full.startswith(("http://", "https://", "/")) else ""


def _style(given: Mapping[str, Json]) -> str:
    return _text(given, "permalink") or "date"


def _suffix(style: str) -> str:
    """Return the end of the addresses of pages that no pattern is for (Jekyll's `Page`)."""
    if style in NAMED_PATTERNS:
        return "/" if style == "pretty" else ":output_ext"
    return next((end for end in ("/", ":output_ext") if style.endswith(end)), "")


def _collections(given: Mapping[str, Json]) -> Iterator[FolderPermalink]:
    """Yield the patterns of posts, and of the collections that are published."""
    style = _style(given)
    collections = given.get("collections")
    collections = collections if isinstance(collections, dict) else {}
    posts = collections.get("posts")
    own = _text(posts, "permalink") if isinstance(posts, dict) else ""
    pattern = own or style
    for folder in _POSTS:
        yield FolderPermalink(folder, _rooted(NAMED_PATTERNS.get(pattern, pattern)))
    for name, entry in collections.items():
        if name == "posts" or not isinstance(entry, dict) or entry.get("output") is not True:
            continue
        pattern = _text(entry, "permalink") or f"/:collection/:path{_suffix(style)}"
        yield FolderPermalink(f"_{name}", _rooted(NAMED_PATTERNS.get(pattern, pattern)))


def _rooted(pattern: str) -> str:
    return pattern if pattern.startswith("/") else f"/{pattern}"


def _separator(given: Mapping[str, Json]) -> tuple[Defaults, ...]:
    separator = given.get("excerpt_separator")
    if not isinstance(separator, str) or separator in ("", _JEKYLL_SEPARATOR):
        return ()
    return (Defaults("", {"excerpt_separator": separator}),)
