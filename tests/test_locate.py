"""A target is found where it was written: tables, and a property over random text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.diagnostics import Position
from dlsite.texts.hidden import blank_code
from dlsite.texts.locate import locate
from dlsite.texts.places import _PLACES, _candidates, normal, places


def _places(body: str, *targets: str) -> list[str]:
    """Return where each target was found, as `line:column+length`."""
    found = locate(body, targets, path="a.md")
    return [f"{each.line}:{each.column}+{each.length}" for each in found]


@pytest.mark.parametrize(
    ("body", "target", "place"),
    [
        pytest.param("[a](/x)", "/x", "1:5+2", id="inline link"),
        pytest.param("![a](/x.png)", "/x.png", "1:6+6", id="image"),
        pytest.param("[a](</x y>)", "/x y", "1:6+4", id="target in angle brackets"),
        pytest.param('[a](/x "Title")', "/x", "1:5+2", id="title after the target"),
        pytest.param("[a](\n/x)", "/x", "2:1+2", id="target on the next line"),
        pytest.param("[a](/x_(y))", "/x_(y)", "1:5+6", id="parentheses in the target"),
        pytest.param("[a](/x y)", "/x y", "1:5+4", id="target with a blank"),
        pytest.param('[a](/x y "T")', "/x y", "1:5+4", id="title after a target with a blank"),
        pytest.param("[a](/x (y z) )", "/x (y z)", "1:5+8", id="blanks in parentheses"),
        pytest.param("[[ ]] [a]()", "", "1:11+0", id="wiki link without a name is none"),
        pytest.param("one\n\ntwo [a](/x)", "/x", "3:9+2", id="third line"),
        pytest.param("深度学习 [a](/x)", "/x", "1:10+2", id="columns count code points"),
        pytest.param("🤖 [a](/x)", "/x", "1:7+2", id="a code point beyond the BMP is one column"),
        pytest.param("[a][r]\n\n[r]: /x", "/x", "3:6+2", id="reference definition"),
        pytest.param("[r]: </x>", "/x", "1:7+2", id="definition in angle brackets"),
        pytest.param("> [r]: /x", "/x", "1:8+2", id="definition in a quote"),
        pytest.param("[[Transfer Learning]]", "Transfer Learning", "1:3+17", id="wiki link"),
        pytest.param("[[rnn#lstm|LSTM]]", "rnn#lstm", "1:3+8", id="wiki link with text"),
        pytest.param("![[a.png]]", "a.png", "1:4+5", id="wiki image"),
        pytest.param('<a href="/x">a</a>', "/x", "1:10+2", id="raw HTML"),
        pytest.param("<a href='/x'>a</a>", "/x", "1:10+2", id="raw HTML in single quotes"),
        pytest.param("<a href=/x>a</a>", "/x", "1:9+2", id="raw HTML without quotes"),
        pytest.param('<img src="/x.png">', "/x.png", "1:11+6", id="raw image"),
        pytest.param('<img srcset="/a.png 1x, /b.png 2x">', "/b.png", "1:25+6", id="srcset"),
        pytest.param('<a href="/x?a=1&amp;b=2">', "/x?a=1&b=2", "1:10+14", id="entity"),
        pytest.param("[a](/x\\_y)", "/x_y", "1:5+5", id="backslash escape"),
        pytest.param("see https://[::1.", "https://[::1", "1:5+12", id="bare URL"),
        pytest.param("[![i](/i.png)](/x)", "/x", "1:16+2", id="link around an image"),
        pytest.param("| [a](/x) | [b](/y) |", "/y", "1:17+2", id="second cell of a table"),
        pytest.param("## [a](/x)", "/x", "1:8+2", id="heading"),
        pytest.param("- one\n\n      [a](/x)", "/x", "3:11+2", id="deep in a list"),
    ],
)
def test_target_is_found_where_it_stands(body: str, target: str, place: str) -> None:
    assert _places(body, target) == [place]


@pytest.mark.parametrize(
    ("body", "place"),
    [
        pytest.param("`[a](/x)` [a](/x)", "1:15+2", id="code span"),
        pytest.param("``a ` [a](/x)`` [a](/x)", "1:21+2", id="code span with a backtick"),
        pytest.param("```\n[a](/x)\n```\n[a](/x)", "4:5+2", id="fence"),
        pytest.param("~~~ md\n[a](/x)\n~~~\n[a](/x)", "4:5+2", id="tilde fence"),
        pytest.param("````\n```\n[a](/x)\n````\n[a](/x)", "5:5+2", id="fence in a longer fence"),
        pytest.param("- a\n\n  ```\n  [a](/x)\n  ```\n\n[a](/x)", "7:5+2", id="fence in a list"),
        pytest.param("> ```\n> [a](/x)\n> ```\n\n[a](/x)", "5:5+2", id="fence in a quote"),
        pytest.param("<!-- [a](/x) -->\n[a](/x)", "2:5+2", id="comment"),
        pytest.param("<!--\n[a](/x)\n-->\n[a](/x)", "4:5+2", id="comment over lines"),
        pytest.param("a ` b\n\n[a](/x) ` c", "3:5+2", id="a lone backtick opens nothing"),
        pytest.param("\\`[a](/x)`", "1:7+2", id="an escaped backtick opens nothing"),
        pytest.param("```\n[a](/x)", "2:5+2", id="an unclosed fence is text"),
        pytest.param("    [a](/x)\n\n[a](/x)", "3:5+2", id="indented code"),
        pytest.param("\t[a](/x)\n\n[a](/x)", "3:5+2", id="code indented by a tab"),
        pytest.param("<pre>\n[a](/x)\n</pre>\n[a](/x)", "4:5+2", id="preformatted HTML"),
        pytest.param("\\[a\\](/x) [a](/x)", "1:15+2", id="escaped brackets"),
        pytest.param("[a\\\\](/x)", "1:7+2", id="an escaped backslash before the bracket"),
        pytest.param("\\[[/x]] [[/x]]", "1:11+2", id="escaped wiki link"),
    ],
)
def test_code_and_comments_are_passed_over(body: str, place: str) -> None:
    assert _places(body, "/x") == [place]


def test_a_comment_that_opens_in_code_hides_nothing() -> None:
    assert _places("`<!--` [a](/x) `-->`", "/x") == ["1:12+2"]


def test_indented_links_are_found_where_there_are_no_others() -> None:
    body = "- one\n\n    [a](/x)\n\n[b](/y) [c](/x)"
    assert _places(body, "/x", "/y", "/x") == ["3:9+2", "5:5+2", "5:13+2"]


def test_occurrences_of_one_target_are_taken_in_order() -> None:
    body = "[a](/x) [b](/y) [c](/x)\n[d](/x)"
    assert _places(body, "/x", "/y", "/x", "/x") == ["1:5+2", "1:13+2", "1:21+2", "2:5+2"]


def test_one_definition_serves_many_links() -> None:
    assert _places("[a][r] [b][r]\n\n[r]: /x", "/x", "/x") == ["3:6+2", "3:6+2"]


def test_an_inline_link_below_a_definition_keeps_its_own_place() -> None:
    assert _places("[r]: /x\n\n[a](/x) [b][r]", "/x", "/x") == ["3:5+2", "1:6+2"]


def test_a_target_that_stands_nowhere_gets_the_file() -> None:
    assert locate("text", ["/made-by-a-plugin"], path="a.md") == (Position("a.md"),)


def test_lines_count_from_the_first_line_of_the_body() -> None:
    (found,) = locate("[a](/x)", ["/x"], path="a.md", first_line=7)
    assert found == Position("a.md", 7, 5, 2)


# Text in which nothing can be a link or begin code, so that only the planted one is found.
_FILL = st.text(
    st.one_of(
        st.characters(categories=["L", "N", "M", "S", "Zs"], exclude_characters="`<>=~\\^$+|"),
        st.sampled_from("\n .,;?!-*_#()[]"),
    ),
    max_size=120,
)


@given(before=_FILL, after=_FILL, words=st.text("abc dé", min_size=1, max_size=8))
def test_link_put_into_random_text_is_found_where_it_was_put(
    before: str, after: str, words: str
) -> None:
    # The brackets of the text must not close around the link.
    link = f"\n\n[{words}](/planted_target)"
    start = len(before) + link.index("/planted")
    body = before + link + after
    (found,) = locate(body, ["/planted_target"], path="a.md")
    line = body.count("\n", 0, start) + 1
    column = start - (body.rfind("\n", 0, start) + 1) + 1
    assert found == Position("a.md", line, column, len("/planted_target"))


@given(st.text(max_size=200))
def test_blanking_keeps_every_place(body: str) -> None:
    blanked = blank_code(body)
    assert len(blanked) == len(body)
    assert [i for i, c in enumerate(blanked) if c == "\n"] == [
        i for i, c in enumerate(body) if c == "\n"
    ]


@given(st.text("[]()<>`~!\\ \n\"'=/x:#.^|-hrefsc", max_size=120))
def test_every_place_holds_the_target_it_names(body: str) -> None:
    for place in places(body):
        assert normal(body[place.start : place.start + place.length]) == place.target


@pytest.mark.parametrize(
    "piece", ["`", "[a](", "```\n", "<!--", "[[", "](<", "~~~\n", "(", "\\(", "](a b "]
)
def test_hostile_repetition_is_scanned_in_a_moment(piece: str) -> None:
    # A quadratic scan of this would take minutes and run into the limit of the suite.
    found = list(places(piece * 20_000))
    assert all(place.start + place.length <= 20_000 * len(piece) for place in found)
    starts = [place.start for place in found]
    assert starts == sorted({*starts})


_SIGNS = st.sampled_from(
    ["[a](b)", "[[x]]", "[", "]", "(", ")", "](", "]: ", "\n", "\n\n", " ", "<a href='x'>", "<",
     "http://x.y", "www.a.b", "https://", "HTTP://A", "'", '"', '<img src="a\nb">', "> ",
     "[r]: <u v>", "\\", "xhttp://b", "|", "é"]
)  # fmt: skip


@given(st.lists(_SIGNS, max_size=30).map("".join))
def test_candidates_are_what_the_expression_finds(text: str) -> None:
    expected = [match.span() for match in _PLACES.finditer(text)]
    assert [match.span() for match in _candidates(text)] == expected


MATCHES = {
    "definition first": ("[a][r] [b](/x)\n\n[r]: /x", "ab", ["3:6+2", "1:12+2"]),
    "one word for both": ("[a][r] [a](/x)\n\n[r]: /x", "aa", ["3:6+2", "1:12+2"]),
    "id alone": ("[r] [b](/x) [c][R]\n\n[r]: /x", "rbc", ["3:6+2", "1:9+2", "3:6+2"]),
    "note": ("[a](/x)[^1] [b](/x)\n\n[^1]: [c](/x)", "abc", ["1:5+2", "1:17+2", "3:11+2"]),
    "note of lines": ("[^1]: c\n[c](/x)\n\n[a](/x) b[^1]", "ac", ["4:5+2", "2:5+2"]),
    "ticks in two items": ("- a `b\n- [a](/x) `\n\n[c](/x)", "ac", ["2:7+2", "4:5+2"]),
    "code": ("`[a](/x)` [b](/x)", "b", ["1:15+2"]),
    "tags": ('<a href="/x">a</a> `<a href="/x">b</a>`', "a", ["1:10+2"]),
    "wiki links": ("[[/x|a]] `[[/x|b]]` [[/x]]", "ax", ["1:3+2", "1:23+2"]),
    "markup in words": ("[**a**&amp;](/x) [c](/x)", ["a&", "c"], ["1:14+2", "1:22+2"]),
    "words of nobody": ("[a](/x) [b](/x)", "zz", ["1:5+2", "1:13+2"]),
    "more links than places": ("[a](/x)", "aab", ["1:5+2", "1:5+2", "1:5+2"]),
}


@pytest.mark.parametrize(("body", "words", "found"), MATCHES.values(), ids=MATCHES)
def test_words_tell_which_place_is_whose(body: str, words: Sequence[str], found: list[str]) -> None:
    assert _said(body, words) == found


def _said(body: str, words: Sequence[str]) -> list[str]:
    places_ = locate(body, ["/x"] * len(words), path="a.md", words=list(words))
    return [f"{each.line}:{each.column}+{each.length}" for each in places_]


def test_place_in_a_formula_is_the_last_to_be_taken() -> None:
    body = "$f[a](/x) \\begin{a}$ and [a](/x)"
    (found,) = locate(body, ["/x"], path="a.md", words=["a"], formulas=lambda _: [(0, 20)])
    assert found == Position("a.md", 1, 30, 2)
