"""Classes of records made here are those that the standard library makes."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from dlsite.dataclass import dataclass
from dlsite.diagnostics import Position


@dataclass(frozen=True, slots=True, order=True)
class Ours:
    """A record with a field of each kind."""

    name: str
    size: int = 1
    parts: list[int] = dataclasses.field(default_factory=list, compare=False)
    note: str = dataclasses.field(default="", repr=False)


@dataclasses.dataclass(frozen=True, slots=True, order=True)
class Theirs:
    """The same, made by the standard library."""

    name: str
    size: int = 1
    parts: list[int] = dataclasses.field(default_factory=list, compare=False)
    note: str = dataclasses.field(default="", repr=False)


@dataclass(slots=True)
class Changing:
    """A record that may change."""

    name: str
    size: int = 1


ASKED: dict[str, Callable[[Any], object]] = {
    "its fields": lambda made: [
        (field.name, field.compare, field.repr) for field in dataclasses.fields(made)
    ],
    "as text": lambda made: repr(made("a", 2, [3], "b")).replace("Ours", "").replace("Theirs", ""),
    "with defaults": lambda made: dataclasses.astuple(made("a")),
    "a list of its own": lambda made: made("a").parts is made("a").parts,
    "equal": lambda made: [made("a") == other for other in (made("a", parts=[1]), made("b"), 1)],
    "by hash": lambda made: len({made("a"), made("a", 1), made("a", note="x")}),
    "in order": lambda made: [
        each.name for each in sorted([made("b"), made("a", 2), made("a", 1, note="z"), made("c")])
    ],
    "compared": lambda made: (made("a") <= made("a"), made("a") >= made("b"), made("b") > made("")),
    "with another field": lambda made: dataclasses.astuple(dataclasses.replace(made("a"), size=5)),
    "without a dictionary": lambda made: hasattr(made("a"), "__dict__"),
    "taken apart": lambda made: made.__match_args__,
    "documented": lambda made: bool(made.__doc__),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED)
def test_a_record_is_what_the_standard_library_makes(ask: Callable[[Any], object]) -> None:
    assert ask(Ours) == ask(Theirs)


@pytest.mark.parametrize("made", [Ours, Theirs])
def test_a_frozen_record_does_not_change(made: Any) -> None:  # noqa: ANN401 - either class
    one = made("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        one.size = 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        del one.size
    with pytest.raises(TypeError):
        made()
    with pytest.raises(TypeError):
        made("a", other=1)
    with pytest.raises(TypeError):
        assert made("a") < "a"


def test_a_record_goes_to_another_process() -> None:
    one = Ours("a", 2, [3], "b")
    for other in (pickle.loads(pickle.dumps(one)), copy.copy(one), copy.deepcopy(one)):
        assert dataclasses.astuple(other) == dataclasses.astuple(one)


def test_a_record_may_change_where_it_is_not_frozen() -> None:
    one = Changing("a")
    one.size = 2
    assert (one, repr(one)) == (Changing("a", 2), "Changing(name='a', size=2)")
    with pytest.raises(TypeError):
        hash(one)


def test_a_method_of_its_own_stays() -> None:
    assert str(Position("a.md", 2)) == "a.md:2"
