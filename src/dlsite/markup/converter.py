"""Convert Markdown bodies to HTML: the constructs put together, one converter a process."""

from __future__ import annotations

import html
import re
import string

from markdown import Extension, Markdown
from markdown.blockprocessors import BlockProcessor, ParagraphProcessor
from markdown.extensions import footnotes
from markdown.util import Registry

from dlsite.config.settings import MarkupOptions
from dlsite.length import count_words
from dlsite.markup.abbreviations import AbbreviationExtension
from dlsite.markup.attributes import AttributeExtension
from dlsite.markup.autolinks import AutolinkExtension
from dlsite.markup.balance import balanced
from dlsite.markup.breaks import BreakExtension
from dlsite.markup.callouts import CalloutExtension
from dlsite.markup.captions import CaptionExtension
from dlsite.markup.code import CodeExtension
from dlsite.markup.codespans import CodeSpanExtension
from dlsite.markup.comments import CommentExtension
from dlsite.markup.converted import Converted, Inline, Problem
from dlsite.markup.definitions import DefinitionExtension
from dlsite.markup.directions import DirectionExtension
from dlsite.markup.emphasis import EmphasisExtension
from dlsite.markup.excerpts import cut_more, without_ids
from dlsite.markup.figures import FigureExtension
from dlsite.markup.footnotes import FootnoteExtension
from dlsite.markup.headings import HeadingExtension, give_ids, outline_of
from dlsite.markup.headlines import HeadlineExtension
from dlsite.markup.items import ItemExtension
from dlsite.markup.joins import JoinExtension
from dlsite.markup.labels import Labels
from dlsite.markup.linkwords import LinkWordsExtension
from dlsite.markup.liquid import LiquidExtension
from dlsite.markup.lists import ListExtension
from dlsite.markup.math import MathExtension
from dlsite.markup.parts import Keeper
from dlsite.markup.plaintext import plain
from dlsite.markup.quotes import QuoteExtension
from dlsite.markup.rawhtml import RawHtmlExtension
from dlsite.markup.reader import Reader
from dlsite.markup.remarks import Remarks
from dlsite.markup.tables import TableExtension
from dlsite.markup.tabs import TabsExtension
from dlsite.markup.tasks import TaskExtension
from dlsite.markup.typography import TypographyExtension
from dlsite.markup.undefined import UndefinedExtension
from dlsite.markup.wikilinks import WikiLinkExtension

_LINK = re.compile(r"</?a\b[^>]*>")
# Words without a sign that could be markup, a reference or typography, as most titles are.
_PLAIN = re.compile(r"(?:[^\W_]|[ ,:;?()/]|-(?!-)|\.(?!\.))*")


class Converter:
    """Python-Markdown set up once for a site's options and used for every body."""

    def __init__(self, options: MarkupOptions) -> None:
        self._options = options
        self._remarks = Remarks()
        self.start_anew()

    def start_anew(self) -> None:
        """Set the parsers up; after a failure too, for it leaves them in a state of its own."""
        # Extensions of the site's own are to find whole what they look for.
        self._keeper = Keeper(may_keep=not self._options.extensions)
        self._math = _math(self._remarks, self._keeper, self._options)
        self._liquid = LiquidExtension(
            self._remarks, self._keeper, brackets=self._options.math_brackets
        )
        self._labels = Labels()
        self._captions = CaptionExtension(self._labels, numbers=self._options.caption_numbers)
        self._bodies = _bodies(
            self._remarks, self._math, self._liquid, self._captions, self._options
        )
        self._title_remarks = Remarks()
        # Most titles need no parser.
        self._titles: Markdown | None = None

    def convert(self, body: str, *, title: str = "", language: str = "en") -> Converted:
        """Return a body as HTML; what cannot be converted is shown as text.

        `title` is the page's, in Markdown, for where the body asks for it; `language` its tag.
        Raises nothing but `MemoryError`.
        """
        self._labels.speak(language)
        self._remarks.reset(body)
        if "page.title" in body:
            title_html = self.inline(title, language=language).html
            self._liquid.tokens.title = (plain(title_html), title_html)
        try:
            self._bodies.reset()
            self._keeper.reset()
            rendered = self._bodies.convert(body)
            if not self._keeper.is_keeping:
                rendered = give_ids(balanced(rendered, body))
        except MemoryError:
            # How much there is for a page is known to who asks for it.
            raise
        except Exception as error:  # noqa: BLE001 - the libraries fail in ways that cannot be listed
            self.start_anew()
            too_deep = isinstance(error, RecursionError)
            reason = "it is nested too deeply" if too_deep else str(error)
            return _as_text(body, reason or type(error).__name__)
        parts = self._keeper.parts
        markup, excerpt_html = cut_more(rendered, parts)
        headings, own, text = outline_of(markup, parts)
        return Converted(
            markup=markup,
            excerpt_html=excerpt_html,
            headings=headings,
            own_headings=own,
            text=text,
            words=count_words(text),
            has_math=self._math.has_math,
            problems=tuple(self._remarks.problems),
            parts=parts,
            labels=self._captions.label_by_id,
        )

    def inline(self, text: str, *, language: str = "en") -> Inline:
        """Return one line of Markdown, a title, as HTML without blocks, links and ids."""
        line = " ".join(text.split())
        if _PLAIN.fullmatch(line):
            return Inline(line)
        self._labels.speak(language)
        self._title_remarks.reset(line)
        titles = self._titles = self._titles or _titles(
            self._options, self._labels, self._title_remarks
        )
        try:
            titles.reset()
            rendered = titles.convert(line)
        except MemoryError:
            raise
        except Exception:  # noqa: BLE001 - as for bodies; a title is always shown
            self.start_anew()
            return Inline(html.escape(text, quote=False))
        inside = _LINK.sub("", rendered.removeprefix("<p>").removesuffix("</p>")).strip()
        problems = tuple(self._title_remarks.problems)
        return Inline(without_ids(inside) if " id=" in inside else inside, problems)


