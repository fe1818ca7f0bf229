"""Run the command line as `python -m dlsite`."""

from __future__ import annotations

import sys

from dlsite.start import main

if __name__ == "__main__":
    sys.exit(main())
