"""Times as people and programs write them into tables."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from services.chassis.working_days import SHANGHAI
from services.cli.importing.cells import LONGEST_ID, plain

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_WEEKDAY = r"(?:\(?(?:(?:星期|周)[一二三四五六日天]|(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*)\)?,?\s*)?"
_DATES = (
    rf"{_WEEKDAY}(?P<year>[0-9]{{4}})\s*[-/.年]\s*(?P<month>[0-9]{{1,2}})\s*[-/.月]\s*(?P<day>[0-9]{{1,2}})\s*日?",
    rf"{_WEEKDAY}(?P<year>[0-9]{{4}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
    rf"{_WEEKDAY}(?P<day>[0-9]{{1,2}})[-\s]{_MONTH}[-\s,]+(?P<year>[0-9]{{4}})",
    rf"{_WEEKDAY}{_MONTH}[-\s](?P<day>[0-9]{{1,2}}),?\s+(?P<year>[0-9]{{4}})",
)
_HALF = r"(?P<{}>上午|下午|凌晨|早上|中午|晚上|[ap]\.?m\.?)?"
_CLOCK = (
    rf"{_HALF.format('before')}\s*(?P<hour>[0-9]{{1,2}})(?::(?=[0-9])|[时点])(?P<minute>[0-9]{{1,2}})?"
    r"(?:(?::(?=[0-9])|分)(?:(?P<second>[0-9]{1,2})(?:[.,][0-9]{1,9})?秒?)?)?"
    rf"\s*{_HALF.format('after')}"
)
_COMPACT_CLOCK = r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})(?:\.?[0-9]{1,9})?)?"
_ZONE = (
    r"(?:(?P<utc>Z|UTC|GMT)?(?P<offset>[+-][0-9]{1,2}(?::?[0-9]{2})?)?"
    r"\s*(?:\[?(?P<place>[A-Z]+(?:[/_][A-Z_]+)+|(?<=\[)(?:UTC|GMT|Z))\]?)?)"
)
_TIMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        *(rf"{date}(?:[T\s]*{_WEEKDAY}{_CLOCK})?\s*{_WEEKDAY}{_ZONE}" for date in _DATES),
        rf"{_DATES[1]}[T\s]?{_COMPACT_CLOCK}\s*{_ZONE}",
        # As Java and Unix print it: the year last.
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>[0-9]{{1,2}})\s+{_CLOCK}\s*{_ZONE}\s+(?P<year>[0-9]{{4}})",
    )
)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
_EPOCH = datetime(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 36526, 73050
"""2000-01-01 and 2099-12-31 as Excel counts days."""
_EVENING = frozenset({"下午", "晚上", "pm"})
_NOON = "中午"


def moment_of(written: str, layout: str | None = None) -> datetime:
    """A time that can be read in one way only: the year in four digits first, a month by name, or Excel's number.

    Without a zone it is the time of Shanghai, without a clock the day's beginning; fractions of a second are dropped.
    `layout` (as strptime takes it) comes first. Raises ValueError, which says what to do, for anything else.
    """
    text = plain(written[:LONGEST_ID])
    if layout is not None:
        try:
            return _in_shanghai(datetime.strptime(text, layout))
        except ValueError:
            pass
    if _SERIAL.fullmatch(text) and _FIRST_SERIAL <= float(text) < _LAST_SERIAL + 1:
        return _in_shanghai(_EPOCH + timedelta(seconds=int(float(text) * 86400 + 0.5)))
    found = next((one for pattern in _TIMES if (one := pattern.fullmatch(text))), None)
    if found is None:
        raise ValueError("is not a time: write it as 2019-01-06 12:09:38")
    try:
        return _built(found.groupdict())
    except (ValueError, OverflowError, ZoneInfoNotFoundError) as error:
        raise ValueError(f"is no time of any calendar ({error}): correct it") from None


def layout_fault(layout: str) -> str | None:
    """What is wrong with a layout for `moment_of`."""
    known = datetime(2019, 1, 26, 13, 9, 38)
    try:
        read = datetime.strptime(known.strftime(layout), layout)
    except ValueError as error:
        return str(error)
    return None if read.date() == known.date() else "it needs year, month and day, such as %m/%d/%Y"


def _built(parts: dict[str, str | None]) -> datetime:
    name = parts.get("name")
    month = _MONTHS.index(name.lower()) + 1 if name else int(parts["month"] or 0)
    hour, minute, second = (int(parts.get(part) or 0) for part in ("hour", "minute", "second"))
    if (hour, minute, second) == (24, 0, 0):
        hour, more = 0, timedelta(days=1)
    else:
        hour, more = _hour_of_day(hour, parts.get("before"), parts.get("after")), timedelta()
    day = datetime(int(parts["year"] or 0), month, int(parts["day"] or 0), hour, minute, second)
    return (day + more).replace(tzinfo=_zone(parts))


def _hour_of_day(hour: int, before: str | None, after: str | None) -> int:
    half = (before or after or "").lower().replace(".", "")
    if not half or (hour > 12 and half in _EVENING):
        return hour
    if hour > 12 or (before and after) or (hour == 12 and half == "晚上"):
        raise ValueError(f"{hour} is no hour of {half}")
    if half == _NOON:
        return hour + 12 if hour < 10 else hour
    return hour % 12 + (12 if half in _EVENING else 0)


def _zone(parts: dict[str, str | None]) -> tzinfo:
    offset, place = parts.get("offset"), parts.get("place")
    if offset:
        digits = offset[1:].replace(":", "")
        minutes = int(digits[:-2]) * 60 + int(digits[-2:]) if len(digits) > 2 else int(digits) * 60
        return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
    if parts.get("utc"):
        return UTC
    if place:
        return UTC if "/" not in place else ZoneInfo(place)
    return SHANGHAI


def _in_shanghai(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)
