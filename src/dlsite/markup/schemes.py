"""Schemes of our own, by which targets are told apart in the HTML that Markdown has become."""

from __future__ import annotations

WIKI_SCHEME = "dlsite-wiki:"
"""Marks the target of a wiki link in the converter's HTML; what follows is percent-encoded."""

WORDS_SCHEME = "dlsite-words:"
"""Marks the target of a link that says nothing by itself, and gets its words from the site."""

SILENT_SCHEME = "dlsite-silent:"
"""Marks the target of a Markdown image without alternative text, which HTML may have on purpose."""
