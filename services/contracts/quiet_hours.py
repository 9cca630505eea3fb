"""Hours in which only urgent messages are sent."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Self

from pydantic import model_validator

from services.contracts.data_files import DataRow
from services.contracts.districts import SHANGHAI


class Quiet(DataRow):
    """Hours in the district's time; they may include midnight."""

    begin: time
    end: time
    source: str

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.begin == self.end:
            raise ValueError("begin and end are the same: leave an hour in which people are told something")
        return self


def after_quiet(at: datetime, quiet: Quiet) -> datetime:
    """The moment itself, or the end of the quiet hours in which it falls."""
    local = at.astimezone(SHANGHAI)
    clock = local.time()
    wraps = quiet.begin > quiet.end
    inside = (clock >= quiet.begin or clock < quiet.end) if wraps else quiet.begin <= clock < quiet.end
    if not inside:
        return at
    day = local.date() + timedelta(days=1) if wraps and clock >= quiet.begin else local.date()
    return datetime.combine(day, quiet.end, SHANGHAI).astimezone(at.tzinfo)
