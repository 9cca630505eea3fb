"""Keeps the state topics of departments: the open work of each, written with the messages about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.chassis.database.work import Work
from services.chassis.messaging.timers import Timer, TimerHandler, start_all
from services.contracts.department_state_events import DepartmentTicketState
from services.contracts.event import Envelope, deterministic_id
from services.contracts.text_events import ERASED
from services.contracts.ticket_events import TicketEvent
from services.contracts.topics import topic_table
from services.notifier.app.ports import KnownTickets
from services.notifier.app.recipients import hub, known_department
from services.notifier.domain.delivery import CONSUMER
from services.notifier.domain.held_ticket import HeldTicket, Holding
from services.notifier.domain.known_ticket import KnownTicket

TIMER = "ticket state"
"""A record grows old: its text, or the whole of what is withdrawn."""


class HeldTickets(Protocol):
    def make(self, work: Work, ticket_ids: Collection[str]) -> None:
        """Gives those a row that are seen for the first time. A ticket of which only the text is known needs none."""

    def lock(self, work: Work, ticket_ids: Collection[str]) -> Mapping[str, HeldTicket]:
        """Locks those that have a row, in the order of their ids."""

    def save(self, work: Work, tickets: Iterable[HeldTicket]) -> None:
        """Saves what changed of tickets that are locked."""


@dataclass(frozen=True, slots=True)
class KeepStates:
    """Writes a record for each department whose view of a ticket has changed, and none where it has not.

    A department sees a ticket once its text is there, as on the stream (ADR 5). `text_kept` is how long a text may be
    shown after it was recorded: then the record goes out without it.
    """

    held: HeldTickets
    tickets: KnownTickets
    text_kept: timedelta

    def follow(self, work: Work, envelopes: Sequence[Envelope], texts: Mapping[str, KnownTicket]) -> None:
        """Takes the facts of a batch, in order. `texts` are all tickets whose facts or text it has, locked.

        Call it before the batch's messages are published: whoever has read them all finds their tickets in the state.
        """
        facts = [(one.event, one.time) for one in envelopes if isinstance(one.event, TicketEvent)]
        self.held.make(work, {event.ticket_id for event, _ in facts})
        tickets = self.held.lock(work, texts)
        for event, time in facts:
            tickets[event.ticket_id].follow(event, time, hub())
        self._write(work, tickets, texts)

    @property
    def timers(self) -> Mapping[str, TimerHandler]:
        return {TIMER: self._grow_old}

    def _grow_old(self, due: Sequence[Timer], work: Work) -> None:
        ids = {timer.subject for timer in due}
        texts = self.tickets.lock(work, ids)
        self._write(work, self.held.lock(work, ids), texts)

    def _write(self, work: Work, tickets: Mapping[str, HeldTicket], texts: Mapping[str, KnownTicket]) -> None:
        now = work.clock.now()
        deadlines: set[tuple[str, datetime]] = set()
        for ticket in tickets.values():
            known = texts[ticket.ticket_id]
            for holding in ticket.holdings.values():
                self._show(work, ticket, holding, known, now)
                over = holding.over_at()
                if over and holding.shown:
                    deadlines.add((ticket.ticket_id, over))
                elif holding.shown and known.text and known.text.text != ERASED and known.text_recorded_at:
                    deadlines.add((ticket.ticket_id, known.text_recorded_at + self.text_kept))
            ticket.forget_if_over()
        start_all(work, TIMER, sorted(deadline for deadline in deadlines if deadline[1] > now))
        self.held.save(work, tickets.values())

    def _show(self, work: Work, ticket: HeldTicket, holding: Holding, known: KnownTicket, now: datetime) -> None:
        text = known.text_from(ticket.text_version, now - self.text_kept)
        record = ticket.record(holding, text)
        over = holding.over_at()
        if over and over <= now:
            if holding.bury():
                work.bury(_topic(ticket, holding), record, _id(ticket, holding))
            return
        visible = holding.role is None or ticket.text_version <= (known.text_version or 0)
        if visible and (changed := holding.next_record(record)):
            work.publish(_topic(ticket, holding), changed, event_id=_id(ticket, holding))


def _topic(ticket: HeldTicket, holding: Holding) -> str:
    """Raises Reject with the remedy for a unit that our data lack."""
    unit = known_department(holding.department, of=f"ticket {ticket.ticket_id}")
    return topic_table().department_state_topic(unit)


def _id(ticket: HeldTicket, holding: Holding) -> UUID:
    place = f"{ticket.ticket_id}|{holding.department}|{holding.revision}"
    return deterministic_id(CONSUMER, place, DepartmentTicketState.type)
