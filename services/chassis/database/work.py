"""The unit of work: one transaction that holds state, inbox and outbox together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine, text

from services.chassis.clock import Clock
from services.chassis.messaging.outbox import OutboxRow, record, wake_relay
from services.chassis.tracing import current_traceparent
from services.contracts.event import Envelope, Event

_BOUND = text("SELECT set_config('lock_timeout', :lock, true), set_config('statement_timeout', :statement, true)")


@dataclass(slots=True)
class Work:
    """What a handler or a route may use inside its open transaction; it neither commits nor rolls back."""

    connection: Connection
    clock: Clock
    source: str
    outgoing: list[OutboxRow] = field(default_factory=list)
    committed: list[Callable[[], None]] = field(default_factory=list)

    def publish(self, topic: str, event: Event, event_id: UUID | None = None) -> UUID:
        """Puts `event` into the outbox; it is published if, and only if, this transaction commits.

        Give `event_id` where the same output may be made again, so that both have one id.
        """
        envelope = self._envelope(event, event_id or uuid4())
        self.outgoing.append(OutboxRow.of(topic, envelope))
        return envelope.id

    def bury(self, topic: str, last: Event, event_id: UUID) -> None:
        """Like `publish`, a tombstone: `last` names the aggregate that is no more on the compacted topic."""
        self.outgoing.append(OutboxRow.tombstone(topic, self._envelope(last, event_id)))

    def _envelope(self, event: Event, event_id: UUID) -> Envelope:
        return Envelope(event_id, self.source, self.clock.now(), event, current_traceparent.get())

    def after_commit(self, then: Callable[[], None]) -> None:
        """Runs `then` after the commit only: for metrics, which a repeated transaction would count twice."""
        self.committed.append(then)

    def bound(self, *, lock_ms: int, statement_ms: int) -> None:
        """Lets no later statement of this transaction take longer, nor wait longer for a lock: OperationalError then.

        SQLSTATE 57014 and 55P03; the transaction is rolled back.
        """
        self.connection.execute(_BOUND, {"lock": f"{lock_ms}ms", "statement": f"{statement_ms}ms"})

    def flush(self) -> bool:
        """Writes the outbox rows; returns whether there were any."""
        record(self.connection, self.outgoing)
        any_written = bool(self.outgoing)
        self.outgoing.clear()
        return any_written


@dataclass(frozen=True, slots=True)
class Workshop:
    """Opens units of work on one service's database."""

    engine: Engine
    clock: Clock
    source: str
    relay_looks_again: threading.Event = field(default_factory=threading.Event)
    """While it is set, the relay need not be woken: this process has it, and it will look for more rows by itself."""

    @contextmanager
    def open(self) -> Iterator[Work]:
        """One transaction: commits state and outbox rows together at the end, rolls back on any exception."""
        with self.engine.begin() as connection:
            work = Work(connection, self.clock, self.source)
            yield work
            to_publish = work.flush()
        if to_publish and not self.relay_looks_again.is_set():
            wake_relay(self.engine)
        for then in work.committed:
            then()
