"""Turn records into JSON values and back, without loss: `decode(encode(x)) == x`.

Works on every record of the pipeline by its type hints, so that a new field cannot be
forgotten.  A record becomes the list of its fields in order, but for those marked as
kept `apart` in their metadata, which are large and loaded by themselves.  Texts marked as
`shared` are the same in many records, and are in memory once.  Pure.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import Enum
from functools import cache
from sys import intern
from typing import Any, NewType, TypeVar, Union, get_args, get_origin, get_type_hints

from dlsite.records import Body, Json

T = TypeVar("T")
Encode = Callable[[Any], Any]
Decode = Callable[[Any], Any]


# What types say to values that are not theirs; a time zone may be too large, or a folder.
_UNFIT = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, OSError)


class CodecError(ValueError):
    """A value that has no JSON form, or JSON that is not of the type asked for."""


def encode(value: object) -> Json:
    """Return a record as a JSON value; raises `CodecError` for what cannot come back."""
    kind: Any = type(value)
    result: Json = _coders(kind)[0](value)
    return result


def decode(type_: type[T], value: Json, **apart: object) -> T:
    """Return the record of `type_` that `value` was made from; `apart` are its other fields."""
    kind: Any = type_
    try:
        result: T = _coders(kind)[1](value, **apart)
    except _UNFIT as error:
        raise CodecError(f"not a {type_.__name__}: {error}") from error
    return result


def text_of_body(body: Body) -> str:
    """Return a body as one text: a line with the lengths of its texts and its numbers, and these.

    It is nearly all HTML, of which JSON would write every quote in another way.
    """
    marks = [len(piece) if isinstance(piece, str) else [piece] for piece in body]
    line = json.dumps(marks, separators=(",", ":"))
    return "".join([line, "\n", *[piece for piece in body if isinstance(piece, str)]])


def body_of_text(text: str) -> Body:
    """Return the body again; raises `CodecError` for a text that no body was made into."""
    line, _, rest = text.partition("\n")
    pieces: list[str | int] = []
    at = 0
    try:
        for mark in json.loads(line):
            if type(mark) is int:
                pieces.append(rest[at : at + mark])
                at += mark
            else:
                pieces += map(int, mark)
    except _UNFIT as error:
        raise CodecError(f"not a body: {error}") from error
    return tuple(pieces)


def _same(value: Any) -> Any:
    return value


@cache
def _coders(type_: Any) -> tuple[Encode, Decode]:
    """Return the two functions for a type; `_same` where the JSON value is the value."""
    if type_ in (str, int, float, bool, type(None)):
        return _same, _same
    if isinstance(type_, NewType):
        return _coders(type_.__supertype__)
    if isinstance(type_, type) and is_dataclass(type_):
        return _record(type_)
    if isinstance(type_, type) and issubclass(type_, Enum):
        members = {member.value: member for member in type_}
        return (lambda member: member.value), members.__getitem__
    if type_ is date:
        return date.isoformat, date.fromisoformat
    if type_ is datetime:
        return _encode_datetime, _decode_datetime
    if type_ is tzinfo:
        return _encode_zone, _decode_zone
    return _compound(type_)


def _compound(type_: Any) -> tuple[Encode, Decode]:
    origin, arguments = get_origin(type_), get_args(type_)
    if origin in (list, dict):
        # Only plain JSON, as front matter may carry it, is in a list or dict of a record.
        return _same, _same
    if origin in (types.UnionType, Union):
        return _union(arguments)
    if origin is tuple and arguments[1:] == (...,):
        to, back = _coders(arguments[0])
        if to is back is _same:
            return list, tuple
        return (lambda row: [to(each) for each in row]), (
            lambda row: tuple([back(each) for each in row])
        )
    if origin is frozenset and _coders(arguments[0]) == (_same, _same):
        return sorted, frozenset
    if origin is not None and issubclass(origin, Mapping) and arguments[0] is str:
        to, back = _coders(arguments[1])
        if to is back is _same:
            return dict, dict
        return (lambda rows: {key: to(each) for key, each in rows.items()}), (
            lambda rows: {key: back(each) for key, each in rows.items()}
        )
    raise CodecError(f"no JSON form for {type_}")


def _union(arguments: tuple[Any, ...]) -> tuple[Encode, Decode]:
    """Return the functions for a choice of plain values, or of one type and `None`."""
    coders = [_coders(argument) for argument in arguments if argument is not type(None)]
    if all(coder == (_same, _same) for coder in coders):
        return _same, _same
    if len(coders) != 1:
        raise CodecError(f"no JSON form for a choice of {arguments}")
    to, back = coders[0]
    return (lambda value: None if value is None else to(value)), (
        lambda value: None if value is None else back(value)
    )


def _record(type_: type) -> tuple[Encode, Decode]:
    hints = get_type_hints(type_)
    kept = [field for field in fields(type_) if not field.metadata.get("apart")]
    names = [field.name for field in kept]
    coders = [
        (_same, intern) if field.metadata.get("shared") else _coders(hints[field.name])
        for field in kept
    ]
    encoded = [(index, to) for index, (to, _) in enumerate(coders) if to is not _same]
    decoded = [(index, back) for index, (_, back) in enumerate(coders) if back is not _same]

    def to_row(record: Any) -> list[Any]:
        row = [getattr(record, name) for name in names]
        for index, to in encoded:
            row[index] = to(row[index])
        return row

    def from_row(row: list[Any], **apart: object) -> Any:
        if type(row) is not list or len(row) != len(names):
            raise CodecError("not the list of its fields")
        values = list(row)
        for index, back in decoded:
            values[index] = back(values[index])
        return type_(*values, **apart)

    return to_row, from_row


def _encode_zone(zone: tzinfo) -> str | float:
    # Not by its class, which takes longer to import than all of this, and is seldom needed.
    name = getattr(zone, "key", None)
    if isinstance(name, str) and name:
        return name
    if isinstance(zone, timezone):
        return zone.utcoffset(None).total_seconds()
    raise CodecError(f"no JSON form for the time zone {zone}")


@cache
def _decode_zone(value: str | float) -> tzinfo:
    if isinstance(value, str):
        from zoneinfo import ZoneInfo  # noqa: PLC0415 - as above

        return ZoneInfo(value)
    return timezone(timedelta(seconds=value)) if value else UTC


def _encode_datetime(moment: datetime) -> list[Json]:
    zone = None if moment.tzinfo is None else _encode_zone(moment.tzinfo)
    return [moment.replace(tzinfo=None).isoformat(), moment.fold, zone]


def _decode_datetime(value: list[Any]) -> datetime:
    text, fold, zone = value
    known = None if zone is None else _decode_zone(zone)
    return datetime.fromisoformat(text).replace(tzinfo=known, fold=fold)
