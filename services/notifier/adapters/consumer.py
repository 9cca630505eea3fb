"""What notifier reads: dispatches, and the texts that go with them, in either order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.chassis.errors import Reject
from services.chassis.metrics import DELIVERIES
from services.chassis.subscription import Subscription
from services.chassis.work import Work
from services.contracts.departments import departments
from services.contracts.event import Envelope
from services.contracts.ticket_events import TicketDispatched, TicketTextRecorded
from services.contracts.topics import topic_table
from services.notifier.adapters import deliveries, known_tickets
from services.notifier.domain.delivery import CONSUMER, DeliveryChannel, Text, assignment

_TEXTS = topic_table().topic("ticket-texts")
TEXT_RETENTION = timedelta(milliseconds=int(_TEXTS.configs()["retention.ms"]))


def lock_tickets(envelopes: Sequence[Envelope], work: Work) -> None:
    """Also forgets a few outdated texts: last, when nothing is waited for any more."""
    known_tickets.lock(work.connection, {envelope.event.aggregate_id for envelope in envelopes})
    known_tickets.forget_texts(work.connection, work.clock.now() - TEXT_RETENTION)


def on_dispatched(envelope: Envelope, work: Work) -> None:
    """Tells the lead unit now, or as soon as the text is here; a dispatch older than one already seen tells nobody."""
    dispatch = envelope.event
    assert isinstance(dispatch, TicketDispatched)
    if dispatch.lead not in departments():
        raise Reject(
            f"lead {dispatch.lead!r} of ticket {dispatch.ticket_id} is not in departments.yaml; add it there,"
            " run `closedloop topics apply`, restart notifier, then `closedloop dlq replay notifier`"
        )
    if not known_tickets.remember_dispatch(work.connection, dispatch.ticket_id, dispatch.version):
        return
    delivery = deliveries.open_delivery(work.connection, envelope, dispatch)
    if delivery is None:
        return
    text = known_tickets.text_of(work.connection, dispatch.ticket_id, dispatch.text_version)
    if text is not None:
        _tell(work, delivery, dispatch, text)


def on_text(envelope: Envelope, work: Work) -> None:
    """Keeps the text and tells all who waited for it."""
    event = envelope.event
    assert isinstance(event, TicketTextRecorded)
    if not known_tickets.remember_text(work.connection, event, envelope.time):
        return
    for delivery, dispatch in deliveries.released_by(work.connection, event.ticket_id, event.version):
        _tell(work, delivery, dispatch, Text(event.text, event.address))


def _tell(work: Work, delivery: UUID, dispatch: TicketDispatched, text: Text) -> None:
    topic = topic_table().department_topic(dispatch.lead)
    work.publish(topic, assignment(dispatch, text, delivery), event_id=delivery)
    deliveries.mark_published(work.connection, delivery, work.clock.now())
    DELIVERIES.labels(DeliveryChannel.TOPIC, "sent").inc()


SUBSCRIPTION = Subscription(
    consumer=CONSUMER,
    topics=("tickets", "ticket-texts"),
    handlers={TicketDispatched: on_dispatched, TicketTextRecorded: on_text},
    lock_cells=lock_tickets,
)
