"""Sites with something hostile in them: each row is one input, and what is promised of it.

The numbers in front are those of `PROMISES`.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

PROMISES = {
    1: "whatever is not in the output is named, with the reason",
    2: "an error names file and line, and all of a run are told",
    3: "no input ends in a traceback",
    4: "no input takes more than seconds, or memory without bound",
    5: "a build that fails leaves the published site as it was",
    6: "control characters do not reach the terminal",
    7: "front matter is plain data within bounds; a slip is a finding at its place",
    8: "a source is UTF-8 text, and its fences are three dashes",
    13: "texts are escaped wherever they stand, and no link runs a program",
    14: "content is no template, and templates come from the template folders alone",
    15: "nothing but regular files below the site's folders is read",
}
SECONDS = 8.0
"""CPU seconds of a row; on an idle machine most take tenths."""
SCRIPT = "<script>alert(1)</script>"
GOOD = "---\ntitle: Good\n---\nA [link](/good/).\n"
Make = Callable[[Path], object]
Files = Mapping[str, str | bytes | Make]


@dataclass(frozen=True)
class Row:
    """A hostile input: the promises it is about, files by path or what makes them, the outcome.

    `found` are `path:line rule` of all errors and warnings; `never` is in no HTML.
    """

    promises: tuple[int, ...]
    files: Files
    found: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    is_published: bool = True


def page(front: str = "title: A", body: str = "Text.") -> str:
    return f"---\n{front}\n---\n{body}\n"


def one(text: str | bytes | Make, config: str = "") -> Files:
    """Return a site of one page more."""
    return {"content/a.md": text, "dlsite.yml": config}


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    # The name of a socket may have about a hundred bytes.
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as made:
        made.bind(path.name)


def _link(target: str) -> Make:
    return lambda path: path.symlink_to(target)


ALIASES = (
    "a: &a [x, x]\n"
    + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "title: A"
)
MERGES = (
    "a: &a {x: 1}\n"
    + "".join(
        f"{name}: &{name} {{<<: [{', '.join([f'*{before}'] * 9)}], y{name}: 1}}\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "title: A"
)
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
    # Front matter
    "name with a day that no calendar has in UTC": Row(
        (3,),
        {
            "content/0001-01-01-a.md": page("title: A\npermalink: /0001-01-01-a/"),
            "dlsite.yml": "timezone: Asia/Tokyo\n",
        },
    ),
    "key that stands twice": Row(
        (7,),
        one(page("title: A\ntitle: B")),
        found=("a.md:3 front-matter-syntax",),
        is_published=False,
    ),
    "object of Python": Row(
        (7,),
        one(page("title: !!python/object/apply:os.system [id]")),
        found=("a.md:2 front-matter-syntax",),
        is_published=False,
    ),
    "tag of its own": Row(
        (7,), one(page("title: !mine A")), found=("a.md:2 front-matter-syntax",), is_published=False
    ),
    "aliases that multiply": Row(
        (4, 7), one(page(ALIASES)), found=("a.md:2 front-matter-syntax",), is_published=False
    ),
    "merges that multiply": Row(
        (4, 7), one(page(MERGES)), found=("a.md:2 front-matter-syntax",), is_published=False
    ),
    "alias of itself": Row(
        (7,),
        one(page("title: A\nx: &x [*x]")),
        found=("a.md:3 front-matter-syntax",),
        is_published=False,
    ),
    "deep lists": Row(
        (4, 7),
        one(page(f"title: A\nx: {'[' * 5000}{']' * 5000}")),
        found=("a.md:3 front-matter-syntax",),
        is_published=False,
    ),
    "lists that nothing closes": Row(
        (3, 4, 7),
        one(page(f"title: A\nx: {'[' * 100_000}")),
        found=("a.md:3 front-matter-syntax",),
        is_published=False,
    ),
    "code of lists that nothing closes": Row(
        (3, 4), one(page(body="```yaml\n" + "[" * 100_000 + "\n```"))
    ),
    "deep mappings": Row(
        (4, 7),
        one(page("title: A\nx: " + "{a: " * 200 + "1" + "}" * 200)),
        found=("a.md:3 front-matter-syntax",),
        is_published=False,
    ),
    "front matter without an end in sight": Row(
        (4, 7),
        one(page(f"title: A\nx: {'y' * 300_000}")),
        found=("a.md:2 front-matter-syntax",),
        is_published=False,
    ),
    "many values": Row(
        (4, 7),
        one(page("title: A\nx: [" + "1, " * 11_000 + "1]")),
        found=("a.md:3 front-matter-syntax",),
        is_published=False,
    ),
    "day that is none": Row(
        (7,),
        one(page("title: A\ndate: 2024-13-45")),
        found=("a.md:3 date-invalid",),
        is_published=False,
    ),
    "number of thousands of digits": Row((7,), one(page(f"title: {'9' * 5000}"))),
    "date of thousands of digits": Row(
        (7,),
        one(page(f"title: A\ndate: {'9' * 5000}")),
        found=("a.md:3 date-invalid",),
        is_published=False,
    ),
    "dates of all kinds": Row(
        (7,),
        {
            "content/a.md": page("title: A\ndate: 2024-01-02"),
            "content/b.md": page("title: B\ndate: 2024-01-02 03:04:05"),
            "content/c.md": page("title: C\ndate: 2024-01-02T03:04:05+14:00"),
            "dlsite.yml": "timezone: America/New_York\nfuture: true\n",
        },
    ),
    "slip of a key": Row(
        (7,), one(page("title: A\npermalnik: /x/")), found=("a.md:3 front-matter-unknown",)
    ),
    "title that is a list": Row(
        (7,), one(page("title: [A, B]")), found=("a.md:2 front-matter-type",), is_published=False
    ),
    "tags that are a mapping": Row(
        (7,),
        one(page("title: A\ntags: {a: b}")),
        found=("a.md:3 front-matter-type",),
        is_published=False,
    ),
    "tags in lists": Row(
        (7,),
        one(page("title: A\ntags: [[a], {b: c}, null, 1.0]")),
        found=("a.md:3 front-matter-type",),
        is_published=False,
    ),
    "front matter that is a list": Row(
        (7,),
        one("---\n- a\n- b\n---\nText.\n"),
        found=("a.md:2 front-matter-syntax",),
        is_published=False,
    ),
    "front matter that is a word": Row(
        (7,),
        one("---\nword\n---\nText.\n"),
        found=("a.md:2 front-matter-syntax",),
        is_published=False,
    ),
    "tab in front matter": Row(
        (7,),
        one(page("title: A\ntags:\n\t- x")),
        found=("a.md:4 front-matter-syntax",),
        is_published=False,
    ),
    "quote without an end": Row(
        (7,), one(page('title: "A')), found=("a.md:3 front-matter-syntax",), is_published=False
    ),
    # Bytes
    "byte that is not UTF-8": Row(
        (8,),
        one(b"---\ntitle: A\n---\nab\n\xff\n"),
        found=("a.md:5 source-encoding",),
        is_published=False,
    ),
    "NUL": Row(
        (8,),
        one(b"---\ntitle: A\n---\na\0b\n"),
        found=("a.md:4 source-encoding",),
        is_published=False,
    ),
    "UTF-16": Row(
        (8,), one(GOOD.encode("utf-16")), found=("a.md:1 source-encoding",), is_published=False
    ),
    "byte order mark and line ends of Windows": Row(
        (8,), one(b"\xef\xbb\xbf" + page().replace("\n", "\r\n").encode())
    ),
    "line ends of old": Row((8,), one(page().replace("\n", "\r").encode())),
    "surrogates": Row(
        (8,),
        one(b"---\ntitle: A\n---\n\xed\xa0\x80\n"),
        found=("a.md:4 source-encoding",),
        is_published=False,
    ),
    "nothing": Row((8,), one("")),
    "blank line before the fence": Row(
        (8,), one(f"\n{page()}"), found=("a.md:2 front-matter-syntax",), is_published=False
    ),
    "fence of four dashes": Row(
        (8,),
        one("----\ntitle: A\n----\nText.\n"),
        found=("a.md:1 front-matter-syntax",),
        is_published=False,
    ),
    "fence that is not closed": Row(
        (8,),
        one("---\ntitle: A\n\nText.\n"),
        found=("a.md:1 front-matter-syntax",),
        is_published=False,
    ),
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
        one(page(body="{{ 7 * 7 }} {% raw %}{{ config }}{% endraw %}")),
        never=("49",),
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
