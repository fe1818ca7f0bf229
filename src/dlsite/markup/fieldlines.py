"""Fields of the front matter that are lines of Markdown, as HTML."""

from __future__ import annotations

from collections.abc import Mapping

from dlsite.diagnostics import Diagnostic, Position
from dlsite.markup.converter import Converter


class FieldLines:
    """Turns fields of one page into HTML; gathers diagnostics at the places in `positions`."""

    def __init__(
        self, converter: Converter, positions: Mapping[str, Position], path: str, language: str
    ) -> None:
        self._converter = converter
        self._positions = positions
        self._path = path
        self._language = language
        self.diagnostics: list[Diagnostic] = []

    def html(self, name: str, text: str) -> str:
        """Return a field as HTML; what is wrong with it is at the place of its value."""
        line = self._converter.inline(text, language=self._language)
        position = self._positions.get(name, Position(self._path))
        self.diagnostics += [
            Diagnostic(problem.rule, position, problem.message, problem.help)
            for problem in line.problems
        ]
        return line.html
