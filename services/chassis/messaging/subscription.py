"""Which events a service reads from which topics, and how it handles them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.database.work import Work
from services.chassis.tracing import current_traceparent
from services.contracts.event import Envelope, Event

Many = Callable[[Sequence[Envelope], Work], None]
"""Handles a batch of events, in the order of their offsets, in one transaction."""
One = Callable[[Envelope, Work], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One consumer group of a service, the event classes it reads, and the handler of their batches.

    `many` runs inside the consumer's transaction and gets the whole batch: it locks shared rows in sorted order,
    decides in memory, writes with one statement a table, and publishes last. A batch must have the same effect as its
    events one by one: if it raises, its events come again singly, each as a batch of one. It may run again after a
    rollback, never after a commit. Events of one key come in order unless redelivered, events of different keys or
    topics in any order. Events of other classes are ignored.
    """

    consumer: str
    topics: tuple[str, ...]
    events: frozenset[type[Event]]
    many: Many

    def wants(self, envelope: Envelope) -> bool:
        return type(envelope.event) in self.events

    def apply(self, envelopes: Sequence[Envelope], work: Work) -> None:
        """Handles `envelopes` in the transaction of `work`."""
        with metrics.BATCH_SECONDS.labels(self.consumer).time():
            self.many(envelopes, work)


def traced(envelopes: Sequence[Envelope]) -> Iterator[Envelope]:
    """The envelopes one by one; what is published in between carries the trace of its cause."""
    for envelope in envelopes:
        current_traceparent.set(envelope.traceparent)
        yield envelope


def one_by_one(handlers: Mapping[type[Event], One], lock: Many | None = None) -> Many:
    """A batch handler for topics with few events: takes the shared locks, then calls the handler of each event."""

    def many(envelopes: Sequence[Envelope], work: Work) -> None:
        if lock:
            lock(envelopes, work)
        for envelope in traced(envelopes):
            handlers[type(envelope.event)](envelope, work)

    return many
