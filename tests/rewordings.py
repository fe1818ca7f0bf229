"""Edits of a page by how far they are seen, as what it said and says; sites to see them in.

The page is `touching.PAGE`.
"""

from __future__ import annotations

from touching import PAGE, SITE

QUIET = {
    "a word": ("third block", "last block"),
    "a sentence": ("A third block.", "A third block. It says more about gradients than before."),
    "a paragraph": ("A third block.", "\nWords.\n\nA third block.\n\n> A quotation."),
    "lines above a heading": ("## Losses", "More words.\n\nAnd more.\n\n## Losses"),
    "a formula like another": ("$x$", "$x$, or $x$,"),
    "code": ("A third block.", "A third block.\n\n```python\nx = 1\n```"),
    "a comment": ("A third block.", "<!-- todo -->\nA third block."),
    "words for entities": ("third", '&lt;third&gt; ]]> & "third"'),
}
TOLD_ELSEWHERE = {
    "the title": ("title: A", "title: Zebras & *more*"),
    "a title in small letters": ("title: A", "title: a"),
    "a title in other letters": ("title: A", "title: 'Ä \"ß]( and ]]> `x` $x$'"),
    "a description": ("title: A", "title: A\ndescription: What [A] is."),
    "a line in the front matter": ("title: A", "# remark\ntitle: A"),
    "the first block": ("A first block", "A <first> paragraph"),
    "an excerpt of its own": ("title: A", "title: A\nexcerpt: In *few* words."),
    "the words of a heading": ("## Losses", "## Loss {#losses}"),
    "another heading": ("A third block.", "A third block.\n\n## End"),
    "headings enough for an outline": ("A third block.", "A third.\n\n### Hinge\n\n### Huber\n"),
    "the words of a link": ("[the other]", "[another]"),
    "the sentence of a link": ("See [the", "Look up [the"),
    "no heading over a link": ("## Layers", "## Layers and more {#layers}"),
    "the words of an image": ("![a picture]", "![the picture]"),
    "the name of a figure": ('"Caption"', '"Fig. 7: Caption"'),
    "minutes to read": ("A third block.", "A third block. " + "word " * 300),
    "all of it": (
        "A first block.\n\n## Layers\n\nSee",
        "Another.\n\n## The layers {#layers}\n\n### Deep\n\nSo see",
    ),
}
LED_ELSEWHERE = {
    "all kinds of links": ("A third block.", "[d](/d), [b](/b), [x](https://a.b/), [c](/d/)."),
    "a link to another site": (
        "A third block.",
        "[See](https://example.com/x#y), [so](http://a.b/).",
    ),
    "a link": ("A third block.", "A third block, [linked](/b/) and [again](/b)."),
    "a link before another": ("A first block", "A [first](/b/) block"),
    "a link to a page that knows no one": ("A third block.", "A third block: [D](/d/), it is."),
    "a link to a heading": ("A third block.", "As [there](/a/#layers) and [here](#losses)."),
    "a link to one's own top": ("A third block.", "Up [there](/a/#top)."),
    "a link less": ("See [the other](/b/) and", "See"),
}
SEEN_ELSEWHERE = {
    "a tag": ("[Nets, GANs]", "[Nets]"),
    "the date": ("2019-05-20", "2019-05-18"),
    "a new field": ("title: A", "title: A\nextra_field: 1"),
    "a heading": ("## Losses", "## Loss functions"),
    "a fragment that is linked": ("## Losses", "## Losses {#loss}"),
    "a formula with other signs": ("$x$", "$\\alpha$"),
    "a formula that is none": ("$x$", "$\\nosuchthing{x}$"),
    "words for no more than a stub": ("It has words enough for more than a stub. ", ""),
    "no page at all": (PAGE, "---\ntitle: A\ndraft: true\n---\n"),
}
TOO_MUCH = {
    "a heading": SEEN_ELSEWHERE["a heading"],
    "a link that leads nowhere": ("A third block.", "A third block, [linked](/void/)."),
    "a fragment that leads nowhere": ("A third block.", "A third block, [linked](/b/#void)."),
    "the first link to a page": ("A third block.", "A third block, [linked](/c/)."),
    "a link to a tag": ("A third block.", "A third block, [linked](/tags/nets/)."),
    "a link to the home page": ("A third block.", "A third block, [linked](/)."),
    "a link without words": ("A third block.", "A third block, [](/d/)."),
    "a wiki link": ("A third block.", "A third block, [[D]]."),
    "a relative link": ("A third block.", "A third block, [linked](../d/)."),
    "a link that runs code": ("A third block.", "[linked](javascript:x)."),
    "an image": ("A third block.", "![More](/x.png)"),
    "an image without words": ("![a picture]", "![]"),
    "no image": ("![a picture](/x.png)", "none"),
    "a link of the page itself in full": ("A third block.", "[x](https://example.org/notes/d/)"),
    "broken front matter": ("title: A", "title: a: b"),
}
FULL = {
    **SITE,
    "content/b.md": "---\ntitle: B\ntags: [Nets]\ndate: 2019-05-19\n---\n[Back](/a/#losses).\n",
    "content/c.md": "---\ntitle: C\ntags: [Nets]\nrequires: [/a/]\n---\nA [stub](/a/).\n",
    "content/d.md": "---\ntitle: D\ncategories: [x]\n---\n[One](/a/), [two](/a/#layers).\n",
    "content/é.md": "---\ntitle: Éa\ndate: 2020-01-01\n---\n[A](/a/), [d](/d/), [b](../b/).\n",
    "dlsite.yml": "base_url: https://example.org/notes\nnav:\n  - Start: /b/\n",
}
"""A site in which each page is told of by others in every way, and without a finding."""
LOOKALIKE = {
    "content/f.md": "---\ntitle: F\n"
    "like: {title: A, title_html: A, url: /notes/a/, lang: ''}\n---\n[A](/a/).\n",
    "templates/page.html": "{% extends 'base.html' %}"
    "{% block main %}{{ page.extra }}{% endblock %}\n",
}
"""A field of an author's own says what others tell of a page, in the same order."""
