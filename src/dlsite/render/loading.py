"""Give Jinja the texts of templates from memory, and the byte code that is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from jinja2 import (
    BaseLoader,
    Environment,
    TemplateNotFound,
)
from jinja2.bccache import Bucket, BytecodeCache


class Texts(BaseLoader):
    """Loads templates from memory under the path that diagnostics name."""

    def __init__(self, text_by_name: Mapping[str, str], path_by_name: Mapping[str, str]) -> None:
        self._texts = text_by_name
        self._paths = path_by_name

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        del environment
        if template not in self._texts:
            raise TemplateNotFound(template)
        return self._texts[template], self._paths[template], None


class Code(Protocol):
    """Keeps the byte code of templates for the next run, which need not compile them again."""

    def get(self, path: str, name: str) -> bytes | None:
        """Return the byte code of the template of this name that diagnostics call `path`."""

    def put(self, path: str, name: str, content: bytes) -> None:
        """Keep byte code, or do not."""


class Kept(BytecodeCache):
    """Gives Jinja the byte code that is kept; it compares the text of each template itself."""

    def __init__(self, code: Code) -> None:
        self._code = code

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return path and name, parted by a line end."""
        return f"{filename}\n{name}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is kept."""
        path, _, name = bucket.key.partition("\n")
        content = self._code.get(path, name)
        if content is not None:
            bucket.bytecode_from_string(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        path, _, name = bucket.key.partition("\n")
        self._code.put(path, name, bucket.bytecode_to_string())
