"""The log of who asked who a caller is. Each call runs in the transaction of `work` and does not commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.database.work import Work
from services.intake.domain.caller_access import CallerReader, ReadingLimit, ReadingOutcome, ReadingPurpose


@dataclass(frozen=True, slots=True)
class CallerReading:
    """That somebody asked who a caller is. `role` None: they asked as nobody who may. `ticket_id` None: they looked for
    the tickets of a telephone, whose `caller_ref` is given."""

    reader: str
    role: CallerReader | None
    unit: str | None
    purpose: ReadingPurpose
    outcome: ReadingOutcome
    ticket_id: str | None = None
    caller_ref: str | None = None


class CallerReadings(Protocol):
    def next_allowed(self, work: Work, reader: str, limits: Sequence[ReadingLimit]) -> datetime | None:
        """When this person may read again; None: now. Other readings of theirs wait until the transaction ends."""

    def add(self, work: Work, reading: CallerReading) -> None:
        """Stores a reading; it counts, unless it came too often."""
