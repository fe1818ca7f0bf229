"""Typography and bare addresses, through the whole converter."""

from __future__ import annotations

import pytest

from dlsite.config.settings import MarkupOptions
from dlsite.markup.converter import Converter

CONVERTER = Converter(MarkupOptions(wikilinks=False))


def paragraph(body: str) -> str:
    """Return the inside of the only paragraph of a body."""
    return CONVERTER.convert(body).html.removeprefix("<p>").removesuffix("</p>")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("\"a\" and 'b'", "“a” and ‘b’"),
        ("don't, '90s, James' own", "don’t, ’90s, James’ own"),
        ('("a")', "(“a”)"),
        ('"*a*"', "“<em>a</em>”"),
        ('*"a"*', "<em>“a”</em>"),
        ('**a**\'s "b"', "<strong>a</strong>’s “b”"),
        ('"`a`"', "“<code>a</code>”"),
        ("a -- b --- c ...", "a – b — c …"),
        ("1990--2000", "1990–2000"),
        ("a - b -> c ----", "a - b -&gt; c ----"),
        ('`"a" -- ...`', '<code>"a" -- ...</code>'),
        (r"\"a\" \-- b", '"a" -- b'),
        ('他说"好"。', "他说“好”。"),
        ('[a "b"](/c "d -- e")', '<a href="/c" title="d -- e">a “b”</a>'),
        ('<b title="x">"y"</b>', '<b title="x">“y”</b>'),
        ('"a"\n"b"', "“a”\n“b”"),
        ("\"'a' b\"", "“‘a’ b”"),
        ("6\" and 6'", "6” and 6’"),
    ],
)
def test_quotes_and_dashes_are_set(body: str, expected: str) -> None:
    assert paragraph(body) == expected


def test_typography_can_be_turned_off() -> None:
    converter = Converter(MarkupOptions(typography=False))
    assert converter.convert('"a" -- b').html == '<p>"a" -- b</p>'


def _link(url: str, text: str = "") -> str:
    kind = "" if url.startswith("mailto:") else 'class="address" '
    return f'<a {kind}href="{url}">{text or url}</a>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("https://a.org/b_c_d", _link("https://a.org/b_c_d")),
        ("see https://a.org.", f"see {_link('https://a.org')}."),
        ("(https://a.org/b(c))", f"({_link('https://a.org/b(c)')})"),
        ("www.a.org, b", f"{_link('http://www.a.org', 'www.a.org')}, b"),
        ("me@a.org", _link("mailto:me@a.org", "me@a.org")),
        ("**https://a.org/b**", f"<strong>{_link('https://a.org/b')}</strong>"),
        ("https://a.org/?b=1&amp;c=2", _link("https://a.org/?b=1&amp;c=2")),
        ("参见https://a.org/b。", None),
        ("https://a.org/$a$", _link("https://a.org/$a$")),
        ("<https://a.org>", _link("https://a.org")),
    ],
)
def test_bare_addresses_are_links(body: str, expected: str | None) -> None:
    rendered = paragraph(body)
    assert rendered == expected if expected else 'href="https://a.org/b' in rendered


@pytest.mark.parametrize(
    "body",
    [
        "`https://a.org`",
        "[https://a.org](/x)",
        '<a href="/x">https://a.org</a>',
        "![https://a.org](/x)",
        "a/b@c and x@y",
        "http:// and www.",
        "    https://a.org",
    ],
)
def test_what_is_no_bare_address_is_no_link(body: str) -> None:
    rendered = paragraph(body)
    assert 'href="https://a.org' not in rendered
    assert "<a " not in rendered.replace('<a href="/x">', "", 1)


def test_autolinks_can_be_turned_off() -> None:
    assert "<a" not in Converter(MarkupOptions(autolink=False)).convert("https://a.org").html
