"""What dlsite has to say about a source file: places, rules and diagnostics, as values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic weighs, heaviest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a source file.

    `path` is POSIX, relative to the site.  `line` and `column` count from 1; a column
    counts code points, not bytes.  `line` 0 stands for the file as a whole and
    `column` 0 for the whole line.  `length` is the number of code points meant, on
    that line; 0 where only the start is known.
    """

    path: str
    line: int = 0
    column: int = 0
    length: int = 0

    def __str__(self) -> str:
        """Return the place as `path:line:column`, without the parts that are 0."""
        parts = [self.path, *(str(part) for part in (self.line, self.column) if part)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of diagnostic.

    `id` is stable: users select, ignore and configure by it.  `summary` is one
    sentence, lower case, saying what is wrong where the rule speaks.  `blocks` marks
    what a build cannot publish: such an error leaves the published site as it was.
    """

    id: str
    severity: Severity
    summary: str
    blocks: bool = False


def _table(rules: Iterable[Rule]) -> dict[str, Rule]:
    return {rule.id: rule for rule in rules}


_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES = _table(
    [
        Rule("link-missing", _ERROR, "an internal link leads to no page or file"),
        Rule("link-anchor", _ERROR, "the page exists, but nothing on it has that fragment"),
        Rule("link-case", _ERROR, "the target exists in another letter case only"),
        Rule("link-draft", _ERROR, "the target is a page that is not published"),
        Rule("link-redirect", _INFO, "the target is an old address that redirects"),
        Rule("link-asset", _ERROR, "an image or other file does not exist"),
        Rule("link-scheme", _ERROR, "the target runs code instead of leading somewhere"),
        Rule("link-ambiguous", _ERROR, "a wiki link fits more than one page"),
        Rule("link-malformed", _ERROR, "the target is empty or cannot be read as an address"),
        Rule("permalink-conflict", _ERROR, "two outputs claim one path", blocks=True),
        Rule("permalink-case", _ERROR, "two outputs differ by letter case only", blocks=True),
        Rule("permalink-invalid", _ERROR, "a permalink cannot be used as one", blocks=True),
        Rule("redirect-loop", _ERROR, "redirects lead back to themselves", blocks=True),
        Rule("redirect-chain", _WARNING, "a redirect leads to another redirect"),
        Rule("source-encoding", _ERROR, "a source file is not clean UTF-8", blocks=True),
        Rule("source-unreadable", _ERROR, "a source file or folder cannot be read", blocks=True),
        Rule("source-skipped", _WARNING, "something in the content folder is no regular file"),
        Rule("front-matter-syntax", _ERROR, "the front matter is not valid YAML", blocks=True),
        Rule("front-matter-type", _ERROR, "a field has a value of the wrong kind", blocks=True),
        Rule("front-matter-unknown", _WARNING, "a field is a near miss of a known one"),
        Rule("date-invalid", _ERROR, "a date cannot be read", blocks=True),
        Rule("title-missing", _INFO, "a page has neither a title nor a heading"),
        Rule("layout-unknown", _INFO, "no template has the name of the layout"),
        Rule("tag-duplicate", _WARNING, "one page lists a tag twice"),
        Rule("tag-similar", _WARNING, "two spellings stand for one tag"),
        Rule("page-orphan", _INFO, "no page and no navigation leads here"),
        Rule("heading-id-duplicate", _WARNING, "two headings claim one fragment"),
        Rule("heading-jump", _INFO, "a heading skips a level"),
        Rule("image-alt", _WARNING, "an image has no alternative text"),
        Rule("math-error", _ERROR, "a formula cannot be turned into MathML"),
        Rule("code-language", _INFO, "the language of a code block is not known"),
        Rule("liquid-unknown", _WARNING, "a Liquid tag has no meaning here"),
        Rule("markdown-failed", _ERROR, "a page cannot be converted", blocks=True),
        Rule("template-error", _ERROR, "a template cannot be used", blocks=True),
        Rule("template-unused", _WARNING, "a template is used by nothing"),
        Rule("config-unknown", _ERROR, "a configuration key is not known", blocks=True),
        Rule("config-invalid", _ERROR, "a configuration value cannot be used", blocks=True),
    ]
)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark about a source file, complete when made.

    `message` says what is wrong with the author's words in quotes, `help` holds one
    remedy per entry, nearest first, each with the text to type.  `suggestions` are
    the replacements for `target` that `help` speaks of, for programs.  `related` are
    further places, such as the other of two pages on one permalink.
    """

    rule: str
    position: Position
    message: str
    help: tuple[str, ...] = ()
    target: str = ""
    suggestions: tuple[str, ...] = ()
    related: tuple[Position, ...] = ()
    severity: Severity | None = None
    """Overrides the severity of the rule; `None` means the rule's own."""

    @property
    def level(self) -> Severity:
        """The severity that counts: the diagnostic's own, else its rule's."""
        return self.severity or RULES[self.rule].severity

    @property
    def blocks(self) -> bool:
        """Whether a build must not publish."""
        return RULES[self.rule].blocks and self.level is Severity.ERROR

    @property
    def sort_key(self) -> tuple[Position, str, str]:
        """A total order: by file, line, column, then rule and message."""
        return (self.position, self.rule, self.message)


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return `diagnostics` sorted by place; of those that say one thing of one place the first."""
    first: dict[tuple[Position, str, str], Diagnostic] = {}
    for diagnostic in diagnostics:
        first.setdefault(diagnostic.sort_key, diagnostic)
    return tuple(first[key] for key in sorted(first))


def printable(text: str) -> str:
    """Return `text` with control characters escaped, so that no content can steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in text
    )
