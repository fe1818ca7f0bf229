"""Read the dates that authors write; explicit forms only, nothing is guessed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from dlsite.deferred import deferred

FILE_DATE = re.compile(r"\A\d{4}-\d{1,2}-\d{1,2}-")
"""With what the file name of a Jekyll post begins: `2019-05-20-`."""

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_TIME = (
    r"(?:(?:[ \t]+|[tT])(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
    r"[ \t]*(?P<zone>[zZ]|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?"
)
_NUMERIC = deferred(r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})" + _TIME)
_DAY_FIRST = deferred(
    r"(?P<day>\d{1,2})[ \t]+(?P<name>[A-Za-z]+)\.?,?[ \t]+(?P<year>\d{4})" + _TIME
)
_MONTH_FIRST = deferred(
    r"(?P<name>[A-Za-z]+)\.?[ \t]+(?P<day>\d{1,2}),?[ \t]+(?P<year>\d{4})" + _TIME
)


def read_date(text: str, *, zone: tzinfo) -> datetime:
    """Return the moment that `text` means; without a zone of its own it is in `zone`.

    Takes `2019-05-20`, `2019-05-20 12:15[:12[.5]] [-0500]`, ISO 8601 with `T` and `Z`,
    `27 Jan 2020` and `January 27, 2020`.  Raises `ValueError`, whose message is the
    reason, for other forms and for days that are not in the calendar.
    """
    for form in (_NUMERIC, _DAY_FIRST, _MONTH_FIRST):
        if match := form.fullmatch(text.strip()):
            return _moment(match.groupdict(), zone)
    raise ValueError("it has none of the forms that dates have here")


def _moment(parts: dict[str, str | None], zone: tzinfo) -> datetime:
    name = parts.get("name")
    month = int(parts["month"] or 0) if name is None else _month(name)
    try:
        moment = datetime(
            int(parts["year"] or 0),
            month,
            int(parts["day"] or 0),
            int(parts["hour"] or 0),
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            int((parts["fraction"] or "0").ljust(6, "0")[:6]),
            tzinfo=_zone(parts["zone"], zone),
        )
        for other in (zone, UTC):
            # Where it is going to be told.
            moment.astimezone(other)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"there is no such date: {error}") from error
    return moment


def _month(name: str) -> int:
    """Return the number of a month given by its full name or by three letters (or `Sept`)."""
    lowered = name.lower()
    for number, month in enumerate(_MONTHS, start=1):
        if lowered in (month, month[:3]) or (lowered == "sept" and month == "september"):
            return number
    raise ValueError(f"'{name}' is no month")


def _zone(text: str | None, default: tzinfo) -> tzinfo:
    if text is None:
        return default
    if text.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    if minutes >= 24 * 60 or int(digits[2:]) >= 60:  # noqa: PLR2004 - hours of a day, minutes of an hour
        raise ValueError(f"'{text}' is no offset from UTC")
    return timezone(timedelta(minutes=minutes if text[0] == "+" else -minutes))
