"""What pages have in common, and the sentence that a link stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from dlsite.markup.references import cut
from dlsite.related import Related
from dlsite.understanding import Analysis

Understood = Callable[[Mapping[str, str]], Analysis]


def _page(title: str, *tags: str) -> str:
    return f"---\ntitle: {title}\ntags: [{', '.join(tags)}]\n---\nText.\n"


def test_rare_tags_count_more_and_common_ones_nothing(understood: Understood) -> None:
    texts = {
        "content/a.md": _page("A", "All", "Pair", "Three"),
        "content/b.md": _page("B", "All", "Pair"),
        "content/c.md": _page("C", "All", "Three"),
        "content/d.md": _page("D", "All", "Three"),
        "content/e.md": _page("E", "All"),
        "content/f.md": _page("F", "Other"),
    }
    site = understood(texts).site
    found = Related(site.pages, site.routes.terms["tags"])
    assert found["content/a.md"] == ("content/b.md", "content/c.md", "content/d.md")
    assert found["content/b.md"] == ("content/a.md",)
    assert found["content/e.md"] == ()


def test_no_more_than_five_and_the_nearest_first(understood: Understood) -> None:
    texts = {f"content/p{number}.md": _page(f"P{number}", "Tag") for number in range(8)}
    texts |= {f"content/q{number}.md": _page(f"Q{number}", "Else") for number in range(8)}
    site = understood(texts).site
    found = Related(site.pages, site.routes.terms["tags"])
    assert found["content/p0.md"] == tuple(f"content/p{number}.md" for number in range(1, 6))


@pytest.mark.parametrize(
    ("markup", "sentence"),
    [
        ('<p>One. See <a href="/x/">it</a>, please. Two.</p>', "See it, please."),
        ('<p>First line</p>\n<p><a href="/x/">It</a> is here</p>', "It is here"),
        ('<ul>\n<li>As in <a href="/x/">it</a></li>\n<li>No</li>\n</ul>', "As in it"),
        ('<p>By Smith et al. (see <a href="/x/">it</a>). More.</p>', "By Smith et al. (see it)."),
        ('<p>前。看<a href="/x/">它</a>吧。后。</p>', "看它吧。"),
        ('<p>Is <code>x</code> &lt; <a href="/x/">y</a>? Yes.</p>', "Is x < y?"),
        ('<a href="/x/">bare</a>', "bare"),
        ('<p>Out <a href="https://x.org/">there</a>.</p>', ""),
    ],
    ids=["middle", "block", "item", "abbreviation", "chinese", "markup", "bare", "external"],
)
def test_link_has_its_sentence(markup: str, sentence: str) -> None:
    assert [each.sentence for each in cut(markup).references] == [sentence]


def test_very_long_sentence_is_cut_around_its_link() -> None:
    words = "word " * 200
    [reference] = cut(f'<p>{words}<a href="/x/">link</a> {words}</p>').references
    assert reference.sentence.startswith("… word")
    assert reference.sentence.endswith("word …")
    assert " link " in reference.sentence
    assert len(reference.sentence) < 260
