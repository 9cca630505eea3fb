"""What notifier reads: dispatches and their texts, in either order; facts of tickets, hot issues and projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import cast
from uuid import UUID

from services.chassis.metrics import DELIVERIES
from services.chassis.subscription import Subscription
from services.chassis.work import Work
from services.contracts.department_events import DepartmentReplyRefused, HotIssueTold, ProjectTold, TicketTold
from services.contracts.event import Envelope, Event
from services.contracts.registry import HOT_ISSUE_EVENTS, PROJECT_EVENTS, TICKET_EVENTS
from services.contracts.ticket_events import ReplyRefused, TicketDispatched, TicketTextRecorded
from services.contracts.topics import topic_table
from services.notifier.adapters import deliveries, known_matters, known_tickets, sendings
from services.notifier.adapters.recipients import departments_of, known
from services.notifier.adapters.routing_file import FACTS, routing
from services.notifier.domain.delivery import CONSUMER, DeliveryChannel, Text, assignment, told
from services.notifier.domain.routing import Fact

_MESSAGES: tuple[tuple[tuple[type[Event], ...], type[Event]], ...] = (
    (TICKET_EVENTS, TicketTold),
    (HOT_ISSUE_EVENTS, HotIssueTold),
    (PROJECT_EVENTS, ProjectTold),
)
_TEXTS = topic_table().topic("ticket-texts")
TEXT_RETENTION = timedelta(milliseconds=int(_TEXTS.configs()["retention.ms"]))


def lock_matters(envelopes: Sequence[Envelope], work: Work) -> None:
    """Also forgets a few outdated texts: last, when nothing is waited for any more."""
    facts = {one.event.aggregate_id for one in envelopes if one.event.type in FACTS}
    known_tickets.lock(work.connection, {one.event.aggregate_id for one in envelopes if one.event.type not in FACTS})
    known_matters.lock(work.connection, facts)
    known_tickets.forget_texts(work.connection, work.clock.now() - TEXT_RETENTION)


def on_fact(envelope: Envelope, work: Work) -> None:
    """Tells all whom the routes name; a fact older than one already seen tells nobody."""
    fact = envelope.event
    recipients = departments_of(cast(Fact, fact))
    if not known_matters.remember(work.connection, fact.aggregate_id, fact.version):
        return
    message = next(message for events, message in _MESSAGES if isinstance(fact, events))
    for department in recipients:
        _tell_of(work, envelope, department, message)


def on_dispatched(envelope: Envelope, work: Work) -> None:
    """Tells the lead unit now, or as soon as the text is here, and the unit that leads no more; a dispatch older than
    one already seen tells nobody."""
    dispatch = envelope.event
    assert isinstance(dispatch, TicketDispatched)
    known(dispatch.lead, of=f"ticket {dispatch.ticket_id}")
    if not known_tickets.remember_dispatch(work.connection, dispatch.ticket_id, dispatch.version):
        return
    if dispatch.taken_from:
        _tell_of(work, envelope, known(dispatch.taken_from, of=f"ticket {dispatch.ticket_id}"), TicketTold)
    delivery = deliveries.open_assignment(work.connection, envelope, dispatch)
    if delivery is None:
        return
    text = known_tickets.text_of(work.connection, dispatch.ticket_id, dispatch.text_version)
    if text is not None:
        _tell(work, delivery, dispatch, text)


def on_reply_refused(envelope: Envelope, work: Work) -> None:
    """Tells the department that its reply changed nothing, and why."""
    fact = envelope.event
    assert isinstance(fact, ReplyRefused)
    _tell_of(work, envelope, known(fact.department, of=f"reply {fact.reply_id}"), DepartmentReplyRefused)


def on_text(envelope: Envelope, work: Work) -> None:
    """Keeps the text and tells all who waited for it."""
    event = envelope.event
    assert isinstance(event, TicketTextRecorded)
    if not known_tickets.remember_text(work.connection, event, envelope.time):
        return
    for delivery, dispatch in deliveries.released_by(work.connection, event.ticket_id, event.version):
        _tell(work, delivery, dispatch, Text(event.text, event.address))


def _tell_of(work: Work, envelope: Envelope, department: str, message: type[Event]) -> None:
    delivery = deliveries.open_published(work.connection, envelope, department, message, work.clock.now())
    if delivery is not None:
        _publish(work, department, told(message, envelope.event, department, delivery), delivery)


def _tell(work: Work, delivery: UUID, dispatch: TicketDispatched, text: Text) -> None:
    deliveries.mark_published(work.connection, delivery, work.clock.now())
    _publish(work, dispatch.lead, assignment(dispatch, text, delivery), delivery)


def _publish(work: Work, department: str, message: Event, delivery: UUID) -> None:
    work.publish(topic_table().department_topic(department), message, event_id=delivery)
    work.after_commit(DELIVERIES.labels(DeliveryChannel.TOPIC, "sent").inc)
    sendings.queue(work, department, message, told_as=delivery)


SUBSCRIPTION = Subscription(
    consumer=CONSUMER,
    topics=("tickets", "ticket-texts", "hot-issues", "projects"),
    handlers={
        TicketDispatched: on_dispatched,
        TicketTextRecorded: on_text,
        ReplyRefused: on_reply_refused,
        **{event: on_fact for event in FACTS.values() if routing().told(event.type)},
    },
    lock_cells=lock_matters,
)
