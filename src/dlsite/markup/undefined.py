"""Links, images and notes that name a definition which is nowhere: they are shown as text."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.treeprocessors import Treeprocessor

from dlsite.markup.remarks import Remarks, line_starts
from dlsite.texts.hidden import blank_code

_LABEL = r"[^\[\]\n\x02\x03]"
# Behind a name or a bracket it is an index, `a[i][j]`; before a sign of repetition no note.
_REFERENCE = re.compile(
    rf"(?<![\w\])])!?\[(?P<words>{_LABEL}{{1,999}})\]\[(?P<id>{_LABEL}{{0,999}})\]"
    r"|(?<![\[(/\\|])\[\^(?P<note>\w[\w.:-]{0,99})\](?![+*{])"
)
_CODE = frozenset(["code", "pre", "kbd", "samp", "script", "style", "math", "textarea"])
_MOST_ASTRAY = 100
"""So many are looked for in the whole text; the others behind the one before."""


class UndefinedExtension(Extension):
    """Registers the tree processor."""

    def __init__(self, remarks: Remarks) -> None:
        super().__init__()
        self._remarks = remarks

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run when whatever has a definition is a link or a mark, and before typography."""
        md.treeprocessors.register(_Undefined(md, self._remarks), "dlsite-undefined", 18)


class _Undefined(Treeprocessor):
    def __init__(self, md: Markdown, remarks: Remarks) -> None:
        super().__init__(md)
        self._remarks = remarks

    def run(self, root: Element) -> None:
        # Most pages have none, and what is not in the source has no place there.
        if not _may_have_some(self._remarks.body):
            return
        found = [
            match
            for text in _texts(root)
            if _may_have_some(text)
            for match in _REFERENCE.finditer(text)
            if match["note"] or _is_meant(match["words"], match["id"])
        ]
        if not found:
            return
        body = blank_code(self._remarks.body)
        starts = line_starts(body)
        done = astray = 0
        for match in found:
            start = body.find(match[0], done)
            if start < 0 and astray < _MOST_ASTRAY:
                # Notes stand at the end of the text, wherever they are written.
                astray += 1
                start = body.find(match[0])
            if start >= 0:
                done = start + len(match[0])
                line = bisect_right(starts, start)
                self._report(match, line, start - starts[line - 1] + 1)

    def _report(self, match: re.Match[str], line: int, column: int) -> None:
        written, note = match[0], match["note"]
        escaped = written.replace("[", "\\[", 1)
        label = f"^{note}" if note else match["id"].strip() or match["words"]
        self._remarks.add_at(
            "link-undefined",
            f"'{written}' is shown as text: nothing defines '[{label}]'",
            line,
            column,
            length=len(written),
            help_=(
                f"define it: [{label}]: {'the note' if note else '/address/'}",
                f"or, if it is none, '{escaped}'",
            ),
        )


def _may_have_some(text: str) -> bool:
    return "][" in text or "[^" in text


def _is_meant(words: str, label: str) -> bool:
    """Say whether this is likely a link: of indices, `[0][1]` and `[i][j]`, it is none."""
    return len(f"{words}{label}") > 2 and any(map(str.isalpha, words))  # noqa: PLR2004 - two indices


def _texts(root: Element) -> Iterator[str]:
    """Yield the texts of an element that are no code, in order of the document."""
    waiting: list[Element | str] = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            yield each
            continue
        if each.tag in _CODE:
            continue
        for child in reversed(each):
            waiting += [child.tail or "", child]
        waiting.append(each.text or "")
