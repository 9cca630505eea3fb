"""A ticket ends: settled by its unit, visited back by somebody else, archived; its clock notes a breach."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.contracts.ticket_events import TicketArchived, TicketDispatched, TicketSettled, TicketVisited
from tests.integration.intake.conftest import Intake, problem
from tests.integration.intake.settling import ANSWER, HOUSING, PLANNED, dispatched, take


def settled(intake: Intake, **body: Any) -> str:
    ticket_id = dispatched(intake)
    answer = take(intake, ticket_id, "settlement", HOUSING, subject="plumber", **(body or ANSWER))
    assert answer.status_code == 200, answer.text
    return ticket_id


def settle_clock(intake: Intake, ticket_id: str) -> datetime:
    (due_at,) = [clock["due_at"] for clock in intake.show(ticket_id)["clocks"] if clock["kind"] == "settle"]
    return datetime.fromisoformat(due_at)


def test_a_ticket_is_settled_visited_and_archived_with_its_whole_state_published(intake: Intake) -> None:
    ticket_id = dispatched(intake, caller={"phone": "13812345678"})
    dispatch = intake.published()[-1]
    assert isinstance(dispatch, TicketDispatched)
    intake.clock.advance(timedelta(days=1))
    answer = take(intake, ticket_id, "settlement", HOUSING, subject="plumber", **PLANNED)
    assert answer.status_code == 200, answer.text
    assert answer.json() == intake.show(ticket_id)
    at = intake.clock.now()
    intake.clock.advance(timedelta(days=1))
    said = {"caller_solved": False, "satisfaction": "basically satisfied", "note": "等修缮"}
    assert take(intake, ticket_id, "visit", **said).status_code == 200

    unit = {"state": "settled", "version": 4, "unit_solved": False}
    caller = {"state": "visited", "version": 5, "caller_solved": False, "satisfaction": "basically satisfied"}
    facts = dispatch.model_dump() | {"limits": None, "cause": None}
    assert intake.published()[-3:] == [
        TicketSettled(**facts | unit | {"limits": ()}, settled_at=at),
        TicketVisited(**facts | unit | caller),
        TicketArchived(**facts | unit | caller | {"state": "archived", "version": 6}),
    ]
    shown = intake.show(ticket_id)
    assert [(line["version"], line["step"], line["actor"], line["detail"]) for line in shown["history"][3:]] == [
        (4, "settle", "plumber", "not solved: entered the repair plan"),
        (5, "visit", "operator", "not solved: 等修缮"),
        (6, "archive", "archive", None),
    ]
    silent = {"handling": None, "matter_true": None, "beyond_duty": None}
    assert shown["settlement"] == {"public_answer": "已纳入修缮计划。", "reason": "entered the repair plan", **silent}
    assert (shown["state"], shown["unit_solved"], shown["caller_solved"]) == ("archived", False, False)


def test_the_settle_clock_ends_with_the_types_last_working_day(intake: Intake) -> None:
    # Wednesday 2026-07-01 08:00 in Shanghai; a repair type has 5 working days, a week-end lies between.
    settle_by = datetime.fromisoformat(intake.show(dispatched(intake))["settle_by"])
    assert settle_by == datetime.fromisoformat("2026-07-09T00:00:00+08:00")


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"closedloop_{name}_total", labels) or 0


def test_a_breach_is_noted_once_and_changes_nothing_for_whoever_settles_late(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    before = intake.show(ticket_id)
    breaches, late = counted("clock_breaches", clock="settle"), counted("tickets_settled", outcome="late")
    intake.clock.advance(timedelta(days=7, hours=16))  # the moment itself is still in time
    intake.fire_timers()
    assert counted("clock_breaches", clock="settle") == breaches
    intake.clock.advance(timedelta(seconds=1))
    assert [intake.fire_timers(), intake.fire_timers()] == [1, 0]
    assert counted("clock_breaches", clock="settle") - breaches == 1
    shown = intake.show(ticket_id)
    assert [(line["step"], line["detail"].partition(":")[0]) for line in shown["history"][3:]] == [
        ("warn", "contact"),
        ("breach", "contact"),
        ("warn", "settle"),
        ("breach", "settle"),
    ]
    assert [event.type for event in intake.published()[-4:]] == [
        "ticket.clock_warned.v1",
        "ticket.clock_breached.v1",
        "ticket.clock_warned.v1",
        "ticket.clock_breached.v1",
    ]
    moved = {"version": before["version"] + 4, "history": shown["history"], "clocks": shown["clocks"]}
    assert shown == before | moved
    assert take(intake, ticket_id, "settlement", HOUSING, version=before["version"], **ANSWER).status_code == 200
    assert counted("tickets_settled", outcome="late") - late == 1


def test_a_ticket_settled_in_time_breaches_nothing(intake: Intake) -> None:
    on_time = counted("tickets_settled", outcome="on_time")
    ticket_id = settled(intake)
    assert counted("tickets_settled", outcome="on_time") - on_time == 1
    before = intake.show(ticket_id)
    outcomes = {clock["kind"]: clock["outcome"] for clock in before["clocks"]}
    assert outcomes == {"contact": "met", "settle": "met", "return": "lapsed"}
    intake.clock.advance(timedelta(days=30))
    intake.fire_timers()
    assert intake.show(ticket_id) == before


def test_a_refused_settlement_leaves_the_clock_running(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    rows = intake.rows()
    stale = problem(take(intake, ticket_id, "settlement", HOUSING, version=2, **ANSWER), 409, remedy="look at it again")
    assert (stale["current_version"], stale["current_state"]) == (3, "dispatched")
    unsaid = take(intake, ticket_id, "settlement", HOUSING, public_answer="修不了", unit_solved=False)
    problem(unsaid, 422, field="body.reason", remedy="say why")
    assert intake.rows() == rows
    assert {clock["stopped_at"] for clock in intake.show(ticket_id)["clocks"]} == {None}


LATER: dict[str, dict[str, Any]] = {
    "settlement": ANSWER,
    "visit": {"caller_solved": True},
    "dispatch": {"type_code": "MJ01", "reason": "x"},
}


@pytest.mark.parametrize("step", LATER)
def test_a_step_that_the_table_has_not_says_where_the_ticket_is(intake: Intake, step: str) -> None:
    ticket_id = settled(intake)
    assert take(intake, ticket_id, "visit", caller_solved=True).status_code == 200
    before = intake.show(ticket_id)
    refused = problem(
        take(intake, ticket_id, step, **LATER[step]), 409, remedy="does not fit a ticket that is archived"
    )
    assert (refused["current_version"], refused["current_state"]) == (6, "archived")
    assert intake.show(ticket_id) == before


def test_the_handler_does_not_visit(intake: Intake) -> None:
    ticket_id = settled(intake)
    for refused in (
        take(intake, ticket_id, "visit", "hub", subject="plumber", caller_solved=True),
        take(intake, ticket_id, "visit", "hub", HOUSING, subject="somebody", caller_solved=True),
    ):
        problem(refused, 403, remedy="somebody who had no part in handling it")
    assert take(intake, ticket_id, "visit", caller_solved=True).status_code == 200


def test_what_a_unit_writes_is_shown_without_the_caller_in_it(intake: Intake) -> None:
    caller = {"name": "王小明", "phone": "13812345678"}
    ticket_id = dispatched(intake, text="602漏水", address="凉城路1201弄12号602室", caller=caller)
    words = {"public_answer": "王小明，602室已修，电话13812345678", "unit_solved": False, "reason": "王小明不在家"}
    assert take(intake, ticket_id, "settlement", HOUSING, subject="plumber", **words).status_code == 200
    assert take(intake, ticket_id, "visit", caller_solved=True, note="王小明满意").status_code == 200
    assert intake.show(ticket_id)["settlement"] == {
        "public_answer": "王某，[室号]已修，电话138****5678",
        "reason": "王某不在家",
        "handling": None,
        "matter_true": None,
        "beyond_duty": None,
    }
    assert [line["detail"] for line in intake.show(ticket_id)["history"][3:5]] == [
        "not solved: 王某不在家",
        "solved: 王某满意",
    ]


def test_of_two_who_settle_at_once_one_wins(intake: Intake) -> None:
    ticket_id = dispatched(intake)
    start, answers = threading.Barrier(2), []

    def settle() -> None:
        client = intake.client(HOUSING)
        start.wait(60)
        answers.append(client.post(f"/tickets/{ticket_id}/settlement", json={"version": 3, **ANSWER}).status_code)

    both = [threading.Thread(target=settle) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert sorted(answers) == [200, 409]


def test_a_person_dispatches_what_was_too_doubtful(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, type_code="OT")
    answer = take(intake, ticket_id, "dispatch", type_code="MJ01", reason="屋面漏水")
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["state"], shown["type_code"], shown["lead"], shown["review_reason"]) == (
        "dispatched", "MJ01", "housing", None,
    )  # fmt: skip
    assert (shown["history"][-1]["actor"], shown["history"][-1]["detail"]) == ("operator", "housing: 屋面漏水")
    event = intake.published()[-1]
    assert isinstance(event, TicketDispatched)
    assert (event.lead, event.type_code, event.settle_by) == ("housing", "MJ01", settle_clock(intake, ticket_id))


def test_a_person_may_name_another_lead_and_must_where_the_catalogue_cannot(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, type_code="XQ01", place={}, confidence=0.9)
    wanted = {"type_code": "XQ01", "reason": "见备注"}
    problem(take(intake, ticket_id, "dispatch", **wanted), 422, field="body.lead", remedy="the place is not known")
    problem(take(intake, ticket_id, "dispatch", **wanted, lead="nobody"), 422, field="body.lead", remedy="a code")
    unknown = {**wanted, "type_code": "MJ99"}
    problem(take(intake, ticket_id, "dispatch", **unknown), 422, field="body.type_code", remedy="catalogue")
    answer = take(intake, ticket_id, "dispatch", **wanted, lead="liangcheng")
    assert answer.json()["lead"] == "liangcheng"
    assert "liangcheng" not in answer.json()["co_handlers"]


BAD: dict[str, dict[str, Any]] = {
    "body.version": {"version": "3"},
    "body.public_answer": {"public_answer": "  "},
    "body.unit_solved": {"unit_solved": "yes"},
    "body.reason": {"reason": "x" * 1001},
    "body.mood": {"mood": "good"},
}


@pytest.mark.parametrize("field", BAD)
def test_a_wrong_field_is_named_and_nothing_done(intake: Intake, field: str) -> None:
    ticket_id = dispatched(intake)
    before = intake.show(ticket_id)
    problem(take(intake, ticket_id, "settlement", **ANSWER | BAD[field]), 422, field=field)
    assert intake.show(ticket_id) == before
