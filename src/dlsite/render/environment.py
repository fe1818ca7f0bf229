"""Jinja for templates that get plain data: the same output, made in fewer steps.

Jinja hands on what it makes piece by piece, through every template that extends or includes
another.  Here each template, block and partial makes its text in one go, and a partial that
asks the context for no more than the facts of the site makes it once.

What a template is given is given to others as well, so it can change nothing but the lists
and mappings that it has made itself, nor get at what stands behind the data.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, MutableMapping
from typing import Any, Protocol

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateNotFound,
    nodes,
    pass_environment,
)
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.filters import do_attr
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup, escape

from dlsite.texts.spelling import guess

_SITE = "site"
_ANYTHING = "*"
"""Stands for whatever a template may ask for, among the names that it asks for."""

_METHODS = frozenset(dir(dict))
_CHANGING = frozenset(
    [
        *("append", "clear", "extend", "insert", "pop", "popitem", "remove", "reverse"),
        *("setdefault", "sort", "update"),
    ]
)
"""The methods that change a list or a mapping."""

_ENCODE = json.JSONEncoder(sort_keys=True).encode
_HAS_SIGNS = re.compile("[&<>'\"]").search


class Texts(BaseLoader):
    """Loads templates from memory under the path that diagnostics name."""

    def __init__(self, text_by_name: Mapping[str, str], path_by_name: Mapping[str, str]) -> None:
        self._texts = text_by_name
        self._paths = path_by_name

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        del environment
        if template not in self._texts:
            raise TemplateNotFound(template)
        return self._texts[template], self._paths[template], None


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


class Code(Protocol):
    """Keeps the byte code of templates for the next run, which need not compile them again."""

    def get(self, path: str, name: str) -> bytes | None:
        """Return the byte code of the template of this name that diagnostics call `path`."""

    def put(self, path: str, name: str, content: bytes) -> None:
        """Keep byte code, or do not."""


class Kept(BytecodeCache):
    """Gives Jinja the byte code that is kept; it compares the text of each template itself."""

    def __init__(self, code: Code) -> None:
        self._code = code

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Return path and name, parted by a line end."""
        return f"{filename}\n{name}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill in what is kept."""
        path, _, name = bucket.key.partition("\n")
        content = self._code.get(path, name)
        if content is not None:
            bucket.bytecode_from_string(content)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        path, _, name = bucket.key.partition("\n")
        self._code.put(path, name, bucket.bytecode_to_string())


class ChangesGivenError(SecurityError):
    """A template would change what it is given."""


class OwnList(list[Any]):
    """A list that a template has made, which it may change."""


class OwnDict(dict[Any, Any]):
    """A mapping that a template has made, which it may change."""


class _Writer(CodeGenerator):
    """Writes templates as code that gathers its text, and takes no copy of what is HTML already.

    The function of a template is given the names that it takes from its context (`asked`), and
    of what it includes (`partials`).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - those of Jinja
        super().__init__(*arguments, **options)
        self._asked: set[str] = set()
        self._partials: set[str] = set()
        self._trusted: nodes.Expr | None = None

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        super().visit_Template(node, frame)
        if self.blocks or self.extends_so_far:
            self._asked.add(_ANYTHING)
        self.writeline(f"root.asked = frozenset({sorted(self._asked)!r})")
        self.writeline(f"root.partials = {sorted(self._partials)!r}")

    def enter_frame(self, frame: Frame) -> None:
        super().enter_frame(frame)
        loads = frame.symbols.loads.values()
        self._asked.update(str(name) for action, name in loads if action == VAR_LOAD_RESOLVE)
        if frame.parent is None:
            # The frame of a whole template or block, of which Jinja would yield every piece.
            self.buffer(frame)

    def leave_frame(self, frame: Frame, with_python_scope: bool = False) -> None:  # noqa: FBT001, FBT002 - as Jinja has it
        super().leave_frame(frame, with_python_scope)
        if frame.parent is None:
            self.writeline(f"yield concat({frame.buffer})")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if not isinstance(name, str) or node.ignore_missing or not node.with_context:
            self._asked.add(_ANYTHING)
            super().visit_Include(node, frame)
            return
        self._partials.add(name)
        own = self.dump_local_context(frame)
        self.writeline(
            f"{frame.buffer}.append(environment.included({name!r}, context, {own}))", node
        )

    def _import_common(self, node: nodes.Import | nodes.FromImport, frame: Frame) -> None:
        if node.with_context or not isinstance(node.template, nodes.Const):
            self._asked.add(_ANYTHING)
        super()._import_common(node, frame)

    def visit_List(self, node: nodes.List, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        self.write("environment.own_list(")
        super().visit_List(node, frame)
        self.write(")")

    def visit_Dict(self, node: nodes.Dict, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        self.write("environment.own_dict(")
        super().visit_Dict(node, frame)
        self.write(")")

    def visit_Const(self, node: nodes.Const, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        # Lists and mappings of constants alone are constants, too.
        if isinstance(node.value, list | dict):
            kind = "list" if isinstance(node.value, list) else "dict"
            self.write(f"environment.own_{kind}({node.value!r})")
        else:
            super().visit_Const(node, frame)

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """Look into a mapping right here, where a name stands for one."""
        if not isinstance(node.node, nodes.Name) or node.attr in _METHODS:
            super().visit_Getattr(node, frame)
            return
        ref, key = frame.symbols.ref(node.node.name), repr(node.attr)
        self.write(f"({ref}[{key}] if type({ref}) is dict and {key} in {ref} else ")
        super().visit_Getattr(node, frame)
        self.write(")")

    def _output_child_pre(
        self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo
    ) -> None:
        if not frame.eval_ctx.autoescape or frame.eval_ctx.volatile or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        elif isinstance(node, nodes.Filter) and node.name == "safe":
            self._trusted = node
            self.write("environment.trusted(")
        else:
            self.write("environment.escaped(")

    def visit_Filter(self, node: nodes.Filter, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        if node is self._trusted and node.node is not None:
            self.visit(node.node, frame)
        else:
            super().visit_Filter(node, frame)


class PlainEnvironment(Environment):
    """Jinja for templates that get plain data, and that all have the same globals."""

    code_generator_class = _Writer
    own_list = OwnList
    own_dict = OwnDict

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of Jinja
        super().__init__(**options)
        self.policies["json.dumps_function"] = _in_json
        self.policies["json.dumps_kwargs"] = {}
        self.filters |= {"list": OwnList, "attr": _attribute}
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
        if type(obj) is dict and attribute not in _METHODS:
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


def refuse(obj: object, attribute: str) -> None:
    """Raise `SecurityError` for an attribute that is none of a template's business."""
    if attribute.startswith("__"):
        raise SecurityError(f"'{attribute}' is not for templates")
    if attribute in _CHANGING and type(obj) in (list, dict):
        raise ChangesGivenError(f"'{attribute}' would change what other pages are given as well")


@pass_environment
def _attribute(environment: Environment, obj: object, name: str) -> object:
    """Return an attribute, as the filter `attr` has it."""
    refuse(obj, name)
    return do_attr(environment, obj, name)


def _in_json(value: object, **how: Any) -> str:  # noqa: ANN401 - those of `json`
    """Return a value as JSON, as the filter `tojson` has it; to make an encoder takes longer."""
    return json.dumps(value, sort_keys=True, **how) if how else _ENCODE(value)
