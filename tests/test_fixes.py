"""What `check --fix` mends in the sources: targets that are certain, and nothing beside them."""

from __future__ import annotations

import re

import pytest

from dlsite.cli import main
from running import Write, texts_of


def test_fix_mends_what_is_certain_and_nothing_else(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(
        {
            "content/a.md": "---\ntitle: A\n---\n"
            "[1](/transfer-learning#x) [2](/Transfer_Learning)\n"
            "[3](/transfer_lerning) `(/transfer-learning)` [4](/old)\n",
            "content/t.md": "---\npermalink: /transfer_learning/\nredirect_from: /old/\n---\n"
            "[a](/a/)\n\n## X\n",
        }
    )
    before = texts_of(root)
    assert main(["-C", str(root), "check", "--fix", "--diff"]) == 1
    assert "+[1](/transfer_learning/#x) [2](/transfer_learning" in capsys.readouterr().out
    assert texts_of(root) == before
    assert main(["-C", str(root), "check", "--fix"]) == 1
    out = capsys.readouterr().out
    assert "3 places mended" in out
    text = texts_of(root)["content/a.md"]
    assert re.findall(r"\]\(([^)]*)\)", text) == [
        "/transfer_learning/#x",
        "/transfer_learning/",
        "/transfer_lerning",
        "/transfer_learning/",
    ]
    assert "`(/transfer-learning)`" in text
    assert out.count("error:") == 1


def test_fix_writes_targets_that_are_read_as_one(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    markdown = "[1](/OLD) [2](</X Y/>) [3](/old2#q) [6][r] [[/old|7]]"
    tags = '<a href="/old">4</a> <a href=/old>5</a>'
    root = site(
        {
            "content/a.md": f"---\ntitle: A\npermalink: /a/\n---\n{markdown} {tags}\n\n[r]: /Old\n",
            "content/b.md": "---\npermalink: /x y/(z/\nredirect_from: /old\n---\n[a](/a/)\n",
            "content/c.md": "---\npermalink: '/q\"T/'\nredirect_from: /old2\n---\n"
            "[a](/a/)\n\n## q\n",
            "content/d.md": "---\npermalink: /x y/\n---\n[a](/a/)\n",
        }
    )
    assert main(["-C", str(root), "check", "--fix"]) == 0
    out = capsys.readouterr().out
    assert "7 places mended" in out
    assert "link-" not in out
    text = texts_of(root)["content/a.md"]
    assert "[1](/x%20y/%28z/) [2](</x%20y/>) [3](/q%22T/#q)" in text
    assert '<a href="/x%20y/%28z/">4</a> <a href=/x%20y/%28z/>5</a>' in text
    assert "[6][r] [[/x y/(z/|7]] <a" in text
    assert "\n[r]: /x%20y/%28z/\n" in text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("[x](/Alpha_Page#Big-Part)", "[x](/alpha_page/#big-part)"),
        ("[x](A.md#Big-Part)", "[x](/alpha_page/#big-part)"),
        ("[x](/alpha-page#Big-Part)", "[x](/alpha_page/#big-part)"),
        ("[x](/Old#Big-Part)", "[x](/alpha_page/#big-part)"),
        ("[x](/old?q=1#Big_Part)", "[x](/alpha_page/?q=1#big-part)"),
        ("[x](//alpha_page#Big-Part)", "[x](/alpha_page/#big-part)"),
        ("[x](/alpha_page//#Big-Part)", "[x](/alpha_page/#big-part)"),
        ("[x](/Alpha_Page#Größe-Ä)", "[x](/alpha_page/#größe-ä)"),
        ("[x](/Alpha_Page#Big-Part:~:text=big)", "[x](/alpha_page/#big-part:~:text=big)"),
        ("[x](/alpha_page/#Big-Part:~:text=big)", "[x](/alpha_page/#big-part:~:text=big)"),
        ("[[/old#Big-Part|x]]", "[[/alpha_page/#big-part|x]]"),
        ('<a href="/Alpha_Page#Big-Part">x</a>', '<a href="/alpha_page/#big-part">x</a>'),
        (
            "[x](https://example.org/n/Alpha_Page#Big-Part)",
            "[x](https://example.org/n/alpha_page/#big-part)",
        ),
    ],
)
def test_fix_mends_page_and_fragment_of_one_link_at_once(
    site: Write, wrong: str, right: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(
        {
            "content/a.md": "---\npermalink: /alpha_page/\nredirect_from: /old/\n---\n"
            "[b](/b/)\n\n## Big part\n\n## Größe Ä\n",
            "content/b.md": f"---\ntitle: B\n---\nBefore {wrong} after\n",
            "dlsite.yml": "base_url: https://example.org/n\n",
        }
    )
    assert main(["-C", str(root), "check", "--fix"]) == 0
    assert "1 place mended" in capsys.readouterr().out
    assert texts_of(root)["content/b.md"].splitlines()[3] == f"Before {right} after"


def test_fix_mends_the_page_where_nobody_knows_the_fragment(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(
        {
            "content/a.md": "---\npermalink: /alpha_page/\n---\n[b](/b/)\n\n## Big part\n",
            "content/b.md": "---\ntitle: B\n---\n[x](/Alpha_Page#nowhere)\n",
        }
    )
    assert main(["-C", str(root), "check", "--fix"]) == 1
    out = capsys.readouterr().out
    assert "1 place mended" in out
    assert [line for line in out.splitlines() if "error" in line] == [
        (
            "content/b.md:4:5: error: link to '/alpha_page/#nowhere', "
            "but nothing on content/a.md has the fragment '#nowhere' [link-anchor]"
        ),
        "2 pages checked: 1 error",
    ]
    assert "[x](/alpha_page/#nowhere)" in texts_of(root)["content/b.md"]
