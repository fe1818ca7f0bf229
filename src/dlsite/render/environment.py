"""Jinja for templates that get plain data: the same output, made in fewer steps.

Templates are written as code of our own (`codewriter`), and a partial that asks the context
for no more than the facts of the site makes its text once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup, escape

from dlsite.render.codewriter import Writer
from dlsite.render.refusing import METHODS, OwnDict, OwnList, attribute_of, refuse
from dlsite.texts.spelling import guess

_SITE = "site"
_ENCODE = json.JSONEncoder(sort_keys=True).encode
_HAS_SIGNS = re.compile("[&<>'\"]").search


class NotGiven(StrictUndefined):
    """What a template asks for and is not given: an error, with the name that was meant."""

    __slots__ = ()

    @property
    def _undefined_message(self) -> str:
        name, given = self._undefined_name, self._undefined_obj
        if not isinstance(name, str) or not isinstance(given, Mapping):
            return super()._undefined_message
        hint = guess(name, [each for each in given if isinstance(each, str)])
        return f"no '{name}' is given{hint}"


class PlainEnvironment(Environment):
    """Jinja for templates that get plain data, and that all have the same globals."""

    code_generator_class = Writer
    own_list = OwnList
    own_dict = OwnDict

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of Jinja
        super().__init__(**options)
        self.policies["json.dumps_function"] = _in_json
        self.policies["json.dumps_kwargs"] = {}
        self.filters |= {"list": OwnList, "attr": attribute_of}
        self.globals["dict"] = OwnDict
        self._template_by_name: dict[str, Template] = {}
        self._asks_for_site_alone: dict[str, bool] = {}
        # With the facts that a text was made from.
        self._text_by_name: dict[str, tuple[object, str]] = {}

    @staticmethod
    def escaped(value: object) -> str:
        """Return a value as it stands in HTML, where it goes nowhere else."""
        if isinstance(value, Markup) or (type(value) is str and not _HAS_SIGNS(value)):
            return value
        return escape(value)

    @staticmethod
    def trusted(value: object) -> str:
        """Return a value as a text, of which the template says that it is HTML."""
        return value if type(value) is str else Markup(value)  # noqa: S704 - it says so

    def getattr(self, obj: object, attribute: str) -> object:
        """Look into a mapping first, not for an attribute that it surely has not."""
        if type(obj) is dict and attribute not in METHODS:
            try:
                return obj[attribute]
            except KeyError:
                pass
        refuse(obj, attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> object:  # noqa: ANN401 - as Jinja has it
        """Look into a mapping or a list; a name that is no key may be that of an attribute."""
        try:
            return obj[argument]
        except (AttributeError, TypeError, LookupError):
            if isinstance(argument, str):
                refuse(obj, argument)
        return super().getitem(obj, argument)

    def included(self, name: str, context: Context, own: Mapping[str, object]) -> str:
        """Return the text of a partial; `own` is what the template that includes it has set."""
        template = self.get_template(name)
        if _SITE in own or not self._is_for_site_alone(name):
            return self._made(template, context, own)
        site = context.resolve_or_missing(_SITE)
        known = self._text_by_name.get(name)
        if known is None or known[0] is not site:
            known = self._text_by_name[name] = site, self._made(template, context, own)
        return known[1]

    def _made(self, template: Template, context: Context, own: Mapping[str, object]) -> str:
        known = {**context.parent, **context.vars}
        known.update([pair for pair in own.items() if pair[1] is not missing])
        # These are all that it is to see, the globals among them.
        inner = Context(self, known, template.name, template.blocks, template.globals)
        return self.concat(template.root_render_func(inner))

    def _is_for_site_alone(self, name: str) -> bool:
        """Say whether a partial, with all that it includes, takes no more than those facts."""
        known = self._asks_for_site_alone.get(name)
        if known is None:
            # One that includes itself is left to the limit of its depth.
            self._asks_for_site_alone[name] = False
            root: Any = self.get_template(name).root_render_func
            known = root.asked <= {_SITE} and all(map(self._is_for_site_alone, root.partials))
            self._asks_for_site_alone[name] = known
        return known

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - Jinja's name
    ) -> Template:
        """Return a template, which is the same for all who include it."""
        if not isinstance(name, str):
            return name
        known = self._template_by_name.get(name)
        if known is None:
            known = self._template_by_name[name] = super().get_template(name, parent, globals)
        return known

    def make_globals(self, d: MutableMapping[str, object] | None) -> MutableMapping[str, object]:
        """Return the globals themselves where none are added: Jinja goes through them often."""
        return super().make_globals(d) if d else self.globals


def _in_json(value: object, **how: Any) -> str:  # noqa: ANN401 - those of `json`
    """Return a value as JSON, as the filter `tojson` has it; to make an encoder takes longer."""
    return json.dumps(value, sort_keys=True, **how) if how else _ENCODE(value)
