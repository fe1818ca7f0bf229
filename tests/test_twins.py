"""Each page in Markdown for programs: what is in it, what is not, where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from dlsite.rendering import Renderer
from dlsite.understanding import Analysis

Understood = Callable[[Mapping[str, str]], Analysis]

QUIET = "check: {rules: {page-orphan: 'off', page-deadend: 'off'}}\n"
HOST = f"title: Notes\nbase_url: https://example.org/n\n{QUIET}"
OTHER = "---\ntitle: B\npermalink: /b(1)/\n---\nText.\n"
FIELDS = """---
title: A & B
permalink: /a/
date: 2020-01-02
last_modified_at: 2021-03-04
tags: [One, Two]
description: All <of> it.
---
"""


def twins(understood: Understood, texts: Mapping[str, str]) -> dict[str, str]:
    renderer = Renderer.of(understood(texts))
    found = {}
    for path in renderer.plans:
        if path.endswith(".md"):
            output, finding = renderer.render(path)
            assert finding is None
            assert output is not None
            found[path] = output.content.decode()
    return found


def body_of(understood: Understood, text: str, *, config: str = HOST) -> str:
    """Return what a page's Markdown becomes below its head."""
    page = f"---\ntitle: T\npermalink: /a/\n---\n{text}"
    files = {"dlsite.yml": config, "content/a.md": page, "content/b.md": OTHER}
    head, _, body = twins(understood, files)["a/index.html.md"].partition("/a/>\n\n")
    assert head.startswith("# T\n\n- <")
    return body.rstrip("\n")


def test_it_begins_with_what_the_page_is(understood: Understood) -> None:
    files = {"dlsite.yml": HOST, "content/a.md": f"{FIELDS}\n# A & B\n\nWords & *signs* <b>.\n"}
    assert twins(understood, files) == {
        "a/index.html.md": "# A & B\n\n> All <of> it.\n\n- <https://example.org/n/a/>\n"
        "- 2020-01-02\n- Updated: 2021-03-04\n- Tags: One, Two\n\nWords & *signs* <b>.\n"
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("[x](/b(1))", "[x](https://example.org/n/b%281%29/)"),
        ("[x](</b(1)> 'Y')", "[x](<https://example.org/n/b%281%29/> 'Y')"),
        ("[x](#y) is\n\n## y", "[x](https://example.org/n/a/#y) is\n\n## y"),
        ("[x][1] [y][1]\n\n[1]: /b(1)", "[x][1] [y][1]\n\n[1]: https://example.org/n/b%281%29/"),
        (
            "[](/b(1)) [](#y)\n\n## y",
            "[B](U) [y](https://example.org/n/a/#y)\n\n## y",
        ),
        ("![x](/i.png)", "![x](https://example.org/n/i.png)"),
        ("<a href='/b(1)'>x</a>", "<a href='https://example.org/n/b%281%29/'>x</a>"),
        ("[[B]] and [[b(1)|the page]]", "[B](U) and [the page](U)"),
        ("[x](https://x.org/?a=(b)&c) <https://y.org>", None),
        ("`[x](/b)` $[x](/b)$\n\n```\n[x](/b(1))\n```", None),
        ("a <!-- b --> c", "a  c"),
        ("a\n\n<!-- [x](/b) -->\n\nb", "a\n\n\nb"),
        ("`<!-- a -->`", None),
        ("a\n<!--more-->\nb", "a\nb"),
        ("{% comment %}a [x](/b){% endcomment %}b", "b"),
        ("{% raw %}{{ a }}{% endraw %} {{ page.title }}", "{{ a }} T"),
        ("{% highlight python %}\nx = 1\n{% endhighlight %}", "```python\nx = 1\n```"),
        ("[x]({{ site.baseurl }}/b(1))", "[x](https://example.org/n/b%281%29/)"),
        ("{% include x.html %} é [x](/b(1))", "{% include x.html %} é [x](U)"),
    ],
)
def test_it_is_what_the_author_wrote(
    understood: Understood, written: str, expected: str | None
) -> None:
    wanted = written if expected is None else expected
    wanted = re.sub(r"\(U\)", "(https://example.org/n/b%281%29/)", wanted)
    assert body_of(understood, f"{written}\n") == wanted


def test_without_a_host_links_begin_with_the_base_path(understood: Understood) -> None:
    config = f"base_url: /n\n{QUIET}"
    assert body_of(understood, "[x](/b(1))\n", config=config) == "[x](/n/b%281%29/)"


def test_pages_lead_to_theirs_and_so_does_the_map(understood: Understood) -> None:
    files = {"dlsite.yml": HOST, "content/a.md": FIELDS, "content/index.md": "---\ntitle: H\n---\n"}
    renderer = Renderer.of(understood(files))
    link = '<link rel="alternate" href="/n/{}index.html.md" type="text/markdown">'
    for path in ("a/", ""):
        output, _ = renderer.render(f"{path}index.html")
        assert output is not None
        assert link.format(path) in output.content.decode()
    llms = {each.path: each.content.decode() for each in renderer.emit()}["llms.txt"]
    assert "- [A & B](https://example.org/n/a/index.html.md): All <of> it.\n" in llms


@pytest.mark.parametrize(
    ("config", "fields"),
    [
        ("llms: false\n", ""),
        ("", "sitemap: false\n"),
        ("drafts: true\n", "draft: true\n"),
        ("", "redirect_to: https://x.org/\n"),
    ],
)
def test_not_every_page_has_one(understood: Understood, config: str, fields: str) -> None:
    page = f"---\ntitle: A\npermalink: /a/\n{fields}---\nText.\n"
    files = {"dlsite.yml": HOST + config, "content/a.md": page}
    assert twins(understood, files) == {}
    output, _ = Renderer.of(understood(files)).render("a/index.html")
    assert output is not None
    assert b"text/markdown" not in output.content


def test_what_an_author_has_at_its_address_stays(understood: Understood) -> None:
    files = {"dlsite.yml": HOST, "content/a.md": FIELDS, "static/a/index.html.md": "Mine."}
    analysis = understood(files)
    assert twins(understood, files) == {}
    assert analysis.diagnostics == ()
    output, _ = Renderer.of(analysis).render("a/index.html")
    assert output is not None
    assert b'href="/n/a/index.html.md" type="text/markdown"' in output.content


def test_a_folder_at_its_address_is_a_finding(understood: Understood) -> None:
    page = "---\ntitle: C\npermalink: /a/index.html.md/c/\n---\nText.\n"
    files = {"dlsite.yml": HOST, "content/a.md": FIELDS, "content/c.md": page}
    (finding,) = understood(files).diagnostics
    assert finding.rule == "permalink-conflict"
    assert "'/a/index.html.md' is a file" in finding.message
