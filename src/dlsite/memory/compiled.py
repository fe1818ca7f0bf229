"""Keep the byte code of the theme's templates where Python keeps that of modules.

An effect.  They are part of dlsite as its modules are, and to compile them takes a short run
longer than all that it renders.  Whoever may write there may change dlsite itself, so what
is read is run; a site's own templates are compiled every time.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from hashlib import sha256
from importlib.util import cache_from_source
from pathlib import Path

from dlsite.files.folders import THEME_TEMPLATES, theme_directory
from dlsite.memory.keys import tool_digest

_DIGEST_SIZE = sha256().digest_size


class Compiled:
    """Byte code in files beside the templates, each behind a digest of all that it depends on.

    `tool` is `tool_digest()`, where somebody knows it.
    """

    def __init__(self, tool: str = "") -> None:
        self._tool = tool or tool_digest()
        self._folder = theme_directory() / "templates"

    def get(self, path: str, name: str) -> bytes | None:
        """Return the byte code of a template; `None` where there is none, or another's."""
        file = self._file_of(path)
        try:
            known = b"" if file is None else file.read_bytes()
        except OSError:
            return None
        digest, content = known[:_DIGEST_SIZE], known[_DIGEST_SIZE:]
        return content if digest == self._digest(path, name, content) else None

    def put(self, path: str, name: str, content: bytes) -> None:
        """Keep byte code, where Python keeps its own."""
        file = self._file_of(path)
        if file is None or sys.dont_write_bytecode:
            return
        # Renamed into its place: another run may be reading it, or writing the same.
        fresh = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(self._digest(path, name, content) + content)
            fresh.replace(file)
        except OSError:
            with suppress(OSError):
                fresh.unlink()

    def _file_of(self, path: str) -> Path | None:
        """Return the file for the byte code of a template that diagnostics call `path`."""
        relative = path.removeprefix(f"{THEME_TEMPLATES}/")
        if relative == path:
            return None
        try:
            return Path(cache_from_source(f"{self._folder}/{relative}.py"))
        except NotImplementedError:
            # A Python that keeps none.
            return None

    def _digest(self, path: str, name: str, content: bytes) -> bytes:
        facts = f"{self._tool}\n{path}\n{name}\n"
        return sha256(facts.encode() + content).digest()
