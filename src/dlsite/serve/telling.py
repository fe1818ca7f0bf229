"""Tell the author on the terminal what is wrong with a site, each thing once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping

from dlsite.diagnostics import Diagnostic
from dlsite.files.bugfile import evidence
from dlsite.render.templates import cause_of
from dlsite.rules import Severity
from dlsite.serve.panel import count
from dlsite.serve.snapshot import Snapshot

Say = Callable[[str], None]
Show = Callable[[Iterable[Diagnostic], Mapping[str, str]], None]


class Teller:
    """What has been told of a site so far, and to whom more of it goes.

    `show` gets findings with the sources to quote, `chat` what a quiet run leaves out, `say`
    what matters.  Threads may tell at once.
    """

    def __init__(self, *, say: Say, show: Show, chat: Say) -> None:
        self._say = say
        self._show = show
        self._chat = chat
        self._told: set[tuple[str, ...]] = set()
        self._lock = threading.Lock()

    def tell(self, snapshot: Snapshot, old: Snapshot) -> None:
        """Show what is new; a finding that has only moved to another line is not."""
        everything = [*snapshot.findings.found, *snapshot.failed.values()]
        found = [each for each in everything if each.level is not Severity.INFO]
        keys = {_key(each) for each in found}
        with self._lock:
            new = [each for each in found if _key(each) not in self._told]
            is_other = keys != self._told
            self._told = keys
        if new:
            self._show(new, snapshot.findings.texts)
        if is_other or old.findings.note:
            self._chat(f"{count(found)} in the site")

    def tell_more(self, finding: Diagnostic, texts: Mapping[str, str]) -> None:
        """Show a finding that came up when a page was asked for."""
        if self._is_new(_key(finding)):
            self._show([finding], texts)

    def own_up(self, error: Exception) -> str:
        """Say that an error is our fault; the traceback goes to a file.  Returns a note of it."""
        note = f"this is a bug in dlsite ({type(error).__name__}), not in the site"
        if self._is_new(("bug", type(error).__name__, str(error))):
            self._say(f"dlsite: {note}; please report it with {evidence(error, self._say)}")
        return note

    def _is_new(self, key: tuple[str, ...]) -> bool:
        """Say whether this has not been told yet; from now on it has."""
        with self._lock:
            is_new = key not in self._told
            self._told.add(key)
        return is_new


def _key(finding: Diagnostic) -> tuple[str, ...]:
    return (finding.rule, finding.position.path, cause_of(finding), finding.target)
