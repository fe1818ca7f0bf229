"""Read the info string of a fence: the words after the backticks.

There is no standard beyond the first word (CommonMark, 4.5), so the ways of GitHub,
kramdown, pandoc, Python-Markdown, HackMD and Zola are all understood; what is not
understood is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred

_LANGUAGE = deferred(r"[^\s{},:=\"']+")
_NUMBERED = deferred(r"=(?P<start>\d{1,6})?\+?(?=[\s{]|$)")
_FILE_NAME = deferred(r":(?P<name>[^\s{}=]+)(?=\s|$)")
_PAIR = deferred(
    r"(?P<key>[\w-]+)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^\s{}\"']+))"
)
_WORD = deferred(r"[.#]?[^\s{},=\"']+")
_LINES = deferred(r"[\d\s,-]*\d[\d\s,-]*$")
_RANGE = deferred(r"(?P<first>\d{1,6})(?:\s*-\s*(?P<last>\d{1,6}))?")
_TITLE_KEYS = ("title", "filename", "file", "name", "caption")
_LINES_KEYS = ("hl_lines", "mark_lines", "highlight")
_NUMBER_KEYS = ("linenums", "linenos", "linenostart", "startfrom", "start-from")
_NUMBER_WORDS = ("linenums", "linenos", "numberlines", "number-lines", "line-numbers")
_NO_CHECK_WORDS = ("no-check", "nocheck", "no_check")
_CHECK_KEYS = ("check", "data-check")
_BARE_WORDS = _NUMBER_WORDS + _NO_CHECK_WORDS
_NO = ("false", "no", "off", "0")


@dataclass(frozen=True, slots=True)
class Info:
    """What a fence says of its code.

    `language` is as written, empty where there is none.  `marked` holds the ranges of
    lines to highlight, both ends included, counted from 1 whatever number the first
    line shows.  `first_number` is the number of the first line; 0: no numbers.
    `is_checked` says whether code that does not parse is a fault.
    """

    language: str = ""
    title: str = ""
    marked: tuple[tuple[int, int], ...] = ()
    first_number: int = 0
    is_checked: bool = True

    def is_marked(self, line: int) -> bool:
        """Say whether the line, from 1, is to be highlighted."""
        return any(first <= line <= last for first, last in self.marked)


# A site has few of them, and each is read where the code is set and where it is checked.
@lru_cache(maxsize=256)
def read_info(info: str) -> Info:
    """Return what an info string says; never fails."""
    rest = info.strip()
    language = title = ""
    number = 0
    if match := _LANGUAGE.match(rest):
        rest = rest[match.end() :]
        if "=" in rest[:1] and not _NUMBERED.match(rest):
            # `title="a.py"` alone is a setting, not a language.
            rest = info.strip()
        else:
            language = match[0].lstrip(".")
    if match := _NUMBERED.match(rest):
        number = int(match["start"] or 1)
        rest = rest[match.end() :]
    elif match := _FILE_NAME.match(rest):
        title = match["name"]
        rest = rest[match.end() :]
    return _with_settings(Info(language, title, (), number), rest)


def _with_settings(info: Info, text: str) -> Info:
    for key, value in _settings(text):
        info = _with_pair(info, key, value) if key else _with_word(info, value)
    return info


def _with_word(info: Info, word: str) -> Info:
    bare = word.lower().lstrip(".")
    if _LINES.match(word):
        return replace(info, marked=info.marked + _ranges(word))
    if bare in _NUMBER_WORDS:
        return replace(info, first_number=info.first_number or 1)
    if bare in _NO_CHECK_WORDS:
        return replace(info, is_checked=False)
    if not info.language and not word.startswith("#"):
        return replace(info, language=word.lstrip("."))
    return info


def _with_pair(info: Info, key: str, value: str) -> Info:
    if key in _TITLE_KEYS:
        return replace(info, title=value)
    if key in _LINES_KEYS:
        return replace(info, marked=info.marked + _ranges(value))
    if key in _NUMBER_KEYS and value.lower() not in _NO:
        start = re.match(r"\d{1,6}", value)
        return replace(info, first_number=max(1, int(start[0])) if start else 1)
    if key in _CHECK_KEYS:
        return replace(info, is_checked=value.lower() not in _NO)
    return info


def _settings(text: str) -> Iterator[tuple[str, str]]:
    """Yield keys with their values; words, and lists of lines in braces, without a key."""
    for part in re.split(r"(\{[^{}]*\})", text):
        inside = part[1:-1].strip(" :") if part.startswith("{") else part
        if part.startswith("{") and _LINES.match(inside):
            yield "", inside
            continue
        position = 0
        while position < len(inside):
            if pair := _PAIR.match(inside, position):
                value = next(
                    each for each in pair.group("double", "single", "bare") if each is not None
                )
                yield pair["key"].lower(), value
                position = pair.end()
            elif word := _WORD.match(inside, position):
                if part.startswith("{") or word[0].lower() in _BARE_WORDS:
                    yield "", word[0]
                position = word.end()
            else:
                position += 1


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    found = (
        (int(match["first"]), int(match["last"] or match["first"]))
        for match in _RANGE.finditer(text)
    )
    return tuple((first, last) for first, last in found if 0 < first <= last)
