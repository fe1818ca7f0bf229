"""Lexers that look their rules up give the tokens that they give without."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name

from dlsite.markup import lexing
from dlsite.markup.firsts import ANY, OTHERS, firsts_of, sign_of
from dlsite.markup.lexing import quicken

# What a knowledge base about programs shows, and lexers with unusual rules.
LANGUAGES = (
    "python", "pycon", "bash", "console", "json", "yaml", "toml", "ini", "html", "css", "js", "ts",
    "c", "cpp", "cuda", "java", "rust", "go", "julia", "r", "matlab", "sql", "tex", "make",
    "docker",    "diff", "lua", "perl", "ruby", "haskell", "scala", "kotlin", "vb.net", "fortran",
)  # fmt: skip
SAMPLES = [
    'def f(x: int) -> str:\n    """D."""\n    return f"{x!r} {x:>3}"  # b\n\n@a\nclass B: ...\n',
    '#!/bin/sh\nfor x in "$@"; do echo "${x%.*}" $(date) | sed \'s/a/b/\'; done <<EOF\nx\nEOF\n',
    '{"a": [1, -2.5e3, true, null, "\\u00e9"]}\n',
    "a: [b, 'c']\n- d: |\n    text\n# note\n&x *y <<: *z\n",
    '<!doctype html><p class="a" id=b>x &amp; y<script>let a = `b${c}`;</script><!-- d --></p>\n',
    "#include <a.h>\ntemplate<class T> int main(void) { return a ? 0x1F : 'c'; } // d\n/* e */\n",
    "SELECT a.*, count(1) FROM b WHERE c LIKE '%d' -- e\n\\section{F} $x_1^2$ % g\n",
    "\tall: $(OBJ)\n\t@echo $<\n--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n>>> 1 + 1\n2\n",
    "\x00\x1c\x0b\u017f\u212aé中 \\ ` ~ ^ ' \" \n",
]


def _lexer(language: str) -> Lexer:
    return get_lexer_by_name(language, stripnl=False, ensurenl=False)


@pytest.mark.parametrize("seldom", [0, 12])
@pytest.mark.parametrize("language", LANGUAGES)
def test_tokens_are_those_of_pygments(
    language: str, seldom: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lexing, "_SELDOM", seldom)
    expected, found = _lexer(language), quicken(_lexer(language))
    for sample in SAMPLES:
        assert list(found.get_tokens(sample)) == list(expected.get_tokens(sample))


def test_most_lexers_look_their_rules_up() -> None:
    quick = [name for name in LANGUAGES if "get_tokens_unprocessed" in vars(quicken(_lexer(name)))]
    assert "python" in quick
    assert len(quick) > len(LANGUAGES) / 2


@pytest.mark.parametrize(
    ("pattern", "firsts"),
    [
        ("a", "a"),
        ("ab|c", "ac"),
        ("a?b", "ab"),
        ("(?:a*)(b|c+)d", "abc"),
        ("(?i)a", "aA"),
        ("(?i:a)b", "aA"),
        (r"(?=x)(?<!y)\bz", "z"),
        ("[a-c]", "abc"),
        ("[^b]", None),
        (r"\d+", "0123456789"),
        ("é", ""),
        ("(?>ab)++", "a"),
    ],
)
def test_a_match_begins_with_its_firsts(pattern: str, firsts: str | None) -> None:
    found = firsts_of(re.compile(pattern))
    wanted = ANY & ~(1 << ord("b")) if firsts is None else sum(1 << ord(each) for each in firsts)
    assert found & ~OTHERS == wanted & ~OTHERS


@pytest.mark.parametrize("pattern", ["é", "a|é", "[^b]", "[a-é]", r"\d", r"[^\D]", "(?i)k", "."])
def test_what_may_begin_outside_ascii_is_known(pattern: str) -> None:
    assert firsts_of(re.compile(pattern)) & OTHERS


@pytest.mark.parametrize("pattern", ["a", "[a-c]", "(?!b)a", "a|b"])
def test_what_begins_in_ascii_begins_nowhere_else(pattern: str) -> None:
    assert not firsts_of(re.compile(pattern)) & OTHERS


@pytest.mark.parametrize(
    ("pattern", "sign"),
    [(r"(?<!\!)\[", r"[\[]"), (r"\^|-", r"[\-\^]"), (r"\w", None), ("x?", None), ("[a-e]", None)],
)
def test_few_firsts_make_a_sign(pattern: str, sign: str | None) -> None:
    found = sign_of(re.compile(pattern))
    assert (found and found.pattern) == sign


@pytest.mark.parametrize("pattern", ["", "a*", "(a)?", r"(a)|\b", r"(?:(a)|b)*\1", "(?i)\u017f"])
def test_what_may_match_nothing_or_is_not_known_may_begin_with_anything(pattern: str) -> None:
    assert firsts_of(re.compile(pattern)) == ANY


_ATOMS = st.sampled_from(
    ["a", "B", r"\d", r"\s", r"\S", r"\W", r"\w", "[^a]", r"[^\s]", r"[^\d_]", "[A-_]", ".", "k",
     "(?=a)", r"\b", "é", "[à-ÿ]", r"\x1c"]
)  # fmt: skip
_PATTERNS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{2}", "*?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
    ),
    max_leaves=6,
)


@given(_PATTERNS, st.sampled_from([0, re.IGNORECASE, re.ASCII, re.DOTALL]), st.text(max_size=4))
@example("K", re.IGNORECASE, "\u212a")
@example(r"[^\S]", 0, "\x1c")
def test_no_match_begins_with_anything_else(pattern: str, flags: int, text: str) -> None:
    compiled = re.compile(pattern, flags)
    firsts = firsts_of(compiled)
    for start in range(len(text)):
        if text[start].isascii() and not firsts >> ord(text[start]) & 1:
            assert compiled.match(text, start) is None
