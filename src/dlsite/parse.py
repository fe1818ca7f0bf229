"""Turn one source file into one page.  Pure: no clock, no disk, no other page.

Parsing never fails: a page with a broken front matter still has a body, and its links
are still checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from datetime import UTC, tzinfo

from dlsite.config.settings import Config, Defaults, MarkupOptions
from dlsite.dataclass import dataclass
from dlsite.diagnostics import Diagnostic, Position
from dlsite.markup.converted import Converted, Problem
from dlsite.markup.converter import Converter
from dlsite.markup.fieldlines import FieldLines
from dlsite.markup.formulaspans import formula_spans
from dlsite.markup.mathsigns import signs_of
from dlsite.markup.plaintext import plain
from dlsite.markup.references import Cut, cut, cut_again
from dlsite.markup.titles import fragment_given_up, title_missing, title_of, title_of_name
from dlsite.markup.twin import markdown_of
from dlsite.permalinks import kind_of
from dlsite.records import (
    Body,
    FrontMatter,
    Headings,
    Json,
    Page,
    PageContents,
    Parsed,
    Reference,
    ReferenceKind,
    References,
    SourceFile,
)
from dlsite.search.entry import entry_of, lead_of, sections_of
from dlsite.search.pieces import text_script
from dlsite.texts import frontmatter
from dlsite.texts.dates import FILE_DATE, read_date
from dlsite.texts.locate import locate
from dlsite.texts.outline import level_jumps

_MORE = "<!--more-->"
_DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class ParseOptions:
    """All of the configuration that a page depends on."""

    markup: MarkupOptions = field(default_factory=MarkupOptions)
    timezone: tzinfo = UTC
    defaults: tuple[Defaults, ...] = ()
    search: bool = True
    language: str = "en"
    twins: bool = True

    @classmethod
    def of(cls, config: Config) -> ParseOptions:
        """Pick from the configuration what parsing receives."""
        return cls(
            config.markup,
            config.timezone,
            config.defaults,
            config.search,
            config.language,
            config.llms,
        )


def parse(source: SourceFile, *, options: ParseOptions, converter: Converter) -> Parsed:
    """Return the page that `source` is, and what is wrong with it.

    `converter` must have been made with `options.markup`; it is an argument because
    making one costs more than converting a page.
    """
    split, remarks = frontmatter.read(
        source,
        timezone=options.timezone,
        defaults=_defaults_for(source.content_path, options.defaults),
    )
    fields = _with_file_date(split.front_matter, source.content_path, options.timezone)
    language = fields.lang or options.language
    converted = converter.convert(
        _with_separator(split.body, fields.excerpt_separator),
        title=fields.title or title_of_name(source.content_path),
        language=language,
    )
    lines = FieldLines(converter, fields.positions, source.path, language)
    fields = _with_plain_description(fields, lines)
    title, title_html, markup = title_of(fields, converted, source.content_path, lines)
    pieces = cut(markup, converted.parts)
    references = _references(pieces, split, source.path, brackets=options.markup.math_brackets)
    references += _field_references(fields, source.path, title)
    piece, terms = _for_search(fields, converted) if options.search else (b"", "")
    markdown: Body = ()
    if options.twins:
        markdown = markdown_of(
            split.body,
            title,
            references,
            first_line=split.body_line,
            separator=fields.excerpt_separator or "",
            repeats_title=markup is not converted.markup,
        )
    has_math = converted.has_math or "<math" in title_html
    page = Page(
        path=source.path,
        content_path=source.content_path,
        digest=source.digest,
        front_matter=fields,
        title=title,
        title_html=title_html,
        body_digest=_digest(pieces.body),
        excerpt=_excerpt(fields, converted, references, lines),
        headings=Headings.of(converted.headings),
        fragments=frozenset(pieces.fragments | fragment_given_up(converted, markup)),
        references=References.of(source.path, references),
        words=converted.words,
        has_math=has_math,
        math_signs=signs_of(title_html + converted.markup, converted.parts.formulas)
        if has_math
        else "",
        labels=converted.labels,
        text_digest=hashlib.sha256(piece).hexdigest() if piece else "",
        contents=PageContents(tuple(pieces.body), piece, terms, markdown),
    )
    problems = [
        _diagnostic(problem, split.body_line, source.path) for problem in converted.problems
    ]
    problems += level_jumps(
        converted.headings,
        converted.own_headings,
        split.body,
        path=source.path,
        first_line=split.body_line,
    )
    if fields.title is None and not converted.own_headings:
        problems.append(title_missing(source.path, title))
    return Parsed(page, (*remarks, *problems, *lines.diagnostics))


def _with_plain_description(fields: FrontMatter, lines: FieldLines) -> FrontMatter:
    """Say the formulas of a description in Unicode: it is text wherever it stands."""
    if not fields.description or "$" not in fields.description:
        return fields
    return replace(fields, description=plain(lines.html("description", fields.description)))


def _digest(body: Iterable[str | int]) -> str:
    joined = "\0".join(str(piece) for piece in body)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]


def _defaults_for(content_path: str, defaults: tuple[Defaults, ...]) -> dict[str, Json]:
    """Return the defaults for one file; those of a deeper folder win."""
    values: dict[str, Json] = {}
    if not defaults:
        return values
    kind = kind_of(content_path)
    for row in sorted(defaults, key=lambda row: len(row.prefix)):
        is_below = not row.prefix or f"{content_path}/".startswith(f"{row.prefix}/")
        if is_below and row.kind in ("", kind):
            values |= row.values
    return values


def _with_file_date(fields: FrontMatter, content_path: str, zone: tzinfo) -> FrontMatter:
    """Take the date from a name such as `2019-05-20-title.md` where no field gives it."""
    if fields.date is not None:
        return fields
    match = FILE_DATE.match(content_path.rpartition("/")[2])
    if match is None:
        return fields
    try:
        return replace(fields, date=read_date(match[0].rstrip("-"), zone=zone))
    except ValueError:
        return fields


def _with_separator(body: str, separator: str | None) -> str:
    if not separator or separator.strip() == _MORE:
        return body
    if not separator.isspace():
        return body.replace(separator, _MORE, 1)
    # Put in at the end of a line, so that no line below it moves.
    start = len(body) - len(body.lstrip())
    end = body.find(separator, start)
    return body if end < 0 else f"{body[:end]} {_MORE}{body[end:]}"


def _references(
    pieces: Cut, split: frontmatter.Split, path: str, *, brackets: bool
) -> tuple[Reference, ...]:
    positions = locate(
        split.body,
        [found.target for found in pieces.references],
        path=path,
        first_line=split.body_line,
        words=[found.text for found in pieces.references],
        formulas=lambda text: formula_spans(text, brackets=brackets),
    )
    return tuple(
        Reference(
            found.kind,
            found.target,
            position,
            found.text,
            found.heading,
            found.sentence,
            found.is_decoration,
            found.room,
            found.asks_words,
        )
        for found, position in zip(pieces.references, positions, strict=True)
    )


def _field_references(fields: FrontMatter, path: str, title: str) -> tuple[Reference, ...]:
    """Return what the front matter leads to: its image, then the pages to read first."""
    references = []
    if fields.image is not None:
        position = fields.positions.get("image", Position(path))
        references.append(Reference(ReferenceKind.IMAGE, fields.image, position, title))
    for index, target in enumerate(fields.requires):
        # As wiki links do, a name calls a page by its title.
        is_address = target.startswith(("/", ".", "#")) or "://" in target
        kind = ReferenceKind.LINK if is_address else ReferenceKind.WIKI_LINK
        position = fields.positions.get(f"requires.{index}", Position(path))
        references.append(Reference(kind, target, position, "" if is_address else target))
    return tuple(references)


def _for_search(fields: FrontMatter, converted: Converted) -> tuple[bytes, str]:
    """Return what the search shows of a page and where it finds it; empty for one left out."""
    if not fields.search:
        return b"", ""
    sections = sections_of(converted.text, converted.headings)
    lead = lead_of(fields.description, sections)
    piece = text_script(sections, converted.headings, lead)
    return piece, entry_of(sections, converted.headings, lead)


def _excerpt(
    fields: FrontMatter,
    converted: Converted,
    references: tuple[Reference, ...],
    lines: FieldLines,
) -> tuple[str | int, ...]:
    if fields.excerpt:
        return (f"<p>{lines.html('excerpt', fields.excerpt.strip())}</p>",)
    index: Mapping[tuple[ReferenceKind, str], int] = {
        (reference.kind, reference.target): number
        for number, reference in reversed(list(enumerate(references)))
    }
    return cut_again(converted.excerpt_html, index)


def _diagnostic(problem: Problem, body_line: int, path: str) -> Diagnostic:
    if not problem.line:
        return Diagnostic(problem.rule, Position(path), problem.message, problem.help)
    line = problem.line + body_line - 1
    position = Position(path, line, problem.column, problem.length)
    return Diagnostic(problem.rule, position, problem.message, problem.help)
