"""Every reference that leads nowhere is reported at its place, whatever it was written in.

A text marks with « and » what must be reported; the marks are taken out before it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest

from dlsite.understanding import Analysis

Understood = Callable[[Mapping[str, str]], Analysis]
Place = tuple[int, int, int]

_HEAD = "---\ntitle: A\npermalink: /a/\n---\n"
_RULES = {"link-missing", "link-asset", "link-anchor"}


def _unmark(text: str) -> tuple[str, list[Place]]:
    """Return the text without marks, and line, column and length of what they enclose."""
    expected: list[Place] = []
    plain = ""
    for part in re.split(r"(«[^»]*»)", text):
        if part.startswith("«"):
            line = plain.count("\n") + 1
            column = len(plain) - (plain.rfind("\n") + 1) + 1
            expected.append((line, column, len(part) - 2))
            plain += part[1:-1]
        else:
            plain += part
    return plain, expected


def _found(analysis: Analysis, path: str) -> list[Place]:
    return [
        (each.position.line, each.position.column, each.position.length)
        for each in analysis.diagnostics
        if each.rule in _RULES and each.position.path == path
    ]


_FORMS = {
    "inline link": "[a](«/x»)",
    "image": "![a](«/x.png»)",
    "linked image": "[![a](«/x.png»)](«/x»)",
    "title behind the target": '[a](«/x» "T")',
    "angle brackets": "[a](<«/x y»>)",
    "parentheses": "[a](«/x_(y)»)",
    "target on the next line": "[a](\n«/x»)",
    "words over two lines": "[a\nb](«/x»)",
    "two on a line": "[a](«/x») [b](«/x»)",
    "fragment": "[a](«#nowhere»)",
    "reference definition": "[a][r]\n\n[r]: «/x»",
    "definition in angle brackets": "[a][r]\n\n[r]: <«/x»>",
    "two definitions of one target": "[a][r] [b][s]\n\n[r]: «/x»\n[s]: «/x»",
    "shortcut definition": "[a]\n\n[a]: «/x»",
    "heading": "## [a](«/x»)",
    "emphasis": "*[a](«/x»)* **[b](«/y»)**",
    "quote": "> [a](«/x»)",
    "table": "| a | b |\n|---|---|\n| [a](«/x») | [b](«/x») |",
    "list": "- [a](«/x»)\n- [b](«/y»)",
    "nested list": "- a\n    - b [b](«/x»)\n        - c [c](«/x»)\n            - d [d](«/x»)",
    "second paragraph of an item": "- a\n\n    b [b](«/x»)",
    "numbered list": "1. a\n\n   [b](«/x»)\n2. [c](«/x»)",
    "definition list": "Term\n:   [a](«/x»)",
    "callout": "> [!NOTE]\n> [a](«/x»)",
    "admonition": '!!! note "T"\n    [a](«/x»)',
    "footnote": "A[^1].\n\n[^1]: [a](«/x»)",
    "footnote over lines": "A[^1].\n\n[^1]: One.\n\n    [a](«/x»)",
    "wiki link": "[[«Gone»]]",
    "wiki link with words": "[[«Gone»|words]]",
    "wiki link to a fragment": "[[«a#gone»]]",
    "wiki image": "![[«gone.png»]]",
    "raw link": '<a href="«/x»">a</a>',
    "raw link in single quotes": "<a class='b' href='«/x»'>a</a>",
    "raw link without quotes": "<a href=«/x»>a</a>",
    "raw link over lines": '<a\n  href="«/x»"\n  class="b">a</a>',
    "raw link in capitals": '<A HREF="«/x»">a</A>',
    "entity in the target": '<a href="«/x?a=1&amp;b=2»">a</a>',
    "HTML block": '<div>\n<p><a href="«/x»">a</a></p>\n</div>',
    "details": '<details markdown="1"><summary>S</summary>\n\n[a](«/x»)\n\n</details>',
    "Markdown in HTML": '<div markdown="1">\n[a](«/x»)\n</div>',
    "raw image": '<img src="«/x.png»" alt="a">',
    "srcset": '<img src="«/x.png»" srcset="«/y.png» 1x, «/z.png» 2x" alt="a">',
    "picture": '<picture><source srcset="«/y.avif»"><img src="«/x.png»" alt="a"></picture>',
    "video and poster": '<video src="«/x.mp4»" poster="«/y.png»"></video>',
    "source and track": (
        '<video><source src="«/x.mp4»"><track src="«/x.vtt»"></video>'
        '\n\n<audio src="«/x.mp3»"></audio>'
    ),
    "frame": '<iframe src="«/x»"></iframe>',
    "object": '<object data="«/x.pdf»"></object>',
    "embed": '<embed src="«/x.svg»">',
    "form": '<form action="«/x»"><button formaction="«/y»">b</button></form>',
    "image button": '<input type="image" src="«/x.png»" formaction="«/y»">',
    "script": '<script src="«/x.js»"></script>',
    "stylesheet": '<link rel="stylesheet" href="«/x.css»">',
    "map": '<map name="m"><area href="«/x»" alt="a"></map>',
    "style attribute": "<div style=\"background: url('«/x.png»'), url(«/y.png»)\">a</div>",
    "style attribute with entities": '<p style="background: url(&quot;«/x.png»&quot;)">a</p>',
    "style element": '<style>\n.a { background: url("«/x.png»") }\n</style>',
    "meta refresh": '<meta http-equiv="refresh" content="0; url=«/x»">',
    "quotation": '<blockquote cite="«/x»"><p>a</p></blockquote>',
    "drawing": '<svg><use href="«/x.svg#i»"></use><image xlink:href="«/y.png»"></image></svg>',
    "behind wide letters": "深度学习 🤖 [a](«/x»)",
    "escaped target": "[a](«/x\\_y»)",
}


_DECOYS = {
    "code span": "`[a](/x)` [a](«/x»)",
    "fence": "```\n[a](/x)\n```\n\n[a](«/x»)",
    "fence in a list": "- a\n\n    ```\n    [a](/x)\n    ```\n\n- [a](«/x»)",
    "indented code": "A.\n\n    [a](/x)\n\nB [a](«/x»)",
    "indented code before a list": "A.\n\n    [a](/x)\n\n- b\n    - c [c](«/x»)",
    "comment": "<!-- [a](/x) -->\n\n[a](«/x»)",
    "comment in a line": "A <!-- <a href='/x'> --> [a](«/x»)",
    "escaped link": "\\[a](/x) [a](«/x»)",
    "no opening bracket": "a](/x) [a](«/x»)",
    "formula": "$a[i](/x)$ and [a](«/x»)",
    "preformatted": "<pre>\n[a](/x)\n</pre>\n\n[a](«/x»)",
    "script": "<script>\nlet a = '<a href=\"/x\">';\n</script>\n\n[a](«/x»)",
    "template": '<template><a href="/x">a</a></template>\n\n[a](«/x»)',
    "another attribute": '<i data-href="/x" data-src="/x">a</i> [a](«/x»)',
    "words": 'href="/x" and [a](«/x»)',
    "unused definition": "[r]: /x\n\n[a](«/x»)",
    "footnote above": "A[^1].\n\n[^1]: [f](«/x»)\n\nB [b](«/x»)",
}


@pytest.mark.parametrize("body", [*_FORMS.values(), *_DECOYS.values()], ids=[*_FORMS, *_DECOYS])
def test_link_is_found_at_its_place_and_what_is_none_is_not(
    body: str, understood: Understood
) -> None:
    text, expected = _unmark(f"{_HEAD}{body}\n")
    assert _found(understood({"content/a.md": text}), "content/a.md") == expected


def test_words_of_a_link_stay_with_it_when_a_footnote_stands_above(understood: Understood) -> None:
    text = f"{_HEAD}A[^1].\n\n[^1]: [note words](/x)\n\nB [body words](/x)\n"
    found = understood({"content/a.md": text}).diagnostics
    titles = [(each.position.line, each.help[-1].partition("--title ")[2]) for each in found]
    assert titles == [(7, '"note words"'), (9, '"body words"')]


def test_front_matter_is_found_at_its_values(understood: Understood) -> None:
    text, expected = _unmark(
        '---\ntitle: A\npermalink: /a/\nimage: "«/og.png»"\n---\nText.\n',
    )
    assert _found(understood({"content/a.md": text}), "content/a.md") == expected
    listed = "requires:\n  - «/x»\n  - '«Gone Page»' # «/x»\n  - a\n"
    text, expected = _unmark(f"---\ntitle: A\npermalink: /a/\n{listed}---\n[x](«/x»)\n")
    del expected[2]
    assert _found(understood({"content/a.md": text}), "content/a.md") == expected
    text, expected = _unmark("---\ntitle: A\nrequires: [«/x», a, «Gone»]\n---\nText.\n")
    assert _found(understood({"content/a.md": text}), "content/a.md") == expected
    text, expected = _unmark("---\ntitle: A\nredirect_to: «/x/»\n---\nText.\n")
    assert _found(understood({"content/a.md": text}), "content/a.md") == expected


_HEADINGS = {
    "title skipped": "«###» Part",
    "with marks behind it": "## A\n\n«####» Part ####",
    "behind one without a blank": "## A\n\n####Part\n\n«####» Part",
    "behind one of seven marks": "## A\n\n####### Part\n\n«####» Part",
    "linked, with an id": "## A\n\n«####» [Part](/a/) *one* {#part}",
    "behind one in a quote": "## A\n\n> #### Part\n\n«####» Part",
    "in a list": "## A\n\n- «####» Part",
    "raw": '## A\n\n«<h4» id="x">Part</h4>',
    "raw over lines": "## A\n\n«<h4»\n  id=x>Part</h4>",
    "behind code": "```\n#### Part\n```\n\n## A\n\n`## A`\n\n«####» Part",
    "behind a comment": "<!--\n#### Part\n-->\n## A\n\n«####» Part",
    "behind a rule and a table": "A\n\n---\n\n| a |\n|---|\n| b |\n\n«###» Part",
    "behind underlined ones": "A\n=\n\nB\n-\n\n«####» Part",
    "behind words alike": "## A\n\n    #### Part\n\n«####» Part",
    "formula": "## A\n\n«####» The $x^2$ of it",
    "code, behind what is no heading": (
        "{% comment %}\n# No\n{% endcomment %}\n\n## A\n\n«####» The `map`"
    ),
    "one of two alike": "## A\n\n### Part\n\n#### Part\n\n## B\n\n«####» Part",
}


@pytest.mark.parametrize("form", _HEADINGS)
def test_heading_that_skips_a_level_is_found_at_its_marks(
    form: str, understood: Understood
) -> None:
    text, expected = _unmark(_HEAD + _HEADINGS[form] + "\n")
    found = understood({"content/a.md": text}).diagnostics
    jumps = [each.position for each in found if each.rule == "heading-jump"]
    assert [(place.line, place.column, place.length) for place in jumps] == expected
