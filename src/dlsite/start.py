"""The program `dlsite`: a build in which nothing changed ends here, the rest goes to `cli`."""

from __future__ import annotations

import gc
import sys


def main() -> int:
    """Run the command line of this process; returns the exit code."""
    if "build" in sys.argv:
        # What is made by looking at files has no cycles to collect.
        gc.disable()
        from dlsite.early import build  # noqa: PLC0415 - other commands do without

        code = build(sys.argv[1:])
        if code is not None:
            return code
        gc.enable()
    # Imported here: it brings everything, and everything takes a third of a second.
    from dlsite.cli import main as run  # noqa: PLC0415

    return run()
