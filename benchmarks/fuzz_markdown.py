"""Fuzz the converter with atheris, which looks for inputs that reach new code.

    pip install --target /tmp/atheris atheris
    PYTHONPATH=/tmp/atheris nice python benchmarks/fuzz_markdown.py CORPUS -max_total_time=600

CORPUS is a folder in which inputs that reached something new are kept; further arguments
are libFuzzer's.  What is found is written to a file `crash-…`, which is its last argument
in the next run to see it again.  The laws are those of `tests/test_hostile.py`: a page
and no failure, valid nesting, no placeholder left, every word kept.
"""

from __future__ import annotations

import re
import sys
import time
from html.parser import HTMLParser

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore]

with atheris.instrument_imports(include=["dlsite", "markdown", "pymdownx"]):
    from dlsite.config.settings import MarkupOptions
    from dlsite.markup.converter import Converter
    from dlsite.parse import ParseOptions, parse
    from dlsite.records import SourceFile

# What stands for bytes, so that a change of one byte is a change of one sign.
SIGNS = [
    "*", "**", "_", "__", "~~", "`", "``", "```", "~~~", "```python\n", "[", "]", "(", ")", "](",
    "![", "[[", "]]", "][", "[a]: /b\n", "[^1]", "[^1]: ", "*[AB]: c\n", "AB", "<", ">", "<b>",
    "</b>", "<div>", "</div>", '<div markdown="1">', "<!--", "-->", "<!--more-->", "&amp;",
    "&#35;", "\\", "\\*", "$", "$$", "$x$", "\\\\(", "\\\\)", "\\begin{align}", "\\end{align}",
    "\\frac{", "}", "|", "|-|", "| a | b |\n|---|---|\n", "# ", "## ", "===\n", "---\n", "> ",
    "- ", "* ", "+ ", "1. ", "2) ", ": ", "{: .a}", "{:toc}", "{#a}", "{", "}", '"', "'", "...",
    "--", "http://a.b/c", "<http://a.b>", "a@b.cd", "!!! note\n", '??? "x"\n', '=== "x"\n',
    "> [!NOTE]\n", "- [ ] ", "é", "中", "\u0627", "  \n", "{% raw %}", "{% endraw %}",
    "{% highlight a %}", "{{ site.baseurl }}", "{{", "\t", "    ", "  ", " ", " ", "\n", "\n",
    "\n", "\n\n", "\n\n", "\r\n", "\x02", "\x03", "\x00", "\u2028", "\ufdd0", "\x0c",
]  # fmt: skip
WORD = re.compile(r"word\d+x")
MARKUP = re.compile(r"[<{&\\$]|```|~~~|\]:|\*\[|^\s*\|?[ :|-]+$|\?\?\?|\x00", re.MULTILINE)
VOID = frozenset(
    ["area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]
)
SECONDS = 5.0

CONVERTER = Converter(MarkupOptions())


class Nesting(HTMLParser):
    """Checks that every tag is closed in its turn."""

    def __init__(self) -> None:
        super().__init__()
        self.opened: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember what is open."""
        del attrs
        if tag not in VOID:
            self.opened.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass over what closes itself."""

    def handle_endtag(self, tag: str) -> None:
        """Close what was opened last."""
        assert self.opened, f"</{tag}> closes nothing"
        assert self.opened.pop() == tag, f"</{tag}> in the wrong place"


def source_of(data: bytes) -> str:
    """Return the Markdown that bytes stand for: signs, and words of which each is another."""
    return "".join(
        SIGNS[byte] if byte < len(SIGNS) else f"word{number}x" for number, byte in enumerate(data)
    )


def check(source: str) -> None:
    """Raise an error where a law does not hold."""
    begin = time.process_time()
    file = SourceFile("a.md", "a.md", source, "0")
    parsed = parse(file, options=ParseOptions(), converter=CONVERTER)
    assert time.process_time() - begin < SECONDS, "it took too long"
    failures = [each.message for each in parsed.diagnostics if each.rule == "markdown-failed"]
    assert not failures, failures
    html = "".join(piece for piece in parsed.page.body if isinstance(piece, str))
    assert not re.search("[\x02\x03]|wzxhzdk|klzzwxh|dlsitemath", html), "a placeholder is left"
    if "<" not in source:
        nesting = Nesting()
        nesting.feed(html)
        assert not nesting.opened, f"{nesting.opened} are not closed"
    if not MARKUP.search(source):
        everything = CONVERTER.convert(source).html
        lost = set(WORD.findall(source)) - set(WORD.findall(everything))
        assert not lost, f"{lost} are lost"


def test_one_input(data: bytes) -> None:
    """Convert one input, and show it where it breaks a law."""
    source = source_of(data)
    try:
        check(source)
    except BaseException:
        print(repr(source))
        raise


if __name__ == "__main__":
    atheris.Setup(sys.argv, test_one_input)
    atheris.Fuzz()
