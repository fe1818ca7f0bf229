"""Moving pages and tags: every link still leads where it led, and nothing else has changed."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.cli import main
from dlsite.diagnostics import Position
from dlsite.files.edits import Edit, EditError, edited
from dlsite.files.rewrite import Rewrite, carry_out
from running import Write

SITE = {
    "dlsite.yml": "title: T  # kept\nnav:\n  - RNN: /rnn/\nredirects:\n  /r/: /rnn/\n"
    "check: {rules: {page-orphan: 'off'}}\n",
    "content/rnn.md": "---\ntitle: RNN\npermalink: /rnn/\ntags: [Nets, GANS]\n---\n"
    "[here](#a) [sibling](../cnn/) [cnn](/cnn#b)\n\n## A\n",
    "content/cnn.md": "---\ntitle: 'CNN'\npermalink: '/cnn/'\ntags:\n  - Nets\n  - GANS\n---\n"
    "[1](/rnn) [2](/rnn/) [3](/rnn/index.html) [4](/rnn#a)\n"
    "[5](../rnn/?q=1#a) [6](rnn.md#a) [[rnn]] [[RNN|by title]] [8][ref]\n"
    '`[no](/rnn)` <a href="/rnn/">7</a> \\[no\\](/rnn)\n'
    "<!-- [no](/rnn) -->\n\n```\n[no](/rnn)\n```\n\n## B\n\n[ref]: /rnn 'x'\n",
    "content/windows.md": "\ufeff---\r\ntitle: W\r\n---\r\n[1](/rnn)\r\n[2](/gone)\r\n",
}


def _texts(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes().decode()
        for path in sorted(root.rglob("*"))
        if path.is_file()
        and not path.relative_to(root).as_posix().startswith((".dlsite", "public"))
    }


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the lines that are new in each file."""
    return {
        path: [line for line in text.split("\n") if line not in before.get(path, "").split("\n")]
        for path, text in after.items()
        if text != before.get(path)
    }


