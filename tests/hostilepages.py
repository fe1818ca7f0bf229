"""Pages whose front matter or bytes are hostile."""

from __future__ import annotations

from hostilerows import GOOD, Row, one, page

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
FRONT_MATTER = {
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
}
BYTES = {
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
}
