"""Put Liquid expressions back into a page's HTML, in the place of their tokens.

In a link target an expression is the target it stands for, in code what was written,
elsewhere text, with a remark.
"""

from __future__ import annotations

import html
import re

from markdown.postprocessors import Postprocessor

from dlsite.deferred import deferred
from dlsite.markup.liquidtext import BLOCKS
from dlsite.markup.liquidtokens import CLOSE, OPEN, TOKEN, Tokens
from dlsite.markup.parts import Keeper
from dlsite.texts.liquid import Spelling, join_target

_INSIDE = deferred(r"(?:else|elsif|when|end\w*)$")
_PLACES = deferred(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<code>pre|code|textarea|kbd|samp|math)\b.*?(?:</(?P=code)>|\Z)"
    r"|<(?P<raw>script|style)\b.*?(?:</(?P=raw)>|\Z)"
    r"|(?P<tag><[a-zA-Z](?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+>)"
    f"|{OPEN}(?P<number>\\d+){CLOSE}",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = deferred(r"([\w:-]+)=(\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+)")
_URL_ATTRIBUTES = ("href", "src", "action", "formaction", "poster", "data")
# What themes of Jekyll's include on many pages, and what there is in its place.
_INCLUDED = (
    (("mathjax", "katex", "latex"), "remove it: formulas need no script here"),
    (("toc",), "remove it: pages have an outline; {:toc} below a list makes one in the text"),
)


def _includes(spelling: Spelling, names: tuple[str, ...]) -> bool:
    """Say whether an expression includes a file that one of these is part of the name of."""
    file = spelling.rest.split(" ", 1)[0].lower()
    return spelling.tag in ("include", "include_cached") and any(name in file for name in names)


class PutBack(Postprocessor):
    """Replaces the tokens of a page's HTML; what `keeper` has stands in it first."""

    def __init__(self, tokens: Tokens, keeper: Keeper) -> None:
        super().__init__()
        self._tokens = tokens
        self._keeper = keeper
        self._open_blocks = 0
        self._ends: set[str] = set()

    def run(self, text: str) -> str:
        if not self._tokens.found:
            return text
        self._open_blocks = 0
        self._ends = {each.tag for each in self._tokens.found}
        return _PLACES.sub(self._put, self._keeper.give_back(text))

    def _put(self, match: re.Match[str]) -> str:
        if match["number"]:
            return self._as_text(match)
        if OPEN not in match[0]:
            return match[0]
        if match["tag"]:
            return TOKEN.sub(self._beside, _ATTRIBUTE.sub(self._in_attribute, match[0]))
        if match["raw"]:
            return TOKEN.sub(self._in_script, match[0])
        return TOKEN.sub(lambda token: html.escape(self._written(token), quote=False), match[0])

    def _spelling(self, token: re.Match[str]) -> Spelling:
        return self._tokens.found[int(token[1])]

    def _written(self, token: re.Match[str]) -> str:
        return self._tokens.written(self._spelling(token))

    def _as_text(self, match: re.Match[str]) -> str:
        spelling = self._tokens.found[int(match["number"])]
        if spelling.is_title:
            return self._tokens.title[1]
        if spelling.target is not None:
            self._tokens.report(
                spelling,
                "is an address, and means something in a link only",
                "write a link: [its words](…)",
            )
        else:
            self._unknown(spelling)
        return html.escape(self._tokens.words(spelling), quote=False)

    def _unknown(self, spelling: Spelling) -> None:
        """Remark on an expression; the parts of a block are one with its beginning."""
        if spelling.tag in BLOCKS:
            end = f"{{% end{spelling.tag} %}}"
            why, remedy = "is never closed, so it is shown as text", f"write {end} where it ends"
            self._tokens.report(spelling, why, remedy)
            return
        if _INSIDE.match(spelling.tag) and self._open_blocks:
            self._open_blocks -= spelling.tag.startswith("end")
            return
        self._open_blocks += f"end{spelling.tag}" in self._ends
        self._tokens.report(
            spelling,
            "is Liquid that dlsite does not understand, so it is shown as text",
            next(
                (remedy for names, remedy in _INCLUDED if _includes(spelling, names)),
                "write what it stands for, or `…` around it if it is to be shown",
            ),
        )

    def _in_attribute(self, attribute: re.Match[str]) -> str:
        name, value = attribute[1], attribute[2]
        if OPEN not in value:
            return attribute[0]
        is_known = True

        def put(token: re.Match[str]) -> str:
            nonlocal is_known
            spelling = self._spelling(token)
            if spelling.is_title:
                return html.escape(self._tokens.title[0])
            if spelling.target is not None:
                return html.escape(spelling.target)
            is_known = False
            self._unknown(spelling)
            return html.escape(self._written(token))

        filled = TOKEN.sub(put, value.strip("\"'"))
        if is_known and name.lower() in _URL_ATTRIBUTES:
            filled = join_target(filled)
        return f'{name}="{filled}"'

    def _beside(self, token: re.Match[str]) -> str:
        """Return what stands in a tag, but in none of its attributes."""
        self._unknown(self._spelling(token))
        return html.escape(self._written(token))

    def _in_script(self, token: re.Match[str]) -> str:
        """Return what a script or style is to have, in which nothing is escaped."""
        spelling = self._spelling(token)
        return spelling.target if spelling.target is not None else self._written(token)
