"""What becomes of a reading: the first one wins, doubt goes to a person, and nothing is published twice."""

from __future__ import annotations

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from services.chassis.messaging.errors import Kind, Reject, kind_of
from services.chassis.working_days import Calendar
from services.contracts.departments import departments
from services.contracts.event import MalformedEvent
from services.contracts.taxonomy import taxonomy
from services.contracts.ticket_events import Place, TicketDispatched, TicketSentToReview, Urgency
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import NOW, Intake, classified, problem

HERE = Place(sub_district="310109016", estate="liangcheng-2", estate_name="凉城二村")


def published_last(intake: Intake) -> list[Any]:
    return intake.published()[2:]


def test_a_sure_reading_dispatches_by_the_catalogue_in_one_commit(intake: Intake) -> None:
    ticket_id = intake.file(caller={"phone": "13812345678"})
    received = intake.published()[0]
    intake.clock.advance(timedelta(minutes=5))
    intake.classify(ticket_id, type_code="XQ01", urgency=Urgency.URGENT, reasons=("物业", "保洁"))

    (dispatched,) = published_last(intake)
    assert isinstance(dispatched, TicketDispatched)
    helpers = taxonomy().types["XQ01"].co_handlers_at("310109016")
    assert dispatched == TicketDispatched(
        **received.model_dump()
        | {
            "version": 3,
            "state": "dispatched",
            "type_code": "XQ01",
            "place": HERE,
            "urgency": "urgent",
            "lead": "liangcheng",
            "co_handlers": helpers,
            "settle_by": Calendar().after_working_days(intake.clock.now(), taxonomy().types["XQ01"].settle_days).due,
            "limits": [
                {"clock": clock, "due": Calendar().after_working_days(intake.clock.now(), days).due}
                for clock, days in (("contact", 1), ("return", 3), ("settle", 5))
            ],
            "cause": {"code": "by_catalogue", "values": {"type_code": "XQ01", "sub_district": "310109016"}},
        }
    )
    assert helpers
    assert set(helpers) <= departments().keys()

    shown = intake.show(ticket_id)
    assert [(line["version"], line["step"], line["state"], line["actor"]) for line in shown["history"]] == [
        (1, "receive", "received", "operator"),
        (2, "classify", "classified", "model:test"),
        (3, "dispatch", "dispatched", "catalogue"),
    ]
    assert shown["history"][1]["detail"] == "XQ01 0.90: 物业 保洁"
    assert (shown["version"], shown["state"], shown["lead"]) == (3, "dispatched", "liangcheng")
    assert shown["place"] == HERE.model_dump()


DOUBTFUL: dict[str, tuple[dict[str, Any], str]] = {
    "none of the types": ({"type_code": "OT", "confidence": 1.0}, "none of the catalogue's types"),
    "low confidence": ({"confidence": 0.49}, "confidence 0.49 is below 0.50"),
    "no place for an office": ({"type_code": "XQ01", "place": Place()}, "the place is not known"),
    "an unknown sub-district": (
        {"type_code": "XQ01", "place": Place(sub_district="310109999")},
        "the place is not known",
    ),
}


@pytest.mark.parametrize("why", DOUBTFUL)
def test_a_doubtful_reading_goes_to_a_person_with_the_reason(intake: Intake, why: str) -> None:
    reading, reason = DOUBTFUL[why]
    ticket_id = intake.file()
    intake.classify(ticket_id, **reading)
    (sent,) = published_last(intake)
    assert isinstance(sent, TicketSentToReview)
    assert reason in sent.review_reason
    assert (sent.version, sent.state, sent.lead, sent.co_handlers) == (3, "in review", None, ())
    shown = intake.show(ticket_id)
    assert (shown["state"], shown["lead"], shown["review_reason"]) == ("in review", None, sent.review_reason)
    assert shown["history"][-1]["detail"] == sent.review_reason
    assert intake.client("hub").get("/tickets?state=in review").json()["items"][0]["ticket_id"] == ticket_id


@pytest.mark.parametrize("first", [{}, {"type_code": "OT"}], ids=["dispatched", "in review"])
def test_the_first_reading_wins_over_its_redelivery_and_over_any_other(intake: Intake, first: dict[str, Any]) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, times=3, **first)
    before, rows = intake.show(ticket_id), intake.rows()
    intake.clock.advance(timedelta(days=1))
    intake.classify(ticket_id, type_code="SC01", model_version="other")
    intake.classify(ticket_id, type_code="XQ04", place=Place(sub_district="310109010"), confidence=1.0)
    intake.classify(ticket_id, type_code="OT")
    assert intake.show(ticket_id) == before
    assert intake.rows() == rows
    assert len(published_last(intake)) == 1


def test_a_reading_of_another_text_of_the_ticket_changes_nothing(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, version=2)
    assert intake.show(ticket_id)["state"] == "received"
    assert published_last(intake) == []


