"""References and ids of rendered HTML, and the cut that `assemble` undoes."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter
from dlsite.markup.plaintext import plain, text_of
from dlsite.markup.references import cut, cut_again
from dlsite.markup.schemes import WIKI_SCHEME
from dlsite.records import ReferenceKind


def _found(markup: str) -> list[tuple[str, str]]:
    """Return kind and target of every reference."""
    return [(str(each.kind), each.target) for each in cut(markup).references]


def _joined(markup: str) -> str:
    """Cut and put every target back where it was."""
    pieces = cut(markup)
    return "".join(
        piece if isinstance(piece, str) else html.escape(pieces.references[piece].target)
        for piece in pieces.body
        # The size of an image is known later, and none was written.
        if isinstance(piece, str) or piece >= 0
    )


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        pytest.param('<a href="/x">x</a>', [("link", "/x")], id="link"),
        pytest.param('<img src="/x.png" alt="">', [("image", "/x.png")], id="image"),
        pytest.param("<a href='/x'>x</a>", [("link", "/x")], id="single quotes"),
        pytest.param("<a href=/x>x</a>", [("link", "/x")], id="no quotes"),
        pytest.param('<A HREF="/x">x</A>', [("link", "/x")], id="upper case"),
        pytest.param('<a\n  class="b"\n  href="/x">x</a>', [("link", "/x")], id="over lines"),
        pytest.param('<a title="a > b" href="/x">x</a>', [("link", "/x")], id="> in an attribute"),
        pytest.param('<a href="/x?a=1&amp;b=2">x</a>', [("link", "/x?a=1&b=2")], id="entity"),
        pytest.param('<a href="">x</a>', [("link", "")], id="empty target"),
        pytest.param(
            f'<a href="{WIKI_SCHEME}Transfer%20Learning">x</a>',
            [("wiki link", "Transfer Learning")],
            id="wiki link",
        ),
        pytest.param(
            f'<img src="{WIKI_SCHEME}a.png" alt="">', [("wiki image", "a.png")], id="wiki image"
        ),
        pytest.param(
            '<img src="/a.png" srcset="/b.png 1x, /c.png 2x">',
            [("image", "/a.png"), ("image", "/b.png"), ("image", "/c.png")],
            id="srcset",
        ),
        pytest.param(
            '<video src="/a.mp4" poster="/a.png"></video>',
            [("html", "/a.mp4"), ("html", "/a.png")],
            id="video",
        ),
        pytest.param('<iframe src="/x"></iframe>', [("html", "/x")], id="frame"),
        pytest.param('<form action="/x"></form>', [("html", "/x")], id="form"),
        pytest.param('<a data-href="/x">x</a>', [], id="another attribute"),
        pytest.param('<span href="/x">x</span>', [], id="no such attribute on this tag"),
        pytest.param('<a href="/x" href="/y">x</a>', [("link", "/x")], id="the first one counts"),
        pytest.param('<!-- <a href="/x">x</a> -->', [], id="comment"),
        pytest.param("<code>&lt;a href=&quot;/x&quot;&gt;</code>", [], id="code"),
        pytest.param("<script>'<a href=\"/x\">'</script>", [], id="script"),
        pytest.param(
            '<SCRIPT>\'<a href="/x">\'</SCRIPT><a href="/y">y</a>',
            [("link", "/y")],
            id="a link behind an upper-case script",
        ),
        pytest.param(
            '<a href="#fn:1" role="doc-noteref">1</a>', [], id="the converter's own footnote link"
        ),
    ],
)
def test_references_are_what_browsers_would_follow(
    markup: str, found: list[tuple[str, str]]
) -> None:
    assert _found(markup) == found


def test_reference_knows_its_words_and_its_heading() -> None:
    markup = '<h2 id="a">On <em>RNNs</em></h2><p><a href="/x">the <b>words</b></a></p>'
    (reference,) = cut(markup).references
    assert (reference.text, reference.heading) == ("the words", "On RNNs")
    assert reference.kind is ReferenceKind.LINK


def test_the_words_of_a_link_end_with_it() -> None:
    # An end tag may begin like that of a link.
    annotated = "<semantics><mi>x</mi><annotation>x</annotation></semantics>"
    (reference,) = cut(f'<p><a href="/x"><math>{annotated}</math> and y</a> z</p>').references
    assert reference.text == "x and y"


def test_image_is_known_by_its_alternative_text() -> None:
    (reference,) = cut('<img alt="a &amp; b" src="/x.png">').references
    assert reference.text == "a & b"


@pytest.mark.parametrize(
    ("markup", "fragments"),
    [
        pytest.param('<h2 id="a">A</h2>', {"a"}, id="heading"),
        pytest.param('<div id="a"><p id="b">', {"a", "b"}, id="any element"),
        pytest.param('<a name="a"></a>', {"a"}, id="named anchor"),
        pytest.param('<a id="a" name="b"></a>', {"a", "b"}, id="id and name"),
        pytest.param('<input name="a">', set(), id="a name elsewhere"),
        pytest.param('<p id="caf&eacute;">', {"café"}, id="entity"),
        pytest.param('<!-- <p id="a"> -->', set(), id="comment"),
    ],
)
def test_fragments_are_all_ids_of_the_body(markup: str, fragments: set[str]) -> None:
    assert cut(markup).fragments == fragments


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        pytest.param("a <b>b</b>\n c", "a b c", id="tags and line ends"),
        pytest.param("a &lt; b", "a < b", id="entities"),
        pytest.param("<i title='>'>x</i>", "x", id="> in an attribute"),
        pytest.param("a < b", "a < b", id="a lone sign is no tag"),
        pytest.param(
            "<math><mi>x</mi><annotation encoding='t'>\\x</annotation></math>", "x", id="formula"
        ),
    ],
)
def test_plain_text_has_no_markup(markup: str, words: str) -> None:
    assert plain(markup) == words


# Fragments of HTML as the converter writes it: quoted values, signs escaped.
_VALUE = st.text("/abc#?é-&<\" '", max_size=10).map(html.escape)
_TEXT = st.text("abc é\n.&;", max_size=15).map(html.escape)
_PIECE = st.one_of(
    _TEXT,
    st.builds('<a href="{}">{}</a>'.format, _VALUE, _TEXT),
    st.builds('<img src="{}" alt="{}">'.format, _VALUE, _VALUE),
    st.builds('<h2 id="{}">{}</h2>'.format, _VALUE, _TEXT),
    st.builds("<!-- {} -->".format, _TEXT),
    st.builds('<pre><code class="{}">{}</code></pre>'.format, _VALUE, _TEXT),
    st.builds("<script>{}</script>".format, _TEXT),
)


@given(st.lists(_PIECE, max_size=12).map("".join))
def test_cut_and_join_is_identity(markup: str) -> None:
    assert _joined(markup) == markup


@given(st.text("<>\"'=/ab hrefsci-!\n", max_size=120))
def test_cutting_loses_no_text_of_any_html(markup: str) -> None:
    pieces = cut(markup)
    written = "".join(piece for piece in pieces.body if isinstance(piece, str))
    rest = iter(markup)
    # Only targets leave, and only quotes that were missing come in.
    assert all(
        any(character == other for other in rest) or character == '"' for character in written
    )


def test_a_part_is_cut_at_the_references_of_the_whole() -> None:
    index = {(ReferenceKind.LINK, "/x"): 3}
    body = cut_again('<p><a href="/x">x</a> <a href="/y?a&amp;b">y</a></p>', index)
    assert body == ('<p><a href="', 3, '">x</a> <a href="', "/y?a&amp;b", '">y</a></p>')


@pytest.mark.parametrize(
    "piece", ["<", "<a ", "<!--", "<a href=", "<script>", '<a href="/x">', "</"]
)
def test_hostile_repetition_is_cut_in_a_moment(piece: str) -> None:
    pieces = cut(piece * 5_000)
    assert len("".join(str(each) for each in pieces.body)) > 0


def test_mark_of_a_footnote_is_no_word() -> None:
    body = (
        "## Gates[^1] and cells\n\nA claim[^1], made in [LSTM](/lstm).\n\n[^1]: See [GRU](/gru).\n"
    )
    converted = Converter(MarkupOptions()).convert(body)
    assert [each.text for each in converted.headings] == ["Gates and cells"]
    assert "footnote-ref" not in converted.headings[0].html
    assert converted.text.split("\n") == [
        "Gates and cells",
        "A claim, made in LSTM.",
        "See GRU.",
    ]
    found = {each.target: each.sentence for each in cut(converted.html).references}
    assert (found["/lstm"], found["/gru"]) == ("A claim, made in LSTM.", "See GRU.")


def test_marks_of_footnotes_that_do_not_end_cost_time_in_proportion() -> None:
    broken = '<sup class="footnote-ref"><a href="#fn-1">' * 20_000
    assert text_of(broken) == ""
