"""Keep the traceback of a bug for the report that whoever met it is asked for.  An effect."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Callable

from dlsite import __version__


def evidence(error: BaseException, say: Callable[[str], None]) -> str:
    """Return the words for what a report should hold: a file with the traceback.

    Where none can be written the traceback is said, and the words are those for that.
    """
    text = "".join(traceback.format_exception(error))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="dlsite-bug-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(f"dlsite {__version__}, Python {sys.version}\n\n{text}")
    except OSError:
        say(text)
        return "the lines above"
    return f"the file {file.name}"
