"""The city's hotline files, sets deadlines, gets messages, asks the caller; nothing is lost or counted twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from demo.city import TOKEN, City, serving
from services.intake.domain.city import CityRetry
from services.intake.outbound.city import CitySender, NotTaken, poster
from services.intake.store.city_tables import city_messages
from services.intake.store.tables import tickets
from tests.integration.intake.conftest import Intake, fresh_key, problem
from tests.integration.intake.settling import HOUSING, take

LEAK = "楼顶漏雨，请来修"
DEADLINE = "2026-07-03T00:00:00+08:00"
CALLER = {"name": "王小美", "phone": "13812345678"}
AT_ONCE = CityRetry(first_s=0, longest_s=0)


@pytest.fixture
def city() -> City:
    return City()


@pytest.fixture
def city_url(city: City) -> Iterator[str]:
    with serving(city) as url:
        yield url


@pytest.fixture
def sender(city_url: str) -> CitySender:
    return CitySender(poster(city_url, TOKEN), AT_ONCE)


def filed(intake: Intake, city: City, deadline: str | None = None, **request: Any) -> tuple[str, str]:
    """(number, ticket id) of a ticket that the city filed and that was dispatched."""
    number = city.file(intake.client("city"), LEAK, deadline, **request)
    ticket_id = str(intake.client("city").get(f"/city/tickets/{number}").json()["ticket_id"])
    intake.classify(ticket_id)
    return number, ticket_id


def settle(intake: Intake, ticket_id: str, **more: Any) -> None:
    body = {"public_answer": "已修好。", "unit_solved": True} | more
    assert take(intake, ticket_id, "settlement", HOUSING, subject="plumber", **body).status_code == 200


def send_all(intake: Intake, sender: CitySender) -> int:
    return sum(iter(lambda: sender.send_next(intake.workshop), False))


def states(intake: Intake, number: str) -> Any:
    return intake.client("city").get(f"/city/tickets/{number}").json()["state"]


def reconciled(intake: Intake, *listed: dict[str, Any]) -> Any:
    answer = intake.client("hub").post("/city/reconciliation", json={"tickets": listed})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_ticket_of_the_citys_from_its_arrival_to_the_citys_visit_back(
    intake: Intake, city: City, sender: CitySender
) -> None:
    number, ticket_id = filed(intake, city, DEADLINE, caller=CALLER)
    shown = intake.show(ticket_id)
    assert (shown["city_number"], shown["state"]) == (number, "dispatched")
    assert datetime.fromisoformat(shown["settle_by"]) == datetime.fromisoformat(DEADLINE)
    assert take(intake, ticket_id, "signature", HOUSING).status_code == 200
    settle(intake, ticket_id, handling="换了防水层")
    assert send_all(intake, sender) == 3

    sent = city.messages_about(number)
    assert [(one["kind"], one["step"], one["state"], one["unit"]) for one in sent] == [
        ("progress", "dispatch", "handling", "housing"),
        ("progress", "sign", "handling", "housing"),
        ("reply", "settle", "replied", "housing"),
    ]
    unsaid = {"reason": None, "matter_true": None, "beyond_duty": None}
    assert sent[-1]["reply"] == {
        "public_answer": "已修好。", "handling": "换了防水层", "unit_solved": True, **unsaid,
    }  # fmt: skip
    assert states(intake, number) == "replied"

    city.visit(intake.client("city"), number, solved=True, satisfaction="very satisfied", note="很快")
    shown = intake.show(ticket_id)
    assert (shown["state"], shown["unit_solved"], shown["caller_solved"]) == ("archived", True, True)
    assert shown["satisfaction"] == "very satisfied"
    assert states(intake, number) == "closed"


def test_the_city_has_it_done_again_by_a_deadline_of_its_own(intake: Intake, city: City, sender: CitySender) -> None:
    number, ticket_id = filed(intake, city, DEADLINE)
    settle(intake, ticket_id)
    again_by = "2026-07-02T12:00:00+08:00"
    city.visit(
        intake.client("city"), number, solved=False, satisfaction="dissatisfied", redo="还在漏", redo_by=again_by
    )
    shown = intake.show(ticket_id)
    (redo,) = [clock for clock in shown["clocks"] if clock["kind"] == "redo"]
    assert (shown["state"], shown["satisfaction"]) == ("redo", "dissatisfied")
    assert datetime.fromisoformat(redo["due_at"]) == datetime.fromisoformat(again_by)
    settle(intake, ticket_id, public_answer="这次修好了。")
    send_all(intake, sender)
    messages = city.messages_about(number)
    assert [one["reply"]["public_answer"] for one in messages if one["reply"]] == ["已修好。", "这次修好了。"]


def test_what_cannot_be_done_here_goes_back_up_with_its_reason(intake: Intake, city: City, sender: CitySender) -> None:
    number = city.file(intake.client("city"), "想问问")
    ticket_id = str(intake.client("city").get(f"/city/tickets/{number}").json()["ticket_id"])
    assert take(intake, ticket_id, "rejection", reason="正在法院审理，电话13812345678").status_code == 200
    send_all(intake, sender)
    (sent,) = city.messages_about(number)
    assert (sent["kind"], sent["state"], sent["unit"]) == ("return", "returned", None)
    assert "正在法院审理" in sent["words"]
    assert "13812345678" not in sent["words"]


def test_the_city_hears_what_became_of_a_units_wish_to_return_it(
    intake: Intake, city: City, sender: CitySender
) -> None:
    number, ticket_id = filed(intake, city)
    assert take(intake, ticket_id, "return", HOUSING, note="不是我们的").status_code == 200
    assert take(intake, ticket_id, "return/upholding", reason="属消防", lead="fire").status_code == 200
    send_all(intake, sender)
    assert [(one["kind"], one["step"], one["unit"], one["words"]) for one in city.messages_about(number)[1:]] == [
        ("return outcome", "uphold return", "housing", "属消防"),
        ("progress", "dispatch", "fire", None),
    ]


def test_a_ticket_of_the_districts_own_is_no_matter_of_the_citys(intake: Intake) -> None:
    ticket_id = intake.file()
    intake.classify(ticket_id)
    settle(intake, ticket_id)
    assert intake.rows()["city_messages"] == 0


def test_the_same_number_is_the_same_ticket_and_takes_no_other_content(intake: Intake) -> None:
    body = {"number": "260701083000000001", "text": LEAK, "deadline": DEADLINE, "caller": CALLER}
    first, again = (intake.client("city", subject=machine).post("/city/tickets", json=body) for machine in ("a", "b"))
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json() | {"repeated": True}
    assert first.headers["location"] == "/city/tickets/260701083000000001"
    rows = intake.rows()
    for change in ({"text": "别的事"}, {"deadline": "2026-07-04T00:00:00+08:00"}):
        other = problem(intake.client("city").post("/city/tickets", json=body | change), 422, field="number")
        assert other["type"].endswith("number-reused")
    assert intake.rows() == rows
    assert rows["tickets"] == 1


WRONG: dict[str, dict[str, Any]] = {
    "number": {"number": "漏水"},
    "deadline": {"deadline": "2026-07-03T00:00:00"},
    "occurred_at": {"occurred_at": "2026-08-01T00:00:00+08:00"},
    "text": {"text": " "},
    "caller.phone": {"caller": {"phone": "none"}},
    "priority": {"priority": 1},
}


@pytest.mark.parametrize("field", WRONG)
def test_a_wrong_ticket_is_refused_by_field_and_leaves_nothing(lasting: Intake, field: str) -> None:
    rows = lasting.rows()
    body = {"number": "260701-wrong", "text": LEAK} | WRONG[field]
    problem(lasting.client("city").post("/city/tickets", json=body), 422, field=f"body.{field}")
    assert lasting.rows() == rows


@pytest.mark.parametrize(
    ("deadline", "why"),
    [("2028-07-03T00:00:00+08:00", "correct the year"), ("2026-06-01T00:00:00+08:00", "is not after occurred_at")],
)
def test_a_deadline_that_cannot_be_meant_is_refused(lasting: Intake, deadline: str, why: str) -> None:
    body = {"number": "260701-late", "text": LEAK, "deadline": deadline, "occurred_at": "2026-06-30T00:00:00+08:00"}
    refused = problem(lasting.client("city").post("/city/tickets", json=body), 422, field="body.deadline")
    assert why in str(refused["errors"])


def test_a_deadline_that_has_passed_is_late_at_once(intake: Intake, city: City) -> None:
    _, ticket_id = filed(intake, city, "2026-06-30T00:00:00+08:00", occurred_at="2026-06-29T00:00:00+08:00")
    intake.clock.advance(timedelta(seconds=1))
    intake.fire_timers()
    breached = [clock["kind"] for clock in intake.show(ticket_id)["clocks"] if clock["breached_at"]]
    assert "settle" in breached
    assert "return" not in breached


def test_a_visit_back_said_twice_counts_once_and_takes_no_other_word(intake: Intake, city: City) -> None:
    number, ticket_id = filed(intake, city)
    path, body, key = f"/city/tickets/{number}/visit", {"caller_solved": True}, fresh_key()
    rows = intake.rows()
    early = problem(intake.client("city").post(path, json=body, headers=key), 409)
    assert early["current_state"] == "dispatched"
    assert intake.rows() == rows
    settle(intake, ticket_id)
    first = intake.client("city").post(path, json=body, headers=key)
    assert first.status_code == 200, first.text
    history = intake.show(ticket_id)["history"]
    assert intake.client("city").post(path, json=body, headers=key).json() == first.json()
    assert intake.show(ticket_id)["history"] == history
    problem(intake.client("city").post(path, json={"caller_solved": False}, headers=key), 422)
    problem(intake.client("city").post(path, json=body, headers=fresh_key()), 409)


WRONG_VISITS: dict[str, dict[str, Any]] = {
    "caller_solved": {},
    "satisfaction": {"caller_solved": True, "satisfaction": "5"},
    "redo_by": {"caller_solved": False, "redo_by": DEADLINE},
    "version": {"caller_solved": True, "version": 3},
}


@pytest.mark.parametrize("field", WRONG_VISITS)
def test_a_wrong_visit_back_is_refused_by_field(lasting: Intake, city: City, field: str) -> None:
    number = f"260701-{field.replace('_', '-')}"
    assert lasting.client("city").post("/city/tickets", json={"number": number, "text": LEAK}).status_code == 202
    answer = lasting.client("city").post(f"/city/tickets/{number}/visit", json=WRONG_VISITS[field], headers=fresh_key())
    problem(answer, 422, field=f"body.{field}")


def test_the_caller_of_a_ticket_of_the_citys_is_in_the_vault_alone(
    intake: Intake, city: City, sender: CitySender
) -> None:
    number, ticket_id = filed(intake, city, caller=CALLER, address="凉城路1201弄12号602室")
    settle(intake, ticket_id, public_answer="王小美您好，已修好，有事请打13812345678。")
    send_all(intake, sender)
    with intake.workshop.engine.connect() as connection:
        stored = [str(row) for table in (tickets, city_messages) for row in connection.execute(select(table))]
    for words in (json.dumps(city.messages_about(number), ensure_ascii=False), *stored, str(intake.published())):
        assert "王小美" not in words
        assert "13812345678" not in words
    with intake.workshop.open() as work:
        revealed = intake.vault.reveal(work, ticket_id)
    assert revealed is not None
    assert revealed.phone == CALLER["phone"]


def test_while_the_city_is_down_its_messages_wait_in_order_and_all_go_when_it_is_back(
    intake: Intake, city: City, city_url: str
) -> None:
    sender = CitySender(poster(city_url, TOKEN), CityRetry(first_s=3600))
    (number, ticket_id), (other, _) = filed(intake, city), filed(intake, city)
    settle(intake, ticket_id)
    city.status = 503
    assert send_all(intake, sender) == 0
    assert send_all(intake, sender) == 0
    waiting = intake.client("hub").get("/city/messages").json()["items"]
    assert {one["error"] for one in waiting} == {"answered 503", None}  # the reply waits behind the dispatch
    assert reconciled(intake)["unsent"] == 3
    city.status = None
    assert send_all(intake, sender) == 0  # nothing is due yet
    intake.execute("UPDATE city_messages SET due_at = now() WHERE seq = (SELECT min(seq) FROM city_messages)")
    assert send_all(intake, sender) == 3  # the first that is taken fetches the others
    assert [one["step"] for one in city.messages_about(number)] == ["dispatch", "settle"]
    assert [one["step"] for one in city.messages_about(other)] == ["dispatch"]
    assert set(city.came.values()) == {1}
    assert intake.client("hub").get("/city/messages").json() == {"items": []}


def test_a_city_that_cannot_be_reached_is_tried_until_patience_ends(intake: Intake, city: City) -> None:
    filed(intake, city)
    sender = CitySender(poster("http://127.0.0.1:1", TOKEN), CityRetry(first_s=0, longest_s=0, attempts=3))
    for _ in range(5):
        assert not sender.send_next(intake.workshop)
    (given_up,) = intake.client("hub").get("/city/messages").json()["items"]
    assert (given_up["attempts"], given_up["error"]) == (3, "no answer: ConnectError")
    assert given_up["given_up_at"] is not None


def test_what_the_city_refuses_is_given_up_seen_and_sent_again_by_a_person(
    intake: Intake, city: City, sender: CitySender
) -> None:
    number, ticket_id = filed(intake, city)
    city.status = 422
    assert not sender.send_next(intake.workshop)
    city.status = None
    settle(intake, ticket_id)
    assert send_all(intake, sender) == 1  # what comes later is not held up
    (given_up,) = intake.client("hub").get("/city/messages").json()["items"]
    assert (given_up["number"], given_up["step"], given_up["error"]) == (number, "dispatch", "answered 422")
    resend = f"/city/messages/{given_up['message_id']}/resend"
    assert intake.client("hub").post(resend).status_code == 202
    problem(intake.client("hub").post(resend), 404)
    assert send_all(intake, sender) == 1
    assert [one["step"] for one in city.messages_about(number)] == ["dispatch", "settle"]


def test_a_token_that_the_city_does_not_know_costs_no_message(intake: Intake, city: City, city_url: str) -> None:
    number, _ = filed(intake, city)
    assert not CitySender(poster(city_url, "wrong"), AT_ONCE).send_next(intake.workshop)
    assert send_all(intake, CitySender(poster(city_url, TOKEN), AT_ONCE)) == 1
    assert len(city.messages_about(number)) == 1


def test_a_claim_that_outlived_its_lease_counts_for_nothing(intake: Intake, city: City, city_url: str) -> None:
    number, _ = filed(intake, city)
    send = poster(city_url, TOKEN)
    second = CitySender(send)

    def slow(message_id: str, body: Any) -> None:
        send(message_id, body)
        assert second.send_next(intake.workshop)  # our lease is over: another process has sent it, too
        raise NotTaken("no answer: ReadTimeout", ever=False)

    assert not CitySender(slow, AT_ONCE, lease=timedelta()).send_next(intake.workshop)
    assert intake.client("hub").get("/city/messages").json() == {"items": []}
    assert list(city.came.values()) == [2]
    assert len(city.messages_about(number)) == 1
    assert send_all(intake, second) == 0


def test_a_reconciliation_names_every_difference_and_changes_nothing(
    intake: Intake, city: City, sender: CitySender
) -> None:
    filed(intake, city, DEADLINE)
    elsewhen, later = filed(intake, city, DEADLINE)
    replied, settled = filed(intake, city)
    unknown_there, here = filed(intake, city)
    closed, done = filed(intake, city)
    settle(intake, settled)
    settle(intake, done)
    city.visit(intake.client("city"), closed, solved=True, satisfaction="satisfied")
    send_all(intake, sender)
    assert reconciled(intake, *city.tickets.values()) == {
        "missing_here": [], "missing_there": [], "different": [], "same": 4, "unsent": 0,
    }  # fmt: skip

    rows = intake.rows()
    city.tickets[elsewhen]["deadline"] = "2026-07-02T00:00:00+08:00"
    city.tickets[replied]["state"] = "handling"
    del city.tickets[unknown_there]
    city.tickets[closed] = {"number": closed, "state": "replied", "deadline": None}
    never = {"number": "260701-never", "state": "handling"}
    assert reconciled(intake, *city.tickets.values(), never) == {
        "missing_here": ["260701-never"],
        "missing_there": [{"number": unknown_there, "ticket_id": here, "state": "handling"}],
        "different": [
            {
                "number": elsewhen,
                "ticket_id": later,
                "field": "deadline",
                "here": "2026-07-02T16:00:00Z",
                "there": "2026-07-02T00:00:00+08:00",
            },
            {"number": replied, "ticket_id": settled, "field": "state", "here": "replied", "there": "handling"},
            {"number": closed, "ticket_id": done, "field": "state", "here": "closed", "there": "replied"},
        ],
        "same": 1,
        "unsent": 0,
    }
    assert intake.rows() == rows


def test_a_list_that_names_a_ticket_twice_is_refused(lasting: Intake) -> None:
    one = {"number": "260701-twice", "state": "handling"}
    answer = lasting.client("hub").post("/city/reconciliation", json={"tickets": [one, one]})
    problem(answer, 422, field="body.tickets.1.number", remedy="list each ticket once")


def test_the_district_does_not_ask_the_citys_caller(intake: Intake, city: City) -> None:
    _, ticket_id = filed(intake, city)
    settle(intake, ticket_id)
    refused = problem(take(intake, ticket_id, "visit", caller_solved=True), 403)
    assert refused["type"].endswith("city-visits-back")


def test_a_message_is_there_if_and_only_if_its_step_is(intake: Intake, city: City) -> None:
    _, ticket_id = filed(intake, city)
    before = intake.rows()
    unsaid = take(intake, ticket_id, "settlement", HOUSING, public_answer="修不了", unit_solved=False)
    problem(unsaid, 422, field="body.reason")
    assert intake.rows() == before
