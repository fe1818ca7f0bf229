"""Mend what can be mended without asking: findings that have one certain remedy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from dlsite.diagnostics import Certainty, Diagnostic
from dlsite.files.edits import Edit, written_at


def certain_edits(
    diagnostics: Iterable[Diagnostic], text_by_path: Mapping[str, str]
) -> tuple[Edit, ...]:
    """Return an edit for each place that has exactly one certain suggestion.

    Where two findings speak of one place and want different words, none is believed.
    """
    edits: dict[tuple[str, int, int], Edit | None] = {}
    for each in diagnostics:
        place = each.position
        sure = [each.text for each in each.suggestions if each.certainty is Certainty.CERTAIN]
        if len(sure) != 1 or not place.length or place.path not in text_by_path:
            continue
        edit = Edit(place, sure[0], written_at(text_by_path[place.path], place))
        key = (place.path, place.line, place.column)
        edits[key] = edit if edits.get(key, edit) == edit else None
    return tuple(edit for edit in edits.values() if edit is not None)
