"""Recalculates deadlines that started before the holidays of their year were known, and publishes the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.chassis.database.work import Work
from services.contracts.clock_events import TicketClockBreachTakenBack, TicketClockMoved
from services.intake.app.fire_deadlines import ACTOR
from services.intake.app.ticket_desk import TicketChanges, TicketDesk
from services.intake.domain.deadline import Deadline
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.recount import recount
from services.intake.domain.ticket import Ticket

BATCH = 200
"""Tickets that share a transaction."""


@dataclass(frozen=True, slots=True)
class RecountDeadlines:
    """One call takes the next tickets that have such deadlines up to `known_until`, all locked in one order.

    What a deadline is counted from never changes, so a batch that runs again changes nothing more.
    """

    desk: TicketDesk
    known_until: datetime

    def __call__(self, work: Work, after: str | None) -> str | None:
        """Takes the tickets that follow the id `after`; returns the last one's, None when there are none left."""
        found = self.desk.deadlines.in_doubt(work, self.known_until, after, BATCH)
        if not found:
            return None
        tickets = {one.id: one for one in self.desk.tickets.lock_all(work, found)}
        changes = TicketChanges(self.desk, work)
        for deadline in self.desk.deadlines.in_doubt_of(work, found):
            self._recount(changes, tickets[deadline.ticket_id], deadline)
        changes.save()
        return found[-1]

    def _recount(self, changes: TicketChanges, ticket: Ticket, deadline: Deadline) -> None:
        now = changes.work.clock.now()
        counted = recount(self.desk.timekeeper, ticket, deadline, now)
        if counted is None:
            return
        changes.add_deadline(deadline)
        if not counted.moved:
            return
        if deadline.kind is DeadlineKind.SETTLE and ticket.settle_by == counted.was:
            ticket.settle_by = deadline.due_at
        owner = self.desk.timekeeper.rules.clocks[deadline.kind].owner
        ticket.recount(now, ACTOR, deadline.kind, counted.was, deadline.due_at, counted.taken_back)
        event = TicketClockBreachTakenBack if counted.taken_back else TicketClockMoved
        changes.add(ticket, event, clock=deadline.kind, owner=owner, was_due=counted.was, due=deadline.due_at)
