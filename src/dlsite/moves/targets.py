"""Write a reference anew, so that it leads where it led, in the style of its author."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from posixpath import relpath
from urllib.parse import quote

from dlsite.records import MARKDOWN_SUFFIXES, WIKI, Page, Permalink, Reference
from dlsite.urls.permalinks import canonical, is_file

# What Jekyll calls a post by.
_POST = re.compile(r"(?:.*/)?_posts/(?P<name>.+)\.\w+\Z")
# What would end a target in Markdown or HTML, or mean something else in an address.
_SPECIAL = re.compile(r"[\s()<>\"'%?#\\\x00-\x1f]")


def path_of(target: str) -> str:
    """Return the part of a target before query and fragment."""
    return re.split(r"[?#]", target, maxsplit=1)[0]


def names_file(reference: Reference) -> bool:
    """Say whether a reference leads to a page by its source file."""
    return path_of(reference.target).lower().endswith(MARKDOWN_SUFFIXES)


def anew(written: str, reference: Reference, permalink: Permalink, base_url: str) -> str | None:
    """Return `written` with the address of `permalink` in place of the one it has.

    Query, fragment, base path, a missing trailing slash and Liquid around the address
    stay.  `None` where the address does not stand there once, in plain view.
    """
    old = path_of(reference.target)
    if reference.kind in WIKI:
        name = permalink.strip("/")
        segment = name.rpartition("/")[2] if "/" not in old.strip("/") else name
        return _swapped(written, old.strip(), segment)
    prefix = _prefix(old, base_url)
    return _swapped(written, old, prefix + _styled(permalink, old))


def _prefix(old: str, base_url: str) -> str:
    """Return what stands before the site's own path in an address."""
    full = base_url.rstrip("/")
    for prefix in (full, full.partition(":")[2], _base_path(full)):
        if prefix and (old == prefix or old.startswith(f"{prefix}/")):
            return prefix
    return ""


def _base_path(base_url: str) -> str:
    rest = base_url.partition("://")[2]
    return f"/{rest.partition('/')[2]}" if "/" in rest else ""


def _styled(permalink: Permalink, old: str) -> str:
    path = _SPECIAL.sub(lambda match: quote(match[0], safe=""), permalink)
    if old.endswith("/index.html") and path.endswith("/"):
        return f"{path}index.html"
    return path if old.endswith("/") or is_file(permalink) or path == "/" else path.rstrip("/")


def _swapped(written: str, old: str, new: str) -> str | None:
    """Put `new` in the place of the only `old`, or of all of it where it is nothing else."""
    if not old or written.count(old) != 1:
        return new if written == old and old else None
    return written.replace(old, new)


def file_anew(written: str, reference: Reference, page: Page, content_path: str) -> str | None:
    """Return `written` with the path of another source file, relative if it was so."""
    old = path_of(reference.target)
    if "post_url" in written and "{%" in written:
        posts = _POST.match(old), _POST.match(content_path)
        old, new = (post["name"] if post else "" for post in posts)
    elif "{%" in written:
        # Liquid's tag names a file from the top of the site, with a slash or without.
        old, new = old.lstrip("/"), content_path
    elif old.startswith("/"):
        new = f"/{content_path}"
    else:
        new = relpath(content_path, PurePosixPath(page.content_path).parent.as_posix() or ".")
    if not new:
        return None
    return _swapped(written, old, _SPECIAL.sub(lambda match: quote(match[0], safe=""), new))


def leads_to(reference: Reference, permalink: Permalink) -> bool:
    """Say whether a wiki link calls a page by the last segment of its permalink."""
    name = path_of(reference.target).strip()
    last = permalink.strip("/").rpartition("/")[2]
    return canonical(f"/{name}") == permalink or name == last
