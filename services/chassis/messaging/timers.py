"""Deadlines that survive restarts and fire once, in the order in which they are due (ADR 8)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import Connection, Select, bindparam, func, select, update

from services.chassis.activity import Activity
from services.chassis.database.rows import by_column, insert_rows
from services.chassis.database.tables import timers
from services.chassis.database.work import Work, Workshop
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.web.health import Health
from services.contracts.event import deterministic_id

log = structlog.get_logger(__name__)

TICK_S = 1.0
LOOK_S = 0.01
"""How often to check whether the inputs have caught up, while deadlines wait for them."""
RETRY_S = 1.0
BATCH = 200
"""Deadlines that share a transaction."""

_WAITING = timers.c.fired_at.is_(None) & timers.c.cancelled_at.is_(None)
_DUE = select(func.count()).select_from(timers).where(_WAITING, timers.c.due_at < bindparam("now"))
_START = insert_rows(timers, "id", "kind", "subject", "due_at").on_conflict_do_nothing()


@dataclass(frozen=True, slots=True)
class Timer:
    """`subject` is what the deadline is for; `due_at` is business time."""

    id: UUID
    kind: str
    subject: str
    due_at: datetime


TimerHandler = Callable[[Sequence[Timer], Work], None]
"""Runs in the transaction that marks the timers as fired, so that it takes effect once.

Gets timers of its kind, in the order in which they were due; may run again after a rollback.
"""


def each(handle: Callable[[Timer, Work], None]) -> TimerHandler:
    """Turns a handler of one deadline into a handler of many."""

    def handle_all(due: Sequence[Timer], work: Work) -> None:
        for timer in due:
            handle(timer, work)

    return handle_all


def start(work: Work, kind: str, subject: str, due_at: datetime) -> UUID:
    """Sets a deadline in the caller's transaction; the id comes from its arguments, so setting it twice is harmless."""
    (timer_id,) = start_all(work, kind, [(subject, due_at)])
    return timer_id


def start_all(work: Work, kind: str, deadlines: Sequence[tuple[str, datetime]]) -> list[UUID]:
    """Like `start`, for many deadlines (subject, due) of one kind."""
    rows: list[dict[str, Any]] = [
        {
            "id": deterministic_id("timers", f"{kind}|{subject}|{due_at.isoformat()}", kind),
            "kind": kind,
            "subject": subject,
            "due_at": due_at,
        }
        for subject, due_at in deadlines
    ]
    if rows:
        work.connection.execute(_START, by_column(rows))
    return [row["id"] for row in rows]


def due_count(connection: Connection, now: datetime) -> int:
    """How many deadlines are past and have not fired."""
    return connection.execute(_DUE, {"now": now}).scalar_one()


class Reader(Protocol):
    """A consumer that others wait for."""

    @property
    def read_until(self) -> float:
        """Real time (epoch seconds) up to which everything published has been settled."""


class Input(Reader, Protocol):
    """A consumer that deadlines must wait for."""

    def look_now(self) -> None:
        """Somebody waits for `read_until`."""


class TimerLoop:
    """Fires what is due, oldest first, many in a transaction; two processes share the work.

    A deadline found due at one moment fires only when every input has been read up to that moment, so that a fact
    which came in time still cancels it. Costs O(due) a tick.
    """

    def __init__(
        self,
        workshop: Workshop,
        handlers: Mapping[str, TimerHandler],
        inputs: Sequence[Input],
        health: Health,
        stop: threading.Event,
        activity: Activity | None = None,
    ) -> None:
        self._activity = activity or Activity()
        self._workshop = workshop
        self._handlers = handlers
        self._inputs = inputs
        self._health = health
        self._stop = stop

    def run(self) -> None:
        while not self._stop.is_set():
            cut, seen = self._workshop.clock.now(), time.time()
            try:
                with self._workshop.engine.begin() as connection:
                    due = due_count(connection, cut)
                if due:
                    self._activity.stir()
                if due and self._inputs_read_until(seen):
                    while not self._stop.is_set() and self.fire_next(cut):
                        self._health.beat("timers")
            except Exception as error:
                if kind_of(error) is not Kind.RETRY:
                    raise
                log.warning("timers wait: dependency down", cause=cause_of(error))
                self._stop.wait(RETRY_S)
            self._health.beat("timers")
            self._activity.pause(TICK_S)

    def _inputs_read_until(self, moment: float) -> bool:
        while not self._stop.is_set():
            behind = [one for one in self._inputs if one.read_until < moment]
            if not behind:
                return True
            self._health.beat("timers")
            for one in behind:
                one.look_now()
            self._stop.wait(LOOK_S)
        return False

    def fire_next(self, cut: datetime) -> int:
        """Fires the oldest deadlines before `cut`, `BATCH` of them in one transaction; returns how many.

        If a handler raises for another cause than a dependency that is down, each is fired in a transaction of its own:
        only the faulty ones keep waiting, and the exception of the oldest of them is raised at the end.
        """
        try:
            return self._fire(cut)
        except Exception as error:
            if kind_of(error) is Kind.RETRY:
                raise
        return self._fire_one_by_one(cut)

    def _fire_one_by_one(self, cut: datetime) -> int:
        with self._workshop.engine.begin() as connection:
            due = connection.execute(self._due(cut).with_only_columns(timers.c.id)).scalars().all()
        fired, bugs = 0, list[Exception]()
        for one in due:
            try:
                fired += self._fire(cut, one)
            except Exception as error:
                if kind_of(error) is Kind.RETRY:
                    raise
                log.exception("a deadline cannot be fired", timer=str(one))
                bugs.append(error)
        if bugs:
            raise bugs[0]
        return fired

    def _due(self, cut: datetime) -> Select[Any]:
        waiting = select(timers).where(_WAITING, timers.c.due_at < cut, timers.c.kind.in_(self._handlers))
        return waiting.order_by(timers.c.due_at, timers.c.id).limit(BATCH)

    def _fire(self, cut: datetime, alone: UUID | None = None) -> int:
        """`alone`: that one only."""
        asked = self._due(cut) if alone is None else self._due(cut).where(timers.c.id == alone)
        with self._workshop.open() as work:
            rows = work.connection.execute(asked.with_for_update(skip_locked=True)).all()
            due = [Timer(row.id, row.kind, row.subject, row.due_at) for row in rows]
            for kind, run in groupby(due, key=lambda timer: timer.kind):
                self._handlers[kind](list(run), work)
            fired = update(timers).where(timers.c.id.in_([timer.id for timer in due]))
            work.connection.execute(fired.values(fired_at=work.clock.now()))
        return len(due)