def test_page_takes_its_links_along_and_leaves_a_redirect(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(SITE)
    before = _texts(root)
    assert main(["-C", str(root), "mv", "/rnn", "/models/rnn/"]) == 0
    assert "'/rnn' is '/models/rnn/' now" in capsys.readouterr().out
    assert _changed(before, _texts(root)) == {
        "dlsite.yml": ["  - RNN: /models/rnn/", "  /r/: /models/rnn/"],
        "content/rnn.md": [
            "permalink: /models/rnn/",
            "redirect_from: /rnn/",
        ],
        "content/cnn.md": [
            "[1](/models/rnn) [2](/models/rnn/) [3](/models/rnn/index.html) [4](/models/rnn#a)",
            "[5](/models/rnn/?q=1#a) [6](rnn.md#a) [[rnn]] [[RNN|by title]] [8][ref]",
            '`[no](/rnn)` <a href="/models/rnn/">7</a> \\[no\\](/rnn)',
            "[ref]: /models/rnn 'x'",
        ],
        "content/windows.md": ["[1](/models/rnn)\r"],
    }
    assert main(["-C", str(root), "check"]) == 1
    out = capsys.readouterr().out
    assert out.count("link-missing") == 1
    assert "'/gone'" in out


def test_moving_there_and_back_leaves_no_trace_but_the_redirect(site: Write) -> None:
    root = site(SITE)
    before = _texts(root)
    assert main(["-C", str(root), "-q", "mv", "/rnn/", "/x/"]) == 0
    assert main(["-C", str(root), "-q", "mv", "/x/", "/rnn/"]) == 0
    assert _changed(before, _texts(root)) == {
        "content/rnn.md": ["redirect_from: /x/"],
        # A relative link has become one from the top, which no move can break again.
        "content/cnn.md": [
            "[5](/rnn/?q=1#a) [6](rnn.md#a) [[rnn]] [[RNN|by title]] [8][ref]",
        ],
    }


def test_file_takes_links_to_it_along(site: Write) -> None:
    root = site(
        {
            "content/a.md": "---\ntitle: A\n---\n[b](b.md#x) [b](/b.md) [b](/b) ![p](p.svg)\n",
            "content/b.md": "---\ntitle: B\n---\n[a](a.md) ![p](p.svg)\n\n## X\n",
            "content/p.svg": "<svg/>",
        }
    )
    assert main(["-C", str(root), "-q", "mv", "content/b.md", "content/nets/b.md"]) == 0
    texts = _texts(root)
    assert "content/b.md" not in texts
    assert texts["content/a.md"].endswith(
        "[b](nets/b.md#x) [b](/nets/b.md) [b](/nets/b) ![p](p.svg)\n"
    )
    assert texts["content/nets/b.md"] == (
        "---\ntitle: B\nredirect_from: /b/\n---\n[a](a.md) ![p](/p.svg)\n\n## X\n"
    )
    assert main(["-C", str(root), "-q", "check"]) == 0


def test_tag_is_renamed_in_every_spelling(site: Write) -> None:
    texts = SITE | {"content/t.md": "---\ntitle: T\ntags: gans, Nets\n---\n[t](/tags/gans/)\n"}
    root = site(texts)
    before = _texts(root)
    assert main(["-C", str(root), "-q", "mv", "--tag", "GANS", "Adversarial Nets"]) == 2
    assert _texts(root) == before
    assert main(["-C", str(root), "-q", "mv", "--tag", "GANS", "Adversarial"]) == 0
    assert _changed(before, _texts(root)) == {
        "dlsite.yml": ["  /tags/gans/: /tags/adversarial/"],
        "content/rnn.md": ["tags: [Nets, Adversarial]"],
        "content/cnn.md": ["  - Adversarial"],
        "content/t.md": ["tags: Adversarial, Nets", "[t](/tags/adversarial/)"],
    }


def test_tag_is_once_on_a_page_that_had_both(site: Write) -> None:
    root = site(
        {
            "content/a.md": "---\ntitle: A\ntags: [x, GANs, 'y', \"Gan\", Nets, gan]\n---\n",
            "content/b.md": "---\ntitle: B\ntags:\r\n- Nets\r\n- x\r\n- 'GANs'\r\n- y\r\n---\r\n",
            "content/c.md": "---\ntitle: C\ntags: gans x nets\n---\n",
            "content/d.md": "---\ntitle: D\ntags: x, Nets, GANs\n---\n",
            "content/e.md": "---\ntitle: E\ntags: [Nets, net]\n---\n",
        }
    )
    assert main(["-C", str(root), "-q", "mv", "--tag", "GANs", "Nets"]) == 0
    tags = {
        path.stem: path.read_bytes().split(b"tags:")[1].split(b"---")[0]
        for path in (root / "content").iterdir()
    }
    assert tags == {
        "a": b" [x, Nets, 'y']\n",
        "b": b"\r\n- Nets\r\n- x\r\n- y\r\n",
        "c": b" Nets x\n",
        "d": b" x, Nets\n",
        "e": b" [Nets, net]\n",
    }


def test_tag_of_a_jekyll_site_leaves_its_redirect_in_the_configuration(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    post = "---\ntitle: A\ntags: [GAN]\n---\n[t](/tags/gan/)\n"
    root = site({"_config.yml": "title: J\nplugins: [x]", "_posts/2020-01-01-a.md": post})
    assert main(["-C", str(root), "-q", "mv", "--tag", "GAN", "Adversarial Nets"]) == 0
    config = (root / "_config.yml").read_text()
    assert config == ("title: J\nplugins: [x]\nredirects:\n  /tags/gan/: /tags/adversarial-nets/\n")
    assert main(["-C", str(root), "check"]) == 0
    (root / "_config.yml").write_text("title: J\nredirects: {/x/: /tags/y/}\n")
    capsys.readouterr()
    assert main(["-C", str(root), "mv", "--tag", "Adversarial Nets", "Y"]) == 2
    message = "_config.yml:2: add '/tags/adversarial-nets/: /tags/y/' to 'redirects' there by hand"
    assert message in capsys.readouterr().err


def test_dry_run_shows_a_diff_and_writes_nothing(
    site: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(SITE)
    before = _texts(root)
    assert main(["-C", str(root), "mv", "/rnn/", "/x/", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "--- a/content/cnn.md\n+++ b/content/cnn.md\n" in out
    assert "-permalink: /rnn/\n+permalink: /x/\n" in out
    assert _texts(root) == before


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("/nothing/", "/x/", "no page has the permalink '/nothing/'"),
        ("/rnn/", "/cnn/", "there is something at '/cnn/' already"),
        ("/rnn/", "/CNN", "there is something at '/cnn/' already"),
        ("/rnn/", "/rnn", "the page stands at '/rnn/' already"),
        ("/rnn/", "/a/../b", "cannot be a permalink"),
        ("/rnn/", "/tags/nets/", "there is something at '/tags/nets/' already"),
        ("content/rnn.md", "content/cnn.md", "is there already"),
        ("content/rnn.md", "elsewhere/rnn.md", "is not in 'content/'"),
        ("content/rnn.md", "content/rnn.txt", "no name for a page; let it end in '.md'"),
        ("content/alone.md", "content/alone", "no name for a page; let it end in '.md'"),
        ("content/alone.md", "content/.alone.md", "'content/.alone.md' is left out of the site"),
        ("content/alone.md", "content/../alone.md", "'content/../alone.md' is left out"),
    ],
)
def test_what_cannot_be_moved_is_said_and_nothing_is_changed(
    site: Write, capsys: pytest.CaptureFixture[str], old: str, new: str, reason: str
) -> None:
    root = site(SITE | {"content/alone.md": "---\npermalink: /alone/\n---\nNobody leads here.\n"})
    before = _texts(root)
    assert main(["-C", str(root), "mv", old, new]) == 2
    err = capsys.readouterr().err
    assert reason in err
    assert "Traceback" not in err
    assert _texts(root) == before


def test_file_that_may_not_be_written_is_called_by_its_name(
    site: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(prefix: str, dir: Path) -> None:  # noqa: A002 - its name in the standard library
        raise PermissionError(errno.EACCES, "Permission denied", str(dir / f"{prefix}x7f3"))

    monkeypatch.setattr("dlsite.files.rewrite.tempfile.mkstemp", refuse)
    root = site(SITE)
    assert main(["-C", str(root), "mv", "/cnn/", "/x/"]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"dlsite: '{root / 'content'}")
    assert err.endswith(".md': permission denied\n")
    (root / ".all.md.part").mkdir()
    assert main(["-C", str(root), "report", "-o", "all.md"]) == 2
    assert capsys.readouterr().err == f"dlsite: '{root / 'all.md'}': is a directory\n"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("permalink: /a/", "permalink: /b/\nredirect_from: /a/"),
        ('permalink: "/a/"', 'permalink: "/b/"\nredirect_from: /a/'),
        ("permalink: /a  # mine", "permalink: /b/  # mine\nredirect_from: /a/"),
        ("permalink: /a/\nredirect_from: /o/", "permalink: /b/\nredirect_from: [/o/, /a/]"),
        ("permalink: /a/\nredirect_from: '/o/'", "permalink: /b/\nredirect_from: ['/o/', /a/]"),
        ("permalink: /a/\naliases: [/o/, /p/]", "permalink: /b/\naliases: [/o/, /p/, /a/]"),
        ("permalink: /a/\nredirect_from:\n  - /o/\n  - /p/\ntags: x",
         "permalink: /b/\nredirect_from:\n  - /o/\n  - /p/\n  - /a/\ntags: x"),
        ("permalink: /a/\nredirect_from: [/b/, /o/]", "permalink: /b/\nredirect_from: [/a/, /o/]"),
        ("title: X", "title: X\npermalink: /b/\nredirect_from: /a/"),
    ],
)  # fmt: skip
def test_front_matter_keeps_its_style(site: Write, fields: str, expected: str) -> None:
    root = site({"content/a.md": f"---\n{fields}\n---\nText.\n"})
    assert main(["-C", str(root), "-q", "mv", "/a/", "/b/"]) == 0
    assert _texts(root)["content/a.md"] == f"---\n{expected}\n---\nText.\n"


def test_page_without_front_matter_gets_one(site: Write) -> None:
    root = site({"content/a.md": "# A\n"})
    assert main(["-C", str(root), "-q", "mv", "/a/", "/b/"]) == 0
    assert _texts(root)["content/a.md"] == ("---\npermalink: /b/\nredirect_from: /a/\n---\n# A\n")


# Fixing


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
    before = _texts(root)
    assert main(["-C", str(root), "check", "--fix", "--diff"]) == 1
    assert "+[1](/transfer_learning/#x) [2](/transfer_learning" in capsys.readouterr().out
    assert _texts(root) == before
    assert main(["-C", str(root), "check", "--fix"]) == 1
    out = capsys.readouterr().out
    assert "3 places mended" in out
    text = _texts(root)["content/a.md"]
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
    text = _texts(root)["content/a.md"]
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
    assert _texts(root)["content/b.md"].splitlines()[3] == f"Before {right} after"


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
    assert "[x](/alpha_page/#nowhere)" in _texts(root)["content/b.md"]


# Edits and files


@given(st.data())
def test_edits_change_nothing_but_their_places(data: st.DataObject) -> None:
    lines = data.draw(st.lists(st.text("ab\u4e2d ", max_size=8), min_size=1, max_size=6))
    line_end = data.draw(st.sampled_from(["\n", "\r\n"]))
    number = data.draw(st.integers(1, len(lines)))
    line = lines[number - 1]
    start = data.draw(st.integers(0, len(line)))
    length = data.draw(st.integers(0, len(line) - start))
    edit = Edit(Position("a", number, start + 1, length), "NEW", line[start : start + length])
    expected = [*lines]
    expected[number - 1] = f"{line[:start]}NEW{line[start + length :]}"
    assert edited(line_end.join(lines), [edit]) == line_end.join(expected)


@pytest.mark.parametrize(
    "edits",
    [
        [Edit(Position("a", 9, 1), "x")],
        [Edit(Position("a", 1, 90, 1), "x")],
        [Edit(Position("a", 1, 1, 3), "x"), Edit(Position("a", 1, 2, 1), "y")],
        [Edit(Position("a", 1, 1, 1), "x", "z")],
    ],
    ids=["no such line", "beyond the line", "overlap", "something else stands there"],
)
def test_edit_that_does_not_fit_is_refused(edits: list[Edit]) -> None:
    with pytest.raises(EditError):
        edited("text\nmore", edits)


def test_files_are_put_back_where_one_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "c").write_bytes(b"no folder")
    rewrite = Rewrite(
        {"a": b"old", "b": None, "c/d": None}, {"a": b"new", "b": b"new", "c/d": b"new"}, {}
    )
    with pytest.raises(OSError, match=re.escape(os.strerror(20)) + "|exists"):
        carry_out(tmp_path, rewrite)
    assert _texts(tmp_path) == {"a": "old", "c": "no folder"}
