"""Say which dlsite this is: its own code, the libraries under it, the Python that runs both.

What was remembered by one is worth nothing to another.  An effect, and a light one.
"""

from __future__ import annotations

import os
import sys

from dlsite import __version__
from dlsite.files.walk import Globs, Walk, walk

# What decides what a page becomes, by the names of their distributions.
LIBRARIES = (
    "jinja2",
    "markdown",
    "markupsafe",
    "math_core",
    "pygments",
    "pymdown_extensions",
    "pyyaml",
)
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

_INFO = ".dist-info"


def installed() -> tuple[str, ...]:
    """Return name and version of every distribution that can be imported: `markdown-3.9`."""
    found: set[str] = set()
    for folder in sys.path:
        try:
            names = os.listdir(folder or ".")
        except OSError:
            continue
        found.update(name.removesuffix(_INFO) for name in names if name.endswith(_INFO))
    return tuple(sorted(found))


def versions() -> tuple[str, ...]:
    """Return what parsing depends on beside a page and the options: versions, by name."""
    used = [
        name
        for name in installed()
        if name.rpartition("-")[0].lower().replace("-", "_") in LIBRARIES
    ]
    return (f"dlsite-{__version__}", f"python-{sys.version}", *used)


def own_code() -> Walk:
    """Return the files of this package; a developer changes them without a new version."""
    return walk(PACKAGE, Globs(["__pycache__", "theme", "*.pyc"]))


def listing() -> str:
    """Return one text that changes whenever anything does that this module speaks of."""
    return "\0".join([sys.version, *installed(), own_code().listing()])
