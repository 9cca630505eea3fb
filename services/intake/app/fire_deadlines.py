"""Warns a unit before a deadline and records the breach after it, each once (docs/domain.md §2.2, §10.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.database.work import Work
from services.chassis.messaging.timers import Timer
from services.contracts.clock_events import TicketClockBreached, TicketClockWarned
from services.intake.app.ticket_desk import TicketChanges, TicketDesk
from services.intake.domain.deadline import Deadline
from services.intake.domain.ticket import Ticket

ACTOR = "clock"
DEADLINE = "clock"
"""The kind of the timers behind all deadlines (stored); the subject is the ticket, whose deadlines say what is due."""


@dataclass(frozen=True, slots=True)
class FireDeadlines:
    """Handles the timers DEADLINE in batches: all their tickets are locked first, in the order of their ids.

    A warning or breach is recorded when its timer fires, not before, so that after an outage all come in the order in
    which they were due. A deadline that was stopped, paused or extended meanwhile is not due then.
    """

    desk: TicketDesk

    def __call__(self, timers: Sequence[Timer], work: Work) -> None:
        tickets = {one.id: one for one in self.desk.tickets.lock_all(work, {timer.subject for timer in timers})}
        running = defaultdict(list)
        for deadline in self.desk.deadlines.running(work, list(tickets)):
            running[deadline.ticket_id].append(deadline)
        changes = TicketChanges(self.desk, work)
        for timer in timers:
            for deadline in running[timer.subject]:
                self._fire(changes, tickets[timer.subject], deadline, timer)
        changes.save()

    def _fire(self, changes: TicketChanges, ticket: Ticket, deadline: Deadline, timer: Timer) -> None:
        due = [at for at in deadline.moments() if at <= timer.due_at]
        if not due:
            return
        kind, due_at, now, work = deadline.kind, deadline.due_at, changes.work.clock.now(), changes.work
        facts = {"clock": kind, "owner": self.desk.timekeeper.rules.clocks[kind].owner, "due": due_at}
        if due_at in due:
            deadline.warned_at, deadline.breached_at = deadline.warned_at or now, now
            ticket.breach(now, ACTOR, kind, due_at)
            changes.add(ticket, TicketClockBreached, **facts)
            work.after_commit(metrics.CLOCK_BREACHES.labels(kind).inc)
        else:
            deadline.warned_at = now
            ticket.warn(now, ACTOR, kind, due_at)
            changes.add(ticket, TicketClockWarned, **facts)
            work.after_commit(metrics.CLOCK_WARNINGS.labels(kind).inc)
        changes.add_deadline(deadline)
