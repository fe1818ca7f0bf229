"""Write templates as Python: code that gathers its text, and looks into mappings right away.

Jinja hands on what it makes piece by piece, through every template that extends or includes
another.  Here each template, block and partial makes its text in one go.
"""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.idtracking import VAR_LOAD_RESOLVE

from dlsite.render.refusing import METHODS

_ANYTHING = "*"
"""Stands for whatever a template may ask for, among the names that it asks for."""


class Writer(CodeGenerator):
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
        if not isinstance(node.node, nodes.Name) or node.attr in METHODS:
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
