"""What a rule is, and how much its diagnostics weigh."""

from __future__ import annotations

from enum import StrEnum

from dlsite.dataclass import dataclass


class Severity(StrEnum):
    """How much a diagnostic weighs, heaviest first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of diagnostic.

    `id` is stable: users select, ignore and configure by it.  `summary` is one
    sentence, lower case, saying what is wrong where the rule speaks; `why` says in
    Markdown when it speaks and what comes of it, `fix` what to do.  `blocks` marks
    what a build cannot publish: such an error leaves the published site as it was.
    """

    id: str
    severity: Severity
    summary: str
    why: str = ""
    fix: str = ""
    blocks: bool = False
