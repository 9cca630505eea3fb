"""Processes one batch of records: the rules of the idempotent consumer (ADR 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from uuid import UUID

import structlog
from kafka.consumer.fetcher import ConsumerRecord

from services.chassis import metrics
from services.chassis.database.work import Workshop
from services.chassis.messaging import attempts, dead_letters, inbox
from services.chassis.messaging.errors import Kind, cause_of, kind_of
from services.chassis.messaging.reject_limit import RejectLimit
from services.chassis.messaging.subscription import NotOurs, Subscription
from services.chassis.messaging.unreadable import UnreadableRecords
from services.contracts.event import Envelope, MalformedEvent, deterministic_id

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5


class Halted(Exception):
    """So many rejects that the fault must be ours; a person has to look before the consumer continues."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record and its envelope, or the fault for which it has none; neither for one that another consumer takes."""

    record: ConsumerRecord
    event_id: UUID
    envelope: Envelope | None
    fault: MalformedEvent | None

    @property
    def identity(self) -> tuple[str, UUID]:
        return self.record.topic, self.event_id

    @property
    def type(self) -> str:
        return self.envelope.event.type if self.envelope else "unknown"


def read(record: ConsumerRecord, subscription: Subscription) -> Incoming:
    """Never raises: a record that is no event gets an id from its place and content, so that it is dead-lettered once.

    From its content too, because in a recreated topic another record may be at the same place.
    """
    fault = None
    try:
        envelope = subscription.read(record)
    except (MalformedEvent, NotOurs) as error:
        fault = error if isinstance(error, MalformedEvent) else None
        content = sha256(repr((record.key, record.value, record.headers)).encode("utf-8", "surrogatepass")).hexdigest()
        place = f"{record.topic}-{record.partition}-{record.offset}-{content}"
        return Incoming(record, deterministic_id(subscription.consumer, place, "malformed"), None, fault)
    return Incoming(record, envelope.id, replace(envelope, topic=record.topic), None)


