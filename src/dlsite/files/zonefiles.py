"""Say where the system keeps what it knows of a time zone; its upgrades change what pages show.

The package `tzdata`, of which Python makes use where the system knows nothing, is told by
its version among what is installed (`tool`).
"""

from __future__ import annotations

import zoneinfo
from datetime import tzinfo


def zone_files(zone: tzinfo) -> tuple[str, ...]:
    """Return the files that are looked for, best first; none for a zone without rules."""
    if not isinstance(zone, zoneinfo.ZoneInfo):
        return ()
    return tuple(f"{folder}/{zone.key}" for folder in zoneinfo.TZPATH)
