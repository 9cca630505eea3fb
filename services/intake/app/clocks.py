"""The moments of clocks: a unit is warned, a breach is noted, each once (domain.md §2.2, §10.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.timers import Timer
from services.chassis.work import Work
from services.contracts.ticket_events import TicketClockBreached, TicketClockWarned
from services.intake.app.desk import Desk
from services.intake.domain.clock import Clock
from services.intake.domain.ticket import Ticket

ACTOR = "clock"
CLOCK = "clock"
"""The kind of the timers behind all clocks; the subject is the ticket, which knows what is due by then."""


@dataclass(frozen=True, slots=True)
class NoteMoments:
    """Handles the timers CLOCK, many at once: all their tickets are locked first, in one order.

    A moment is noted when its timer fires, not before, so that after an outage all come in the order in which they
    were due. What was stopped, paused or extended meanwhile has no moment then: nothing is noted.
    """

    desk: Desk

    def __call__(self, timers: Sequence[Timer], work: Work) -> None:
        tickets = {one.id: one for one in self.desk.tickets.lock_all(work, {timer.subject for timer in timers})}
        clocks = defaultdict(list)
        for clock in self.desk.clocks.running(work, list(tickets)):
            clocks[clock.ticket_id].append(clock)
        noted = [
            clock
            for timer in timers
            for clock in clocks[timer.subject]
            if self._note(work, tickets[timer.subject], clock, timer)
        ]
        self.desk.clocks.save(work, noted)

    def _note(self, work: Work, ticket: Ticket, clock: Clock, timer: Timer) -> bool:
        passed = [at for at in clock.moments() if at <= timer.due_at]
        now, owner = work.clock.now(), self.desk.timekeeper.rules.clocks[clock.kind].owner
        if clock.warn_at in passed and clock.due_at not in passed:
            clock.warned_at = now
            ticket.warn(now, ACTOR, f"{clock.kind}: due {clock.due_at.isoformat()}")
            self.desk.keep(work, ticket, TicketClockWarned, clock=clock.kind, owner=owner, due=clock.due_at)
            work.after_commit(metrics.CLOCK_WARNINGS.labels(clock.kind).inc)
        elif clock.due_at in passed:
            clock.warned_at, clock.breached_at = clock.warned_at or now, now
            ticket.breach(now, ACTOR, f"{clock.kind}: was due {clock.due_at.isoformat()}")
            self.desk.keep(work, ticket, TicketClockBreached, clock=clock.kind, owner=owner, due=clock.due_at)
            work.after_commit(metrics.CLOCK_BREACHES.labels(clock.kind).inc)
        return bool(passed)
