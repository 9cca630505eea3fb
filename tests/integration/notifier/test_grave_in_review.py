"""A critical ticket, or an emergency, that waits for review is reported to the hub; others wait for whoever looks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.chassis.database.work import Workshop
from services.contracts.event import Envelope, Event, deterministic_id
from services.contracts.ticket_events import Channel, TicketDispatched, TicketRejected, TicketSentToReview, Urgency
from services.notifier.domain.escalation import EscalationState
from services.notifier.store.escalation_tables import escalations
from tests.integration.notifier.directory import noticed, sits
from tests.integration.notifier.events import START, take, ticket_id

HUB = (("urban-operation", "duty"), ("urban-operation", "leader"))


def fact(event: type[Event], version: int, **facts: Any) -> Envelope:
    said = {"ticket_id": ticket_id(1), "channel": Channel.PHONE, "occurred_at": START, "received_at": START}
    made = event(version=version, **said, **{"state": "review", **facts})  # type: ignore[arg-type]
    return Envelope(deterministic_id("test", ticket_id(1), event.type, version), "/310109/intake", START, made)


def in_review(**facts: Any) -> Envelope:
    return fact(TicketSentToReview, 2, review_reason="too doubtful", **facts)


@pytest.mark.parametrize("facts", [{"urgency": Urgency.CRITICAL}, {"emergency": True}], ids=["critical", "emergency"])
def test_the_hub_is_notified_at_once_and_its_leader_next(facts: dict[str, Any], workshop: Workshop) -> None:
    sits(workshop, *HUB)
    take(workshop, in_review(**facts))
    (notice,) = noticed(workshop)
    assert (notice.name, notice.pressure, notice.read_within) == (
        "urban-operation duty",
        "urgent",
        timedelta(minutes=15),
    )
    with workshop.open() as work:
        chain = work.connection.execute(select(escalations)).one()
    assert [turn["posts"] for turn in chain.chain["turns"]] == [[["urban-operation", "leader"]]]


@pytest.mark.parametrize("facts", [{}, {"urgency": Urgency.URGENT}, {"emergency": False}], ids=["none", "urgent", "no"])
def test_others_wait_in_the_queue(facts: dict[str, Any], workshop: Workshop) -> None:
    sits(workshop, *HUB)
    take(workshop, in_review(**facts))
    assert noticed(workshop) == []


@pytest.mark.parametrize(
    "act",
    [fact(TicketDispatched, 3, type_code="MJ01", lead="housing"), fact(TicketRejected, 3, state="rejected")],
    ids=["dispatched", "rejected"],
)
def test_whoever_decides_ends_it(act: Envelope, workshop: Workshop) -> None:
    sits(workshop, *HUB)
    take(workshop, in_review(emergency=True))
    take(workshop, act)
    with workshop.open() as work:
        assert work.connection.execute(select(escalations.c.state)).scalar_one() == EscalationState.DONE
