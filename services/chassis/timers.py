"""Deadlines: stored facts that survive restarts, fire once, in the order they are due (DESIGN §4 "Time")."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis.errors import Kind, cause_of, kind_of
from services.chassis.health import Health
from services.chassis.tables import timers
from services.chassis.work import Work, Workshop
from services.contracts.event import deterministic_id

log = structlog.get_logger(__name__)

TICK_S = 0.2
RETRY_S = 1.0


@dataclass(frozen=True, slots=True)
class Timer:
    """`subject` is whose deadline it is; `due_at` business time."""

    id: UUID
    kind: str
    subject: str
    due_at: datetime


TimerHandler = Callable[[Timer, Work], None]
"""Runs in the transaction that marks the timer fired: once for ever, however often the process dies."""


def start(work: Work, kind: str, subject: str, due_at: datetime) -> UUID:
    """Sets a deadline in the caller's transaction; the id comes from its arguments, so setting it twice is harmless."""
    timer_id = deterministic_id("timers", f"{kind}|{subject}|{due_at.isoformat()}", kind)
    work.connection.execute(
        insert(timers).values(id=timer_id, kind=kind, subject=subject, due_at=due_at).on_conflict_do_nothing()
    )
    return timer_id


def cancel(work: Work, kind: str, subject: str) -> None:
    """Takes back every deadline of `kind` for `subject` that has not fired."""
    work.connection.execute(
        update(timers)
        .where(timers.c.subject == subject, timers.c.kind == kind)
        .where(timers.c.fired_at.is_(None), timers.c.cancelled_at.is_(None))
        .values(cancelled_at=work.clock.now())
    )


def due_count(connection: Connection, now: datetime) -> int:
    """How many deadlines are past and have not fired."""
    past = select(func.count()).select_from(timers).where(_waiting(), timers.c.due_at < now)
    return connection.execute(past).scalar_one()


class Input(Protocol):
    """A consumer, as far as deadlines must wait for it."""

    @property
    def read_until(self) -> float:
        """Real time (epoch seconds) up to which everything published has been settled."""


class TimerLoop:
    """Fires what is due, oldest first, each in a transaction of its own; two processes share the work.

    A deadline that is found due at one moment fires only when every input has been read up to that moment, so
    that a fact which came in time stops it. Costs O(due) a tick.
    """

    def __init__(
        self,
        workshop: Workshop,
        handlers: Mapping[str, TimerHandler],
        inputs: Sequence[Input],
        health: Health,
        stop: threading.Event,
    ) -> None:
        self._workshop = workshop
        self._handlers = handlers
        self._inputs = inputs
        self._health = health
        self._stop = stop

    def run(self) -> None:
        while not self._stop.is_set():
            cut, seen = self._workshop.clock.now(), time.time()
            try:
                with self._workshop.engine.connect() as connection:
                    due = due_count(connection, cut)
                if due and self._inputs_read_until(seen):
                    while not self._stop.is_set() and self.fire_next(cut):
                        self._health.beat("timers")
            except Exception as error:
                if kind_of(error) is not Kind.RETRY:
                    raise
                log.warning("timers wait: dependency down", cause=cause_of(error))
                self._stop.wait(RETRY_S)
            self._health.beat("timers")
            self._stop.wait(TICK_S)

    def _inputs_read_until(self, moment: float) -> bool:
        while not self._stop.is_set():
            if all(one.read_until >= moment for one in self._inputs):
                return True
            self._health.beat("timers")
            self._stop.wait(TICK_S / 4)
        return False

    def fire_next(self, cut: datetime) -> bool:
        """Fires the oldest deadline before `cut`; False if there is none. What its handler raises leaves it waiting."""
        with self._workshop.open() as work:
            row = work.connection.execute(
                select(timers)
                .where(_waiting(), timers.c.due_at < cut)
                .where(timers.c.kind.in_(self._handlers))
                .order_by(timers.c.due_at, timers.c.id)
                .limit(1)
                .with_for_update(skip_locked=True)
            ).one_or_none()
            if row is None:
                return False
            self._handlers[row.kind](Timer(row.id, row.kind, row.subject, row.due_at), work)
            work.connection.execute(
                update(timers).where(timers.c.id == row.id).values(fired_at=work.clock.now())
            )
        return True


def _waiting() -> ColumnElement[bool]:
    return timers.c.fired_at.is_(None) & timers.c.cancelled_at.is_(None)
