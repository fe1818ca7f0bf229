"""Texts of files: read within bounds, decoded, with a finding where they are no good text."""

from __future__ import annotations

import hashlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import replace
from pathlib import Path

from dlsite.diagnostics import Diagnostic, Position
from dlsite.records import SourceFile

MAX_SOURCE_BYTES = 16 * 1024 * 1024


def read_source(
    file: Path, path: str, content_path: str, diagnostics: list[Diagnostic]
) -> SourceFile | None:
    """Return a file of text; `None`, with a finding, where it cannot be read or is too large."""
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_SOURCE_BYTES + 1)
    except OSError as error:
        diagnostics.append(unreadable(path, error))
        return None
    if len(content) > MAX_SOURCE_BYTES:
        too_large = OSError(f"it is larger than {MAX_SOURCE_BYTES // 2**20} MiB")
        diagnostics.append(
            replace(unreadable(path, too_large), help=("cut it into several pages",))
        )
        return None
    text, finding = decode(content, path)
    if finding is not None:
        diagnostics.append(finding)
    return SourceFile(path, content_path, text, digest_of(content))


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
        is_wide = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
        what = (
            "the file is UTF-16" if is_wide else f"byte 0x{content[error.start]:02x} is not UTF-8"
        )
        finding = Diagnostic(
            "source-encoding", Position(path, line, column), what, ("save the file as UTF-8",)
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


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of the bytes in hex."""
    return hashlib.sha256(content).hexdigest()


def unreadable(path: str, error: OSError) -> Diagnostic:
    """Say that a file cannot be read, and what the system gave as the reason."""
    reason = error.strerror or str(error)
    return Diagnostic(
        "source-unreadable",
        Position(path),
        f"'{path}' cannot be read: {reason[:1].lower()}{reason[1:]}",
    )
