"""Rename a tag in the front matter of a page, in every spelling and every style of list."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dlsite.diagnostics import Position
from dlsite.files.edits import Edit, written_at
from dlsite.moves.fields import FieldError, is_quoted, without_entry, yaml_text
from dlsite.records import Page
from dlsite.terms.taxonomy import identity, names_on


def renamed_tags(
    page: Page, text: str, taxonomy: str, spellings: Collection[str], new: str
) -> Iterator[Edit]:
    """Yield edits of a source after which its page has `new` in the place of `spellings`, once.

    Raises `FieldError` for what has to be changed by hand.
    """
    fields = page.front_matter
    names = names_on(page, taxonomy)
    if set(names).isdisjoint(spellings):
        return
    is_there = False
    for index, name in enumerate(names):
        is_new = identity(name) == identity(new)
        if name not in spellings and not is_new:
            continue
        place = fields.positions.get(f"{taxonomy}.{index}")
        if is_there and place is not None:
            # The page has both, and one is enough.
            without = without_entry(text, place, name)
            if without is not None:
                yield without
                continue
        is_there = True
        if name not in spellings or name == new:
            continue
        if place is None:
            raise FieldError(f"'{name}' comes to {page.path} by 'defaults'; change it there")
        written = written_at(text, place)
        if written == name:
            yield Edit(place, new if is_quoted(text, place) else yaml_text(new), name)
        elif written.count(name) == 1 and not set(new) & set(" ,'\":"):
            start = place.column + written.index(name)
            yield Edit(Position(place.path, place.line, start, len(name)), new, name)
        else:
            raise FieldError(f"{place}: write '{new}' for '{name}' there by hand")
