"""Dead letters over HTTP: who may see them, and a replay that happens once or not at all."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from kafka.consumer.fetcher import ConsumerRecord

from services.chassis.messaging.errors import Reject, Retry
from services.chassis.web.dead_letter_routes import dead_letter_routes
from tests.integration.applications import As, application, clients_of
from tests.integration.chassis.conftest import Query
from tests.integration.chassis.counting import Counting, raises
from tests.integration.chassis.events import envelope, garbage, ignored, raw_record, received, record

OTHER_ROLES = ["hub", "supervisor", "department:housing", "subdistrict:310109010"]
STATE = """
    SELECT (SELECT array_agg(inbox ORDER BY event_id)::text FROM inbox), (SELECT array_agg(effects)::text FROM effects),
           (SELECT array_agg(dead_letters ORDER BY id)::text FROM dead_letters), (SELECT count(*) FROM outbox)
"""


@pytest.fixture
def as_(counting: Counting) -> As:
    return clients_of(application([dead_letter_routes(counting.workshop, {counting.consumer: counting.subscription})]))


@pytest.fixture
def admin(as_: As) -> TestClient:
    return as_("admin")


def rejected(counting: Counting, *numbers: int) -> list[ConsumerRecord]:
    """These tickets' events become dead letters, and then the fault is mended."""
    records = [record(received(number), number) for number in numbers]
    counting.deeds = {number: raises(Reject(f"fault {number}")) for number in numbers}
    counting.life().process(records)
    counting.deeds = {}
    return records


def listed(admin: TestClient, **query: Any) -> list[dict[str, Any]]:
    answer = admin.get("/dead-letters", params=query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("GET", "/{id}"), ("POST", "/{id}/replay")])
def test_only_an_admin_may_see_and_replay(counting: Counting, as_: As, query: Query, method: str, path: str) -> None:
    rejected(counting, 1)
    [letter] = listed(as_("admin"))
    url = "/dead-letters" + path.format(id=letter["id"])
    before = query(STATE)
    assert as_().request(method, url).status_code == 401
    assert [as_(role).request(method, url).status_code for role in OTHER_ROLES] == [403] * len(OTHER_ROLES)
    assert query(STATE) == before
    assert as_("admin").request(method, url).status_code == 200


def test_a_letter_tells_its_place_its_cause_and_when(counting: Counting, admin: TestClient) -> None:
    rejected(counting, 1)
    [letter] = listed(admin)
    shown = {name: letter[name] for name in ("status", "consumer", "topic", "partition", "offset", "cause")}
    assert shown == {
        "status": "rejected", "consumer": "counting", "topic": "t", "partition": 0, "offset": 1,
        "cause": "Reject: fault 1",
    }  # fmt: skip
    assert letter["rejected_at"]
    assert letter["replayed_at"] is None


def test_a_letter_is_shown_with_the_outline_of_its_record_whatever_that_holds(
    counting: Counting, admin: TestClient
) -> None:
    counting.life().process(
        [raw_record(1, headers=[("a", b"\xff")], value=b"\x00\xff{"), raw_record(2, headers=[], value=None, key=None)]
    )
    first, second = (admin.get(f"/dead-letters/{one['id']}").json() for one in listed(admin))
    assert (first["headers"], first["body"]) == ([["a", "… (1 characters)"]], "not JSON, 3 bytes")
    assert (second["headers"], second["body"]) == ([], None)


def test_letters_come_in_pages_without_gaps(counting: Counting, admin: TestClient, query: Query) -> None:
    counting.life().process([garbage(offset) for offset in range(7)])
    with counting.engine.begin() as connection:  # all at one moment: time alone is no place to go on from
        connection.exec_driver_sql("UPDATE dead_letters SET rejected_at = '2026-06-01T00:00:00Z'")
    seen: list[int] = []
    page = admin.get("/dead-letters", params={"limit": 3}).json()
    while True:
        seen += [one["offset"] for one in page["items"]]
        if not page["next"]:
            break
        page = admin.get("/dead-letters", params={"limit": 3, "after": page["next"]}).json()
    assert sorted(seen) == list(range(7))


