"""What a batch of events decides, in memory: deliveries to add or release, and messages in the order of the events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.contracts.event import Envelope, Event
from services.contracts.text_events import ERASED, TicketTextErased, TicketTextRecorded
from services.contracts.ticket_events import DepartmentCode, TicketDispatched
from services.notifier.domain.delivery import DepartmentMessage, RedactedText, TopicDelivery, notice, with_text
from services.notifier.domain.known_ticket import KnownTicket

_NO_WORDS = {"text": ERASED, "address": None}


@dataclass(slots=True)
class NotificationBatch:
    """`tickets`, `matters` and `waiting` are what the database holds, all locked.

    `waiting` are the messages that need a text, by ticket, oldest dispatch first. The log may know some of `added`
    already: whoever writes them drops their messages. `facts` are those of which officers may hear.
    """

    now: datetime
    kept_since: datetime
    tickets: Mapping[str, KnownTicket]
    matters: Mapping[str, int]
    waiting: dict[str, list[TopicDelivery]]
    newest: dict[str, int] = field(default_factory=dict)
    released: list[TopicDelivery] = field(default_factory=list)
    messages: list[DepartmentMessage] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    facts: list[Envelope] = field(default_factory=list)
    _added: dict[UUID, TopicDelivery] = field(default_factory=dict)

    @property
    def added(self) -> list[TopicDelivery]:
        return list(self._added.values())

    def is_newest(self, aggregate_id: str, version: int) -> bool:
        """False if a fact of this version or a newer one was known; otherwise this one is known from now on."""
        if version <= self.newest.get(aggregate_id, self.matters[aggregate_id]):
            return False
        self.newest[aggregate_id] = version
        return True

    def notify(self, cause: Envelope, department: DepartmentCode, message: type[Event]) -> None:
        delivery = TopicDelivery.of(cause, department, message)
        if delivery.delivery_id not in self._added:
            self._added[delivery.delivery_id] = delivery
            self._publish(delivery, notice(message, cause.event, department, delivery.delivery_id), cause)

    def give(
        self, cause: Envelope, dispatch: TicketDispatched, department: DepartmentCode, message: type[Event]
    ) -> None:
        """Gives the ticket to a unit, to lead it or to help, now or when the text arrives."""
        delivery = TopicDelivery.of(cause, department, message)
        waiting = self.waiting.setdefault(dispatch.ticket_id, [])
        if any(one.delivery_id == delivery.delivery_id for one in waiting):
            return
        delivery.dispatch = dispatch
        self._added[delivery.delivery_id] = delivery
        text = self.tickets[dispatch.ticket_id].text_from(dispatch.text_version, self.kept_since)
        if text is None:
            waiting.append(delivery)
        else:
            self._publish(delivery, with_text(message, dispatch, text, department, delivery.delivery_id), cause)

    def take_text(self, cause: Envelope, event: TicketTextRecorded) -> None:
        """Keeps the text and publishes the messages that waited for it."""
        self._take(cause, event, RedactedText(event.text, event.address))

    def erase_text(self, cause: Envelope, event: TicketTextErased) -> None:
        """Keeps ERASED in the place of the text: no older text is taken any more, and what waited for one goes out."""
        self.erased.add(event.ticket_id)
        self.messages = [
            replace(one, event=one.event.model_copy(update=_NO_WORDS))
            if one.delivery.subject_id == event.ticket_id and "text" in type(one.event).model_fields
            else one
            for one in self.messages
        ]
        self._take(cause, event, RedactedText(ERASED, None))

    def _take(self, cause: Envelope, event: TicketTextRecorded | TicketTextErased, text: RedactedText) -> None:
        if not self.tickets[event.ticket_id].take_text(text, event.version, cause.time, self.kept_since):
            return
        still_waiting = []
        for delivery in self.waiting.get(event.ticket_id, []):
            assert delivery.dispatch
            if delivery.dispatch.text_version > event.version:
                still_waiting.append(delivery)
                continue
            given = with_text(delivery.message, delivery.dispatch, text, delivery.department, delivery.delivery_id)
            self._publish(delivery, given, cause)
            if delivery.delivery_id not in self._added:
                self.released.append(delivery)
        self.waiting[event.ticket_id] = still_waiting

    def _publish(self, delivery: TopicDelivery, event: Event, cause: Envelope) -> None:
        delivery.published_at = self.now
        self.messages.append(DepartmentMessage(delivery, event, cause.traceparent))
