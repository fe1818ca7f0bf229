"""Tables in the forms that authors give them, and what looks like one."""

from __future__ import annotations

import re

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter

CONVERTER = Converter(MarkupOptions())


def rows(body: str) -> list[list[str]]:
    """Return the cells of every row of all tables of a body."""
    html = CONVERTER.convert(body).html
    return [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL)
    ]


AB = [["a", "b"], ["1", "2"]]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("| a | b |\n|---|---|\n| 1 | 2 |", AB),
        ("a | b\n--- | ---\n1 | 2", AB),
        ("a | b |\n--- | --- | \n1 | 2 | ", AB),
        ("|a|b\n|-|-|\n1|2|", AB),
        ("| a | b |\n| : -- : | -- : |\n| 1 | 2 |", AB),
        ("  | a | b |\n  :---|:---:\n   1 | 2 \n", AB),
        ("## H\n| a | b |\n|---|---|\n| 1 | 2 |", AB),
        ("text\n| a | b |\n|---|---|\n| 1 | 2 |", AB),
        ("> | a | b |\n> |---|---|\n> | 1 | 2 |", AB),
        ("- a | b\n  --|--\n  1 | 2", AB),
        ("- x\n  | a | b |\n  |---|---|\n  | 1 | 2 |", AB),
        ("| a | b |\n|---|---|\n| \\` | `2` |", [["a", "b"], ["`", "<code>2</code>"]]),
        ("- x\n\n  | a | b |\n  |---|---|\n  | 1 | 2 |", AB),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n|---|---|\n| 3 | 4 |", [*AB, ["3", "4"]]),
        ("| a | b |\n|---|---|\n| 1 | 2 |\n|===|===|\n| 3 | 4 |", [*AB, ["3", "4"]]),
        ("| a | b |\n|---|---|\n| 1 |", [["a", "b"], ["1", ""]]),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |", [["a", "b"], ["1", "2", "3"]]),
        ("|  | b |\n|---|---|\n| 1 | 2 |", [["", "b"], ["1", "2"]]),
        ("| 1 | 2 |\n| 3 | 4 |", [["1", "2"], ["3", "4"]]),
        ("|---|---|\n| 1 | 2 |", [["1", "2"]]),
        ("|---+---|\n| a | b |\n|---|:--|\n| 1 | 2 |\n|---+---|", AB),
        ("text\n|---|---|\n| a | b |\n|---|---|\n| 1 | 2 |", AB),
        ("| 1 | 2", []),
        (
            "| 学习 | التعلم |\n|---|---|\n| 深度 | العميق |",
            [["学习", "التعلم"], ["深度", "العميق"]],
        ),
        ("| `a|b` | x \\| y |\n|---|---|\n| `c\\|d` | $|z|$ |", None),
    ],
)
def test_rows_are_what_the_author_sees(body: str, expected: list[list[str]] | None) -> None:
    found = rows(body)
    if expected is None:
        assert [len(row) for row in found] == [2, 2]
        assert found[0] == ["<code>a|b</code>", "x | y"]
        assert found[1][0] == "<code>c|d</code>"
    else:
        assert found == expected


def test_rule_above_a_table_is_a_part_of_it() -> None:
    html = CONVERTER.convert("text\n|---+---|\n| a | b |\n|---|---|\n| 1 | 2 |").html
    assert html.startswith("<p>text</p>\n<div")
    assert html.count("<table") == 1


@pytest.mark.parametrize(
    "body",
    [
        "this | that",
        "|x| is the absolute value",
        "$|a| + |b|$ is a sum",
        "Title | Subtitle\n---",
        "text\n---\n| a",
        "a | b\n\n--|--",
        "```\n| a | b |\n|---|---|\n```",
        "    | a | b |\n    |---|---|",
        "- a\n- --|--",
    ],
)
def test_what_only_looks_like_a_table_is_none(body: str) -> None:
    assert "<table" not in CONVERTER.convert(body).html


def test_a_table_of_twenty_thousand_rows_ends_in_time() -> None:
    body = "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 20_000
    assert CONVERTER.convert(body).html.count("<tr>") == 20_001


@pytest.mark.parametrize("line", ["-" * 50_000, "- " * 50_000, "|-" * 50_000, ": - " * 30_000])
def test_a_long_line_that_is_nearly_a_rule_ends_in_time(line: str) -> None:
    html = CONVERTER.convert(f"| a | b |\n{line}x").html
    assert "x" in html
    assert "<th" not in html