def test_each_ticket_is_counted_once_by_outcome(intake: Intake) -> None:
    def counted() -> list[float]:
        name = "closedloop_tickets_classified_total"
        return [REGISTRY.get_sample_value(name, {"outcome": one}) or 0 for one in ("dispatched", "in_review")]

    before = counted()
    for reading in ({}, {"type_code": "OT"}):
        intake.classify(intake.file(), times=2, **reading)
    assert [now - then for now, then in zip(counted(), before, strict=True)] == [1, 1]


def test_a_rolled_back_reading_leaves_nothing_and_can_come_again(intake: Intake) -> None:
    ticket_id = intake.file()
    before = intake.rows()
    with contextlib.suppress(ZeroDivisionError), intake.workshop.open() as work:
        intake.on_classified([classified(ticket_id)], work)
        raise ZeroDivisionError
    assert intake.rows() == before
    intake.classify(ticket_id)
    assert intake.show(ticket_id)["state"] == "dispatched"


IMPOSSIBLE: dict[str, dict[str, Any]] = {
    "an unknown ticket": {"ticket_id": str(uuid4())},
    "an id that is no UUID": {"ticket_id": "-" * 36},
    "a type the catalogue has not": {"type_code": "MJ99"},
}


@pytest.mark.parametrize("what", IMPOSSIBLE)
def test_a_reading_that_can_never_work_is_rejected_and_nothing_stored(intake: Intake, what: str) -> None:
    reading = {"ticket_id": intake.file()} | IMPOSSIBLE[what]
    rows = intake.rows()
    with pytest.raises(Exception) as rejected:  # noqa: PT011 - a DataError or a Reject
        intake.classify(**reading)
    assert kind_of(rejected.value) is Kind.REJECT
    assert not isinstance(rejected.value, MalformedEvent)
    assert intake.rows() == rows


def test_the_cause_of_a_rejection_names_the_field_and_the_remedy(intake: Intake) -> None:
    with pytest.raises(Reject, match="type_code MJ99 is not in the taxonomy; update the taxonomy, then replay"):
        intake.classify(intake.file(), type_code="MJ99")
    with pytest.raises(Reject, match=r"ticket_id .* is no ticket of this district"):
        intake.classify(str(uuid4()))


def test_two_readings_at_once_wait_for_each_other_and_the_first_wins(intake: Intake) -> None:
    ticket_id = intake.file()
    with ThreadPoolExecutor(1) as pool:
        with intake.workshop.open() as work:
            intake.on_classified([classified(ticket_id)], work)
            later = pool.submit(intake.classify, ticket_id, type_code="SC01")
            eventually(lambda: _waits(intake), within=10, what="the second reading's wait")
        assert later.result(timeout=60) is None
    assert intake.show(ticket_id)["type_code"] == "MJ01"
    assert len(published_last(intake)) == 1


def _waits(intake: Intake) -> bool:
    with intake.workshop.engine.connect() as connection:
        locks = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(connection.exec_driver_sql(locks).scalar_one())


@pytest.mark.parametrize("type_code", ["XQ01", "MJ01", "SC01"])
def test_the_times_of_a_dispatch_are_the_events_and_the_clocks(intake: Intake, type_code: str) -> None:
    ticket_id = intake.file(occurred_at="2026-06-29T10:00:00+08:00")
    intake.clock.advance(timedelta(hours=2))
    intake.classify(ticket_id, type_code=type_code)
    (dispatched,) = published_last(intake)
    assert (dispatched.received_at, dispatched.occurred_at.isoformat()) == (NOW, "2026-06-29T02:00:00+00:00")
    assert intake.show(ticket_id)["history"][-1]["at"] == "2026-07-01T02:00:00Z"


def test_a_repeat_is_linked_to_a_ticket_that_somebody_else_holds(intake: Intake) -> None:
    first, again = (intake.file(caller={"phone": "13812345678"}) for _ in range(2))
    intake.classify(first)
    with ThreadPoolExecutor() as other, intake.workshop.open() as work:
        assert intake.wiring.dispatch.desk.tickets.lock(work, first)
        other.submit(intake.classify, again).result(timeout=60)
    assert intake.show(again)["repeat_of"] == first


def test_a_redispatch_names_the_unit_that_loses_the_ticket(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, type_code="MJ01")
    step = {"version": intake.show(ticket_id)["version"], "reason": "职责", "lead": "fire"}
    assert intake.client("hub").post(f"/tickets/{ticket_id}/redispatch", json=step).status_code == 200
    published = intake.published()[-1]
    assert isinstance(published, TicketDispatched)
    assert (published.lead, published.taken_from) == ("fire", "housing")


def test_a_redispatch_to_the_unit_that_leads_is_refused_and_takes_nothing_back(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id, type_code="MJ01")
    before = intake.show(ticket_id)
    step = {"version": before["version"], "reason": "职责", "lead": "housing"}
    problem(intake.client("hub").post(f"/tickets/{ticket_id}/redispatch", json=step), 422, field="body.lead")
    assert intake.show(ticket_id) == before
