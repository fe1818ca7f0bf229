"""Read what is typed behind `dlsite`, in whatever spelling, for a run to be known again by it.

Pure, and light: the grammar proper, `cli`, takes longer to import than a run in which nothing
changed takes in all.  What is understood here means what it means there
(`tests/test_typed.py`); what is not, such as what the grammar refuses, is left to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# What a flag takes: nothing; a value, of which the last one counts, or each; or one that the
# grammar may refuse, and that is understood only where it stands alone.
SWITCH, LAST, EACH, ONCE = range(4)

_EVERYWHERE = {
    "--directory": LAST,
    "--config": LAST,
    "--quiet": SWITCH,
    "--verbose": SWITCH,
    "--color": ONCE,
}
_CONTENT = _EVERYWHERE | {
    "--base-url": LAST,
    "--drafts": SWITCH,
    "--future": SWITCH,
    "--jobs": ONCE,
    "--no-cache": SWITCH,
    "--verify": SWITCH,
    "--strict": SWITCH,
    "--format": ONCE,
    "--diff": SWITCH,
}
FLAGS = {
    "build": _CONTENT
    | {"--output": LAST, "--profile": SWITCH, "--executor": LAST, "--force": SWITCH},
    "check": _CONTENT
    | {
        "--fix": SWITCH,
        "--external": SWITCH,
        "--select": EACH,
        "--ignore": EACH,
        "--max-warnings": ONCE,
        "--baseline": LAST,
        "--write-baseline": SWITCH,
        "--update-urls": SWITCH,
    },
}
"""The flags of the commands whose runs are remembered, and what each takes."""

SHORT = {
    "C": "--directory",
    "c": "--config",
    "q": "--quiet",
    "v": "--verbose",
    "D": "--drafts",
    "F": "--future",
    "j": "--jobs",
    "o": "--output",
}
"""The long form of each flag of one letter."""

COLORS = ("auto", "always", "never")


class Typed:
    """What was typed: where the site is, what to do there, and how to tell of it.

    `words` are the command, its flags in one order and one spelling, and its paths: all but
    the site and the manner of telling, which are `root`, `is_quiet` and `color`.
    """

    __slots__ = ("color", "is_quiet", "root", "words")

    def __init__(self, words: Sequence[str], root: str, color: str, *, is_quiet: bool) -> None:
        self.words = words
        self.root = root
        self.color = color
        self.is_quiet = is_quiet


def typed(arguments: Sequence[str]) -> Typed | None:
    """Return what is typed; `None` for other commands, and for what is not understood."""
    reading = _Reading()
    if not reading.reads(arguments) or not reading.command:
        return None
    flags, words = reading.flags, [reading.command]
    root = flags.pop("--directory", [""])[-1]
    color = flags.pop("--color", ["auto"])[-1]
    is_quiet = flags.pop("--quiet", None) is not None
    if color not in COLORS:
        return None
    for name in sorted(flags):
        words += [f"{name}={value}" for value in flags[name]] or [name]
    words += ["--", *reading.paths] if reading.paths else []
    return Typed(words, root or ".", color, is_quiet=is_quiet)


class _Reading:
    """One walk over the arguments; `flags` are the values of each long flag that was met."""

    def __init__(self) -> None:
        self.command = ""
        self.flags: dict[str, list[str]] = {}
        self.paths: list[str] = []
        self._known: Mapping[str, int] = _EVERYWHERE

    def reads(self, arguments: Sequence[str]) -> bool:
        """Say whether all is understood."""
        index, end_of_paths = 0, 0
        while index < len(arguments):
            word = arguments[index]
            index += 1
            if word.startswith("-") and word not in ("-", "--"):
                more = arguments[index] if index < len(arguments) else None
                taken = self._takes(word, more)
                if taken is None:
                    return False
                index += taken
            elif not self.command:
                if word not in FLAGS:
                    return False
                self.command, self._known = word, FLAGS[word]
            else:
                # The grammar takes paths from one place alone.
                if self.command != "check" or (self.paths and end_of_paths != index - 1):
                    return False
                self.paths += arguments[index:] if word == "--" else [word]
                index = end_of_paths = len(arguments) if word == "--" else index
        return True

    def _takes(self, word: str, more: str | None) -> int | None:
        """Take up a word of flags; return how many words it takes behind it, 0 or 1."""
        if word.startswith("--"):
            name, joint, value = word.partition("=")
            return self._take(name, value if joint else None, more)
        for index, letter in enumerate(word[1:], start=2):
            name, rest = SHORT.get(letter, ""), word[index:]
            if self._known.get(name) != SWITCH:
                # Pythons differ in `-qo=X`.
                if rest.startswith("=") and index > len("-o"):
                    return None
                return self._take(name, rest.removeprefix("=") if rest else None, more)
            if self._take(name, None, None) is None:
                return None
        return 0

    def _take(self, name: str, value: str | None, more: str | None) -> int | None:
        """Take up one flag with its value; `more` is the word that follows."""
        kind = self._known.get(name)
        if kind is None or (kind == ONCE and name in self.flags):
            return None
        if kind == SWITCH:
            self.flags[name] = []
            return None if value is not None else 0
        taken = 0
        if value is None:
            if more is None or (more.startswith("-") and more != "-"):
                return None
            value, taken = more, 1
        before = self.flags.get(name, []) if kind == EACH else []
        self.flags[name] = [*before, value]
        return taken
