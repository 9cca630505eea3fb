"""Many tickets in one request: every row by itself, the same row once, the past without consequences."""

from __future__ import annotations

from typing import Any

import pytest

from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import TicketFiledAway, TicketReceived
from tests.integration.intake.conftest import Intake, classified, problem

MOMENT = "2024-06-28T08:15:00+08:00"


def row(source_id: str, **changes: Any) -> dict[str, Any]:
    plain = {"text": "广中路1466弄楼顶漏雨", "channel": "file", "occurred_at": MOMENT, "caller": {"id": source_id}}
    return {**plain, "source_id": source_id, **changes}


def send(intake: Intake, *rows: Any, mode: str = "live", source: str = "2024") -> list[dict[str, Any]]:
    body = {"source": source, "mode": mode, "tickets": list(rows)}
    answer = intake.client("hub").post("/tickets/batch", json=body)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


def test_rows_are_answered_in_order_and_published_like_any_ticket(intake: Intake) -> None:
    first, second = send(intake, row("1"), row("2"))
    assert [first["source_id"], second["source_id"]] == ["1", "2"]
    published = intake.published()
    assert [type(event) for event in published] == [TicketReceived, TicketTextRecorded] * 2
    assert {event.aggregate_id for event in published} == {first["ticket_id"], second["ticket_id"]}
    refs = {event.caller_ref for event in published if isinstance(event, TicketReceived)}
    assert len(refs) == 2


def test_the_same_rows_again_are_the_same_tickets(intake: Intake) -> None:
    once = send(intake, row("1"), row("2"))
    before = intake.rows()
    again = send(intake, row("1"), row("2"))
    assert [one["ticket_id"] for one in again] == [one["ticket_id"] for one in once]
    assert [one["repeated"] for one in once + again] == [False, False, True, True]
    assert intake.rows() == before


def test_another_source_may_use_the_same_ids(intake: Intake) -> None:
    (one,), (other,) = send(intake, row("1")), send(intake, row("1"), source="2025")
    assert one["ticket_id"] != other["ticket_id"]


def test_a_phone_outranks_the_source_s_own_id(intake: Intake) -> None:
    one, other = {"id": "a", "phone": "13812345678"}, {"id": "b", "phone": "138 1234 5678"}
    send(intake, row("1", caller=one), row("2", caller=other))
    received = [event for event in intake.published() if isinstance(event, TicketReceived)]
    assert received[0].caller_ref == received[1].caller_ref


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (row("x", text=" "), "text"),
        (row("x", text="长" * 20_001), "text"),
        (row("x", occurred_at="2024-02-30T08:00:00+08:00"), "occurred_at"),
        (row("x", occurred_at="2024-06-28T08:15:00"), "occurred_at"),
        (row("x", occurred_at="2027-01-01T00:00:00+08:00"), "occurred_at"),
        (row("x", occurred_at="1970-01-01T00:00:00+08:00"), "occurred_at"),
        (row("x", channel="pigeon"), "channel"),
        (row("x", colour="red"), "colour"),
        ({"text": "没有编号"}, "source_id"),
        ("no object", "tickets.1"),
    ],
)  # fmt: skip
def test_a_wrong_row_names_its_field_and_harms_no_other(intake: Intake, wrong: Any, field: str) -> None:
    good, bad, also_good = send(intake, row("1"), wrong, row("2"))
    assert bad["problem"]["field"] == field
    assert bad["problem"]["remedy"]
    assert {"ticket_id", "repeated"} <= good.keys() & also_good.keys()
    assert intake.rows()["tickets"] == 2


def test_an_id_that_comes_with_another_content_is_a_problem(intake: Intake) -> None:
    first, second = send(intake, row("1"), row("1", text="别的事"))
    assert "ticket_id" in first
    assert second["problem"]["field"] == "source_id"
    assert intake.rows()["tickets"] == 1


def test_when_the_batch_fails_nothing_of_it_is_kept(intake: Intake) -> None:
    intake.execute("ALTER TABLE vault ADD CONSTRAINT broken CHECK (false) NOT VALID")
    body = {"source": "2024", "mode": "live", "tickets": [row("1"), row("2")]}
    problem(intake.client("hub").post("/tickets/batch", json=body), 500)
    assert not any(intake.rows().values())


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"source": "a b", "mode": "live", "tickets": [row("1")]}, "body.source"),
        ({"source": "a", "mode": "later", "tickets": [row("1")]}, "body.mode"),
        ({"source": "a", "mode": "live", "tickets": []}, "body.tickets"),
        ({"source": "a", "mode": "live", "tickets": [row("1")] * 501}, "body.tickets"),
    ],
)
def test_a_wrong_batch_is_refused_whole(intake: Intake, body: dict[str, Any], field: str) -> None:
    problem(intake.client("hub").post("/tickets/batch", json=body), 422, field=field)
    assert not any(intake.rows().values())


def test_five_hundred_rows_of_long_text_fit(intake: Intake) -> None:
    assert len(send(intake, *(row(str(n), text="水管漏水，" * 400) for n in range(500)))) == 500


def test_history_is_filed_away_and_dispatched_to_nobody(intake: Intake) -> None:
    (result,) = send(intake, row("1"), mode="history")
    intake.classify(result["ticket_id"], times=2)
    ticket = intake.show(result["ticket_id"])
    assert (ticket["state"], ticket["lead"]) == ("filed away", None)
    assert [type(event) for event in intake.published()] == [TicketReceived, TicketTextRecorded, TicketFiledAway]
    assert all(event.history for event in intake.published() if isinstance(event, TicketReceived | TicketFiledAway))


def test_history_of_no_known_type_asks_no_person(intake: Intake) -> None:
    (result,) = send(intake, row("1"), mode="history")
    envelope = classified(result["ticket_id"], type_code="OT", confidence=0.1)
    with intake.workshop.open() as work:
        intake.on_classified([envelope], work)
    assert intake.show(result["ticket_id"])["state"] == "filed away"
