"""Every record that is kept between builds comes back as it was, or not at all."""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from enum import Enum
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlsite.config.settings import MarkupOptions
from dlsite.diagnostics import Diagnostic
from dlsite.markup.converter import Converter
from dlsite.memory.cache import Cache
from dlsite.memory.codec import CodecError, body_of_text, decode, encode, text_of_body
from dlsite.memory.pagerows import Row
from dlsite.memory.store import Store
from dlsite.parse import ParseOptions, parse
from dlsite.records import Author, Body, FrontMatter, Json, Page, SourceFile

ROOTS = (Page, Diagnostic, ParseOptions)
"""What is encoded; all other records are parts of these."""

ZONES = [UTC, timezone(timedelta(hours=-5, minutes=-30)), ZoneInfo("America/New_York")]
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)


def _parts(type_: Any) -> Iterator[Any]:
    """Yield the types that a type is made of."""
    if isinstance(type_, NewType):
        yield type_.__supertype__
    elif dataclasses.is_dataclass(type_):
        yield from get_type_hints(type_).values()
    else:
        yield from get_args(type_)


def _is_json(type_: Any) -> bool:
    """Say whether a type is `records.Json`, of which type hints leave many spellings."""
    return any(get_origin(argument) in (list, dict) for argument in get_args(type_))


def _records() -> list[type]:
    """Return every record that is a part of the roots, and the roots, by name."""
    found: set[Any] = set()
    waiting: list[Any] = list(ROOTS)
    seen: list[Any] = []
    while waiting:
        type_ = waiting.pop()
        if type_ in seen or _is_json(type_):
            continue
        seen.append(type_)
        if dataclasses.is_dataclass(type_):
            found.add(type_)
        waiting += _parts(type_)
    return sorted(found, key=lambda each: each.__name__)


def _values(type_: Any) -> st.SearchStrategy[Any]:
    """Return what makes values of a type, by its hints as the codec goes by them."""
    if isinstance(type_, NewType):
        return _values(type_.__supertype__)
    if dataclasses.is_dataclass(type_):
        return _made(type_)
    if isinstance(type_, type) and issubclass(type_, Enum):
        return st.sampled_from(type_)
    plain = {
        str: st.text(),
        float: st.floats(allow_nan=False),
        tzinfo: st.sampled_from(ZONES),
        datetime: st.datetimes(timezones=st.sampled_from([None, *ZONES])),
    }
    return plain[type_] if type_ in plain else _compound(type_)


def _compound(type_: Any) -> st.SearchStrategy[Any]:
    arguments = get_args(type_)
    if _is_json(type_):
        return JSON
    match get_origin(type_):
        case origin if origin in (types.UnionType, Union):
            return st.one_of([_values(argument) for argument in arguments])
        case origin if origin is tuple:
            return st.lists(_values(arguments[0]), max_size=3).map(tuple)
        case origin if origin is frozenset:
            return st.frozensets(_values(arguments[0]), max_size=3)
        case origin if origin is not None and issubclass(origin, Mapping):
            return st.dictionaries(st.text(), _values(arguments[1]), max_size=3)
    return st.from_type(type_)


def _made(type_: Any) -> st.SearchStrategy[Any]:
    hints = get_type_hints(type_)
    kept = [field.name for field in dataclasses.fields(type_) if not field.metadata.get("apart")]
    return st.builds(type_, **{name: _values(hints[name]) for name in kept})


@pytest.mark.parametrize("type_", _records(), ids=lambda type_: type_.__name__)
@settings(max_examples=25)
@given(data=st.data())
def test_record_comes_back_as_it_was(type_: type, data: st.DataObject) -> None:
    record = data.draw(_values(type_))
    again: object = decode(type_, json.loads(json.dumps(encode(record))))
    assert again == record
    # Equality does not see which of two moments it is, and in what order a mapping stands.
    assert json.dumps(encode(again)) == json.dumps(encode(record))


PAGE = """---
title: T
date: 2023-11-05 01:30:00
authors: [A, {name: B, url: /b/}]
tags: [x]
colour: {deep: [1, null, 2.5]}
---
## One {#own}

See [a](/b \"c\"), [[d]] and ![](/e.png). $x^2$
"""


@pytest.fixture(scope="module")
def row() -> Row:
    """Return the row of a page with something in most of its fields, and findings."""
    options = ParseOptions(timezone=ZoneInfo("America/New_York"))
    source = SourceFile("a.md", "a.md", PAGE, "0")
    made = Row.of(parse(source, options=options, converter=Converter(MarkupOptions())))
    assert made is not None
    return made


def _places(value: Json, here: tuple[int | str, ...] = ()) -> Iterator[tuple[int | str, ...]]:
    """Yield the place of each value in a JSON value, itself among them."""
    yield here
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from _places(each, (*here, index))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _places(each, (*here, key))


def _replaced(value: Any, place: tuple[int | str, ...], new: Json) -> Json:
    if not place:
        return new
    copy: Any = value.copy()
    copy[place[0]] = _replaced(value[place[0]], place[1:], new)
    whole: Json = copy
    return whole


@settings(max_examples=60)
@given(data=st.data())
def test_what_is_no_row_is_left_out_and_nothing_worse(data: st.DataObject, row: Row) -> None:
    facts = json.loads(row.facts)
    place = data.draw(st.sampled_from(list(_places(facts))))
    damaged = _replaced(facts, place, data.draw(JSON))
    with closing(Store()) as store:
        cache = Cache(store=store)
        cache.keep_pages(
            {"sound": row, "damaged": dataclasses.replace(row, facts=json.dumps(damaged).encode())}
        )
        found = cache.pages(["sound", "damaged"])
        assert found["sound"] == row.parsed()
        # Of plain values only the checksum tells that they are others.
        assert all(type(parsed.page) is Page for parsed in found.values())


@pytest.mark.parametrize("damage", [None, 1, "", "abc", [], ["a"] * 9, {"a": 1, "b": 2, "c": 3}])
def test_record_is_made_of_the_list_of_its_fields_only(damage: Json) -> None:
    # A text has as many letters as the record has fields, a mapping as many keys.
    with pytest.raises(CodecError):
        decode(Author, damage)


@pytest.mark.parametrize(
    "zone", ["America", "Nowhere/City", "../x", -86_399_999_913_601, 1e300, []]
)
def test_time_in_a_zone_that_is_none_is_refused(zone: Json) -> None:
    fields = encode(FrontMatter())
    assert isinstance(fields, list)
    with pytest.raises(CodecError):
        decode(FrontMatter, [fields[0], ["2024-01-01T00:00:00", 0, zone], *fields[2:]])


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(CodecError):
        encode({1, 2})
    with pytest.raises(CodecError):
        encode(Author)


@given(st.lists(st.text(max_size=20) | st.integers()).map(tuple))
def test_body_comes_back_as_it_was(body: Body) -> None:
    assert body_of_text(text_of_body(body)) == body


@pytest.mark.parametrize("text", ["", "1", "[[", '["a"]\n', "[null]\n", "[[[]]]\nab"])
def test_text_that_no_body_was_made_into_is_refused(text: str) -> None:
    with pytest.raises(CodecError):
        body_of_text(text)
