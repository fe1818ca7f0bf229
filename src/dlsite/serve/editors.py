"""Links that open a place in a source file in an editor on the machine of who follows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from dlsite.diagnostics import Position
from dlsite.texts.spelling import guess

LinkTo = Callable[[Position], str]
"""Returns the address that opens a place; empty where there is none to be opened."""

_FILE = "://file{path}:{line}:{column}"
_OPEN = "://open?url=file://{path}&line={line}&column={column}"
_JETBRAINS = "://open?file={path}&line={line}&column={column}"

EDITORS = {
    **{name: name + _FILE for name in ("cursor", "vscode", "vscodium", "windsurf", "zed")},
    "vscode-insiders": f"vscode-insiders{_FILE}",
    **{name: name + _JETBRAINS for name in ("idea", "pycharm")},
    "emacs": f"emacs{_OPEN}",
    "macvim": f"mvim{_OPEN}",
    "sublime": f"subl{_OPEN}",
    "textmate": f"txmt{_OPEN}",
}
"""The addresses that editors answer to, or handlers that are installed for them, by name."""

NONE = "none"

_ADDRESS = re.compile(r"(?!(?:javascript|data|vbscript):)[a-z][a-z0-9+.-]*:\S*", re.IGNORECASE)


class EditorError(ValueError):
    """There is no such editor; the message says which there are."""


def no_editor(position: Position) -> str:
    """Return no address."""
    del position
    return ""


def link_to(editor: str, root: Path) -> LinkTo:
    """Return what makes the links into the site at `root`.

    `editor` is the name of one, `none`, or an address of one's own in which `{path}`,
    `{line}` and `{column}` are filled in.  Raises `EditorError` for anything else.
    """
    if editor == NONE:
        return no_editor
    address = EDITORS.get(editor, editor)
    if not _ADDRESS.fullmatch(address) or "{path}" not in address:
        known = ", ".join(sorted(EDITORS))
        raise EditorError(
            f"there is no editor '{editor}'{guess(editor, [*EDITORS, NONE])}\n"
            f"one of: {known}, none, or an address such as 'vscode{_FILE}'"
        )

    def link(position: Position) -> str:
        # What is the theme's own has no file in the site.
        if not position.path or position.path.startswith("theme:"):
            return ""
        path = (root / position.path).as_posix()
        filled = {
            # That of Windows begins with a drive.
            "{path}": quote(path if path.startswith("/") else f"/{path}", safe="/:"),
            "{line}": str(max(1, position.line)),
            "{column}": str(max(1, position.column)),
        }
        return re.sub(r"\{(?:path|line|column)\}", lambda field: filled[field[0]], address)

    return link
