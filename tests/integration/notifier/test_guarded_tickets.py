"""What is kept of tickets that not every department may hear of: the newest fact counts, in any order of coming."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from services.chassis.database.work import Workshop
from services.contracts.event import Envelope
from services.notifier.store.sending_tables import guarded_tickets
from tests.integration.notifier.events import dispatched, take, text_of, ticket_id


def fact(version: int, **fields: Any) -> Envelope:
    envelope = dispatched(1, version=version)
    return replace(envelope, event=envelope.event.model_copy(update=fields))


def kept(workshop: Workshop) -> list[tuple[Any, ...]]:
    with workshop.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(select(guarded_tickets))]


RESTRICTED = fact(2, restricted=True)
REPORTED = fact(3, about_unit="water")
OPEN = fact(4)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=str)
def test_the_newest_fact_counts(workshop: Workshop, order: tuple[int, ...]) -> None:
    facts = (RESTRICTED, REPORTED)
    take(workshop, text_of(1))
    for number in order:
        take(workshop, facts[number])
    assert kept(workshop) == [(ticket_id(1), 3, False, "housing", "water")]


def test_a_ticket_that_all_may_hear_of_again_is_kept_no_more(workshop: Workshop) -> None:
    take(workshop, text_of(1), RESTRICTED, REPORTED)
    take(workshop, OPEN)
    assert kept(workshop) == []
