"""Turn code into the HTML of a figure, coloured by Pygments with short classes."""

from __future__ import annotations

import re
from html import escape

from pygments.lexer import Lexer
from pygments.lexers import get_all_lexers, get_lexer_by_name
from pygments.util import ClassNotFound

from dlsite.markup.infostrings import Info
from dlsite.markup.lexing import quicken, tokens_of
from dlsite.markup.parts import Keeper
from dlsite.markup.spans import Openers, spans
from dlsite.texts.spelling import nearest

_PLAIN = frozenset(["", "text", "txt", "plain", "plaintext", "none", "nohighlight", "no-highlight"])
# Words of authors that Pygments has no lexer for, but one that reads the same.
_READ_AS = {
    "ipython": "python",
    "ipython3": "python",
    "jsonc": "json",
    "jsonl": "json",
    "json5": "json",
    "pyspark": "python",
    "vb": "vb.net",
    "zshell": "bash",
}
_CLASSES = {"splus": "r"}
_LABELS = {
    "batch": "Batch file",
    "console": "Shell session",
    "make": "Makefile",
    "matlab": "MATLAB",
    "output": "Output",
    "pycon": "Python console",
    "pytb": "Python traceback",
    "splus": "R",
}
_NOT_IN_A_CLASS = re.compile(r"[^\w.+#-]+")


class Highlighter:
    """Knows the lexers that it has met; the same code always gives the same HTML.

    What stands in `<code>` is left to `keeper`.
    """

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper
        self._lexers: dict[str, Lexer | None] = {}
        self._names: tuple[str, ...] = ()
        self._openers = Openers()

    def knows(self, language: str) -> bool:
        """Say whether code in `language` can be coloured, or asks for no colours."""
        return language.lower() in _PLAIN or self._lexer(language) is not None

    def nearest(self, language: str) -> str:
        """Return the known language whose name is most like `language`; empty if none is."""
        if not self._names:
            self._names = tuple(alias for lexer in get_all_lexers() for alias in lexer[1])
        near = nearest(language.lower(), (*self._names, *_READ_AS), most=1)
        return near[0] if near else ""

    def figure(self, code: str, info: Info, number: int, word: str = "Code") -> str:
        r"""Return what stands in the `<figure>`: the caption, if any, and the code.

        `code` is empty or ends with `\n`; `number` tells the figures of a page
        apart, and `word` says what they are.
        """
        lexer = self._lexer(info.language)
        name = _class(info.language, lexer)
        kind = _label(info.language, lexer)
        # The stylesheet shows the language: it is no word of the page, nor of its feed.
        shown = f' data-lang="{escape(kind)}"' if kind else ""
        head = f'\n<div class="code-head"{shown}></div>' if kind else ""
        if info.title:
            title = escape(info.title, quote=False)
            head = f'\n<figcaption class="code-head"{shown}><span>{title}</span></figcaption>'
        label = escape(f"{word} {number}: {info.title or kind}".removesuffix(": "))
        language = f' class="language-{escape(name)}"' if name else ""
        dressed = _dressed(self._coloured(code, lexer), info)
        lines = self._keeper.keep(dressed, escape(code, quote=False))
        # So many lines take so much room: browsers need not set them to know it.
        count = code.count("\n")
        pre = f'<pre tabindex="0" role="group" aria-label="{label}" data-lines="{count}">'
        return f"{head}\n{pre}<code{language}>{lines}</code></pre>\n"

    def _lexer(self, language: str) -> Lexer | None:
        name = language.lower()
        if name in _PLAIN:
            return None
        if name not in self._lexers:
            try:
                alias = "diff" if name.startswith("diff-") else _READ_AS.get(name, name)
                lexer = get_lexer_by_name(alias, stripnl=False, ensurenl=False)
                self._lexers[name] = quicken(lexer)
            except ClassNotFound:
                self._lexers[name] = None
        return self._lexers[name]

    def _coloured(self, code: str, lexer: Lexer | None) -> str:
        if lexer is None or not code:
            return escape(code, quote=False)
        try:
            tokens = tokens_of(lexer, code)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - lexers are many and fail in ways that cannot be listed
            return escape(code, quote=False)
        # Pygments drops a byte order mark and may lose what a lexer forgets.
        if "".join([value for _, _, value in tokens]) != code:
            return escape(code, quote=False)
        return spans(tokens, self._openers)


def _class(language: str, lexer: Lexer | None) -> str:
    if lexer is None:
        return "" if language.lower() in _PLAIN else _NOT_IN_A_CLASS.sub("-", language.lower())
    return _CLASSES.get(lexer.aliases[0], lexer.aliases[0])


def _label(language: str, lexer: Lexer | None) -> str:
    if lexer is None:
        return "" if language.lower() in _PLAIN else language
    return _LABELS.get(lexer.aliases[0], lexer.name)


def _dressed(code_html: str, info: Info) -> str:
    """Mark and number the lines.  No span reaches over the end of a line."""
    if not code_html or not (info.marked or info.first_number):
        return code_html
    dressed: list[str] = []
    for number, line in enumerate(re.findall(r"[^\n]*\n|[^\n]+", code_html), start=1):
        shown = info.first_number + number - 1
        sign = f'<span class="ln" aria-hidden="true" data-line="{shown}"></span>'
        numbered = f"{sign if info.first_number else ''}{line}"
        dressed.append(
            f'<span class="hll">{numbered}</span>' if info.is_marked(number) else numbered
        )
    return "".join(dressed)
