"""A ticket whose clocks follow its steps, for tests of deadlines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from services.chassis.working_days import Calendar
from services.contracts.ticket_events import Channel, Urgency
from services.intake.domain.deadline import Deadline, Timekeeper, settle_by
from services.intake.domain.limits import DeadlineKind
from services.intake.domain.steps import TicketStep
from services.intake.domain.ticket import Ticket
from services.intake.files.deadline_rules import deadline_rules, usual_kind
from tests.unit.intake.tickets import TAKE

WEDNESDAY = datetime(2026, 7, 1, 1, tzinfo=UTC)  # nine o'clock in Shanghai
KEEPER = Timekeeper(deadline_rules(), usual_kind, Calendar().after_working_days)


class Followed:
    """A ticket, and its clocks as they followed its steps."""

    def __init__(self, channel: Channel = Channel.PHONE, **facts: Any) -> None:
        self.at = WEDNESDAY
        self.clocks: list[Deadline] = []
        self.ticket = Ticket("t", channel, None, self.at, self.at)
        self.take(TicketStep.RECEIVE)
        self.take(TicketStep.CLASSIFY)
        for name, value in ({"type_code": "MJ01", "kind": None, "urgency": Urgency.NORMAL} | facts).items():
            setattr(self.ticket, name, value)

    def take(self, *steps: TicketStep) -> Followed:
        for step in steps:
            TAKE[step](self.ticket, self.at)
            running = [clock for clock in self.clocks if clock.stopped_at is None]
            moved = KEEPER.follow(self.ticket, running, self.ticket.steps[-1])
            self.clocks += [clock for clock in moved if not any(clock is one for one in self.clocks)]
            self.ticket.settle_by = settle_by(moved, self.ticket.settle_by)
        return self

    def later(self, **time: float) -> Followed:
        self.at += timedelta(**time)
        return self

    def running(self) -> set[DeadlineKind]:
        return {clock.kind for clock in self.clocks if clock.stopped_at is None}

    def clock(self, kind: DeadlineKind) -> Deadline:
        return [one for one in self.clocks if one.kind is kind][-1]

    def due(self, kind: DeadlineKind) -> str:
        shanghai = self.clock(kind).due_at + timedelta(hours=8)
        return f"{shanghai:%m-%d %H:%M}"
