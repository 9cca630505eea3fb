"""A text that was erased is in none of notifier's tables any more, and no late text brings it back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text

from services.chassis.clock import FixedClock
from services.chassis.database.tables import dead_letters
from services.chassis.database.work import Workshop
from services.contracts.event import Envelope
from services.contracts.text_events import ERASED
from services.notifier.store.tables import deliveries, known_tickets
from services.notifier.wiring import text_retention
from tests.harness.examples import ONE_DATABASE
from tests.harness.planted import columns_with
from tests.integration.applications import As
from tests.integration.notifier.events import assignments, dispatched, erased, take, text_of, ticket_id
from tests.integration.notifier.subscribing import activate, subscribe

WORDS = "屋顶漏水 1.1"


def known(workshop: Workshop) -> str | None:
    with workshop.engine.connect() as connection:
        return connection.execute(select(known_tickets.c.text)).scalar_one()


def waiting(workshop: Workshop) -> int:
    with workshop.engine.connect() as connection:
        return len(connection.execute(select(deliveries).where(deliveries.c.status == "awaiting_text")).all())


def published(workshop: Workshop) -> None:
    with workshop.engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET published_at = now()"))


@pytest.mark.parametrize("is_published", [True, False])
def test_an_erased_text_is_in_no_table(workshop: Workshop, as_: As, is_published: bool) -> None:
    activate(workshop, subscribe(as_("admin")))
    take(workshop, dispatched(1), text_of(1))
    letter = {"id": uuid4(), "event_id": uuid4(), "consumer": "notifier", "topic": "ticket-texts", "partition": 0}
    record = {"offset": 1, "key": ticket_id(1).encode(), "headers": b"[]", "value": text_of(1).value(), "cause": "x"}
    with workshop.engine.begin() as connection:
        connection.execute(insert(dead_letters).values(**letter, **record))
    if is_published:
        published(workshop)
    assert {"known_tickets.text", "webhook_sendings.body", "dead_letters.value", "outbox.value"} <= columns_with(
        workshop.engine, WORDS
    )
    for _ in range(2):
        take(workshop, erased(1))
    assert columns_with(workshop.engine, WORDS) == set()
    assert [event.text for _, event in assignments(workshop)] == ([] if is_published else [ERASED])


def test_a_unit_that_gets_the_ticket_later_is_notified_without_its_words(workshop: Workshop) -> None:
    take(workshop, dispatched(1), text_of(1))
    published(workshop)
    take(workshop, erased(1))
    clock = workshop.clock
    assert isinstance(clock, FixedClock)
    clock.advance(text_retention() * 2)
    take(workshop, dispatched(2), dispatched(1, version=5, lead="fire", text_version=2))
    assert [event.text for _, event in assignments(workshop)] == [ERASED]


def test_what_waited_for_a_text_goes_out_without_it(workshop: Workshop) -> None:
    take(workshop, dispatched(1))
    assert waiting(workshop) == 1
    take(workshop, erased(1))
    assert waiting(workshop) == 0
    assert [event.text for _, event in assignments(workshop)] == [ERASED]


@st.composite
def orders(draw: st.DrawFn) -> list[list[Envelope]]:
    """A text, its erasure and two dispatches in any order, some again, cut into batches anywhere."""
    events = [text_of(1), erased(1), dispatched(1), dispatched(1, version=3, lead="fire"), text_of(1), erased(1)]
    order = draw(st.permutations(events))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1), max_size=4)))
    return [list(order[a:b]) for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)]


@ONE_DATABASE
@given(batches=orders())
def test_in_whatever_order_it_comes_the_text_stays_erased(
    workshop: Workshop, batches: Sequence[list[Envelope]]
) -> None:
    with workshop.open() as work:
        work.connection.execute(text("TRUNCATE known_tickets, deliveries, webhook_sendings, outbox"))
    for batch in batches:
        take(workshop, *batch)
    assert known(workshop) == ERASED
    assert waiting(workshop) == 0
    assert columns_with(workshop.engine, WORDS) == set()
