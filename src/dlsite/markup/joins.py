"""Join the lines of Chinese and Japanese paragraphs: their end is no blank.

Browsers make a blank of a line end, and these scripts have none between words.  The rule is
that of CSS (Text 3, 4.1.3): a line end goes where the letters on both sides are wide.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from markdown import Extension, Markdown
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import Treeprocessor

from dlsite.deferred import deferred
from dlsite.markup.runs import Run, lines_of
from dlsite.texts.scripts import may_be_from_afar

# Han, Kana, Bopomofo, their punctuation and wide forms of Latin letters; Korean has blanks.
_WIDE = (
    "\u2e80-\u303e\u3040-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\ufe30-\ufe4f\uff01-\uff9f\uffe0-\uffe6\U00020000-\U0003134f"
)
# Signs of many scripts, wide beside letters that are.
_EITHER = _WIDE + "\u00b7\u2014\u2018-\u201d\u2026"
_HAS_WIDE = deferred(f"[{_WIDE}]")
_END = deferred(
    rf"(?<=[{_WIDE}])[ \t]*\n[ \t]*(?=[{_EITHER}])|(?<=[{_EITHER}])[ \t]*\n[ \t]*(?=[{_WIDE}])"
)


class JoinExtension(Extension):
    """Registers what looks whether a body has wide letters, and what joins its lines."""

    def __init__(self) -> None:
        super().__init__()
        self.has_wide = False

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Run when inline markup is read, and dashes and quotes are those of print."""
        md.preprocessors.register(_Look(md, self), "dlsite-joins", 0)
        md.treeprocessors.register(_Join(md, self), "dlsite-joins", 16.5)


class _Look(Preprocessor):
    def __init__(self, md: Markdown, extension: JoinExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        self._extension.has_wide = may_be_from_afar(text) and _HAS_WIDE.search(text) is not None
        return lines


class _Join(Treeprocessor):
    def __init__(self, md: Markdown, extension: JoinExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, root: Element) -> None:
        if not self._extension.has_wide:
            return
        for runs in lines_of(root):
            whole = "".join([run.text for run in runs])
            if "\n" in whole:
                _join(runs, whole)


def _join(runs: list[Run], whole: str) -> None:
    """Take out of runs what stands between two letters of the `whole` and is no blank there."""
    gone = [match.span() for match in _END.finditer(whole)]
    number = start = 0
    for run in runs if gone else ():
        pieces: list[str] = []
        done, end = start, start + len(run.text)
        while number < len(gone) and gone[number][0] < end:
            first, last = gone[number]
            pieces.append(whole[done : max(done, first)])
            done = min(last, end)
            if last > end:
                break
            number += 1
        if pieces:
            run.write("".join(pieces) + whole[done:end])
        start = end
