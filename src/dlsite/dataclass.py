"""Make classes of records as `dataclasses.dataclass` does, in a fraction of the time.

A run in which a page was reworded makes a hundred classes of records and few records.  The
standard library writes and compiles up to eight functions for each class; here all classes
share theirs, but for the one that makes a record, which is compiled when the first is made.
What comes of it is a dataclass to `fields`, `replace` and whoever reads the code.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # For the type checker the one is the other.
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - it is for others
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = True, order: bool = False
    ) -> Callable[[type], type]:
        """Return what makes a class of records with slots, which do not change if `frozen`."""
        assert slots

        def make(cls: type) -> type:
            plain = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)
            return _made(plain(cls), frozen=frozen, order=order)

        return make


def _made(cls: Any, *, frozen: bool, order: bool) -> type:  # noqa: ANN401 - the checker knows no such class
    fields = dataclasses.fields(cls)
    own = cls.__dict__
    compared = [field.name for field in fields if field.compare]
    key: Callable[[Any], Any] = attrgetter(*compared) if compared else (lambda _: ())

    def __init__(self: object, *values: object, **named: object) -> None:  # noqa: N807 - its name
        cls.__init__ = _init(cls, fields, frozen=frozen)
        cls.__init__(self, *values, **named)

    def __eq__(self: object, other: object) -> bool:  # noqa: N807
        if other.__class__ is not self.__class__:
            return NotImplemented
        is_equal: bool = key(self) == key(other)
        return is_equal

    def __hash__(self: object) -> int:  # noqa: N807
        return hash(key(self))

    cls.__init__ = __init__
    if "__eq__" not in own:
        cls.__eq__ = __eq__
    if "__hash__" not in own:
        cls.__hash__ = __hash__ if frozen else None
    if "__repr__" not in own:
        cls.__repr__ = _repr
    if order:
        _add_order(cls, key)
    if frozen:
        cls.__setattr__ = cls.__delattr__ = _refuse
        # Else a copy, or another process, would set the fields one by one.
        cls.__getstate__, cls.__setstate__ = _state, _set_state
    return cls  # type: ignore[no-any-return]


def _init(
    cls: Any,  # noqa: ANN401 - as above
    fields: tuple[dataclasses.Field[Any], ...],
    *,
    frozen: bool,
) -> Any:  # noqa: ANN401
    """Return the function that sets the fields of a new record."""
    names: dict[str, Any] = {"_missing": dataclasses.MISSING}
    parameters, lines = [], []
    for field in fields:
        name = value = field.name
        parameter = name
        if field.default is not dataclasses.MISSING:
            names[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            names[f"_make_{name}"] = field.default_factory
            parameter = f"{name}=_missing"
            value = f"_make_{name}() if {name} is _missing else {name}"
        parameters.append(parameter)
        if frozen:
            # What sets a slot is nobody's to refuse.
            names[f"_set_{name}"] = getattr(cls, name).__set__
            lines.append(f"_set_{name}(_self, {value})")
        else:
            lines.append(f"_self.{name} = {value}")
    text = f"def __init__({', '.join(['_self', *parameters])}):\n "
    exec(text + ("\n ".join(lines) or "pass"), names)  # noqa: S102 - of our own names, as in `dataclasses`
    return names["__init__"]


def _add_order(cls: Any, key: Callable[[Any], Any]) -> None:  # noqa: ANN401 - as above
    def compare(name: str) -> None:
        def ordered(self: object, other: object) -> Any:  # noqa: ANN401 - may say that it cannot
            if other.__class__ is not self.__class__:
                return NotImplemented
            return getattr(key(self), name)(key(other))

        setattr(cls, name, ordered)

    for name in ("__lt__", "__le__", "__gt__", "__ge__"):
        compare(name)


def _repr(self: Any) -> str:  # noqa: ANN401 - as above
    shown = (
        f"{field.name}={getattr(self, field.name)!r}"
        for field in dataclasses.fields(self)
        if field.repr
    )
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _refuse(self: object, name: str, *_: object) -> None:
    raise dataclasses.FrozenInstanceError(f"'{name}' of a {type(self).__name__} is for good")


def _state(self: Any) -> list[object]:  # noqa: ANN401 - as above
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:  # noqa: ANN401 - as above
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
