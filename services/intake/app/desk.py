"""What every step of a ticket ends with: its clocks follow, it is stored, the fact is told, the city too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog

from services.chassis.work import Work
from services.contracts.event import Event
from services.intake.app.commands import Authorise, Conflict, Unknown
from services.intake.app.facts import ticket_facts
from services.intake.app.ports import CityLine, Clocks, Tickets, Vault
from services.intake.app.redacting import redacted_of
from services.intake.domain.city import TOLD
from services.intake.domain.clock import Clock, Timekeeper, settle_by
from services.intake.domain.limits import ClockKind
from services.intake.domain.steps import Step
from services.intake.domain.ticket import Ticket

log = structlog.get_logger(__name__)

NEW = frozenset({Step.RECEIVE, Step.CLASSIFY, Step.FILE_AWAY})
"""Steps of a ticket that has no clock yet."""


@dataclass(frozen=True, slots=True)
class Said:
    """A person's command on a ticket as they saw it, and what they say with it (a reason, a record, a note).

    `version` None: whatever stands, for one whose commands come in their order and who knows of those before.
    """

    version: int | None
    actor: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    tickets: Tickets
    clocks: Clocks
    timekeeper: Timekeeper
    vault: Vault
    city: CityLine

    def held(self, work: Work, ticket_id: str, version: int | None, authorise: Authorise) -> Ticket:
        """The ticket, locked, as the actor saw it; what only its clocks have noted since does not matter.

        Raises Unknown, Conflict, and what `authorise` raises.
        """
        ticket = self.tickets.lock(work, ticket_id)
        if ticket is None:
            raise Unknown
        authorise(ticket)
        assert ticket.state
        if version is not None and not ticket.acted_version <= version <= ticket.version:
            raise Conflict(
                f"it has version {ticket.version} by now, not {version}; look at it again", ticket.version, ticket.state
            )
        return ticket

    def redacted(self, work: Work, ticket: Ticket, words: str) -> str:
        """What somebody wrote about the ticket, as far as it may be kept beside it."""
        return redacted_of(self.vault, work, ticket.id, words) if words else words

    def keep(self, work: Work, ticket: Ticket, fact: type[Event] | None, **more: Any) -> None:
        """Stores the step just taken, and tells `fact` of it with the ticket's whole state (None: nobody is told).

        Steps that were told of and not kept yet are stored with it.
        """
        self._follow(work, ticket)
        if ticket.city_number:
            for entry in ticket.steps:
                if entry.step in TOLD:
                    self.city.tell(work, ticket, entry, TOLD[entry.step])
        self.tickets.save(work, ticket)
        if fact:
            self.tell(work, ticket, fact, **more)

    def tell(self, work: Work, ticket: Ticket, fact: type[Event], **more: Any) -> None:
        """What the ticket is now, of which the next `keep` stores the step."""
        # A ticket that is linked to another counts where that one does.
        matter = (ticket.merged_into and self.tickets.find(work, ticket.merged_into)) or ticket
        facts = ticket_facts(ticket) | {"type_code": matter.type_code, "place": matter.place}
        work.publish("tickets", fact(**facts | more))

    def _follow(self, work: Work, ticket: Ticket) -> None:
        entries = [entry for entry in ticket.steps if self.timekeeper.concerns(entry.step)]
        if not entries:
            return
        running = [] if ticket.steps[0].step in NEW else self.clocks.running(work, [ticket.id])
        changed: dict[tuple[ClockKind, int], Clock] = {}
        for entry in entries:
            moved = self.timekeeper.follow(ticket, [one for one in running if not one.stopped_at], entry)
            running += [clock for clock in moved if clock not in running]
            changed |= {(clock.kind, clock.since): clock for clock in moved}
            ticket.settle_by = settle_by(moved) or ticket.settle_by
        if not all(clock.calendar_known for clock in changed.values()):
            log.warning("holidays not announced yet: a deadline counts plain weekdays", ticket=ticket.id)
        self.clocks.save(work, list(changed.values()))
