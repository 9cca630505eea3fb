"""How use cases notify the city, in the transaction of `work`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.database.work import Work
from services.intake.domain.city import MessageKind
from services.intake.domain.history import TicketHistoryEntry


@dataclass(frozen=True, slots=True)
class CityNotice:
    """A step of a ticket of the city's, and the ticket's lead, limit and outcome after it."""

    ticket_id: str
    number: str
    kind: MessageKind
    entry: TicketHistoryEntry
    unit: str | None
    settle_by: datetime | None
    unit_solved: bool | None


class CityLine(Protocol):
    def notify(self, work: Work, notices: Sequence[CityNotice]) -> None:
        """Queues messages for the city, to be sent after the commit in this order."""
