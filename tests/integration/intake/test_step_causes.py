"""Events say why a unit gets a ticket, gets it back or does it again, and when its clocks end, without free text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from services.contracts.ticket_events import TicketEvent
from tests.integration.intake.conftest import Intake
from tests.integration.intake.settling import ANSWER, HOUSING, dispatched, take


def published(intake: Intake, kind: str) -> list[TicketEvent]:
    return [event for event in intake.published() if event.type == kind]  # type: ignore[misc]


def causes(intake: Intake, kind: str) -> list[tuple[str, dict[str, Any]]]:
    return [(event.cause.code, event.cause.values) for event in published(intake, kind) if event.cause]


def taken(intake: Intake, ticket_id: str, step: str, *roles: str, **body: Any) -> None:
    answer = take(intake, ticket_id, step, *roles, **body)
    assert answer.status_code == 200, answer.text


def test_a_dispatch_says_whether_the_catalogue_or_a_person_made_it(intake: Intake) -> None:
    dispatched(intake)
    doubtful = intake.file()
    intake.classify(doubtful, confidence=0.1)
    taken(intake, doubtful, "dispatch", type_code="MJ01", reason="是漏水")
    taken(intake, doubtful, "redispatch", lead="greening", reason="属绿化")
    assert causes(intake, "ticket.dispatched.v1") == [
        ("by_catalogue", {"type_code": "MJ01", "sub_district": "310109016"}),
        ("after_review", {"review": "doubtful"}),
        ("sent_elsewhere", {"from": "housing"}),
    ]


def test_a_return_says_from_whom_and_how_often(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    taken(intake, ticket_id, "return", HOUSING, note="不属本单位 13812345678")
    taken(intake, ticket_id, "return/refusal", reason="属房管")
    taken(intake, ticket_id, "return", HOUSING, note="仍不属本单位")
    taken(intake, ticket_id, "return/upholding", lead="greening", reason="属绿化")
    assert causes(intake, "ticket.return_requested.v1") == [
        ("return_requested", {"returns": 1}),
        ("return_requested", {"returns": 2}),
    ]
    assert causes(intake, "ticket.return_refused.v1") == [("return_refused", {"returns": 1})]
    assert causes(intake, "ticket.return_upheld.v1") == [("return_upheld", {"from": "housing"})]
    assert causes(intake, "ticket.dispatched.v1")[-1] == ("return_upheld", {"from": "housing"})
    assert "本单位" not in str([event.model_dump() for event in intake.published()])


def test_a_redo_says_what_the_caller_was_not_content_with_and_by_when_it_is_due(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    for said in (
        {"caller_solved": False, "satisfaction": "dissatisfied"},
        {"caller_solved": True, "satisfaction": "very dissatisfied"},
        {"caller_solved": True},
    ):
        taken(intake, ticket_id, "settlement", **ANSWER)
        taken(intake, ticket_id, "visit", subject="desk", **said, redo="再查")
    assert causes(intake, "ticket.redo_ordered.v1") == [
        ("not_solved", {"redos": 1, "satisfaction": "dissatisfied"}),
        ("not_satisfied", {"redos": 2, "satisfaction": "very dissatisfied"}),
        ("redo_ordered", {"redos": 3}),
    ]
    redo = published(intake, "ticket.redo_ordered.v1")[-1]
    assert redo.limits is not None
    assert [limit.clock for limit in redo.limits] == ["redo"]


def test_a_dispatch_says_when_each_clock_of_the_unit_ends(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    (event,) = published(intake, "ticket.dispatched.v1")
    assert event.limits is not None
    running = {clock["kind"]: clock["due_at"] for clock in intake.show(ticket_id)["clocks"]}
    assert {limit.clock: limit.due.isoformat() for limit in event.limits}.keys() == running.keys()
    assert [limit.clock for limit in event.limits] == ["contact", "return", "settle"]
    assert event.limits[-1].due == event.settle_by
    intake.clock.advance(timedelta(hours=1))
    taken(intake, ticket_id, "settlement", **ANSWER)
    assert published(intake, "ticket.settled.v1")[-1].limits == ()
