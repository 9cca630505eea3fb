"""One message for each dispatch, whatever comes first and however often."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY
from sqlalchemy import select, text

from services.chassis.clock import FixedClock
from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Reject
from services.contracts.event import Envelope
from services.notifier.domain.delivery import DeliveryChannel, delivery_id
from services.notifier.store.deliveries import gauge_awaiting_text
from services.notifier.store.tables import deliveries, known_tickets
from services.notifier.wiring import text_retention
from tests.harness.examples import ONE_DATABASE
from tests.harness.waiting import eventually
from tests.integration.notifier.events import (
    SUBSCRIPTION,
    assignments,
    dispatched,
    take,
    text_of,
    ticket_id,
    waiting_for_locks,
)

WAITING = "closedloop_deliveries_awaiting_text"
SENT = "closedloop_deliveries_total"


@st.composite
def readings(draw: st.DrawFn) -> list[list[Envelope]]:
    """Dispatches and texts of two tickets: each topic in its order, the topics interleaved, some read again."""
    dispatches = [dispatched(1), dispatched(1, version=3, lead="fire"), dispatched(2, text_version=2)]
    texts = [text_of(1), text_of(1, version=2), text_of(2), text_of(2, version=2)]
    order = draw(st.permutations([True] * len(dispatches) + [False] * len(texts)))
    interleaved = [(dispatches if of_ticket else texts).pop(0) for of_ticket in order]
    for _ in range(draw(st.integers(0, 3))):
        again = draw(st.integers(0, len(interleaved) - 1))
        interleaved.insert(draw(st.integers(again + 1, len(interleaved))), interleaved[again])
    cuts = sorted(draw(st.sets(st.integers(1, len(interleaved) - 1), max_size=3)))
    return [interleaved[a:b] for a, b in zip([0, *cuts], [*cuts, len(interleaved)], strict=True)]


@ONE_DATABASE
@given(batches=readings())
def test_each_dispatch_is_sent_exactly_once_in_its_order(workshop: Workshop, batches: Sequence[list[Envelope]]) -> None:
    with workshop.open() as work:
        work.connection.execute(text("TRUNCATE known_tickets, deliveries, webhook_sendings, outbox"))
    for batch in batches:
        take(workshop, *batch)
    messages = assignments(workshop)
    assert [(topic, one.version) for topic, one in messages if one.ticket_id == ticket_id(1)] == [
        ("departments.housing", 2),
        ("departments.fire", 3),
    ]
    assert [one.text for _, one in messages if one.ticket_id == ticket_id(2)] == ["屋顶漏水 2.2"]
    with workshop.open() as work:
        statuses = work.connection.execute(select(deliveries.c.status)).scalars().all()
    assert statuses == ["published"] * 3


def test_the_message_says_what_the_unit_needs(workshop: Workshop) -> None:
    dispatch = dispatched(1, co_handlers=("quyanglu",))
    take(workshop, text_of(1), dispatch)
    ((topic, message),) = assignments(workshop)
    assert topic == "departments.housing"
    assert message.delivery_id == delivery_id(dispatch.id, "department:housing", DeliveryChannel.TOPIC, message.type)
    assert (message.text, message.address, message.co_handlers) == ("屋顶漏水 1.1", "曲阳一村", ("quyanglu",))
    shared = {"ticket_id", "version", "type_code", "place", "urgency", "occurred_at", "received_at"}
    assert message.model_dump(include=shared) == dispatch.event.model_dump(include=shared)


def test_a_dispatch_waits_for_its_text_and_the_gauge_shows_it(workshop: Workshop) -> None:
    sent = _sent()
    take(workshop, dispatched(1))
    assert assignments(workshop) == []
    assert _gauge(workshop) == 1
    take(workshop, text_of(2))
    assert assignments(workshop) == []
    take(workshop, text_of(1))
    assert len(assignments(workshop)) == 1
    assert _gauge(workshop) == 0
    assert _sent() == sent + 1


def test_an_older_dispatch_after_a_newer_one_tells_nobody(workshop: Workshop) -> None:
    take(workshop, text_of(1), dispatched(1, version=3, lead="fire"), dispatched(1, version=2))
    assert [topic for topic, _ in assignments(workshop)] == ["departments.fire"]


def test_the_delivery_row_decides_even_if_the_ticket_is_forgotten(workshop: Workshop) -> None:
    take(workshop, text_of(1), dispatched(1))
    with workshop.open() as work:
        work.connection.execute(text("TRUNCATE known_tickets"))
    take(workshop, text_of(1), dispatched(1))
    assert len(assignments(workshop)) == 1


def test_an_older_text_neither_replaces_a_newer_one_nor_releases_its_dispatch(workshop: Workshop) -> None:
    take(workshop, dispatched(1, text_version=2), text_of(1))
    assert assignments(workshop) == []
    take(workshop, text_of(1, version=2), text_of(1))
    take(workshop, dispatched(1, version=3, text_version=2))
    assert [message.text for _, message in assignments(workshop)] == ["屋顶漏水 1.2"] * 2


def test_an_unknown_department_is_rejected_with_the_remedy_and_nothing_is_kept(workshop: Workshop) -> None:
    with pytest.raises(Reject, match=r"'water'.*departments\.yaml.*topics apply.*dlq replay notifier"):
        take(workshop, dispatched(1, lead="water"))
    with workshop.open() as work:
        assert work.connection.execute(select(known_tickets)).all() == []
        assert work.connection.execute(select(deliveries)).all() == []


def test_a_dispatch_and_its_text_at_the_same_time_do_not_miss_each_other(workshop: Workshop) -> None:
    second = threading.Thread(target=take, args=(workshop, text_of(1)))
    take(workshop, dispatched(1, version=1, lead="fire", text_version=9))  # the row of the ticket is there already
    with workshop.open() as work:
        SUBSCRIPTION.apply([dispatched(1)], work)
        second.start()
        eventually(lambda: waiting_for_locks(workshop) == 1, within=10, what="the text's wait")
    second.join(60)
    assert [topic for topic, _ in assignments(workshop)] == ["departments.housing"]


def test_locks_are_taken_in_one_order_whatever_the_order_of_the_events(workshop: Workshop) -> None:
    for number in (3, 2, 1):
        take(workshop, text_of(number))
    second = threading.Thread(target=take, args=(workshop, *(text_of(number) for number in (3, 2, 1))))
    row = select(known_tickets.c.ticket_id).limit(1)
    with workshop.engine.begin() as holder, workshop.engine.begin() as asker:
        holder.execute(row.order_by(known_tickets.c.ticket_id).with_for_update())
        second.start()
        eventually(lambda: waiting_for_locks(workshop) == 1, within=10, what="the wait for the first row")
        free = row.order_by(known_tickets.c.ticket_id.desc()).with_for_update(skip_locked=True)
        assert asker.execute(free).scalar_one() == ticket_id(3)
    second.join(60)
    assert not second.is_alive()


def test_texts_are_forgotten_when_their_topic_forgets_them_and_may_come_again(workshop: Workshop) -> None:
    assert isinstance(workshop.clock, FixedClock)
    take(workshop, text_of(1), text_of(2, days=1))
    workshop.clock.advance(text_retention() - (workshop.clock.now() - text_of(1).time) + timedelta(seconds=1))
    take(workshop, text_of(3, days=2))
    with workshop.open() as work:
        kept = select(known_tickets.c.ticket_id).where(known_tickets.c.text.is_not(None))
        assert set(work.connection.execute(kept).scalars()) == {ticket_id(2), ticket_id(3)}
    take(workshop, dispatched(1))
    assert assignments(workshop) == []
    take(workshop, text_of(1, days=29))
    assert len(assignments(workshop)) == 1


def _gauge(workshop: Workshop) -> float | None:
    with workshop.engine.connect() as connection:
        gauge_awaiting_text(connection)
    return REGISTRY.get_sample_value(WAITING)


def _sent() -> float:
    return REGISTRY.get_sample_value(SENT, {"channel": "topic", "outcome": "sent"}) or 0
