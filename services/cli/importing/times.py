"""Times as people and programs write them into tables."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

from services.chassis.working_days import SHANGHAI

_DATE = r"(?P<year>[0-9]{4})(?:[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?|(?P<compact>[0-9]{4}))"
_CLOCK = (
    r"(?P<hour>[0-9]{1,2})(?::(?=[0-9])|[时点])(?P<minute>[0-9]{1,2})?"
    r"(?:(?::(?=[0-9])|分)(?:(?P<second>[0-9]{1,2})(?:[.,][0-9]{1,9})?秒?)?)?"
)
_TIME = re.compile(rf"{_DATE}(?:[T\s]*{_CLOCK})?\s*(?P<zone>Z|[+-][0-9]{{2}}:?[0-9]{{2}})?", re.IGNORECASE)


def moment_of(written: str) -> datetime:
    """Year first, in digits; without a zone it is the time of Shanghai, without a clock the day's beginning.

    Fractions of a second are dropped. Raises ValueError, which says what to do, for anything else: a day-first date
    and a bare number could be read in two ways.
    """
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", written).strip())
    if found is None:
        raise ValueError("is not a time: write it as 2019-01-06 12:09:38")
    month, day = found["month"] or found["compact"][:2], found["day"] or found["compact"][2:]
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    try:
        zone = datetime.strptime(found["zone"].upper(), "%z").tzinfo if found["zone"] else SHANGHAI
        return datetime(int(found["year"]), int(month), int(day), hour, minute, second, tzinfo=zone)
    except ValueError as error:
        raise ValueError(f"is no time of any calendar ({error}): correct it") from None
