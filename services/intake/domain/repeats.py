"""Three things that are called a repeat, kept apart (domain.md §2.6); only the third is evidence of concentration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from services.contracts.ticket_events import Urgency

WINDOW: Final = timedelta(days=30)
"""Level L0 (domain.md §3.2): within so long the same caller means the same matter."""
URGENT_FROM: Final = 3


class Repeat(StrEnum):
    SAME_MATTER = "same caller, same matter"
    OTHER_MATTER = "same caller, other matter"
    OTHER_CALLER = "other caller, same matter"


_STEP_UP: Final = {Urgency.NORMAL: Urgency.URGENT, Urgency.URGENT: Urgency.CRITICAL}


def raised(urgency: Urgency | None, times: int) -> Urgency | None:
    """One step up when a caller turns to us about one matter the third time, and once only."""
    return _STEP_UP.get(urgency, urgency) if urgency and times == URGENT_FROM else urgency


@dataclass(frozen=True, slots=True)
class Call:
    """Who called about what; None: not known."""

    caller_ref: str | None
    type_code: str | None
    estate: str | None


def repeat_of(one: Call, other: Call) -> Repeat | None:
    """How two tickets belong together; None if they do not. An unknown caller is another one, an unknown matter too."""
    same_matter = None not in (one.type_code, one.estate) and (one.type_code, one.estate) == (
        other.type_code,
        other.estate,
    )
    if one.caller_ref is not None and one.caller_ref == other.caller_ref:
        return Repeat.SAME_MATTER if same_matter else Repeat.OTHER_MATTER
    return Repeat.OTHER_CALLER if same_matter else None
