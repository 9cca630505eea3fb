"""The state topics as they stand: what compaction would leave of them."""

from __future__ import annotations

import threading

from sqlalchemy import select

from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.chassis.messaging.timers import TimerLoop
from services.chassis.messaging.wire import unpack_headers
from services.chassis.web.health import Health
from services.contracts.department_state_events import DepartmentTicketState
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.notifier.wiring import NotifierWiring

TIMERS = NotifierWiring.of(demo=True).timers


def records(workshop: Workshop, department: str = "housing") -> list[DepartmentTicketState | None]:
    """All records on the department's state topic in their order; None is a tombstone."""
    of = outbox.c.topic == f"departments.{department}.state"
    with workshop.engine.connect() as connection:
        rows = connection.execute(select(outbox).where(of).order_by(outbox.c.seq)).all()
    return [
        None if row.value is None else Envelope.parse(unpack_headers(row.headers), row.value, EVENTS).event  # type: ignore[misc]
        for row in rows
    ]


def state(workshop: Workshop, department: str = "housing") -> dict[str, DepartmentTicketState | None]:
    """The last record of each ticket."""
    of = outbox.c.topic == f"departments.{department}.state"
    with workshop.engine.connect() as connection:
        rows = connection.execute(select(outbox.c.key).where(of).order_by(outbox.c.seq)).scalars().all()
    return dict(zip((key.decode() for key in rows), records(workshop, department), strict=True))


def fire_due(workshop: Workshop) -> int:
    """Fires what is due by the workshop's clock; returns how many."""
    loop = TimerLoop(workshop, TIMERS, [], Health(), threading.Event())
    return loop.fire_next(workshop.clock.now())
