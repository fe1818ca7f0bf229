"""Moving pages and tags: every link still leads where it led, and nothing else has changed."""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path

import pytest

from dlsite.cli import main
from running import Write, texts_of

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
    before = texts_of(root)
    assert main(["-C", str(root), "mv", "/rnn", "/models/rnn/"]) == 0
    assert "'/rnn' is '/models/rnn/' now" in capsys.readouterr().out
    assert _changed(before, texts_of(root)) == {
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
    before = texts_of(root)
    assert main(["-C", str(root), "-q", "mv", "/rnn/", "/x/"]) == 0
    assert main(["-C", str(root), "-q", "mv", "/x/", "/rnn/"]) == 0
    assert _changed(before, texts_of(root)) == {
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
    texts = texts_of(root)
    assert "content/b.md" not in texts
    assert texts["content/a.md"].endswith(
        "[b](nets/b.md#x) [b](/nets/b.md) [b](/nets/b) ![p](p.svg)\n"
    )
    assert texts["content/nets/b.md"] == (
        "---\ntitle: B\nredirect_from: /b/\n---\n[a](a.md) ![p](/p.svg)\n\n## X\n"
    )
    assert main(["-C", str(root), "-q", "check"]) == 0


@pytest.mark.parametrize("folder", ["content/nets", "content/nets/", "content/new/"])
def test_file_is_moved_into_a_folder(
    site: Write, folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = site(
        {
            "content/a.md": "---\ntitle: A\n---\n[b](/nets/b)\n",
            "content/nets/b.md": "---\ntitle: B\n---\n[a](/a)\n",
        }
    )
    assert main(["-C", str(root), "mv", "content/a.md", folder]) == 0
    path = f"{folder.rstrip('/')}/a.md"
    assert capsys.readouterr().out.startswith(f"'content/a.md' is '{path}' now: ")
    assert (root / path).exists()
    assert main(["-C", str(root), "-q", "check"]) == 0


def test_tag_is_renamed_in_every_spelling(site: Write) -> None:
    texts = SITE | {"content/t.md": "---\ntitle: T\ntags: gans, Nets\n---\n[t](/tags/gans/)\n"}
    root = site(texts)
    before = texts_of(root)
    assert main(["-C", str(root), "-q", "mv", "--tag", "GANS", "Adversarial Nets"]) == 2
    assert texts_of(root) == before
    assert main(["-C", str(root), "-q", "mv", "--tag", "GANS", "Adversarial"]) == 0
    assert _changed(before, texts_of(root)) == {
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
    before = texts_of(root)
    assert main(["-C", str(root), "mv", "/rnn/", "/x/", "--dry-run"]) == 0
    out = capsys.readouterr().out
    assert "--- a/content/cnn.md\n+++ b/content/cnn.md\n" in out
    assert "-permalink: /rnn/\n+permalink: /x/\n" in out
    assert texts_of(root) == before


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
    before = texts_of(root)
    assert main(["-C", str(root), "mv", old, new]) == 2
    err = capsys.readouterr().err
    assert reason in err
    assert "Traceback" not in err
    assert texts_of(root) == before


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
    assert texts_of(root)["content/a.md"] == f"---\n{expected}\n---\nText.\n"


def test_page_without_front_matter_gets_one(site: Write) -> None:
    root = site({"content/a.md": "# A\n"})
    assert main(["-C", str(root), "-q", "mv", "/a/", "/b/"]) == 0
    assert texts_of(root)["content/a.md"] == ("---\npermalink: /b/\nredirect_from: /a/\n---\n# A\n")
