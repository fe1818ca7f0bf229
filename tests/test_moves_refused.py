"""What `mv` cannot do by itself is said with the place to do it by hand, and nothing is changed."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from running import PATIENCE_SECONDS, Run, Write, everything

LINK = "content/b.md"
SITE = {LINK: "---\ntitle: B\ntags: [One]\n---\n[A](/a/)"}


@pytest.mark.parametrize(
    ("front", "arguments", "words"),
    [
        ("", "content/nowhere.md content/x.md", "there is no page 'content/nowhere.md'"),
        ("", "a.md content/x.md", "there is no page 'a.md'; did you mean 'content/a.md'?"),
        ("", "content moved", "'content' is a folder; move its pages one by one"),
        ("", "--tag Nowhere Other", "no page has the tag 'Nowhere'"),
        ("", "--tag Common Other", "'Common' comes to content/a.md by 'defaults'; change it there"),
        (
            "permalink: '/a/'\n",
            "/a/ /it's/",
            "content/a.md:3:13: write '/it's/' there by hand",
        ),
        (
            "permalink: /a/\n",
            "/a/ /z/",
            "the link to '/a/' at content/c.md:1:5 cannot be rewritten; change it by hand first",
        ),
        (
            "permalink: >\n  /a/\n",
            "/a/ /z/",
            "content/a.md:3:12: 'permalink' goes over several lines",
        ),
        (
            "redirect_from: [/x/,\n  /y/]\n",
            "/a/ /z/",
            "content/a.md:3:16: add '/a/' to 'redirect_from' there by hand",
        ),
    ],
)
def test_what_is_to_be_done_by_hand_is_said(
    dlsite: Run, site: Write, front: str, arguments: str, words: str
) -> None:
    common = "defaults:\n  - scope: {path: a.md}\n    values: {tags: [Common]}\n"
    root = site(
        SITE
        | {
            "dlsite.yml": common,
            "content/a.md": f"---\ntitle: A\n{front}---\n[B](/b/)\n",
            "content/c.md": "[A](&#47;a/)\n",
        }
    )
    before = everything(root)
    ran = dlsite(root, "mv", *arguments.split())
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("dlsite: ")
    assert words in ran.err
    assert everything(root) == before


def test_tags_of_liquid_follow_the_file_that_they_name(dlsite: Run, site: Write) -> None:
    links = "[1]({% link a.md %}) [2]({{ site.baseurl }}{%  link /a.md%}#x) [3](a.md)"
    root = site(SITE | {LINK: f"{links}\n", "content/a.md": "A.\n\n## X\n"})
    assert dlsite(root, "mv", "content/a.md", "content/sub/c.md").code == 0
    assert (root / LINK).read_text() == (
        "[1]({% link sub/c.md %}) [2]({{ site.baseurl }}{%  link /sub/c.md%}#x) [3](sub/c.md)\n"
    )
    assert dlsite(root, "check", "--select", "link-").code == 0


def test_tags_of_liquid_follow_a_post_that_stays_one(dlsite: Run, site: Write) -> None:
    post = {"_config.yml": "", "_posts/2019-05-20-p.md": "P.\n", "b.md": "B.\n"}
    root = site(post | {"a.md": "[P]({% post_url 2019-05-20-p %})\n"})
    assert dlsite(root, "mv", "_posts/2019-05-20-p.md", "_posts/2019-05-21-q.md").code == 0
    assert (root / "a.md").read_text() == "[P]({% post_url 2019-05-21-q %})\n"
    assert dlsite(root, "check", "--select", "link-").code == 0
    before = everything(root)
    ran = dlsite(root, "mv", "_posts/2019-05-21-q.md", "q.md")
    assert ran.code == 2
    assert "at a.md:1:5 cannot be rewritten; change it by hand first" in ran.err
    assert everything(root) == before


@pytest.mark.skipif(shutil.which("git") is None, reason="applies a diff with git")
def test_diff_of_a_renamed_file_is_one_that_git_applies(dlsite: Run, site: Write) -> None:
    root = site(SITE | {"content/a.md": "---\ntitle: A\n---\n[B](b.md)\n"})
    ran = dlsite(root, "mv", "content/a.md", "content/sub/a.md", "--dry-run")
    assert ran.code == 0
    assert "rename from content/a.md\nrename to content/sub/a.md\n" in ran.out
    ends = "-[A](/a/)", "\\ No newline at end of file", "+[A](/sub/a/)", "\\ No newline at"
    assert "\n".join(ends) in ran.out
    diff = root / "move.diff"
    diff.write_text(ran.out)
    for command in (["init", "-q"], ["apply", "--check", "move.diff"], ["apply", "move.diff"]):
        subprocess.run(["git", *command], cwd=root, check=True, timeout=PATIENCE_SECONDS)
    assert dlsite(root, "check", "--select", "link-").code == 0
    assert (root / LINK).read_text().endswith("[A](/sub/a/)")
    assert (root / "content/sub/a.md").is_file()