def test_a_replay_has_the_effect_once_and_marks_letter_and_inbox(
    counting: Counting, admin: TestClient, query: Query
) -> None:
    records = rejected(counting, 1, 2)
    [letter, _] = listed(admin)
    answer = admin.post(f"/dead-letters/{letter['id']}/replay")
    assert (answer.status_code, answer.json()["status"]) == (200, "replayed")
    assert answer.json()["replayed_at"]
    assert counting.effects() == {1: 1}
    assert counting.statuses() == {"replayed": 1, "rejected": 1}
    assert query("SELECT replayed_by FROM dead_letters WHERE replayed_at IS NOT NULL") == [("somebody",)]
    assert [one["offset"] for one in listed(admin)] == [2]
    assert [one["status"] for one in listed(admin, status="all")] == ["replayed", "rejected"]

    before = query(STATE)
    assert admin.post(f"/dead-letters/{letter['id']}/replay").json() == answer.json()
    counting.life().process(records)
    assert query(STATE) == before


def test_what_still_cannot_work_is_said_and_changes_nothing(
    counting: Counting, admin: TestClient, query: Query
) -> None:
    rejected(counting, 1)
    [letter] = listed(admin)
    before = query(STATE)
    for error, cause in ((Reject("still unknown"), "Reject: still unknown"), (KeyError("x"), "KeyError: …")):
        counting.deeds = {1: raises(error)}
        answer = admin.post(f"/dead-letters/{letter['id']}/replay")
        assert (answer.status_code, answer.json()["detail"]) == (409, cause)
        assert query(STATE) == before
    counting.deeds = {1: raises(Retry("the register is down"))}
    assert admin.post(f"/dead-letters/{letter['id']}/replay").status_code == 503
    assert query(STATE) == before


def test_a_record_that_no_code_can_read_stays_a_letter(counting: Counting, admin: TestClient, query: Query) -> None:
    counting.life().process([garbage(1)])
    [letter] = listed(admin)
    before = query(STATE)
    answer = admin.post(f"/dead-letters/{letter['id']}/replay")
    assert (answer.status_code, answer.json()["detail"]) == (409, "MalformedEvent: ce_type: header is missing")
    assert query(STATE) == before


@pytest.mark.parametrize("redelivered", ["before the replay", "after the replay"])
def test_a_record_that_newer_code_can_read_has_its_effect_once_though_redelivered(
    counting: Counting, admin: TestClient, monkeypatch: pytest.MonkeyPatch, redelivered: str
) -> None:
    event = received(1)
    monkeypatch.setattr("services.chassis.messaging.subscription.EVENTS", {})
    counting.life().process([record(event, 1)])
    monkeypatch.undo()
    [letter] = listed(admin)
    if redelivered == "before the replay":
        counting.life().process([record(event, 1)])
    assert admin.post(f"/dead-letters/{letter['id']}/replay").status_code == 200
    counting.life().process([record(event, 1)])
    assert counting.effects() == {1: 1}
    assert listed(admin) == []


def test_a_letter_whose_type_has_no_handler_is_done_with_by_a_replay(
    counting: Counting, admin: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ignored_event = envelope(ignored(1))
    monkeypatch.setattr("services.chassis.messaging.subscription.EVENTS", {})
    counting.life().process([raw_record(1, headers=ignored_event.headers(), value=ignored_event.value())])
    monkeypatch.undo()
    [letter] = listed(admin)
    assert admin.post(f"/dead-letters/{letter['id']}/replay").json()["status"] == "replayed"


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("POST", "/replay")])
def test_a_letter_that_is_not_there_is_not_found(admin: TestClient, method: str, path: str) -> None:
    answer = admin.request(method, f"/dead-letters/{uuid4()}{path}")
    assert answer.status_code == 404
    assert "GET /dead-letters" in answer.json()["detail"]
