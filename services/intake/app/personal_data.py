"""What is kept about a person, for themselves: by their telephone or one of their tickets. Kept as a reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.chassis.database.work import Work
from services.intake.app.caller_reading_ports import CallerReading, CallerReadings
from services.intake.app.ports import Identity, Tickets, Vault
from services.intake.app.read_caller import TicketsOfCallers
from services.intake.domain.caller_access import Asker, CallerAccess, CallerReader, ReadingOutcome, ReadingPurpose
from services.intake.domain.callers import caller_ref
from services.intake.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Person:
    """By one of the two. A ticket stands for whoever filed it: for all their tickets if they gave a telephone."""

    phone: str | None
    ticket_id: str | None


@dataclass(frozen=True, slots=True)
class KeptOfPerson:
    """`tickets` with what the vault holds of each; None where it was erased."""

    holder: str
    tickets: Sequence[tuple[Ticket, Identity | None]]


@dataclass(frozen=True, slots=True)
class PersonalData:
    tickets: Tickets
    callers: TicketsOfCallers
    vault: Vault
    readings: CallerReadings
    access: CallerAccess
    caller_key: bytes

    def holder(self, work: Work, person: Person) -> str | None:
        """Under what the vault keeps them; None for a telephone that is nobody's, and for an unknown ticket."""
        if person.phone:
            return caller_ref(self.caller_key, person.phone)
        ticket = self.tickets.find(work, person.ticket_id) if person.ticket_id else None
        return (ticket.caller_ref or ticket.id) if ticket else None

    def of(self, work: Work, asker: Asker, holder: str) -> KeptOfPerson | datetime:
        """All that may be shown to this officer, kept as one reading at the person's own request. A moment: when they
        may ask again."""
        again_at = self.readings.next_allowed(work, asker.scope.subject, self.access.limits)
        outcome = ReadingOutcome.TOO_OFTEN if again_at else ReadingOutcome.READ
        self.readings.add(
            work,
            CallerReading(
                asker.scope.subject,
                CallerReader.HUB_READER,
                None,
                ReadingPurpose.REQUEST,
                outcome,
                ticket_id=holder if _is_ticket(holder) else None,
                caller_ref=None if _is_ticket(holder) else holder,
            ),
        )
        if again_at:
            return again_at
        found = self._tickets(work, holder)
        mine = [one for one in found if self.access.reader_for(asker, one, ReadingPurpose.REQUEST)]
        return KeptOfPerson(holder, [(one, self.vault.reveal(work, one.id)) for one in mine])

    def _tickets(self, work: Work, holder: str) -> list[Ticket]:
        if _is_ticket(holder):
            ticket = self.tickets.find(work, holder)
            return [ticket] if ticket else []
        return self.callers.of_caller(work, holder)


def _is_ticket(holder: str) -> bool:
    """An anonymous ticket's id, and not the keyed hash of a caller."""
    return "-" in holder
