"""Find where code of Python, JSON, YAML or TOML does not parse.

Articles show fragments, transcripts and elisions: what a reader would take as a part of
a program that works has no fault.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Callable, Mapping

from dlsite.dataclass import dataclass
from dlsite.deferred import deferred
from dlsite.markup.pythonfaults import python_fault
from dlsite.texts.yamltree import syntax_fault

_LONGEST = 100_000
_WORD = deferred(r"\w+|\S")
_JSON_TEXT = r"\"(?:[^\"\\\n]|\\.)*\""
_COMMENTS = deferred(rf"(?P<text>{_JSON_TEXT})|//[^\n]*|/\*.*?\*/", re.DOTALL)
_LAST_COMMA = deferred(rf"(?P<text>{_JSON_TEXT})|,(?=\s*[}}\]])")
_JSON_ELISION = deferred(rf"(?P<text>{_JSON_TEXT})|\.\.\.|…")
_JSON_REASONS = {
    "Expecting value": "a value is missing",
    "Expecting ',' delimiter": "a comma is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting property name enclosed in double quotes": "a key in double quotes is missing",
    "Illegal trailing comma before end of object": "a comma stands before '}'",
    "Illegal trailing comma before end of array": "a comma stands before ']'",
}
_COMMA_BEFORE = {
    "}": "Illegal trailing comma before end of object",
    "]": "Illegal trailing comma before end of array",
}
_TOML_PLACE = deferred(r" \(at (?:line (?P<line>\d+), column (?P<column>\d+)|end of document)\)$")
_TOML_ELISION = deferred(r"^[ \t]*(?:\.\.\.|…)[ \t]*$", re.MULTILINE)
# Jinja, Helm and Liquid make of YAML what only they can read.
_TEMPLATE = deferred(r"\{%|^\s*\{\{|\{\{-", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CodeFault:
    """Where code does not parse, and why.

    `line` and `column` count from 1; `length` is that of the word or sign that stands there, in
    code points, and 0 at the end of a line.
    """

    line: int
    column: int
    reason: str
    length: int = 0


Place = tuple[int, int, str]


def code_fault(language: str, code: str) -> CodeFault | None:
    """Return the first fault of code in `language`, a word of authors; `None` if it has none."""
    find = _LANGUAGES.get(language.lower())
    if find is None or not code.strip() or len(code) > _LONGEST:
        return None
    try:
        fault = find(code)
    except (RecursionError, MemoryError):
        # Too deep to be read says nothing about whether it is right.
        return None
    if fault is None:
        return None
    line, column, _ = fault
    lines = code.split("\n")
    word = _WORD.match(lines[line - 1], column - 1) if line <= len(lines) else None
    return CodeFault(*fault, length=len(word[0]) if word else 0)


def _json(code: str) -> Place | None:
    # Elisions are for readers; what stands around them is not looked at.
    if any(not match["text"] for match in _JSON_ELISION.finditer(code)):
        return None
    fault = _json_values(code)
    if fault is None:
        return None
    members = code.strip().removesuffix(",")
    if members.startswith('"') and _json_values(f"{{{members}}}") is None:
        return None
    return fault


def _json_values(code: str) -> Place | None:
    """Read values one after the other, as in JSON lines."""
    decoder = json.JSONDecoder()
    position = 0
    while position < len(code):
        rest = code[position:]
        position += len(rest) - len(rest.lstrip())
        if position == len(code):
            break
        try:
            _, position = decoder.raw_decode(code, position)
        except json.JSONDecodeError as error:
            return _json_fault(code, error)
        except ValueError:
            # Python refuses to read integers of some thousand digits.
            return None
    return None


def _json_fault(code: str, error: json.JSONDecodeError) -> Place:
    sign = code[error.pos : error.pos + 1]
    before = code[: error.pos].rstrip()
    if sign and sign in "}]" and before.endswith(","):
        # Python 3.13 says so itself; earlier ones miss what would follow.
        error = json.JSONDecodeError(_COMMA_BEFORE[sign], code, len(before) - 1)
    reason = _JSON_REASONS.get(error.msg, error.msg[:1].lower() + error.msg[1:])
    if sign == "#" or code.startswith(("//", "/*"), error.pos):
        reason = "JSON has no comments"
    return error.lineno, error.colno, reason


def _json_with_comments(code: str) -> Place | None:
    bare = _COMMENTS.sub(lambda match: match["text"] or _blank(match[0]), code)
    return _json(_LAST_COMMA.sub(lambda match: match["text"] or " ", bare))


def _blank(text: str) -> str:
    """Return blanks that keep every line and column."""
    return re.sub(r"[^\n]", " ", text)


def _toml(code: str) -> Place | None:
    try:
        tomllib.loads(_TOML_ELISION.sub(lambda match: _blank(match[0]), code))
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        place = _TOML_PLACE.search(message)
        reason = _TOML_PLACE.sub("", message)
        reason = reason[:1].lower() + reason[1:]
        if place and place["line"]:
            return int(place["line"]), int(place["column"]), reason
        lines = code.rstrip().split("\n")
        return len(lines), len(lines[-1]) + 1, reason
    except ValueError:
        return None
    return None


def _yaml(code: str) -> Place | None:
    return None if _TEMPLATE.search(code) else syntax_fault(code.replace("…", "."))


_LANGUAGES: Mapping[str, Callable[[str], Place | None]] = {
    **dict.fromkeys(
        ["python", "py", "python3", "py3", "ipython", "ipython3", "pycon"], python_fault
    ),
    "json": _json,
    "jsonc": _json_with_comments,
    "jsonl": _json,
    "yaml": _yaml,
    "yml": _yaml,
    "toml": _toml,
}
