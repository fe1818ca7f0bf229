"""Find where Python, as articles show it, does not parse."""

from __future__ import annotations

import ast
import re
import warnings
from symtable import symtable
from textwrap import dedent

from dlsite.deferred import deferred

_PROMPT = deferred(r"(?P<indent>\s*)(?:>>>|\.\.\.)(?: |$)")
_INPUT = deferred(r"\s*In \[\d*\]: ?")
_OUTPUT = deferred(r"\s*Out\s?\[\d*\]:")
_CONTINUED = deferred(r"\s*\.{3,}: ?")
_CELL_MAGIC = deferred(r"\s*%%(?P<name>\w+)")
# Cell magics after which Python goes on.
_PYTHON_MAGICS = frozenset(["time", "timeit", "capture", "prun", "memit"])
# A line magic, a shell escape or a question of IPython, which are no Python.
_MAGIC = deferred(
    r"(?P<indent>\s*)(?:[%!]\S.*|(?:[\w., ]+\s*=\s*)[%!]\S.*|\?{1,2}[\w.]+|[\w.]+\?{1,2})\s*$"
)
# `...` where no expression may stand: behind keyword arguments and pairs of a mapping.
_ELISION = deferred(r",\s*(?:\.\.\.|…)(?=\s*[,)\]}])")
_TRACEBACK = deferred(r"^\s*Traceback \(most recent call last\)", re.MULTILINE)
# What later Pythons read and the one at hand may not.
_LATER = deferred(r"^\s*(?:type \w+.*=|(?:async )?def \w+\[|class \w+\[)", re.MULTILINE)
_CLAUSE = deferred(r"(?:else|elif\b.*|except\b.*|finally)\s*:")
# `for x in y:` with nothing but a comment below it.
_COMMENT_BODY = deferred(r"(?P<header>:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*\n)*[ \t]+)#[^\n]*")
_MESSAGES = {
    "invalid syntax": "this is not Python",
    "invalid syntax. Perhaps you forgot a comma?": "this is not Python; perhaps a comma is missing",
    "unexpected indent": "the line is indented more than the one above it",
    "unindent does not match any outer indentation level": "no line above is indented like it",
}

Place = tuple[int, int, str]


def python_fault(code: str) -> Place | None:
    """Return line and column, from 1, of what does not parse, and why."""
    # Most code parses as it stands, and most of what may be wrong with it need not be looked for.
    if _parsed(code) is None or _TRACEBACK.search(code) or _LATER.search(code) or "\0" in code:
        return None
    written = code.split("\n")
    # A method need not bring its class.
    lines = dedent("\n".join(_without_prompts(written))).split("\n")
    first = next((line for line in lines if line.strip()), "")
    if (cell := _CELL_MAGIC.match(first)) and cell["name"] not in _PYTHON_MAGICS:
        return None
    shifts = [len(line) - len(bare) for line, bare in zip(written, lines, strict=True)]
    lines = [_MAGIC.sub(r"\g<indent>pass", line) if _is_magic(line) else line for line in lines]
    text = _ELISION.sub(lambda match: " " * len(match[0]), "\n".join(lines)).replace("…", "0")
    fault = _parsed(text)
    if fault is None or _is_a_fragment(text.expandtabs(8)):
        return None
    line, column, reason = fault
    return line, column + shifts[min(line, len(shifts)) - 1], reason


def _without_prompts(lines: list[str]) -> list[str]:
    """Drop the prompts and the output of a transcript; every line stays on its line."""
    if any(line.lstrip().startswith(">>>") for line in lines):
        return [_behind(_PROMPT.match(line), line) for line in lines]
    if not any(map(_INPUT.match, lines)):
        return lines
    result: list[str] = []
    is_output = False
    for line in lines:
        prompt = _INPUT.match(line)
        is_output = bool(_OUTPUT.match(line)) or (is_output and not prompt)
        inside = prompt or _CONTINUED.match(line)
        result.append("" if is_output else _behind(inside, line) if inside else line)
    return result


def _behind(prompt: re.Match[str] | None, line: str) -> str:
    """Return what stands behind a prompt, at the margin; nothing for a line of output."""
    return line[prompt.end() :] if prompt else ""


def _is_magic(line: str) -> bool:
    return ("%" in line or "!" in line or "?" in line) and bool(_MAGIC.match(line))


def _parsed(text: str) -> Place | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _parse(text)
    except SyntaxError as error:
        message = error.msg
        # How far strings in braces may be nested has changed from version to version.
        if message.startswith("f-string"):
            return None
        if message.startswith("Missing parentheses in call to"):
            message = f"{message.partition('.')[0]}, which Python 3 wants"
        reason = _MESSAGES.get(message, message[:1].lower() + message[1:])
        return error.lineno or 1, max(1, error.offset or 1), reason
    except ValueError:
        return None
    return None


def _parse(text: str) -> None:
    """Raise `SyntaxError` for what does not parse."""
    try:
        # Makes no tree of Python's objects, which takes a third of the time.
        symtable(text, "<code>", "exec")
    except SyntaxError:
        # It may parse, and mean nothing: `nonlocal` outside of a function.
        ast.parse(text)


def _is_a_fragment(text: str) -> bool:
    """Say whether the code would parse in the right surroundings."""
    text = _COMMENT_BODY.sub(r"\g<header>pass", text)
    return any(_parsed(whole) is None for whole in (text, _completed(text), _headed(text)))


def _completed(text: str) -> str:
    """Give the last line a body, if it asks for one, and the first what it goes with."""
    lines = [line for line in text.split("\n") if line.strip()]
    last = lines[-1] if lines else ""
    indent = " " * (len(last) - len(last.lstrip()))
    if last.rstrip().endswith(":"):
        lines.append(f"{indent} pass")
    elif last.lstrip().startswith("@"):
        lines.append(f"{indent}def _(): pass")
    return _headed("\n".join(lines))


def _headed(text: str) -> str:
    """Put headers above lines that begin deeper than those below: the start is left out."""
    lines = text.split("\n")
    depths = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    if not depths:
        return text
    outer = sorted({min(depths[: count + 1]) for count in range(min(len(depths), 200))})
    first = next(line.lstrip() for line in lines if line.strip())
    headers = [f"{' ' * depth}if 1:" for depth in outer[:-1]]
    if clause := _CLAUSE.match(first):
        opening = "if 1:" if clause[0].startswith(("else", "elif")) else "try:"
        headers.append(f"{' ' * outer[-1]}{opening} pass")
    if outer[0]:
        # All of it is indented, as a method without its class.
        headers.insert(0, "if 1:")
    return "\n".join([*headers, *lines])
