"""Read `tags.yml`: which tags there are, what else they are called, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator

from dlsite.diagnostics import Diagnostic, Position, likely
from dlsite.records import Json, TagEntry
from dlsite.texts.spelling import nearest
from dlsite.texts.yamltree import Where, YamlTree, read
from dlsite.urls.slugs import term_key

_KEYS = ("synonyms", "parent", "description")


def read_tags(text: str, *, path: str) -> tuple[tuple[TagEntry, ...], tuple[Diagnostic, ...]]:
    """Return the tags that `text` describes; a description may stand alone behind its tag."""
    tree, problems = read(text, path=path)
    found = [Diagnostic("config-invalid", p.position, p.reason, p.help) for p in problems]
    if tree.value is None or problems:
        return (), tuple(found)
    if not isinstance(tree.value, dict):
        return (), (_unfit(Position(path, 1), "the file must map each tag to what it is"),)
    reader = _Reader(tree, path)
    entries = tuple(reader.entry(name, value) for name, value in tree.value.items())
    return entries, (*reader.diagnostics, *_twice(entries))


def _unfit(position: Position, message: str) -> Diagnostic:
    return Diagnostic("config-invalid", position, message)


class _Reader:
    def __init__(self, tree: YamlTree, path: str) -> None:
        self._tree = tree
        self._path = path
        self.diagnostics: list[Diagnostic] = []

    def entry(self, name: str, value: Json) -> TagEntry:
        place = self._tree.key_positions.get((name,), Position(self._path))
        if value is None or isinstance(value, str):
            return TagEntry(name, (), "", value or "", place)
        if not isinstance(value, dict):
            self._report((name,), f"'{name}' must have 'synonyms', 'parent' or 'description'")
            return TagEntry(name, (), "", "", place)
        for key in value:
            if key not in _KEYS:
                self._unknown((name, key), key)
        return TagEntry(
            name,
            self._texts((name, "synonyms"), value.get("synonyms")),
            self._text((name, "parent"), value.get("parent")),
            self._text((name, "description"), value.get("description")),
            place,
        )

    def _text(self, where: Where, value: Json) -> str:
        if value is None:
            return ""
        if isinstance(value, list | dict):
            self._report(where, f"'{where[-1]}' must be text")
            return ""
        return self._tree.sources.get(where, str(value)).strip()

    def _texts(self, where: Where, value: Json) -> tuple[str, ...]:
        if not isinstance(value, list):
            text = self._text(where, value)
            return (text,) if text else ()
        texts = (self._text((*where, index), each) for index, each in enumerate(value))
        return tuple(text for text in texts if text)

    def _report(self, where: Where, message: str) -> None:
        place = self._tree.positions.get(where, Position(self._path))
        self.diagnostics.append(_unfit(place, message))

    def _unknown(self, where: Where, key: str) -> None:
        near = nearest(key, _KEYS, most=1, cutoff=0.6)
        remedy = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(_KEYS)}"
        place = self._tree.key_positions.get(where, Position(self._path))
        message = f"'{key}' is not a key of a tag"
        self.diagnostics.append(
            Diagnostic("config-unknown", place, message, (remedy,), key, likely(*near))
        )


def _twice(entries: tuple[TagEntry, ...]) -> Iterator[Diagnostic]:
    """Remark on names that stand for two tags."""
    owners: dict[str, str] = {}
    for entry in entries:
        for name in dict.fromkeys((entry.name, *entry.synonyms)):
            owner = owners.setdefault(term_key(name) or name, entry.name)
            if owner != entry.name:
                message = f"'{name}' of '{entry.name}' is a name of '{owner}' already"
                yield _unfit(entry.position, message)