@dataclass(slots=True)
class Processor:
    """Processes the batches of one subscription. Not thread-safe; one for each consumer.

    `process` returns when every record of the batch is settled in the database: handled, passed over, known
    before, or dead-lettered. Nothing is done by halves when it raises: what kind_of() calls Retry when a
    dependency is down, Halted at the reject limit, and the handler's own exception for a bug.
    """

    service: str
    subscription: Subscription
    workshop: Workshop
    limit: RejectLimit = field(default_factory=RejectLimit)
    max_attempts: int = MAX_ATTEMPTS

    @property
    def consumer(self) -> str:
        return self.subscription.consumer

    def process(self, records: Sequence[ConsumerRecord]) -> None:
        batch = [read(record, self.subscription) for record in records]
        if all(self._ignores(incoming) for incoming in batch):
            self._handle(batch)  # runs no handler, so it is no attempt
            return
        starts: dict[attempts.Position, int] = {}
        for incoming in batch:
            starts.setdefault((incoming.record.topic, incoming.record.partition), incoming.record.offset)
        with attempts.attempt(self.workshop.engine, self.consumer, "batch", starts) as count:
            alone = self.subscription.singly and len(batch) > 1
            if count == 1 and not alone and all(incoming.fault is None for incoming in batch):
                try:
                    self._handle(batch)
                    return
                except Exception as error:
                    metrics.BATCHES_ROLLED_BACK.labels(self.consumer).inc()
                    if kind_of(error) is Kind.RETRY:
                        raise
                    log.info("batch runs again event by event", cause=cause_of(error))
            self._one_by_one(batch)

    def _one_by_one(self, batch: Sequence[Incoming]) -> None:
        with self.workshop.engine.begin() as connection:
            taken = inbox.taken(connection, self.consumer, [incoming.event_id for incoming in batch])
        for incoming in batch:
            record = incoming.record
            with structlog.contextvars.bound_contextvars(
                topic=record.topic, partition=record.partition, offset=record.offset, event_id=str(incoming.event_id)
            ):
                if incoming.identity in taken:
                    self._count(incoming, "duplicate")
                elif incoming.fault:
                    self._reject(incoming, cause_of(incoming.fault))
                elif self._wants(incoming):
                    self._settle(incoming)
                else:  # runs no handler, so it is no attempt: counted as one, it would wipe out the next event's
                    self._handle([incoming])

    def reject_unreadable(self, place: UnreadableRecords) -> None:
        """Dead-letters what the client library cannot decode, by its place alone. Raises Halted like `process`."""
        topic, partition = place.partition
        record = ConsumerRecord(topic, partition, -1, place.first, 0, 0, None, None, [], None, -1, -1, -1)
        cause = f"cannot be decoded, offsets {place.first} to {place.last}, kept on the topic alone: {place.cause}"
        identity = deterministic_id(self.consumer, f"{topic}-{partition}-{place.first}-{place.cause}", "unreadable")
        self._reject(Incoming(record, identity, None, MalformedEvent("record", "cannot be decoded")), cause)

    def _settle(self, incoming: Incoming) -> None:
        record = incoming.record
        position = {(record.topic, record.partition): record.offset}
        with attempts.attempt(self.workshop.engine, self.consumer, "event", position) as count:
            if count > self.max_attempts:
                self._reject(incoming, f"stopped the consumer {count - 1} times")
                return
            try:
                self._handle([incoming])
            except Exception as error:
                match kind_of(error):
                    case Kind.REJECT:
                        self._reject(incoming, cause_of(error))
                    case Kind.BUG if count >= self.max_attempts:
                        self._reject(incoming, f"bug, {count} attempts: {cause_of(error)}")
                    case Kind.BUG:
                        metrics.EVENT_BUGS.labels(self.consumer, record.topic, incoming.type).inc()
                        raise
                    case Kind.RETRY:
                        raise

    def _handle(self, batch: Sequence[Incoming]) -> None:
        """Handles all of `batch` in one transaction; counts it after the commit."""
        wanted = [incoming for incoming in batch if self._wants(incoming)]
        fresh = self._apply(wanted) if wanted else []
        for incoming in batch:
            if not self._wants(incoming):
                self._count(incoming, "ignored")
            elif any(incoming is one for one in fresh[:1]):
                fresh.pop(0)
                self.limit.record(False)  # ignored events do not count: they would hide that all others fail
                self._count(incoming, "handled")
            else:
                self._count(incoming, "duplicate")

    def _apply(self, wanted: Sequence[Incoming]) -> list[Incoming]:
        """Handles the new events, each once; returns them."""
        with self.workshop.open() as work:
            admitted = inbox.admit(work.connection, self.consumer, [incoming.identity for incoming in wanted])
            fresh = []
            for incoming in wanted:
                if incoming.identity in admitted:
                    admitted.discard(incoming.identity)
                    fresh.append(incoming)
            if fresh:
                self.subscription.apply([incoming.envelope for incoming in fresh if incoming.envelope], work)
        return fresh

    def _wants(self, incoming: Incoming) -> bool:
        return incoming.envelope is not None and self.subscription.wants(incoming.envelope)

    def _ignores(self, incoming: Incoming) -> bool:
        return incoming.fault is None and not self._wants(incoming)

    def _reject(self, incoming: Incoming, cause: str) -> None:
        subject = dead_letters.Subject(self.service, self.consumer, incoming.event_id, incoming.record)
        with self.workshop.open() as work:
            letter = dead_letters.reject(work.connection, subject, cause)
            if letter:
                work.outgoing.append(letter)
                if answer := self.subscription.answer_rejected:
                    answer(incoming.record, incoming.event_id, incoming.fault, work)
        self._count(incoming, "rejected" if letter else "duplicate")
        log.warning("event rejected", cause=cause, letter=str(subject.letter_id))
        others_fault = incoming.fault is not None and self.subscription.answer_rejected is not None
        if not others_fault and self.limit.record(True):
            raise Halted(f"reject limit passed; the last cause was: {cause}")

    def _count(self, incoming: Incoming, outcome: str) -> None:
        metrics.EVENTS_CONSUMED.labels(self.consumer, incoming.record.topic, incoming.type, outcome).inc()
