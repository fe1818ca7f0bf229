"""The program `dlsite`: a run in which nothing changed ends here, the rest goes to `cli`."""

from __future__ import annotations

import gc
import os
import sys


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    if sys.getfilesystemencoding() != "utf-8":
        _begin_again_in_utf8()
    if "build" in sys.argv or "check" in sys.argv:
        # What is made by looking at files has no cycles to collect.
        gc.disable()
        from dlsite.early import repeat  # noqa: PLC0415 - other commands do without

        code = repeat(sys.argv[1:])
        if code is not None:
            return code
    # Imported here: it brings everything, and everything takes a third of a second.
    from dlsite.cli import main as run  # noqa: PLC0415

    gc.enable()
    return run()


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
