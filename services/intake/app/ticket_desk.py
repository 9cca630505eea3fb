"""Where the steps of tickets begin and end: lock and check the ticket, then save it, its deadlines and its events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from services.chassis.commands import Conflict, admitted
from services.chassis.database.work import Work
from services.contracts.event import Event
from services.contracts.redaction import flats_in, redact
from services.intake.app.city_ports import CityLine, CityNotice
from services.intake.app.ports import Authorise, Deadlines, Tickets, Vault
from services.intake.app.tell_callers import TellCallers
from services.intake.app.ticket_facts import ticket_facts
from services.intake.app.to_tell import StepTaken
from services.intake.domain.city import REPORTED
from services.intake.domain.deadline import Deadline, Timekeeper, limits, settle_by
from services.intake.domain.history import TicketHistoryEntry
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket

log = structlog.get_logger(__name__)

NEW = frozenset({TicketStep.RECEIVE, TicketStep.CLASSIFY, TicketStep.FILE_AWAY})
"""The first of these steps finds a ticket without deadlines."""


@dataclass(frozen=True, slots=True)
class Command:
    """A step that a person wants to take of a ticket, and the words that go with it (a reason, a record, a note).

    `version` is the ticket's as they saw it; None takes it as it stands, for senders whose commands come in order.
    `departments` are those that the actor speaks for.
    """

    version: int | None
    actor: str
    words: str = ""
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TicketDesk:
    tickets: Tickets
    deadlines: Deadlines
    timekeeper: Timekeeper
    vault: Vault
    city: CityLine
    tell: TellCallers

    def lock_checked(self, work: Work, ticket_id: str, version: int | None, authorise: Authorise) -> Ticket:
        """Locks the ticket and checks that nobody has acted on it since `version`; deadlines that fired do not count.

        Raises Unknown, Conflict, and what `authorise` raises.
        """
        ticket = admitted(self.tickets.lock(work, ticket_id), authorise)
        assert ticket.state
        if version is not None and not ticket.acted_version <= version <= ticket.version:
            raise Conflict(
                f"it has version {ticket.version} by now, not {version}; look at it again", ticket.version, ticket.state
            )
        return ticket

    def redacted(self, work: Work, ticket: Ticket, words: str) -> str:
        """What somebody wrote about the ticket, with the caller's name and flat masked; see `redact` for the limits."""
        if not words:
            return words
        caller = self.vault.reveal(work, ticket.id)
        known = f"{words}\n{caller.text}\n{caller.address or ''}" if caller else words
        return redact(words, name=caller.name if caller else None, flats=flats_in(known))

    def save_and_publish(self, work: Work, ticket: Ticket, event: type[Event] | None, **more: Any) -> None:
        """Finishes a ticket step: updates its deadlines, saves it, notifies the city, plans messages to its caller and
        publishes the event.

        The event carries the ticket's public state and `more`. None: nobody outside needs to know.
        """
        changes = TicketChanges(self, work)
        changes.add(ticket, event, **more)
        changes.save()


@dataclass(slots=True)
class TicketChanges:
    """Steps of any number of tickets, written with one statement a table.

    The caller holds the locks of the tickets, adds each step when it is taken, and saves once.
    """

    desk: TicketDesk
    work: Work
    _tickets: dict[str, Ticket] = field(default_factory=dict)
    _history: list[tuple[str, TicketHistoryEntry]] = field(default_factory=list)
    _running: dict[str, list[Deadline]] = field(default_factory=dict)
    _deadlines: dict[tuple[str, DeadlineKind, int], Deadline] = field(default_factory=dict)
    _notices: list[CityNotice] = field(default_factory=list)

    def add(self, ticket: Ticket, event: type[Event] | None, **more: Any) -> None:
        """Adds the steps just taken of a ticket and publishes `event`, as `save_and_publish` does."""
        self._update_deadlines(ticket)
        if ticket.city_number:
            self._notify_city(ticket, ticket.city_number)
        self._tickets[ticket.id] = ticket
        self._history += ((ticket.id, entry) for entry in ticket.steps)
        ticket.steps.clear()
        if event:
            self._publish(ticket, event, more)

    def add_deadline(self, deadline: Deadline) -> None:
        """Adds a deadline that was changed by something else than a step."""
        self._deadlines[deadline.ticket_id, deadline.kind, deadline.since] = deadline

    def save(self) -> None:
        self.desk.deadlines.save(self.work, list(self._deadlines.values()))
        self.desk.city.notify(self.work, self._notices)
        self.desk.tickets.save(self.work, list(self._tickets.values()), self._history)
        self.desk.tell.of_steps(
            self.work,
            [StepTaken(self._tickets[ticket_id], entry, self._limit(ticket_id)) for ticket_id, entry in self._history],
        )

    def _limit(self, ticket_id: str) -> datetime | None:
        """Until when the caller gets an answer: a redo has a limit of its own."""
        redo = [
            one.due_at
            for one in self._running.get(ticket_id, ())
            if one.kind is DeadlineKind.REDO and not one.stopped_at
        ]
        return max(redo, default=self._tickets[ticket_id].settle_by)

    def _update_deadlines(self, ticket: Ticket) -> None:
        timekeeper = self.desk.timekeeper
        entries = [entry for entry in ticket.steps if timekeeper.concerns(entry.step)]
        if not entries:
            return
        if ticket.id not in self._running:
            is_new = ticket.steps[0].step in NEW
            self._running[ticket.id] = [] if is_new else self.desk.deadlines.running(self.work, [ticket.id])
        running = self._running[ticket.id]
        for entry in entries:
            changed = timekeeper.follow(ticket, [one for one in running if not one.stopped_at], entry)
            running += [deadline for deadline in changed if deadline not in running]
            for deadline in changed:
                self.add_deadline(deadline)
            ticket.settle_by = settle_by(changed, ticket.settle_by)
            if not all(deadline.calendar_known for deadline in changed):
                known = {"ticket": ticket.id, "number": ticket.number}
                log.warning("holidays not announced yet: a deadline counts plain weekdays", **known)

    def _notify_city(self, ticket: Ticket, number: str) -> None:
        for entry in ticket.steps:
            if kind := REPORTED.get(entry.step):
                notice = CityNotice(ticket.id, number, kind, entry, ticket.lead, ticket.settle_by, ticket.unit_solved)
                self._notices.append(notice)

    def _publish(self, ticket: Ticket, event: type[Event], more: dict[str, Any]) -> None:
        # A ticket that is linked to another counts where that one does.
        counted = (ticket.merged_into and self.desk.tickets.find(self.work, ticket.merged_into)) or ticket
        facts = ticket_facts(ticket) | {"type_code": counted.type_code, "place": counted.place}
        if ticket.id in self._running:
            facts["limits"] = limits(self._running[ticket.id], self.work.clock.now())
        self.work.publish("tickets", event(**facts | more))
