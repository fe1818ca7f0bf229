"""What a page keeps field by field comes back as the records that it was made of."""

from __future__ import annotations

import pytest

from dlsite.diagnostics import Position
from dlsite.records import (
    NOWHERE,
    Fragment,
    Heading,
    Headings,
    Places,
    Reference,
    ReferenceKind,
    References,
)

HEADINGS = [
    Heading(2, "Layers & loss", "Layers &amp; <em>loss</em>", Fragment("layers-loss"), 3),
    Heading(3, "", "", Fragment("s")),
]
REFERENCES = [
    Reference(ReferenceKind.LINK, "/b/", Position("a.md", 3, 4, 5), "b", "Layers", "See b."),
    Reference(ReferenceKind.IMAGE, "x.png", Position("a.md"), is_decoration=True, room="wide"),
    Reference(ReferenceKind.WIKI_LINK, "C\n", Position("a.md", 9), asks_words=True),
]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_headings_come_back(count: int) -> None:
    kept = Headings.of(HEADINGS[:count])
    assert [*kept] == HEADINGS[:count]
    assert len(kept) == count
    assert kept == Headings.of(HEADINGS[:count])


@pytest.mark.parametrize("count", [0, 1, 3])
def test_references_come_back(count: int) -> None:
    kept = References.of("a.md", REFERENCES[:count])
    assert [*kept] == REFERENCES[:count]
    assert len(kept) == count
    assert (kept == References.of("a.md", REFERENCES)) == (count == 3)


def test_one_or_some_may_be_asked_for() -> None:
    kept = References.of("a.md", REFERENCES)
    assert (kept[0], kept[-1]) == (REFERENCES[0], REFERENCES[-1])
    assert kept[1:] == tuple(REFERENCES[1:])
    assert Headings.of(HEADINGS)[:1] == (HEADINGS[0],)
    with pytest.raises(IndexError):
        kept[3]


def test_places_come_back_by_name() -> None:
    places = {"tags.0": Position("a.md", 2, 3, 4), "tags": Position("a.md", 2)}
    kept = Places.of("a.md", places)
    assert dict(kept) == places
    assert kept.get("tags.1", Position("a.md")) == Position("a.md")
    assert (len(kept), "tags.0" in kept, "title" in kept) == (2, True, False)


def test_no_places_are_nowhere() -> None:
    assert Places.of("a.md", {}) == NOWHERE
    assert [*NOWHERE] == []
    assert len(NOWHERE) == 0
