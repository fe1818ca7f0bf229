"""A backslash at the end of a line breaks it, as on GitHub; two do, as in kramdown."""

from __future__ import annotations

from markdown import Extension, Markdown
from markdown.inlinepatterns import SubstituteTagInlineProcessor


class BreakExtension(Extension):
    """Registers the inline pattern."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come after code and before escapes."""
        pattern = SubstituteTagInlineProcessor(r"\\{1,2}\n", "br")
        md.inlinePatterns.register(pattern, "dlsite-breaks", 185)
