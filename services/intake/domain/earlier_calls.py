"""The earlier calls of the same caller on the same matter, while tickets are decided one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from services.intake.domain.repeats import WINDOW, CallSubject
from services.intake.domain.steps import OPEN
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class EarlierCall:
    """A ticket of the same caller, type and estate whose matter is still open."""

    ticket_id: str
    occurred_at: datetime


@dataclass(slots=True)
class EarlierCalls:
    """The earlier calls of callers, by ticket: those that were open already, and those dispatched since."""

    open_before: Mapping[str, Sequence[EarlierCall]]
    _dispatched: defaultdict[CallSubject, list[EarlierCall]] = field(default_factory=lambda: defaultdict(list))

    def add(self, ticket: Ticket) -> None:
        """A ticket was just decided; it is an earlier call for others if a unit has it now."""
        if ticket.state in OPEN:
            self._dispatched[_subject(ticket)].append(EarlierCall(ticket.id, ticket.occurred_at))

    def before(self, ticket: Ticket) -> list[str]:
        """Ids of the earlier calls for `ticket` within the window, the newest first."""
        since, until = ticket.occurred_at - WINDOW, ticket.occurred_at
        fresh = [one for one in self._dispatched[_subject(ticket)] if since < one.occurred_at <= until]
        by_id = sorted((*self.open_before.get(ticket.id, ()), *fresh), key=lambda one: one.ticket_id)
        return [one.ticket_id for one in sorted(by_id, key=lambda one: one.occurred_at, reverse=True)]


def _subject(ticket: Ticket) -> CallSubject:
    return CallSubject(ticket.caller_ref, ticket.type_code, ticket.place.estate if ticket.place else None)
