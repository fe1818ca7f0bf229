"""Keep templates from what is none of their business.

What a template is given is given to others as well, so it can change nothing but the lists
and mappings that it has made itself, nor get at what stands behind the data.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, pass_environment
from jinja2.exceptions import SecurityError
from jinja2.filters import do_attr

METHODS = frozenset(dir(dict))
"""What a mapping has beside its keys."""

_CHANGING = frozenset(
    [
        *("append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse"),
        *("setdefault", "sort", "update"),
    ]
)
"""The methods that change a list or a mapping."""


class ChangesGivenError(SecurityError):
    """A template would change what it is given."""


class OwnList(list[Any]):
    """A list that a template has made, which it may change."""


class OwnDict(dict[Any, Any]):
    """A mapping that a template has made, which it may change."""


def refuse(obj: object, attribute: str) -> None:
    """Raise `SecurityError` for an attribute that is none of a template's business."""
    if attribute.startswith("__"):
        raise SecurityError(f"'{attribute}' is not for templates")
    if attribute in _CHANGING and type(obj) in (list, dict):
        raise ChangesGivenError(f"'{attribute}' would change what other pages are given as well")


@pass_environment
def attribute_of(environment: Environment, obj: object, name: str) -> object:
    """Return an attribute, as the filter `attr` has it."""
    refuse(obj, name)
    return do_attr(environment, obj, name)
