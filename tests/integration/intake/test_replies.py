"""Departments answer on their own topics: the same checks as over HTTP; a wrong reply changes nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.messaging.errors import Reject
from services.contracts.event import Envelope, Event
from services.contracts.registry import TICKET_REPLY_EVENTS
from services.contracts.reply_events import (
    ReplyRefused,
    TicketContactReplied,
    TicketExtensionReplied,
    TicketInterimReplied,
    TicketReturnReplied,
    TicketSettlementReplied,
    TicketSignReplied,
)
from services.contracts.ticket_events import TicketEvent
from services.intake.domain.steps import TicketStep
from services.intake.http.replies import PART_OF, STEP_OF
from services.intake.http.step_table import STEP_TABLE
from tests.integration.intake.conftest import NOW, Intake
from tests.integration.intake.settling import dispatched


def reply(intake: Intake, kind: type[Event], ticket_id: str, *, department: str = "housing", **body: Any) -> Envelope:
    """Hands intake a reply as its consumer would; returns it, so that it can come again."""
    event = kind.model_validate({"version": 1, "ticket_id": ticket_id, "actor": "li-07", **body})
    envelope = Envelope(uuid4(), department, NOW, event, topic=f"departments.{department}.replies")
    with intake.workshop.open() as work:
        intake.wiring.replies(envelope, work)
    return envelope


def test_a_department_takes_its_ticket_the_whole_way_on_its_topic(intake: Intake) -> None:
    ticket_id = dispatched(intake, caller={"phone": "13812345678"})
    reply(intake, TicketSignReplied, ticket_id)
    reply(intake, TicketContactReplied, ticket_id, text="已电话联系 13812345678，约明日上门")
    reply(intake, TicketInterimReplied, ticket_id, text="已到现场")
    reply(intake, TicketExtensionReplied, ticket_id, text="等材料")
    reply(intake, TicketSettlementReplied, ticket_id, text="已修好。", unit_solved=True, matter_true=True)
    shown = intake.show(ticket_id)
    assert [line["step"] for line in shown["history"][3:]] == [
        "sign", "contact", "report", "request extension", "settle",
    ]  # fmt: skip
    assert {line["actor"] for line in shown["history"][3:]} == {"housing:li-07"}
    assert "13812345678" not in str(shown["history"])
    assert (shown["state"], shown["settlement"]["matter_true"]) == ("settled", True)
    steps = [event.type for event in intake.published() if isinstance(event, TicketEvent)]
    assert steps[-5:] == [
        "ticket.signed.v1",
        "ticket.contacted.v1",
        "ticket.interim_reported.v1",
        "ticket.extension_requested.v1",
        "ticket.settled.v1",
    ]


@pytest.mark.parametrize(
    ("kind", "department", "body", "why"),
    [
        (TicketSettlementReplied, "housing", {"text": "修不了", "unit_solved": False}, "reason: is missing"),
        (TicketSettlementReplied, "housing", {"text": " ", "unit_solved": True}, "text: "),
        (TicketContactReplied, "housing", {"text": ""}, "text: "),
        (TicketSignReplied, "market", {}, "ticket_id: there is no such ticket of yours; take it from the message"),
        (TicketSignReplied, "liangcheng", {}, "department:housing"),
    ],
)
def test_a_wrong_reply_changes_nothing_and_is_answered_with_the_reason(
    intake: Intake, kind: type[Event], department: str, body: dict[str, Any], why: str
) -> None:
    ticket_id = dispatched(intake)
    before = intake.show(ticket_id)
    sent = reply(intake, kind, ticket_id, department=department, **body)
    assert intake.show(ticket_id) == before
    published = intake.published()[-1]
    assert isinstance(published, ReplyRefused)
    assert (published.reply_id, published.department, published.reply) == (sent.id, department, kind.type)
    assert why in published.reason


def test_a_co_handler_reports_its_part_and_the_lead_keeps_its_clocks_and_its_rights(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    before = intake.show(ticket_id)
    assert "liangcheng" in before["co_handlers"]
    reply(intake, TicketContactReplied, ticket_id, department="liangcheng", text="已联系 13812345678")
    reply(intake, TicketInterimReplied, ticket_id, department="liangcheng", text="堆物已清理")
    shown = intake.show(ticket_id)
    assert [(line["step"], line["facts"]["unit"], line["facts"]["contacted"]) for line in shown["history"][3:]] == [
        ("assist", "liangcheng", True),
        ("assist", "liangcheng", False),
    ]
    assert "13812345678" not in str(shown["history"])
    assert (shown["state"], shown["clocks"]) == (before["state"], before["clocks"])
    steps = [event.type for event in intake.published() if isinstance(event, TicketEvent)]
    assert steps[-2:] == ["ticket.co_handler_reported.v1"] * 2

    for kind, body in (
        (TicketSettlementReplied, {"text": "已修好。", "unit_solved": True}),
        (TicketReturnReplied, {"text": "不属本单位"}),
        (TicketExtensionReplied, {"text": "等材料"}),
    ):
        reply(intake, kind, ticket_id, department="liangcheng", **body)
        refused = intake.published()[-1]
        assert isinstance(refused, ReplyRefused)
        assert "department:housing" in refused.reason
    assert intake.show(ticket_id) == shown


def test_a_reply_to_what_is_over_says_what_stands(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    reply(intake, TicketSignReplied, ticket_id)
    reply(intake, TicketSignReplied, ticket_id)
    published = intake.published()[-1]
    assert isinstance(published, ReplyRefused)
    assert (published.current_state, published.current_version) == ("signed", intake.show(ticket_id)["version"])
    assert "the step 'sign' does not fit a ticket that is signed" in published.reason


def test_a_return_is_asked_for_within_its_days_alone(intake: Intake) -> None:
    late, early = dispatched(intake), dispatched(intake)
    reply(intake, TicketReturnReplied, early, text="属市政道路")
    assert intake.show(early)["state"] == "return requested"
    intake.clock.advance(timedelta(days=8))
    reply(intake, TicketReturnReplied, late, text="属市政道路")
    published = intake.published()[-1]
    assert isinstance(published, ReplyRefused)
    assert "the time to return it ended" in published.reason
    assert intake.show(late)["state"] == "dispatched"


def test_who_replies_is_answered_by_the_topic_and_by_nothing_else(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    event = TicketSignReplied(version=1, ticket_id=ticket_id, actor="li-07")
    with pytest.raises(Reject, match=r"departments\.<code>\.replies"), intake.workshop.open() as work:
        intake.wiring.replies(Envelope(uuid4(), "housing", NOW, event, topic="tickets"), work)


def test_whatever_step_a_department_takes_over_http_it_takes_by_a_reply() -> None:
    by_department = {row.step for row in STEP_TABLE.values() if row.by_department}
    assert {step for step, _ in STEP_OF.values()} == by_department - {TicketStep.ASSIST}
    assert STEP_OF.keys() == set(TICKET_REPLY_EVENTS)
    assert PART_OF.keys() < STEP_OF.keys(), "a co-handler's part is an ASSIST"
