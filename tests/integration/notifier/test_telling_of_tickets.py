"""The facts of tickets go to those whom the table names, without the text; a refused reply to its department."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from services.chassis.database.work import Workshop
from services.chassis.messaging.errors import Reject
from services.contracts.clock_events import TicketClockBreached, TicketClockWarned
from services.contracts.department_answer_events import DepartmentReplyTaken, DepartmentReplyTurnedDown
from services.contracts.department_events import DepartmentReplyRefused, TicketAssigned, TicketNotice, TicketShared
from services.contracts.event import Envelope, Event
from services.contracts.reply_answer_events import ActReplyAnswered, TicketReplyAnswered
from services.contracts.reply_events import ReplyRefused
from services.contracts.ticket_events import (
    ClockLimit,
    RequestKind,
    StepCause,
    TicketArchived,
    TicketCoHandlerCalledIn,
    TicketCoHandlerReported,
    TicketDispatched,
    TicketReclassified,
    TicketRedoOrdered,
    TicketSettled,
    TicketSigned,
    Urgency,
)
from services.contracts.unit_request_events import TicketExtensionRequested, TicketReturnRequested, TicketReturnUpheld
from services.notifier.store.tables import deliveries
from tests.integration.applications import As
from tests.integration.notifier.events import START, dispatched, sent, take, text_of, ticket_id
from tests.integration.notifier.events import ticket_fact as fact
from tests.integration.notifier.subscribing import activate, subscribe


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        (fact(TicketSigned), []),
        (fact(TicketReturnRequested), ["urban-operation"]),
        (fact(TicketReturnUpheld, returned_by="market"), ["market"]),
        (fact(TicketExtensionRequested), ["urban-operation"]),
        (fact(TicketCoHandlerCalledIn, unit="fire"), ["housing"]),
        (fact(TicketCoHandlerReported, unit="fire", contacted=False), ["housing"]),
        (fact(TicketSettled, settled_at=START, unit_solved=True, co_handlers=("fire", "market")), ["fire", "market"]),
        (fact(TicketArchived, caller_solved=False, unit_solved=True), ["housing", "urban-operation"]),
        (fact(TicketArchived, unit_solved=False), ["housing", "urban-operation"]),
        (fact(TicketArchived, caller_solved=True, unit_solved=False), []),
        (fact(TicketArchived, unit_solved=True), []),
        (fact(TicketReclassified, confirmed=True, co_handlers=("fire",)), ["fire", "housing"]),
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
def test_each_fact_of_a_ticket_goes_to(workshop: Workshop, happened: Envelope, expected: list[str]) -> None:
    take(workshop, happened)
    messages = [(topic, event) for topic, event in sent(workshop) if isinstance(event, TicketNotice)]
    assert [topic for topic, _ in messages] == [f"departments.{code}" for code in expected]
    assert {event.stage for _, event in messages} <= {happened.event.type}
    assert all(event.clock == getattr(happened.event, "clock", None) for _, event in messages)


def test_a_dispatch_and_a_fact_of_the_same_ticket_in_one_batch_are_both_sent(workshop: Workshop) -> None:
    breach = fact(TicketClockBreached, 3, clock="settle", owner="unit", due=START)
    take(workshop, dispatched(1), breach, text_of(1))
    here = [event.type for topic, event in sent(workshop) if topic == "departments.housing"]
    assert sorted(here) == sorted([TicketAssigned.type, TicketNotice.type])


def test_the_unit_that_loses_a_ticket_is_notified_who_leads_it_now(workshop: Workshop) -> None:
    redispatch = fact(TicketDispatched, lead="fire", taken_from="housing")
    take(workshop, redispatch, redispatch, text_of(1))
    lost, got = sorted(sent(workshop), key=lambda message: isinstance(message[1], TicketAssigned))
    assert (lost[0], got[0]) == ("departments.housing", "departments.fire")
    assert isinstance(lost[1], TicketNotice)
    assert (lost[1].stage, lost[1].lead) == (TicketDispatched.type, "fire")


def test_the_units_that_help_get_the_ticket_with_its_text_and_the_name_of_its_lead(workshop: Workshop) -> None:
    dispatch = dispatched(1, co_handlers=("quyanglu", "fire"))
    take(workshop, dispatch)
    assert sent(workshop) == []
    take(workshop, text_of(1), dispatch)
    shared = [(topic, event) for topic, event in sent(workshop) if isinstance(event, TicketShared)]
    assert sorted(topic for topic, _ in shared) == ["departments.fire", "departments.quyanglu"]
    assert {(event.lead, event.text, event.ticket_id) for _, event in shared} == {
        ("housing", "屋顶漏水 1.1", ticket_id(1))
    }
    assert [topic for topic, event in sent(workshop) if isinstance(event, TicketAssigned)] == ["departments.housing"]


def test_a_unit_called_in_gets_the_ticket_with_its_text_once(workshop: Workshop) -> None:
    called_in = fact(TicketCoHandlerCalledIn, 3, unit="fire", co_handlers=("fire",))
    take(workshop, dispatched(1), called_in)
    take(workshop, called_in, text_of(1))
    take(workshop, fact(TicketCoHandlerCalledIn, 2, unit="market", co_handlers=("market",)))
    shared = [(topic, event) for topic, event in sent(workshop) if isinstance(event, TicketShared)]
    assert [(topic, event.department, event.lead, event.text) for topic, event in shared] == [
        ("departments.fire", "fire", "housing", "屋顶漏水 1.1")
    ]


def test_an_unknown_co_handler_is_rejected_with_the_remedy(workshop: Workshop) -> None:
    with pytest.raises(Reject, match=r"'water'.*departments\.yaml.*dlq replay notifier"):
        take(workshop, text_of(1), dispatched(1, co_handlers=("water",)))
    assert sent(workshop) == []


LIMITS = (ClockLimit(clock="contact", due=START), ClockLimit(clock="settle", due=START + timedelta(days=7)))
CAUSE = StepCause(code="not_solved", values={"redos": 1, "satisfaction": "dissatisfied"})


def test_a_message_says_kind_urgency_limits_and_why(workshop: Workshop) -> None:
    more = {"kind": RequestKind.HELP, "settle_by": LIMITS[1].due, "limits": LIMITS, "cause": CAUSE, "redos": 1}
    given = fact(TicketDispatched, co_handlers=("fire",), **more)
    take(workshop, text_of(1), given, fact(TicketRedoOrdered, 4, co_handlers=("fire",), **more))
    messages = [event for _, event in sent(workshop)]
    assert [type(message) for message in messages] == [TicketAssigned, TicketShared, TicketNotice, TicketNotice]
    for message in messages:
        assert isinstance(message, TicketAssigned | TicketShared | TicketNotice)
        assert (message.kind, message.urgency) == (RequestKind.HELP, Urgency.URGENT)
        assert (message.settle_by, message.limits, message.cause) == (LIMITS[1].due, LIMITS, CAUSE)


def test_that_a_ticket_ended_unsolved_is_published_once_with_whose_word_it_is(workshop: Workshop) -> None:
    archived = fact(TicketArchived, caller_solved=False, unit_solved=True)
    take(workshop, archived, archived)
    take(workshop, archived)
    notices = [event for _, event in sent(workshop) if isinstance(event, TicketNotice)]
    assert [(event.department, event.caller_solved, event.unit_solved) for event in notices] == [
        ("housing", False, True),
        ("urban-operation", False, True),
    ]


def test_a_refused_reply_is_reported_to_its_department_once_with_the_reason(workshop: Workshop) -> None:
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
    refused_replies = [(topic, event) for topic, event in sent(workshop) if isinstance(event, DepartmentReplyRefused)]
    assert [(topic, event.reply_id) for topic, event in refused_replies] == [
        ("departments.housing", refused.reply_id) for refused in refusals
    ]
    assert {event.reason for _, event in refused_replies} == {"a ticket that is settled cannot sign"}


def answered(outcome: str, **more: Any) -> Envelope:
    about = {"ticket_id": ticket_id(1)}
    facts = {"version": 1, "department": "housing", "record": uuid4(), "about": about, "outcome": outcome}
    return Envelope(uuid4(), "/310109/intake", START, TicketReplyAnswered.model_validate(facts | more))


def test_each_reply_is_answered_on_the_departments_topic_once(workshop: Workshop) -> None:
    act = {"act": "project.step", "about": {"project_id": ticket_id(7)}, "reply": "reply.acted.v1"}
    envelopes = [
        answered("taken", reply_id=uuid4(), current_state="signed", current_version=4, in_reply_to=uuid4()),
        answered("refused", code="conflict", reason="it has version 4 by now"),
        answered("refused", code="strange-code", reason="who knows", offset=3),
    ]
    act_facts = answered("taken", **act).event.model_dump()
    envelopes.append(Envelope(uuid4(), "/310109/projects", START, ActReplyAnswered.model_validate(act_facts)))
    take(workshop, *envelopes)
    take(workshop, *envelopes)
    answers = sent(workshop)
    assert [(topic, event.type) for topic, event in answers] == [
        ("departments.housing", "department.reply_taken.v1"),
        ("departments.housing", "department.reply_refused.v2"),
        ("departments.housing", "department.reply_refused.v2"),
        ("departments.housing", "department.reply_taken.v1"),
    ]
    taken, conflict, strange, act_taken = (event for _, event in answers)
    assert isinstance(taken, DepartmentReplyTaken)
    assert isinstance(act_taken, DepartmentReplyTaken)
    assert isinstance(conflict, DepartmentReplyTurnedDown)
    assert isinstance(strange, DepartmentReplyTurnedDown)
    assert (taken.current_state, taken.in_reply_to) == ("signed", envelopes[0].event.model_dump()["in_reply_to"])
    assert (conflict.code, conflict.said_zh[:4], strange.offset) == ("conflict", "情况已变", 3)
    assert strange.said_en.startswith("It was refused")
    assert (act_taken.act, act_taken.about) == ("project.step", {"project_id": ticket_id(7)})


HIDDEN_FACTS = [
    (TicketDispatched, {"taken_from": "fire"}),
    (TicketCoHandlerCalledIn, {"unit": "fire"}),
    (TicketReturnUpheld, {"returned_by": "fire"}),
    (TicketClockBreached, {"clock": "settle", "owner": "unit", "due": START}),
]


@pytest.mark.parametrize(("kind", "more"), HIDDEN_FACTS, ids=lambda value: getattr(value, "type", ""))
def test_a_restricted_ticket_is_published_to_its_lead_and_the_hub_alone(
    workshop: Workshop, kind: type[Event], more: dict[str, Any]
) -> None:
    take(workshop, fact(kind, restricted=True, **more), text_of(1))
    assert {topic for topic, _ in sent(workshop)} <= {"departments.housing", "departments.urban-operation"}


@pytest.mark.parametrize("unit", ["fire", "quyanglu"])
@pytest.mark.parametrize(("kind", "more"), HIDDEN_FACTS, ids=lambda value: getattr(value, "type", ""))
def test_a_department_hears_nothing_of_a_ticket_about_itself(
    workshop: Workshop, kind: type[Event], more: dict[str, Any], unit: str
) -> None:
    take(workshop, fact(kind, about_unit=unit, **more), text_of(1))
    assert f"departments.{unit}" not in {topic for topic, _ in sent(workshop)}


def test_the_lead_of_a_hidden_ticket_is_shown_what_hides_it(workshop: Workshop) -> None:
    take(workshop, fact(TicketDispatched, restricted=True, about_unit="fire"), text_of(1))
    ((topic, assigned),) = sent(workshop)
    assert isinstance(assigned, TicketAssigned)
    assert (topic, assigned.restricted, assigned.about_unit) == ("departments.housing", True, "fire")


def test_a_webhook_gets_no_more_than_the_topic(workshop: Workshop, as_: As) -> None:
    for code in ("housing", "quyanglu"):
        activate(workshop, subscribe(as_("admin"), code))
    breach = {"clock": "settle", "owner": "unit", "due": START}
    take(workshop, fact(TicketClockBreached, 3, restricted=True, **breach))
    with workshop.engine.connect() as connection:
        rows = connection.execute(select(deliveries.c.recipient, deliveries.c.channel)).all()
    assert sorted(map(tuple, rows)) == [
        ("department:housing", "topic"),
        ("department:housing", "webhook"),
        ("department:urban-operation", "topic"),
    ]
