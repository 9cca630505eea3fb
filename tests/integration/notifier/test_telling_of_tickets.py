"""The facts of tickets go to those whom the table names, without the text; a refused reply to its department."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from services.chassis.work import Workshop
from services.contracts.department_events import DepartmentReplyRefused, TicketAssigned, TicketTold
from services.contracts.event import Envelope, Event
from services.contracts.ticket_events import (
    ReplyRefused,
    TicketClockBreached,
    TicketClockWarned,
    TicketCoHandlerCalledIn,
    TicketDispatched,
    TicketExtensionRequested,
    TicketRedoOrdered,
    TicketReturnRequested,
    TicketReturnUpheld,
    TicketSigned,
)
from tests.integration.notifier.events import START, dispatched, sent, take, text_of, ticket_id


def fact(kind: type[Event], version: int = 3, **more: Any) -> Envelope:
    facts = dispatched(1).event.model_dump() | {"version": version} | more
    return Envelope(uuid4(), "/310109/intake", START, kind.model_validate(facts))


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (fact(TicketSigned), []),
        (fact(TicketReturnRequested), ["urban-operation"]),
        (fact(TicketReturnUpheld, returned_by="market"), ["market"]),
        (fact(TicketExtensionRequested), ["urban-operation"]),
        (fact(TicketCoHandlerCalledIn, unit="fire"), ["fire", "housing"]),
        (fact(TicketRedoOrdered), ["housing"]),
        (fact(TicketClockWarned, clock="settle", owner="unit", due=START), ["housing"]),
        (fact(TicketClockWarned, clock="dispatch", owner="hub", due=START, lead=None), ["urban-operation"]),
        (
            fact(TicketClockBreached, clock="settle", owner="unit", due=START),
            ["housing", "quyanglu", "urban-operation"],
        ),
    ],
    ids=lambda value: value.event.type if isinstance(value, Envelope) else ",".join(value),
)
def test_each_fact_of_a_ticket_goes_to(workshop: Workshop, told: Envelope, expected: list[str]) -> None:
    take(workshop, told)
    messages = [(topic, event) for topic, event in sent(workshop) if isinstance(event, TicketTold)]
    assert [topic for topic, _ in messages] == [f"departments.{code}" for code in expected]
    assert {event.stage for _, event in messages} <= {told.event.type}
    assert all(event.clock == getattr(told.event, "clock", None) for _, event in messages)


def test_a_dispatch_and_a_fact_of_the_same_ticket_in_one_batch_are_both_told(workshop: Workshop) -> None:
    breach = fact(TicketClockBreached, 3, clock="settle", owner="unit", due=START)
    take(workshop, dispatched(1), breach, text_of(1))
    here = [event.type for topic, event in sent(workshop) if topic == "departments.housing"]
    assert sorted(here) == sorted([TicketAssigned.type, TicketTold.type])


def test_the_unit_that_loses_a_ticket_is_told_who_leads_it_now(workshop: Workshop) -> None:
    redispatch = fact(TicketDispatched, lead="fire", taken_from="housing")
    take(workshop, redispatch, redispatch, text_of(1))
    lost, got = sorted(sent(workshop), key=lambda message: isinstance(message[1], TicketAssigned))
    assert (lost[0], got[0]) == ("departments.housing", "departments.fire")
    assert isinstance(lost[1], TicketTold)
    assert (lost[1].stage, lost[1].lead) == (TicketDispatched.type, "fire")


def test_a_refused_reply_is_told_to_its_department_once_with_the_reason(workshop: Workshop) -> None:
    refusals = [
        ReplyRefused(
            version=1,
            reply_id=uuid4(),
            department="housing",
            ticket_id=ticket_id(1),
            reply="reply.signed.v1",
            reason="a ticket that is settled cannot sign",
        )
        for _ in range(2)
    ]
    envelopes = [Envelope(uuid4(), "/310109/intake", START, refused) for refused in refusals]
    take(workshop, *envelopes)
    take(workshop, *envelopes)
    told = [(topic, event) for topic, event in sent(workshop) if isinstance(event, DepartmentReplyRefused)]
    assert [(topic, event.reply_id) for topic, event in told] == [
        ("departments.housing", refused.reply_id) for refused in refusals
    ]
    assert {event.reason for _, event in told} == {"a ticket that is settled cannot sign"}
