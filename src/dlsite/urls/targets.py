"""Targets, taken apart and joined to where they stand.  Pure string work."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from posixpath import normpath
from urllib.parse import quote, urlsplit

from dlsite.dataclass import dataclass
from dlsite.records import Permalink
from dlsite.urls.escapes import PATH_SAFE, decoded

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_RUNNING_SCHEMES = ("javascript", "vbscript")


@dataclass(frozen=True, slots=True)
class Target:
    """A target taken apart.

    `path` is decoded and NFC, `query` as written with its `?`, `fragment` decoded;
    `scheme` is lower case, and `is_external` says that the target leaves the site.
    `origin` is that of a full URL of the site itself, and empty for any other target.
    """

    scheme: str
    path: str
    query: str
    fragment: str
    is_external: bool
    origin: str = ""

    @property
    def suffix(self) -> str:
        """Query and fragment, encoded for an `href`."""
        return self.query + (
            f"#{quote(self.fragment, safe=PATH_SAFE + '?')}" if self.fragment else ""
        )

    @property
    def runs_code(self) -> bool:
        """Whether following the target would run it (`javascript:`) or show made-up HTML."""
        return self.scheme in _RUNNING_SCHEMES or (
            self.scheme == "data"
            and self.path.lstrip().lower().startswith(("text/html", "image/svg+xml,<"))
        )


def split_target(target: str, *, base_url: str = "") -> Target | None:
    """Take a target apart; `None` where it cannot be read as an address.

    A full URL that begins with `base_url` is internal, and the base path is removed
    from paths that carry it, so that content can be written with or without it.
    """
    # Browsers drop tabs and line ends inside an address (WHATWG URL, 4.4).
    text = re.sub(r"[\t\n\r]", "", target).strip()
    scheme = SCHEME.match(text)
    origin, base_path = split_base_url(base_url)
    own = ""
    if scheme or text.startswith("//"):
        inside = _inside(text, base_url.rstrip("/")) if origin else None
        if inside is None:
            return _external(text, scheme.group()[:-1].lower() if scheme else "")
        text, base_path, own = inside if inside.startswith("/") else f"/{inside}", "", origin
    path, query, fragment = _cut(text)
    path = unicodedata.normalize("NFC", decoded(path))
    if base_path and (path == base_path or path.startswith(f"{base_path}/")):
        path = path.removeprefix(base_path) or "/"
    fragment = unicodedata.normalize("NFC", decoded(fragment))
    return Target("", path, query, fragment, is_external=False, origin=own)


@lru_cache(maxsize=16)
def split_base_url(base_url: str) -> tuple[str, str]:
    """Return origin (`https://x.org`) and base path (`/notes`, or empty) of a base URL."""
    if not base_url:
        return "", ""
    parts = urlsplit(base_url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return origin, decoded(parts.path).rstrip("/")


def _inside(text: str, base_url: str) -> str | None:
    for prefix in (base_url, base_url.partition(":")[2]):
        if text == prefix or text.startswith((f"{prefix}/", f"{prefix}#", f"{prefix}?")):
            return text.removeprefix(prefix)
    return None


def _external(text: str, scheme: str) -> Target | None:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is the check
    except ValueError:
        return None
    if scheme in ("http", "https") and not parts.hostname:
        return None
    path, query, fragment = _cut(text.partition(":")[2] if scheme else text)
    return Target(scheme, path, query, fragment, is_external=True)


def _cut(text: str) -> tuple[str, str, str]:
    rest, _, fragment = text.partition("#")
    path, mark, query = rest.partition("?")
    return path, mark + query, fragment


def join(permalink: Permalink, path: str) -> str:
    """Return the site path that a relative `path` means on the page at `permalink`.

    A path that climbs above the root stays at the root, as in browsers.
    """
    joined = path if path.startswith("/") else f"{permalink.rpartition('/')[0]}/{path}"
    slash = "/" if joined.endswith(("/", "/.", "/..")) else ""
    bare = normpath("/" + joined.lstrip("/")).strip("/")
    return f"/{bare}{slash}" if bare else "/"
