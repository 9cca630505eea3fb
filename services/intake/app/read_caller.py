"""Reads who a caller is. A reading is stored in the same transaction, and shown after its commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.chassis.database.work import Work
from services.intake.app.caller_reading_ports import CallerReading, CallerReadings
from services.intake.app.ports import Identity, Tickets, Vault
from services.intake.domain.caller_access import Asker, CallerAccess, CallerReader, ReadingOutcome, ReadingPurpose
from services.intake.domain.callers import caller_ref
from services.intake.domain.links import status_code_of
from services.intake.domain.ticket import Ticket


class TicketsOfCallers(Protocol):
    def of_caller(self, work: Work, caller_ref: str) -> list[Ticket]:
        """All tickets of a caller, the newest first."""


@dataclass(frozen=True, slots=True)
class StatusCode:
    """What a caller looks their ticket up by at /status: its number as they know it, and the code."""

    number: str
    code: str


@dataclass(frozen=True, slots=True)
class CallerRead:
    """What came of asking. `hidden`: to this person there is no such ticket. `again_at`: when they may ask again.

    `code`: the one for /status, if it was asked for; `identity`: otherwise.
    """

    outcome: ReadingOutcome
    identity: Identity | None = None
    code: StatusCode | None = None
    tickets: Sequence[Ticket] = ()
    hidden: bool = False
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReadCaller:
    tickets: Tickets
    callers: TicketsOfCallers
    vault: Vault
    readings: CallerReadings
    access: CallerAccess
    caller_key: bytes

    def of_ticket(self, work: Work, asker: Asker, ticket_id: str, purpose: ReadingPurpose) -> CallerRead | None:
        """The caller, or the code for /status if that is the purpose. None: there is no such ticket.

        Never raises for a refusal: commit first, so that it is kept, then refuse.
        """
        ticket = self.tickets.find(work, ticket_id)
        if ticket is None:
            return None
        reader = self.access.reader_for(asker, ticket, purpose)
        seen = asker.sees(ticket)
        role = reader or next(asker.readers(ticket), None)
        unit = ticket.lead if role is CallerReader.LEAD else None
        found = self._allowed(work, asker, reader)
        if found is None:
            found = self._given(self.vault.reveal(work, ticket_id), ticket, purpose)
        reading = CallerReading(asker.scope.subject, role, unit, purpose, found.outcome, ticket_id=ticket_id)
        self.readings.add(work, reading)
        return found if seen else CallerRead(found.outcome, hidden=True)

    def _given(self, identity: Identity | None, ticket: Ticket, purpose: ReadingPurpose) -> CallerRead:
        if identity is None:
            return CallerRead(ReadingOutcome.GONE)
        if purpose is not ReadingPurpose.STATUS_CODE:
            return CallerRead(ReadingOutcome.READ, identity)
        number = ticket.city_number or ticket.number
        assert number  # every ticket that was received has one
        return CallerRead(ReadingOutcome.READ, code=StatusCode(number, status_code_of(self.caller_key, ticket.id)))

    def purposes(self, work: Work, asker: Asker, ticket_id: str) -> list[ReadingPurpose]:
        """Those that the person may name for this ticket; empty if they may not read its caller, or it is unknown."""
        ticket = self.tickets.find(work, ticket_id)
        return self.access.purposes_for(asker, ticket) if ticket else []

    def by_phone(self, work: Work, asker: Asker, phone: str, purpose: ReadingPurpose) -> CallerRead:
        """The tickets of a telephone, the newest first, as far as the person may read the callers of each.

        A telephone that a family shares is one caller. A number that is nobody's finds nothing. Refusals as above.
        """
        reader, ref = self.access.searcher(asker, purpose), caller_ref(self.caller_key, phone)
        found = self._allowed(work, asker, reader)
        if found is None:
            every = self.callers.of_caller(work, ref) if ref else []
            mine = [one for one in every if self.access.reader_for(asker, one, purpose)]
            found = CallerRead(ReadingOutcome.READ, tickets=mine)
        self.readings.add(
            work, CallerReading(asker.scope.subject, reader, None, purpose, found.outcome, caller_ref=ref)
        )
        return found

    def _allowed(self, work: Work, asker: Asker, reader: CallerReader | None) -> CallerRead | None:
        """Why nothing is read; None if something may be."""
        again_at = self.readings.next_allowed(work, asker.scope.subject, self.access.limits)
        if again_at:
            return CallerRead(ReadingOutcome.TOO_OFTEN, again_at=again_at)
        return None if reader else CallerRead(ReadingOutcome.REFUSED)
