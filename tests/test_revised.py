"""Postings, shards and feeds that are revised for an edit are those of a whole build."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlsite.config.settings import Config
from dlsite.emit.feed import feeds
from dlsite.emit.feed import revised as revised_feed
from dlsite.emit.search import shards_again
from dlsite.quiet import Reworded, is_quiet
from dlsite.records import Json, Permalink
from dlsite.search.entry import DIGITS
from dlsite.search.pieces import script
from dlsite.search.postings import postings_of, revise, shards
from dlsite.understanding import Analysis
from touching import SITE

Understood = Callable[[Mapping[str, str]], Analysis]


ENTRIES = st.dictionaries(
    st.sampled_from(["net", "layer", "loss", "深度", "z"]),
    st.text(st.sampled_from(DIGITS), min_size=2, max_size=2),
).map(lambda found: " ".join(f"{term}{entry}" for term, entry in sorted(found.items())))
LETTERS = st.text(st.sampled_from("abé𝔸\uffee"), min_size=1, max_size=4)


@given(
    st.lists(st.dictionaries(LETTERS, st.sampled_from("()")), min_size=1, max_size=12),
    st.lists(st.dictionaries(LETTERS, st.sampled_from("()")), min_size=1, max_size=3),
    st.integers(10, 90),
)
def test_shards_that_are_cut_again_are_those_of_the_pages(
    pages: list[dict[str, str]], edits: list[dict[str, str]], size: int
) -> None:
    def entry(terms: Mapping[str, str]) -> str:
        return " ".join(f"{term}!{place}" for term, place in sorted(terms.items()))

    def shards_of(entries: Iterable[str]) -> dict[str, bytes]:
        postings = postings_of(entries)
        cut: list[dict[str, Json]] = [
            {term: postings[term] for term in run} for run in shards(postings)
        ]
        return {next(iter(shard)): script(shard) for shard in cut}

    before = [entry(terms) for terms in pages]
    after = [*map(entry, edits[: len(pages)]), *before[len(edits) :]]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dlsite.search.postings.SHARD_SIZE", size)
        old, new = shards_of(before), shards_of(after)
        runs = [(first, first) for first in old]
        changed = [
            (number, *pair)
            for number, pair in enumerate(zip(before, after, strict=True))
            if pair[0] != pair[1]
        ]
        read = {f"search/index/{first}": content for first, content in old.items()}
        for start, end, made in shards_again(read.__getitem__, runs, changed):
            runs[start:end] = [(first, first) for first, _ in made]
            old |= {first: shard.content for first, shard in made}
    assert [(first, old[first]) for first, _ in runs] == [*new.items()]


@given(st.lists(ENTRIES, min_size=1, max_size=150), ENTRIES, st.integers(0, 149))
def test_revised_postings_are_those_of_the_pages(
    entries: list[str], entry: str, number: int
) -> None:
    number %= len(entries)
    postings = postings_of(entries)
    changed = revise(postings, number, entries[number], entry)
    entries[number] = entry
    assert postings == postings_of(entries)
    before = dict(postings)
    assert revise(postings, number, entry, entry) == set()
    assert postings == before
    assert changed <= {word[:-2] for each in [*entries, entry] for word in each.split()} | changed


@given(
    st.dictionaries(st.integers(0, 2500), ENTRIES, min_size=1, max_size=6),
    st.integers(0, 2500),
    ENTRIES,
)
def test_revised_postings_of_pages_far_apart_are_those_of_the_pages(
    entry_by_page: dict[int, str], number: int, entry: str
) -> None:
    entries = [entry_by_page.get(page, "") for page in range(max(*entry_by_page, number) + 1)]
    postings = postings_of(entries)
    revise(postings, number, entries[number], entry)
    entries[number] = entry
    assert postings == postings_of(entries)


def test_feed_without_an_entry_stays(understood: Understood) -> None:
    analysis = understood(SITE | {"dlsite.yml": "base_url: https://example.org\n"})
    page = next(page for page in analysis.pages if page.title == "C")
    change = Reworded(Permalink("/c/"), page, page, (), (), (), ((), ()))
    for file in feeds(analysis.site, analysis.config):
        assert revised_feed(file.content, change, "words", analysis.config) == file.content


@pytest.mark.parametrize(
    "feed", [b'<content type="html" xml:base="/a/" />', b'<content type="html" xml:base="/a/">x']
)
def test_feed_that_is_not_ours_is_refused(understood: Understood, feed: bytes) -> None:
    page = understood(SITE).pages[0]
    change = Reworded(Permalink("/a/"), page, page, (), (), (), ((), ()))
    with pytest.raises(ValueError, match="/a/"):
        revised_feed(feed, change, "words", Config())


def test_a_page_is_quiet_beside_itself(understood: Understood) -> None:
    analysis = understood(SITE)
    assert all(is_quiet(page, page) for page in analysis.pages)
    first, second, *_ = analysis.pages
    assert not is_quiet(first, second)
