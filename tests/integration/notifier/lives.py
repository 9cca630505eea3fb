"""Tickets some way into their lives, as notifier reads them, and which of them are open for one department."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select

from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.contracts.department_state_events import OPEN_STATES
from services.contracts.event import Envelope
from services.contracts.ticket_events import (
    ClockLimit,
    TicketArchived,
    TicketDispatched,
    TicketEvent,
    TicketRedoOrdered,
    TicketSettled,
    TicketSigned,
    TicketSupervised,
)
from tests.harness.waiting import eventually
from tests.integration.notifier.events import START, text_of, ticket_fact, ticket_id

UNIT = "construction"


def published(workshop: Workshop) -> None:
    waiting = select(func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))

    def none_waits() -> bool:
        with workshop.engine.connect() as connection:
            return connection.execute(waiting).scalar_one() == 0

    eventually(none_waits, within=60, what="the outbox to be published")


def lives(numbers: range, seed: int) -> list[Envelope]:
    """Tickets of the unit and of another, some steps into their lives, mixed; each with its text."""
    chance, log = random.Random(seed), []
    for number in numbers:
        lead, other = chance.sample([UNIT, "market"], 2)
        steps: list[tuple[type[TicketEvent], dict[str, Any]]] = [
            (TicketDispatched, {"lead": lead, "limits": (ClockLimit(clock="settle", due=START + timedelta(days=5)),)}),
            (TicketSigned, {"lead": lead, "state": "signed"}),
            (TicketSupervised, {"lead": lead, "state": "signed", "supervised": True}),
            (TicketDispatched, {"lead": other, "state": "dispatched", "taken_from": lead}),
            (TicketSettled, {"lead": other, "state": "settled", "settled_at": START, "unit_solved": True}),
            (TicketRedoOrdered, {"lead": other, "state": "redo", "redos": 1}),
            (TicketArchived, {"lead": other, "state": "archived", "unit_solved": True}),
        ]
        log.append([text_of(number)])
        log[-1] += [
            ticket_fact(kind, version, **{"ticket_id": ticket_id(number)} | facts)
            for version, (kind, facts) in enumerate(steps[: chance.randint(1, len(steps))], start=2)
        ]
    mixed = []
    while log:
        life = chance.choice(log)
        mixed.append(life.pop(0))
        if not life:
            log.remove(life)
    return mixed


def batches(log: list[Envelope]) -> Iterator[list[Envelope]]:
    yield from (log[begin : begin + 40] for begin in range(0, len(log), 40))


def open_in(log: list[Envelope]) -> dict[str, tuple[int, str, str]]:
    """The unit's open tickets: (version, state, text)."""
    newest: dict[str, TicketEvent] = {}
    texts = {one.event.aggregate_id: one.event.text for one in log if hasattr(one.event, "text")}
    for envelope in log:
        if isinstance(envelope.event, TicketEvent):
            newest[envelope.event.ticket_id] = envelope.event
    return {
        one.ticket_id: (one.version, one.state, texts[one.ticket_id])
        for one in newest.values()
        if one.lead == UNIT and one.state in OPEN_STATES
    }
