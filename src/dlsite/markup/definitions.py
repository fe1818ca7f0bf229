"""Definitions of links, `[id]: target "title"`: a target in angle brackets may have blanks."""

from __future__ import annotations

import re

from markdown import Extension, Markdown
from markdown.blockprocessors import ReferenceProcessor


class DefinitionExtension(Extension):
    """Registers the block processor."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Take the place of Python-Markdown's."""
        md.parser.blockprocessors.register(_Definitions(md.parser), "reference", 15)


class _Definitions(ReferenceProcessor):
    """Reads what CommonMark (4.7) and kramdown read, as links in parentheses are read."""

    # Python-Markdown's own, but for the first half of the target.
    RE = re.compile(
        r"^[ ]{0,3}\[([^\[\]]*)\]:[ ]*(?:\n[ ]*)?(<[^<>\n]*>|[^\s]+)[ ]*(?:\n[ ]*)?"
        r"(([\"'])(.*)\4[ ]*|\((.*)\)[ ]*)?$",
        re.MULTILINE,
    )
