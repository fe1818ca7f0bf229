"""Feeds and the sitemap, held against what RFC 4287 and the sitemap protocol demand."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.emit.feed import ATOM, MAX_ENTRIES, MAX_TERM_ENTRIES
from dlsite.emit.run import emit
from dlsite.emit.sitemap import SITEMAP
from dlsite.emit.xml import document, element, stamp
from dlsite.understanding import Analysis

Understood = Callable[[Mapping[str, str]], Analysis]

A = f"{{{ATOM}}}"
XML = "{http://www.w3.org/XML/1998/namespace}"
# RFC 3339, section 5.6, in the form that every reader knows.
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
CONFIG = (
    "title: 'Notes & more'\nlanguage: en\nlicense: MIT\nbase_url: https://example.org/notes\n"
    "check: {rules: {page-orphan: 'off', page-deadend: 'off'}}\n"
)
SITE = {
    "dlsite.yml": CONFIG,
    "content/a.md": "---\ntitle: A < B & $x^2$\ndate: 2020-01-01 10:00:00 +0100\n"
    'tags: [Nets, "Q & A"]\nauthor: {name: Ada, email: ada@example.org}\ndescription: One.\n---\n'
    "See [B](/b/), [C](/c/) and a note[^1].\n\n[^1]: Note.\n",
    "content/b.md": "---\ntitle: B\ndate: 2019-01-01\nlast_modified_at: 2022-05-06\ntags: [nets]\n"
    "lang: de\n---\nText \x01 with ]]> in it, and $$ a < b $$.\n",
    "content/c.md": "---\ntitle: C\ntags: [Other]\nsitemap: false\n---\nUndated.\n",
}


def _outputs(understood: Understood, texts: Mapping[str, str]) -> dict[str, bytes]:
    analysis = understood(texts)
    outputs = emit(analysis.site, analysis.config, lambda _: False)
    return {output.path: output.content for output in outputs}


def _feeds(outputs: Mapping[str, bytes]) -> dict[str, ET.Element]:
    return {
        path: ET.fromstring(content)
        for path, content in outputs.items()
        if path.endswith("feed.xml")
    }


def _only(parent: ET.Element, name: str) -> str:
    """Return the text of a child that must be there once."""
    (child,) = parent.findall(f"{A}{name}")
    assert child.text
    return child.text


def _links(parent: ET.Element, relation: str) -> list[str]:
    return [
        link.attrib["href"] for link in parent.findall(f"{A}link") if link.get("rel") == relation
    ]


def _assert_atom(feed: ET.Element) -> None:
    """Hold a feed against the sections 4.1.1, 4.1.2 and 4.2 of RFC 4287."""
    assert feed.tag == f"{A}feed"
    for parent in (feed, *feed.findall(f"{A}entry")):
        _only(parent, "title")
        assert re.match(r"[a-z]+:", _only(parent, "id"))
        assert MOMENT.fullmatch(_only(parent, "updated"))
        assert len(_links(parent, "alternate")) == 1
        for author in parent.findall(f"{A}author"):
            _only(author, "name")
    # Entries without an author have that of the feed.
    assert feed.findall(f"{A}author")
    assert len(_links(feed, "self")) == 1
    ids = [_only(entry, "id") for entry in feed.findall(f"{A}entry")]
    assert len(ids) == len(set(ids))
    for entry in feed.findall(f"{A}entry"):
        assert MOMENT.fullmatch(_only(entry, "published"))
        assert len(entry.findall(f"{A}content")) == 1
        assert all(category.get("term") for category in entry.findall(f"{A}category"))


@pytest.mark.parametrize("base_url", ["https://example.org/notes", "", "/notes"])
def test_every_feed_is_valid_atom(base_url: str, understood: Understood) -> None:
    config = CONFIG.replace("https://example.org/notes", f"'{base_url}'")
    feeds = _feeds(_outputs(understood, SITE | {"dlsite.yml": config}))
    assert set(feeds) == {
        "feed.xml",
        "tags/nets/feed.xml",
        "tags/q-and-a/feed.xml",
        "tags/other/feed.xml",
    }
    for feed in feeds.values():
        _assert_atom(feed)


def test_entries_carry_the_whole_page_with_full_addresses(understood: Understood) -> None:
    entries = _feeds(_outputs(understood, SITE))["feed.xml"].findall(f"{A}entry")
    first, second = entries
    assert _only(first, "title") == "A < B & x²"
    assert _only(first, "updated") == _only(first, "published") == "2020-01-01T09:00:00Z"
    content = first.find(f"{A}content")
    assert content is not None
    assert content.text
    assert content.get("type") == "html"
    assert content.get(f"{XML}base") == "https://example.org/notes/a/"
    assert 'href="https://example.org/notes/b/"' in content.text
    assert [each.get("term") for each in first.findall(f"{A}category")] == ["Nets", "Q & A"]
    assert _only(second, "updated") == "2022-05-06T00:00:00Z"
    assert second.get(f"{XML}lang") == "de"
    assert "]]&gt; in it" in _only(second, "content")


def test_the_feed_of_a_tag_has_its_pages_and_says_what_it_is(understood: Understood) -> None:
    feed = _feeds(_outputs(understood, SITE))["tags/nets/feed.xml"]
    assert _only(feed, "title") == "Notes & more: Nets"
    assert _links(feed, "self") == ["https://example.org/notes/tags/nets/feed.xml"]
    assert _links(feed, "alternate") == ["https://example.org/notes/tags/nets/"]
    assert [_only(entry, "title") for entry in feed.findall(f"{A}entry")] == ["A < B & x²", "B"]


def test_feeds_end_with_the_newest(understood: Understood) -> None:
    pages = {
        f"content/{n}.md": f"---\ntitle: P{n}\ndate: 2020-01-01 00:{n:02}:00\ntags: [T]\n---\nX.\n"
        for n in range(MAX_ENTRIES + 1)
    }
    feeds = _feeds(_outputs(understood, {"dlsite.yml": CONFIG} | pages))
    titles = [_only(entry, "title") for entry in feeds["feed.xml"].findall(f"{A}entry")]
    assert titles == [f"P{n}" for n in range(MAX_ENTRIES, 0, -1)]
    assert len(feeds["tags/t/feed.xml"].findall(f"{A}entry")) == MAX_TERM_ENTRIES


def test_feeds_sitemap_and_robots_can_be_switched_off(understood: Understood) -> None:
    config = f"{CONFIG}feed: false\nsitemap: false\nrobots: false\n"
    outputs = _outputs(understood, SITE | {"dlsite.yml": config})
    assert not [path for path in outputs if path.endswith((".xml", "robots.txt"))]


def test_the_sitemap_dates_what_has_a_date(understood: Understood) -> None:
    outputs = _outputs(understood, SITE)
    root = ET.fromstring(outputs["sitemap.xml"])
    space = f"{{{SITEMAP}}}"
    assert root.tag == f"{space}urlset"
    stamps = {}
    for url in root.findall(f"{space}url"):
        loc = url.findtext(f"{space}loc") or ""
        assert loc.startswith("https://example.org/notes/")
        # The order of the elements is part of the schema.
        assert [child.tag for child in url] in ([f"{space}loc"], [f"{space}loc", f"{space}lastmod"])
        stamps[loc.removeprefix("https://example.org/notes")] = url.findtext(f"{space}lastmod")
    assert stamps["/a/"] == "2020-01-01T09:00:00Z"
    assert stamps["/tags/nets/"] == stamps["/"] == "2022-05-06T00:00:00Z"
    assert stamps["/tags/other/"] is None
    assert "/c/" not in stamps
    assert "/404.html" not in stamps
    assert b"Sitemap: https://example.org/notes/sitemap.xml\n" in outputs["robots.txt"]


def test_addresses_that_are_too_many_for_one_sitemap_get_an_index(
    understood: Understood, monkeypatch: pytest.MonkeyPatch
) -> None:
    space = f"{{{SITEMAP}}}"

    def addresses(outputs: Mapping[str, bytes], path: str, kind: str) -> list[str]:
        root = ET.fromstring(outputs[path])
        assert root.tag == f"{space}{kind}"
        return [loc.text or "" for loc in root.iter(f"{space}loc")]

    whole = addresses(_outputs(understood, SITE), "sitemap.xml", "urlset")
    for limit, most in (("MAX_ADDRESSES", 2), ("MAX_BYTES", 600)):
        with monkeypatch.context() as patch:
            patch.setattr(f"dlsite.emit.sitemap.{limit}", most)
            outputs = _outputs(understood, SITE)
        parts = addresses(outputs, "sitemap.xml", "sitemapindex")
        names = [part.removeprefix("https://example.org/notes/") for part in parts]
        assert names == [f"sitemaps/{number + 1}.xml" for number in range(len(parts))]
        assert len(names) > 1
        found = [addresses(outputs, name, "urlset") for name in names]
        assert [address for part in found for address in part] == whole
        assert all(len(part) <= 2 or limit == "MAX_BYTES" for part in found)
        assert b"<lastmod>2022-05-06T00:00:00Z</lastmod>" in outputs["sitemap.xml"]


@given(st.text(), st.text())
def test_any_text_comes_back_from_xml(text: str, value: str) -> None:
    parsed = ET.fromstring(document(element("a", text, b=value)))
    assert (parsed.text or "") == _readable(text)
    assert parsed.get("b") == _readable(value)


def _readable(text: str) -> str:
    """Return what of a text XML can hold, with the line ends that it has."""
    allowed = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    return allowed.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


def test_moments_of_early_years_are_as_the_standard_has_them() -> None:
    moment = datetime(900, 2, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=1)))
    assert stamp(moment) == "0900-02-03T03:05:06Z"
