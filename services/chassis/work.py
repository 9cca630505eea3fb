"""The unit of work: one transaction that holds state, inbox and outbox together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import Connection, Engine

from services.chassis.clock import Clock
from services.chassis.outbox import OutboxRow, record, wake_relay
from services.chassis.tracing import current_traceparent
from services.contracts.event import Envelope, Event


@dataclass(slots=True)
class Work:
    """What a handler or a route may use inside its open transaction. It neither commits nor rolls back itself."""

    connection: Connection
    clock: Clock
    source: str
    outgoing: list[OutboxRow] = field(default_factory=list)
    committed: list[Callable[[], None]] = field(default_factory=list)

    def publish(self, topic: str, event: Event, event_id: UUID | None = None) -> UUID:
        """Puts `event` into the outbox; it is published if, and only if, this transaction commits.

        The id is fixed by the commit; give `event_id` where the same output may be made again.
        """
        envelope = Envelope(event_id or uuid4(), self.source, self.clock.now(), event, current_traceparent.get())
        self.outgoing.append(OutboxRow.of(topic, envelope))
        return envelope.id

    def after_commit(self, then: Callable[[], None]) -> None:
        """For what must not be counted twice when the transaction rolls back and runs again: metrics."""
        self.committed.append(then)

    def flush(self) -> bool:
        """Writes what is to be published; whether there was anything."""
        record(self.connection, self.outgoing)
        told = bool(self.outgoing)
        self.outgoing.clear()
        return told


@dataclass(frozen=True, slots=True)
class Workshop:
    """Opens units of work on one service's database."""

    engine: Engine
    clock: Clock
    source: str

    @contextmanager
    def open(self) -> Iterator[Work]:
        """One transaction: commits (state and outbox rows together) on leaving, rolls back on any exception."""
        with self.engine.begin() as connection:
            work = Work(connection, self.clock, self.source)
            yield work
            told = work.flush()
        if told:
            wake_relay(self.engine)
        for then in work.committed:
            then()
