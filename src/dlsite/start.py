"""The program `dlsite`: a run in which little has changed ends here, the rest goes to `cli`."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress

_EXIT_REFUSED = 2
"""As of all that the system refuses (`cli.ended`)."""


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    if sys.getfilesystemencoding() != "utf-8":
        _begin_again_in_utf8()
    try:
        return _run()
    # Before there was anybody to say so: to import everything takes a third of a second, and
    # memory and open files.
    except KeyboardInterrupt:
        from dlsite.processes.ending import EXIT_INTERRUPTED, INTERRUPTED  # noqa: PLC0415

        return _end(INTERRUPTED, EXIT_INTERRUPTED)
    except (MemoryError, SystemError):
        # Python forgets at times what it lacked: "error return without exception set".
        return _end("there is not enough memory", _EXIT_REFUSED)
    except OSError as error:
        where = f"'{error.filename}': " if error.filename else ""
        return _end(where + (error.strerror or str(error)).lower(), _EXIT_REFUSED)
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) or not (error.path or "").endswith(".so"):
            raise
        return _end(f"a library cannot be loaded: {error}", _EXIT_REFUSED)


def _end(reason: str, code: int) -> int:
    """Say in a line why the program ends before it has begun."""
    if sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"dlsite: {ascii(reason)[1:-1]}\n")
    return code


def _run() -> int:
    if "build" in sys.argv or "check" in sys.argv:
        # What is made by looking at files has no cycles to collect.
        gc.disable()
        code = run_again(sys.argv[1:])
        if code is not None:
            # All of it goes in a moment, and none of it by being looked through.
            gc.freeze()
            return code
    # Imported here: it brings everything.
    from dlsite.cli import main as run  # noqa: PLC0415

    gc.enable()
    return run()


def run_again(arguments: Sequence[str]) -> int | None:
    """Do a run in which nothing has changed but words since it was done, and return its exit code.

    `None` where more has changed, or may have: then nothing has been said or written.
    """
    from dlsite.incremental import early  # noqa: PLC0415 - other commands do without

    seen = early.look(arguments)
    if seen is None:
        return None
    try:
        if not seen.edits:
            return early.repeat(seen)
        # Imported here: it brings the parser, and nothing of what only a whole run needs.
        from dlsite.incremental.touchup import touch_up  # noqa: PLC0415
        from dlsite.processes.ending import terminable  # noqa: PLC0415

        with terminable():
            return touch_up(seen)
    except BaseException as error:  # noqa: BLE001 - as in `cli`
        from dlsite.cli import ended  # noqa: PLC0415 - seldom needed

        return ended(error)


def _begin_again_in_utf8() -> None:
    """Start this process anew for a locale in which file names would be ASCII or Latin-1.

    The addresses of a site are UTF-8, and so must be the names of its files, whatever the
    terminal shows.
    """
    stream = sys.stdout or sys.stderr
    shown = stream.encoding if stream else "utf-8"
    environment = os.environ | {"PYTHONIOENCODING": f"{shown}:backslashreplace"}
    command = [sys.executable, "-X", "utf8", *sys.orig_argv[1:]]
    os.execve(sys.executable, command, environment)  # noqa: S606 - it is this very program
