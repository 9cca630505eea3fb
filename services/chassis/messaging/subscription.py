"""Which events a service reads from which topics, and how it handles them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from kafka.consumer.fetcher import ConsumerRecord

from services.chassis import metrics
from services.chassis.database.work import Work
from services.chassis.tracing import current_traceparent
from services.contracts.event import Envelope, Event, MalformedEvent
from services.contracts.registry import EVENTS

Many = Callable[[Sequence[Envelope], Work], None]
"""Handles a batch of events, in the order of their offsets, in one transaction."""
One = Callable[[Envelope, Work], None]
Read = Callable[[ConsumerRecord], Envelope]
"""Reads a record; raises MalformedEvent for one that is no event, NotOurs for one that another consumer reads."""
AnswerRejected = Callable[[ConsumerRecord, UUID, MalformedEvent | None, Work], None]
"""Answers whoever wrote a record that became a dead letter, in the same transaction. The id is the event's, or made
from its place; without a fault its handler failed."""


class NotOurs(Exception):
    """A record of a topic that several services read, and another one takes: passed over, valid or not."""


def read_event(record: ConsumerRecord) -> Envelope:
    """As our services write them."""
    return Envelope.parse(record.headers or [], record.value, EVENTS)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One consumer group of a service, the event classes it reads, and the handler of their batches.

    `many` runs inside the consumer's transaction and gets the whole batch: it locks shared rows in sorted order,
    decides in memory, writes with one statement a table, and publishes last. A batch must have the same effect as its
    events one by one: if it raises, its events come again singly, each as a batch of one. It may run again after a
    rollback, never after a commit. Events of one key come in order unless redelivered, events of different keys or
    topics in any order. Events of other classes are ignored.
    `singly`: each event in a transaction of its own, for handlers that lock in an order that no batch keeps.
    `answer_rejected` is for topics that others write: whoever wrote a record that is no event is answered, and it does
    not count as a fault of ours (the reject limit).
    """

    consumer: str
    topics: tuple[str, ...]
    events: frozenset[type[Event]]
    many: Many
    read: Read = read_event
    answer_rejected: AnswerRejected | None = None
    singly: bool = False

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
