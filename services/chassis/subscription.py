"""What a service wants from which topics."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.chassis import metrics
from services.chassis.tracing import current_traceparent
from services.chassis.work import Work
from services.contracts.event import Envelope, Event

Handler = Callable[[Envelope, Work], None]
CellLock = Callable[[Sequence[Envelope], Work], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """One consumer group of a service and its handlers by event class.

    A handler runs inside the consumer's transaction. It may run again after a rollback, never after a commit;
    events of one key come in order unless redelivered, events of different keys or topics in any order.
    Registered events without a handler are passed over. `lock_cells` is called once per transaction, before
    its handlers, with the events it will handle: to lock the rows they share in sorted order (DESIGN §4).
    """

    consumer: str
    topics: tuple[str, ...]
    handlers: Mapping[type[Event], Handler]
    lock_cells: CellLock | None = None

    def wants(self, envelope: Envelope) -> bool:
        return type(envelope.event) in self.handlers

    def apply(self, envelopes: Sequence[Envelope], work: Work) -> None:
        """Runs the handlers of `envelopes`, all in the transaction of `work`."""
        if self.lock_cells:
            self.lock_cells(envelopes, work)
        for envelope in envelopes:
            current_traceparent.set(envelope.traceparent)
            with metrics.HANDLER_SECONDS.labels(self.consumer, envelope.event.type).time():
                self.handlers[type(envelope.event)](envelope, work)
