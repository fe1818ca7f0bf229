"""Permalinks, slugs, fragments and hrefs: text in, normal form out.  Pure string work.

A permalink is kept decoded and in Unicode NFC; only `href` encodes it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from posixpath import normpath
from urllib.parse import quote, unquote, urlsplit

from dlsite.dataclass import dataclass
from dlsite.records import Fragment, Permalink, Slug

MAX_SEGMENT_BYTES = 200
MAX_PERMALINK_BYTES = 1000
# What the permalink of a page may end in and be the name of a file.
_PAGE_SUFFIXES = (".html", ".htm", ".xhtml", ".xml", ".txt", ".json")

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_ENDS_TARGET = re.compile(r"[\s()<>\"'\\|`]")
_FILE_NAME = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,9}$")
_RUNNING_SCHEMES = ("javascript", "vbscript")
# RFC 3986, section 3.3: what a path segment may hold unencoded.
_PATH_SAFE = "/-._~!$&'()*+,;=:@"
_IS_ENCODED = re.compile(rf"[\w{re.escape(_PATH_SAFE)}]*", re.ASCII).fullmatch
# What `quote` leaves as it is.
_IS_PLAIN = re.compile(r"[\w.~/-]*", re.ASCII).fullmatch


_PLAIN = re.compile(r"(?:/[a-z0-9_-]+)+/?").fullmatch


class PermalinkError(ValueError):
    """A text that cannot be a permalink; the message is the reason, lower case."""


def parse_permalink(text: str) -> Permalink:
    """Return the permalink that an author's `text` means.

    `x`, `/x`, `x/`, `/x/` and `/x/index.html` are one permalink, `/x/`; `/x.html` and
    other file names stay files.  Raises `PermalinkError` for what no file system or
    server would bring back unharmed.
    """
    if is_plain(text) and len(text) < MAX_SEGMENT_BYTES:
        # Nearly every permalink is: there is nothing to look for in it.
        return Permalink(text if text.endswith("/") else f"{text}/")
    if _CONTROL.search(text):
        raise PermalinkError("it has a control character")
    path = unicodedata.normalize("NFC", _decode(text.strip()))
    for mark, name in (("?", "a query"), ("#", "a fragment"), ("\\", "a backslash")):
        if mark in path:
            raise PermalinkError(f"it has {name} ('{mark}')")
    if _CONTROL.search(path):
        raise PermalinkError("it has a control character")
    if _SCHEME.match(path) or path.startswith("//"):
        raise PermalinkError("it is a full address, not a path on this site")
    segments = path.strip("/").split("/")
    if segments != [""]:
        for segment in segments:
            _check_segment(segment)
    if len(path.encode()) > MAX_PERMALINK_BYTES:
        raise PermalinkError(f"it is longer than {MAX_PERMALINK_BYTES} bytes")
    permalink = canonical(path)
    # `/resnet.v2` is no file: a server would not know what to call it.
    is_page = is_file(permalink) and not permalink.lower().endswith(_PAGE_SUFFIXES)
    return Permalink(f"{permalink}/") if is_page else permalink


def _check_segment(segment: str) -> None:
    if not segment:
        raise PermalinkError("it has an empty segment ('//')")
    if segment in (".", ".."):
        raise PermalinkError(f"it has the segment '{segment}'")
    if segment.startswith("."):
        raise PermalinkError(f"the segment '{segment}' begins with a dot")
    if segment != segment.strip():
        raise PermalinkError(f"the segment '{segment}' begins or ends with a blank")
    if len(segment.encode()) > MAX_SEGMENT_BYTES:
        raise PermalinkError(f"a segment is longer than {MAX_SEGMENT_BYTES} bytes")


def dark_twin(path: str) -> str:
    """Return what the twin of an image for dark pages is called: `x.dark.png` for `x.png`.

    Empty for a path that names no file.
    """
    stem, dot, suffix = path.rpartition(".")
    return f"{stem}.dark.{suffix}" if dot and "/" not in suffix else ""


def is_plain(path: str) -> bool:
    """Say whether a path is of small letters, digits and `_-` alone: so it has no other form."""
    return _PLAIN(path) is not None


def canonical(path: str) -> Permalink:
    """Return the canonical permalink of a decoded site path.

    Idempotent.  Only a path with a file name (`/404.html`, `/feed.xml`) has no
    trailing slash; an `index.html` stands for its folder.
    """
    bare = path.strip("/")
    if bare == "index.html" or bare.endswith("/index.html"):
        bare = bare.removesuffix("index.html").strip("/")
        return Permalink(f"/{bare}/" if bare else "/")
    if not bare:
        return Permalink("/")
    is_file = not path.endswith("/") and _FILE_NAME.search(bare.rpartition("/")[2])
    return Permalink(f"/{bare}" if is_file else f"/{bare}/")


def forms_of(path: str) -> tuple[Permalink, ...]:
    """Return the permalinks that a path from the top may mean, the likeliest first.

    A folder may have a dot in its name, and a static file none.
    """
    return canonical(path), Permalink(path), Permalink(f"{path.rstrip('/')}/")


def as_written(permalink: Permalink) -> str:
    """Return a permalink as its page names it: an escape that is meant as it stands is escaped."""
    return _ESCAPE.sub(lambda escape: f"%25{escape[0][1:]}", permalink)


def as_target(text: str) -> str:
    """Return a permalink, or a fragment, as a link in Markdown or HTML names it.

    Blanks, quotes and brackets, which would end the target, are escaped too.
    """
    return _ENDS_TARGET.sub(lambda sign: quote(sign[0], safe=""), as_written(Permalink(text)))


def is_file(permalink: Permalink) -> bool:
    """Say whether the permalink names a file, not a folder."""
    return not permalink.endswith("/")


def output_path(permalink: Permalink) -> str:
    """Return the path in the output directory: `/x/` is `x/index.html`."""
    bare = permalink.lstrip("/")
    return bare if is_file(permalink) else f"{bare}index.html"


def twin_permalink(permalink: Permalink) -> Permalink:
    """Return where a page stands in Markdown (llmstxt.org): `/x/index.html.md` for `/x/`."""
    return Permalink(f"/{output_path(permalink)}.md")


def collision_key(text: str) -> str:
    """Return what two paths share that some file system cannot tell apart."""
    return unicodedata.normalize("NFC", text.casefold())


def href(base_path: str, permalink: Permalink, suffix: str = "") -> str:
    """Return the URL to write into HTML: base path and permalink encoded, suffix as given."""
    return _encoded(base_path + permalink) + suffix


# Many pages lead to the same ones, of which they then have one text.
@lru_cache(maxsize=1 << 15)
def _encoded(path: str) -> str:
    return path if _IS_ENCODED(path) else quote(path, safe=_PATH_SAFE)


def fragment_href(fragment: str) -> str:
    """Return the URL of a fragment of the page at hand."""
    return f"#{fragment if _IS_PLAIN(fragment) else quote(fragment)}"


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
            f"#{quote(self.fragment, safe=_PATH_SAFE + '?')}" if self.fragment else ""
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
    scheme = _SCHEME.match(text)
    origin, base_path = split_base_url(base_url)
    own = ""
    if scheme or text.startswith("//"):
        inside = _inside(text, base_url.rstrip("/")) if origin else None
        if inside is None:
            return _external(text, scheme.group()[:-1].lower() if scheme else "")
        text, base_path, own = inside if inside.startswith("/") else f"/{inside}", "", origin
    path, query, fragment = _cut(text)
    path = unicodedata.normalize("NFC", _decode(path))
    if base_path and (path == base_path or path.startswith(f"{base_path}/")):
        path = path.removeprefix(base_path) or "/"
    fragment = unicodedata.normalize("NFC", _decode(fragment))
    return Target("", path, query, fragment, is_external=False, origin=own)


@lru_cache(maxsize=16)
def split_base_url(base_url: str) -> tuple[str, str]:
    """Return origin (`https://x.org`) and base path (`/notes`, or empty) of a base URL."""
    if not base_url:
        return "", ""
    parts = urlsplit(base_url)
    origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return origin, _decode(parts.path).rstrip("/")


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


def _decode(text: str) -> str:
    """Undo percent escapes; those that are not UTF-8 stay as they are."""
    if not _ESCAPE.search(text):
        return text
    try:
        return unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text


def join(permalink: Permalink, path: str) -> str:
    """Return the site path that a relative `path` means on the page at `permalink`.

    A path that climbs above the root stays at the root, as in browsers.
    """
    joined = path if path.startswith("/") else f"{permalink.rpartition('/')[0]}/{path}"
    slash = "/" if joined.endswith(("/", "/.", "/..")) else ""
    bare = normpath("/" + joined.lstrip("/")).strip("/")
    return f"/{bare}{slash}" if bare else "/"


# Slugs and fragments

_SLUG_WORDS = str.maketrans({"+": " plus ", "#": " sharp ", "&": " and "})
_SLUG_JOIN = re.compile(r"[\s_-]+")
# What the rules below come to for ASCII, which most names are.
_NOT_IN_SLUG = re.compile(r"[^a-z0-9\s_./:-]")
_BETWEEN_WORDS = re.compile(r"[\s_./:-]+")
_NOT_IN_FRAGMENT = re.compile(r"[^a-z0-9_ -]")


def slug(text: str) -> Slug:
    """Return `text` as one URL segment; empty only where no letter or digit is in it.

    `C`, `C++` and `C#` stay apart (`c`, `c-plus-plus`, `c-sharp`).  Letters and digits of
    any script are kept, so `深度学习` is its own slug.
    """
    words = unicodedata.normalize("NFC", text).translate(_SLUG_WORDS).lower()
    if words.isascii():
        return Slug(_BETWEEN_WORDS.sub("-", _NOT_IN_SLUG.sub("", words)).strip("-"))
    marked = "".join(
        c
        if not c.isspace() and (c.isalnum() or unicodedata.category(c)[0] == "M")
        else " "
        if c.isspace() or c in "-_./:"
        else ""
        for c in words
    )
    return Slug(_SLUG_JOIN.sub("-", marked).strip("-"))


# English plurals in order of trial; what they give need be no word, only the same for both.
_PLURALS = (
    (re.compile(r"(?<=[a-z]{2})(?:ix|ex|ices)$"), "ix"),
    (re.compile(r"(?<=[a-z]{2})(?:ysis|yses)$"), "ysis"),
    (re.compile(r"(?<=[a-z]{3})ies$"), "y"),
    (re.compile(r"(?<=[a-z](?:ss|sh|ch|.x|zz))es$"), ""),
    (re.compile(r"(?<=[a-z]{3})(?<![isu])s$"), ""),
)


def singular(word: str) -> str:
    """Return what a lower-case English word and its plural have in common."""
    for ending, replacement in _PLURALS:
        bare, count = ending.subn(replacement, word)
        if count:
            return bare
    return word


# The same terms stand on many pages.
@lru_cache(maxsize=4096)
def term_key(name: str) -> str:
    """Return the identity of a term: blind to case, blanks, separators and a plural.

    `GANS`, `gans` and `GAN` are one term; `C++` and `C` are not.
    """
    words = slug(name).split("-")
    return "".join([*words[:-1], singular(words[-1])])


# Beside letters and marks; superscripts and fractions (`No`) are not kept.
_FRAGMENT = ("Nd", "Nl", "Pc")


def fragment(text: str) -> Fragment:
    """Return the fragment that a heading of this plain text gets, by GitHub's rule.

    Lower case; letters, marks and digits of any script, `_`, `-` and blanks stay, each
    blank becomes a hyphen and runs are not squeezed.  Unicode forms stay as they are: NFC
    takes some letters of Bengali and Hindi apart.  May be empty.
    """
    words = text.strip().lower()
    if words.isascii():
        return Fragment(_NOT_IN_FRAGMENT.sub("", words).replace(" ", "-"))
    kept = (
        "-" if c == " " else c
        for c in words
        if c in " -" or unicodedata.category(c)[0] in "LM" or unicodedata.category(c) in _FRAGMENT
    )
    return Fragment("".join(kept))
