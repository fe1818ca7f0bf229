"""Sites with something hostile in them: each row is one input, and what is promised of it."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path

from hostilepages import BYTES, FRONT_MATTER
from hostilerows import SCRIPT, Make, Row, one, page


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    # The name of a socket may have about a hundred bytes.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def _link(target: str) -> Make:
    return lambda path: path.symlink_to(target)


ROWS = {
    # What is left out
    "draft, future and unpublished pages": Row(
        (1,),
        {
            "content/a.md": page("title: A\ndraft: true"),
            "content/b.md": page("title: B\ndate: 2999-01-01"),
            "content/c.md": page("title: C\npublished: false"),
        },
    ),
    "several errors in several files": Row(
        (2,),
        {
            "content/a.md": page("title: [x]\ntags: {a: b}"),
            "content/b.md": page("title: B\ndate: 2024-13-45\ndraft: maybe"),
        },
        found=(
            "a.md:2 front-matter-type",
            "a.md:3 front-matter-type",
            "b.md:3 date-invalid",
            "b.md:4 front-matter-type",
        ),
        is_published=False,
    ),
    **FRONT_MATTER,
    **BYTES,
    # Too much
    "page of many megabytes": Row(
        (4,),
        one(b"---\ntitle: A\n---\n" + b"a b\n" * 5_000_000),
        found=("a.md:0 source-unreadable",),
        is_published=False,
    ),
    "page that takes too long": Row(
        (4,),
        one(page(body="```tads3\nextern //" + "\\" * 80 + "\n```")),
        found=("a.md:0 markdown-failed",),
        is_published=False,
    ),
    "fragments of a long page that it has not": Row(
        (4,),
        one(
            page(body="\n\n".join(f"## Layer {n} of it\n\n[x](#lyaer-{n}-of)" for n in range(1000)))
        ),
        found=tuple(f"a.md:{4 * n + 6} link-anchor" for n in range(1000)),
    ),
    "redirects one after another": Row(
        (4,),
        one(page(), config="redirects:\n" + "".join(f"  /{n}/: /{n + 1}/\n" for n in range(1200))),
        found=("dlsite.yml:1201 link-missing",),
    ),
    "tags and titles without an end": Row(
        (4,),
        one(page(f'title: {"T" * 5000}\ntags: [{"深" * 300}, {"x" * 300}, "{"." * 300}"]')),
    ),
    "word without an end": Row((4,), one(page(body="a" * 1_000_000))),
    # Texts that would be markup
    "script in every field": Row(
        (13,),
        one(
            page(
                f"title: '{SCRIPT}'\ndescription: '{SCRIPT}'\ntags: ['{SCRIPT}']\n"
                f"categories: ['{SCRIPT}']\nauthor: '{SCRIPT}'\nmine: '{SCRIPT}'\n"
                f"excerpt: '{SCRIPT}'\nimage: '{SCRIPT}'"
            )
        ),
        never=(SCRIPT,),
        found=("a.md:9 link-asset",),
    ),
    "attributes in every field": Row(
        (13,),
        one(
            page(
                "title: '\" onload=\"x'\ndescription: '\" onload=\"x'\ntags: ['\" onload=\"x']\n"
                "lang: '\" onload=\"x'\nimage: '/\" onload=\"x'"
            )
        ),
        never=(' onload="x',),
        found=("a.md:6 link-asset",),
    ),
    "end of a script in a title": Row(
        (13,), one(page("title: '</script><img src=x onerror=alert(1)>'")), never=("<img src=x",)
    ),
    "line separators in a title": Row((13,), one(page('title: "a\\u2028b\\u2029c]]>"'))),
    "control characters in a title": Row(
        (6, 13), one(page('title: "a\\e[31mb\\x01\\b"\ndate: 2020-01-01'))
    ),
    "script in the settings": Row(
        (13,),
        one(page(), f"title: '{SCRIPT}'\ndescription: '{SCRIPT}'\nauthor: '{SCRIPT}'\n"),
        never=(SCRIPT,),
    ),
    "script in code and formulas": Row(
        (13,),
        one(page(body=f"`{SCRIPT}`\n\n```\n{SCRIPT}\n```\n\n$\\text{{{SCRIPT}}}$")),
        never=(SCRIPT,),
    ),
    "script where raw HTML is not allowed": Row(
        (13,),
        one(page(body=SCRIPT), "markdown: {raw_html: false}\n"),
        never=(SCRIPT,),
    ),
    "links that run programs": Row(
        (13,),
        one(
            page(
                body="[a](javascript:x)\n[b](JaVaScRiPt:x)\n[c](vbscript:x)\n"
                "[d](data:text/html,x)\n<a href='java&#10;script:x'>e</a>"
            )
        ),
        found=(
            "a.md:4 link-scheme",
            "a.md:5 link-scheme",
            "a.md:6 link-scheme",
            "a.md:7 link-scheme",
            "a.md:8 link-scheme",
        ),
    ),
    "name of a file that is markup": Row(
        (6, 13),
        {f"content/<img src=x>{chr(27)}[31m.md": page("tags: [x]")},
        never=("<img src=x",),
        found=("<img src=x>\x1b[31m.md:0 permalink-invalid",),
        is_published=False,
    ),
    # Templates
    "template language in content": Row(
        (14,),
        one(page(body="{{ 'q' * 9 }} {% raw %}{{ config }}{% endraw %}")),
        never=("q" * 9,),
        found=("a.md:4 liquid-unknown",),
    ),
    "template from elsewhere": Row(
        (14,),
        {
            "content/a.md": page("title: A\nlayout: own"),
            "templates/own.html": "{% include '../content/a.md' %}{% include '/etc/passwd' %}",
        },
        found=("templates/own.html:1 template-error",),
        is_published=False,
    ),
    "template by a link": Row(
        (14, 15),
        {"content/a.md": page("title: A\nlayout: own"), "templates/own.html": _link("/etc/passwd")},
        never=("root:",),
        found=("templates/own.html:0 source-unreadable",),
        is_published=False,
    ),
    "template that includes itself": Row(
        (3, 14),
        {
            "content/a.md": page("title: A\nlayout: own"),
            "templates/own.html": "{% include 'own.html' %}",
        },
        found=("templates/own.html:1 template-error",),
        is_published=False,
    ),
    "layout that is a path": Row((14,), one(page("title: A\nlayout: ../../../etc/passwd"))),
    # Files
    "pipe": Row((15,), {"content/a.md": _fifo}, found=("a.md:0 source-skipped",)),
    "pipe among the templates": Row(
        (15,), {"templates/a.html": _fifo}, found=("templates/a.html:0 source-skipped",)
    ),
    "socket": Row((15,), {"content/a.md": _socket}, found=("a.md:0 source-skipped",)),
    "device by a link": Row(
        (15,),
        {"content/a.md": _link("/dev/zero")},
        found=("a.md:0 source-unreadable",),
        is_published=False,
    ),
    "link out of the site": Row(
        (15,),
        {"content/a.md": _link("/etc/passwd")},
        never=("root:",),
        found=("a.md:0 source-unreadable",),
        is_published=False,
    ),
    "link of a folder out of the site": Row(
        (15,), {"content/a": _link("/etc")}, found=("a:0 source-unreadable",), is_published=False
    ),
    "link to itself": Row(
        (15,),
        {"content/a.md": _link("a.md")},
        found=("a.md:0 source-unreadable",),
        is_published=False,
    ),
    "folder that holds itself": Row(
        (15,), {"content/a": _link(".")}, found=("a:0 source-skipped",)
    ),
    "static file by a link": Row(
        (15,),
        {"static/a.txt": _link("/etc/passwd")},
        never=("root:",),
        found=("static/a.txt:0 source-unreadable",),
        is_published=False,
    ),
    "what editors leave": Row(
        (15,),
        {
            "content/.a.md.swp": "x",
            "content/a.md~": "x",
            "content/.b.md": "x",
            "content/#a.md#": "x",
        },
    ),
    "folder with the name of a page": Row((15,), {"content/a.md/b.md": page()}),
}