class AsText(Converter):
    """Converts nothing, for a page with which that has been tried."""

    def __init__(self, reason: str) -> None:
        super().__init__(MarkupOptions())
        self._reason = reason

    def convert(self, body: str, *, title: str = "", language: str = "en") -> Converted:
        """Return a body as the text that it is, and why."""
        del title, language
        return _as_text(body, self._reason)

    def inline(self, text: str, *, language: str = "en") -> Inline:
        """Return a title as the text that it is."""
        del language
        return Inline(html.escape(text, quote=False))


def _math(remarks: Remarks, keeper: Keeper, options: MarkupOptions) -> MathExtension:
    return MathExtension(
        remarks, keeper, macros=options.math_macros, brackets=options.math_brackets
    )


def _bodies(
    remarks: Remarks,
    math: MathExtension,
    liquid: LiquidExtension,
    captions: CaptionExtension,
    options: MarkupOptions,
) -> Markdown:
    labels, attributes = captions.language, AttributeExtension()
    # Not by name: Python-Markdown would look for names in all that is installed.
    extensions: list[Extension | str] = [
        footnotes.FootnoteExtension(),
        AbbreviationExtension(),
        DefinitionExtension(),
        UndefinedExtension(remarks),
        HeadlineExtension(remarks),
        ItemExtension(attributes.named),
        CodeSpanExtension(),
        QuoteExtension(),
        # Where words have no blanks between them, emphasis ends after any sign.
        EmphasisExtension(punctuation=False, deletes=True),
        TaskExtension(labels),
    ]
    if options.raw_html:
        extensions.append(RawHtmlExtension(remarks, math.keeper))
    extensions += [
        CommentExtension(remarks),
        liquid,
        BreakExtension(),
        ListExtension(),
        attributes,
        CodeExtension(remarks, labels, math.keeper),
        math,
        TableExtension(labels),
        CalloutExtension(labels),
        FootnoteExtension(labels),
        TabsExtension(),
        HeadingExtension(
            remarks,
            labels,
            words_of=lambda text: liquid.tokens.plain(math.plain(text)),
            toc_depth=options.toc_depth,
        ),
        FigureExtension(),
        captions,
        LinkWordsExtension(labels),
        JoinExtension(),
        DirectionExtension(labels),
    ]
    extensions += _inline_extensions(options, labels)
    extensions += options.extensions
    converter = Reader(
        extensions=extensions,
        output_format="html",
    )
    converter.blocks.on_too_deep = lambda text: _report_depth(remarks, text)
    _escape_all(converter)
    if not options.raw_html:
        converter.preprocessors.deregister("html_block")
        converter.inlinePatterns.deregister("html")
    return converter


def _report_depth(remarks: Remarks, text: str) -> None:
    if all(problem.rule != "markdown-depth" for problem in remarks.problems):
        words = max(re.findall(r"\w+", text[:1_000]), key=len, default="")
        remarks.add(
            "markdown-depth",
            "quotes, lists or callouts stand in each other too deep: the rest is shown as text",
            at=words,
            help_=("write it with fewer levels",),
        )


def _titles(options: MarkupOptions, labels: Labels, remarks: Remarks) -> Markdown:
    """Return a converter that knows paragraphs alone: `1. Introduction` is no list in a title."""
    extensions: list[Extension | str] = [
        EmphasisExtension(),
        CodeSpanExtension(),
        _math(remarks, Keeper(may_keep=False), options),
        *([TypographyExtension(labels)] if options.typography else []),
    ]
    converter = Reader(extensions=extensions, output_format="html")
    _escape_all(converter)
    only: Registry[BlockProcessor] = Registry()
    only.register(ParagraphProcessor(converter.parser), "paragraph", 10)
    converter.parser.blockprocessors = only
    converter.preprocessors.deregister("html_block")
    converter.inlinePatterns.deregister("html")
    return converter


def _escape_all(converter: Markdown) -> None:
    """Let a backslash escape every sign of ASCII (CommonMark, 2.4), as on GitHub."""
    converter.ESCAPED_CHARS = list(string.punctuation)


def _inline_extensions(options: MarkupOptions, labels: Labels) -> list[Extension]:
    extensions: list[Extension] = []
    if options.wikilinks:
        extensions.append(WikiLinkExtension())
    if options.autolink:
        extensions.append(AutolinkExtension())
    if options.typography:
        extensions.append(TypographyExtension(labels))
    return extensions


def _as_text(body: str, reason: str) -> Converted:
    """Show the source as it is, so that no word is lost."""
    blocks = [block.strip("\n") for block in re.split(r"\n[ \t]*\n", body) if block.strip()]
    rendered = "\n".join(f"<p>{html.escape(block, quote=False)}</p>" for block in blocks)
    message = f"the body cannot be converted: {reason}"
    problem = Problem("markdown-failed", message, help=("cut it into simpler parts",))
    words = len(body.split())
    return Converted(rendered, "", (), (), body, words, has_math=False, problems=(problem,))
