"""Formulas as MathML, in the place of what stands for them while Markdown is read.

Each formula is taken out of the lines before anything else reads them, so that nothing
in it is markup, and put back at the very end.  Where it turns out to stand in code, in
an attribute or in a comment, it is put back as its author wrote it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping

from markdown import Extension, Markdown
from markdown.inlinepatterns import SimpleTextInlineProcessor
from markdown.postprocessors import Postprocessor
from markdown.preprocessors import Preprocessor
from markdown.util import ETX, STX

from dlsite.deferred import deferred
from dlsite.markup.formulas import Found, replace_formulas
from dlsite.markup.mathtext import readable
from dlsite.markup.parts import Keeper
from dlsite.markup.plaintext import plain
from dlsite.markup.remarks import Remarks
from dlsite.markup.tex import Fault, Formula, SetFormula, Typesetter

_TOKEN = deferred(f"{STX}dlsitemath(\\d+){ETX}")
# In these a formula is what was written.  Long ones, as code is, are passed from tag to tag.
_VERBATIM = deferred(
    r"<!--.*?(?:-->|\Z)"
    r"|<(?P<name>script|style|pre|code|textarea|kbd|samp)\b"
    r"(?:[^<]++|<(?!/(?P=name)>))*+(?:</(?P=name)>|\Z)"
    # A tag that is a name alone holds nothing.
    r"|<[a-zA-Z](?![a-zA-Z0-9]*>)(?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+>",
    re.DOTALL | re.IGNORECASE,
)
_OF_CODE = ("<code", "<pre", "<span", "</span")
# What an image says in words: its alternative text and its title.
_IMAGE = deferred(r"<img\b(?:[^'\"<>]++|\"[^\"]*+\"|'[^']*+')*+>", re.IGNORECASE)
_WORDS = deferred(r"\b(?:alt|title)=\"[^\"]*\"", re.IGNORECASE)
# What `re` can look for as one string stands first.
_ID = deferred(r"id=\"(?<=\sid=\")([^\"]*)\"")
# The signs that may stand beside a formula that is alone in its paragraph.
_ENDS = ("", ".", ",", ";")
_SHOWN = deferred(
    f"{STX}dlsitemath(?P<number>\\d+){ETX}(?P<signs>[.,;:!?)]*)(?P<end>(?=\\s*</p>))?"
)


class MathExtension(Extension):
    """Registers what takes formulas out and what puts them back; reports to `remarks`."""

    def __init__(
        self, remarks: Remarks, keeper: Keeper, *, macros: Mapping[str, str], brackets: bool
    ) -> None:
        super().__init__()
        self.remarks = remarks
        self.keeper = keeper
        self.brackets = brackets
        self.formulas: list[Found] = []
        self.has_math = False
        self.typesetter = Typesetter(macros)

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - Python-Markdown's name
        """Come after line ends are normal and before anything moves or reads lines."""
        md.registerExtension(self)
        md.preprocessors.register(_TakeOut(md, self), "dlsite-math", 29)
        md.postprocessors.register(_PutIn(self), "dlsite-math", 5)
        # Escaped twice: for kramdown, and for the script that looks for formulas in its HTML.
        md.inlinePatterns.register(SimpleTextInlineProcessor(r"\\\\(\$)"), "dlsite-dollar", 184)

    def reset(self) -> None:
        """Forget the formulas of the last body."""
        self.formulas.clear()
        self.has_math = False

    def plain(self, text: str) -> str:
        """Return `text` with the TeX of its formulas in their places."""
        return _TOKEN.sub(lambda token: self.formulas[int(token[1])].tex, text)


class _TakeOut(Preprocessor):
    def __init__(self, md: Markdown, extension: MathExtension) -> None:
        super().__init__(md)
        self._extension = extension

    def run(self, lines: list[str]) -> list[str]:
        pieces, any_found = replace_formulas(lines, brackets=self._extension.brackets)
        if not any_found:
            return lines
        return "".join(
            piece if isinstance(piece, str) else self._token(piece) for piece in pieces
        ).split("\n")[:-1]

    def _token(self, formula: Found) -> str:
        self._extension.formulas.append(formula)
        return f"{STX}dlsitemath{len(self._extension.formulas) - 1}{ETX}"


class _PutIn(Postprocessor):
    def __init__(self, extension: MathExtension) -> None:
        super().__init__()
        self._extension = extension

    def run(self, text: str) -> str:
        is_ours = self._extension.keeper.is_keeping
        if not is_ours:
            text = self._extension.keeper.give_back(text)
        if not self._extension.formulas:
            self._extension.has_math = "<math" in text
            return text
        if not is_ours or _may_be_verbatim(text):
            text = _VERBATIM.sub(self._as_written, text)
        shown = list(dict.fromkeys(int(token[1]) for token in _TOKEN.finditer(text)))
        formulas = [self._extension.formulas[number] for number in shown]
        taken = {html.unescape(match[1]) for match in _ID.finditer(text)} if formulas else ()
        results = self._extension.typesetter.set(
            [Formula(formula.tex, formula.is_display) for formula in formulas], taken=taken
        )
        rendered = {
            number: self._rendered(formula, result)
            for number, formula, result in zip(shown, formulas, results, strict=True)
        }
        if "<img" in text:
            text = _IMAGE.sub(lambda image: self._in_words(image, rendered), text)
        text = "".join(self._shown(text, rendered))
        self._extension.has_math = self._extension.has_math or "<math" in text
        return text

    def _as_written(self, verbatim: re.Match[str]) -> str:
        """Put formulas back as they were, but for what an image says in words."""
        if STX not in verbatim[0]:
            return verbatim[0]
        if verbatim[0][:4].lower() == "<img":
            keep = [match.span() for match in _WORDS.finditer(verbatim[0])]
            return _TOKEN.sub(
                lambda token: (
                    token[0]
                    if any(start <= token.start() < end for start, end in keep)
                    else self._source(token)
                ),
                verbatim[0],
            )
        return _TOKEN.sub(self._source, verbatim[0])

    def _source(self, token: re.Match[str]) -> str:
        return html.escape(self._extension.formulas[int(token[1])].source)

    def _in_words(self, image: re.Match[str], rendered: Mapping[int, str]) -> str:
        """Say the formulas of an attribute, which holds no MathML."""
        return _TOKEN.sub(lambda token: html.escape(plain(rendered[int(token[1])])), image[0])

    def _shown(self, text: str, rendered: Mapping[int, str]) -> Iterator[str]:
        """Yield the pieces of a text with formulas: in lines, and alone in their paragraphs."""
        done = 0
        for match in _SHOWN.finditer(text):
            before, number, signs = text[done : match.start()], int(match["number"]), match["signs"]
            start = before.rstrip() if match["end"] is not None else ""
            done = match.end()
            if not self._extension.formulas[number].is_display:
                yield before
                yield self._inside(rendered[number], signs)
            elif start.endswith("<p>") and signs in _ENDS:
                yield start.removesuffix("<p>")
                yield f'<div class="math">{self._kept(rendered[number])}{signs}</div>'
                done = text.index("</p>", done) + len("</p>")
            else:
                yield before
                # In running text no block may stand.
                yield f'<span class="math">{self._kept(rendered[number])}</span>{signs}'
        yield text[done:]

    def _inside(self, rendered: str, signs: str) -> str:
        """Return a formula with the signs behind it, which browsers would put on the next line."""
        kept = self._kept(rendered)
        is_set = rendered.startswith("<math")
        return f'<span class="nobr">{kept}{signs}</span>' if signs and is_set else kept + signs

    def _kept(self, rendered: str) -> str:
        """Return a formula, or what stands for one in which nobody looks for anything."""
        if not rendered.startswith("<math") or " id=" in rendered or "<a " in rendered:
            return rendered
        self._extension.has_math = True
        return self._extension.keeper.keep(rendered, html.escape(readable(rendered)))

    def _rendered(self, formula: Found, result: SetFormula) -> str:
        for fault in result.faults:
            self._report(formula, fault, is_set=bool(result.markup))
        if result.markup:
            return result.markup
        source = html.escape(formula.source, quote=False)
        tex = html.escape(formula.tex.strip())
        mode = ' data-display="true"' if formula.is_display else ""
        return f'<code class="math-error" data-tex="{tex}"{mode}>{source}</code>'

    def _report(self, formula: Found, fault: Fault, *, is_set: bool) -> None:
        row, offset = formula.place(min(fault.offset, len(formula.tex)))
        line, column = self._extension.remarks.place_expanded(row + 1, offset + 1)
        what = fault.reason if is_set else f"formula cannot be set: {fault.reason}"
        self._extension.remarks.add_at(
            "math-error",
            what,
            line,
            column,
            length=fault.length,
            help_=_remedy(fault.reason),
        )


def _may_be_verbatim(text: str) -> bool:
    """Say whether any formula may stand in code or in a tag, in HTML that is none of an author's.

    No sign of a tag stands there for itself, and in code there are no tags but of colours.
    """
    for token in _TOKEN.finditer(text):
        tag = text.rfind("<", 0, token.start())
        if text.find(">", tag, token.start()) < 0 or text.startswith(_OF_CODE, tag):
            return True
    return False


def _remedy(reason: str) -> tuple[str, ...]:
    if "unknown command" in reason:
        return ("write it in the TeX of amsmath; macros of your own go into 'math.macros'",)
    if "has the label" in reason:
        return ("give the formula that is meant a \\label with this name",)
    if "was given before" in reason:
        return ("give one of the two another name",)
    return ("write it in the TeX of amsmath",)
