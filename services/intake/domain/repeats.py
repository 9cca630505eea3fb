"""The three kinds of repeat (docs/domain.md §2.6); only the third is evidence of a concentration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from services.contracts.ticket_events import Urgency

WINDOW: Final = timedelta(days=30)
"""Level L0 (docs/domain.md §3.2): within this time the same caller means the same matter."""
URGENT_FROM: Final = 3


class Repeat(StrEnum):
    SAME_MATTER = "same caller, same matter"
    OTHER_MATTER = "same caller, other matter"
    OTHER_CALLER = "other caller, same matter"


_STEP_UP: Final = {Urgency.NORMAL: Urgency.URGENT, Urgency.URGENT: Urgency.CRITICAL}


def raised(urgency: Urgency | None, times: int) -> Urgency | None:
    """One step more urgent when a caller turns to us about one matter for the third time, and only then."""
    return _STEP_UP.get(urgency, urgency) if urgency and times == URGENT_FROM else urgency


@dataclass(frozen=True, slots=True)
class CallSubject:
    """Who called about what; None: not known."""

    caller_ref: str | None
    type_code: str | None
    estate: str | None


def repeat_of(one: CallSubject, other: CallSubject) -> Repeat | None:
    """The kind of repeat; None if they have nothing in common. An unknown caller or matter is never the same."""
    same_matter = None not in (one.type_code, one.estate) and (one.type_code, one.estate) == (
        other.type_code,
        other.estate,
    )
    if one.caller_ref is not None and one.caller_ref == other.caller_ref:
        return Repeat.SAME_MATTER if same_matter else Repeat.OTHER_MATTER
    return Repeat.OTHER_CALLER if same_matter else None
