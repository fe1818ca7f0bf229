"""Records of files: what a site is made of before anything is understood."""

from __future__ import annotations

from dlsite.dataclass import dataclass

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mkd", ".mkdown")
"""How names of source files end."""

# Hexadecimal digits of a digest in a name.
_DIGEST_LENGTH = 10


@dataclass(frozen=True, slots=True)
class SourceFile:
    r"""A file under the content directory before parsing.

    `path` is POSIX, relative to the site; `content_path` relative to the content
    directory.  `text` has `\n` line ends and no byte order mark.  `digest` is the
    SHA-256 of the bytes in hex.
    """

    path: str
    content_path: str
    text: str
    digest: str


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file that is published as it is.

    `url_path` is where it stands below the site's root, without a leading slash;
    `path` is its place relative to the site, for diagnostics, or a name such as
    `theme:static/style.css`; `origin` is the file on disk, read by `publish` alone;
    where it is empty, the file is `content`, made by dlsite.
    An asset is a stylesheet, script or font that templates link to: it is published under
    a name that carries its digest, so that a browser may keep it for ever.  `size` is that
    of an image as it is shown, width and height in CSS pixels; `None` where it is not known.
    `fault` says why browsers will not show an image, empty where they will.  `variants`
    are smaller forms of an image, narrowest first within each media type.
    """

    url_path: str
    path: str
    origin: str
    digest: str
    is_asset: bool = False
    size: tuple[int, int] | None = None
    content: bytes = b""
    fault: str = ""
    variants: tuple[Variant, ...] = ()

    @property
    def published_path(self) -> str:
        """Where it is published below the site's root, without a leading slash."""
        if not self.is_asset:
            return self.url_path
        stem, _, suffix = self.url_path.rpartition(".")
        return f"{stem}.{self.digest[:_DIGEST_LENGTH]}.{suffix}"


@dataclass(frozen=True, slots=True)
class Variant:
    """A form of an image for browsers to choose: `kind` is its media type, `width` its pixels."""

    file: StaticFile
    kind: str
    width: int
