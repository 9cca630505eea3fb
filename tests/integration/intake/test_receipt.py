"""POST /tickets: 202 after one commit of everything, once for each key of a client, and otherwise nothing at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from prometheus_client import REGISTRY

from services.chassis.messaging.outbox import MAX_RECORD_BYTES
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import Channel, TicketReceived
from services.intake.domain.callers import caller_ref
from services.localstack.postgres import EmbeddedPostgres
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import CALLER_KEY, NOW, ONE_TICKET, Intake, fresh_key, nothing_but, problem

BODY: dict[str, Any] = {
    "text": "凉城路1201弄12号楼顶漏雨，请联系13812345678",
    "address": "凉城路1201弄12号602室",
    "channel": "web",
    "occurred_at": "2026-06-30T20:00:00+08:00",
    "caller": {"name": "王建国", "phone": "138 1234 5678"},
}


def test_a_request_becomes_a_ticket_its_vault_row_its_history_and_two_events(intake: Intake) -> None:
    answer = intake.client("hub").post("/tickets", json=BODY, headers=fresh_key())
    assert answer.status_code == 202
    ticket_id = answer.json()["ticket_id"]
    number = answer.json()["number"]
    assert number.startswith("260701080000")
    assert answer.json() == {"ticket_id": ticket_id, "number": number, "state": "received", "repeated": False}
    assert answer.headers["location"] == f"/tickets/{ticket_id}"
    assert nothing_but(intake.rows(), **ONE_TICKET)

    received, recorded = intake.published()
    occurred = NOW - timedelta(hours=12)
    assert received == TicketReceived(
        version=1,
        ticket_id=ticket_id,
        number=number,
        state="received",
        channel=Channel.WEB,
        caller_ref=caller_ref(CALLER_KEY, "13812345678"),
        occurred_at=occurred,
        received_at=NOW,
    )
    assert recorded == TicketTextRecorded(
        version=1,
        ticket_id=ticket_id,
        text="凉城路1201弄12号楼顶漏雨，请联系138****5678",
        address="凉城路1201弄12号[室号]",
        channel=Channel.WEB,
        occurred_at=occurred,
    )

    shown = intake.show(ticket_id)
    assert shown["text"] == recorded.text
    assert shown["occurred_at"] == "2026-06-30T12:00:00Z"
    (line,) = shown["history"]
    assert line == {
        "version": 1,
        "at": "2026-07-01T00:00:00Z",
        "step": "receive",
        "state": "received",
        "actor": "operator",
        "detail": None,
        "facts": None,
    }


def test_a_bare_text_is_enough_and_an_anonymous_call_proves_no_caller(intake: Intake) -> None:
    ticket_id = intake.file(text="路灯不亮")
    received = intake.published()[0]
    assert isinstance(received, TicketReceived)
    assert (received.caller_ref, received.occurred_at, received.channel) == (None, NOW, Channel.PHONE)
    assert intake.show(ticket_id)["address"] is None


def test_each_ticket_is_counted_once_by_channel(intake: Intake) -> None:
    def counted() -> float:
        return REGISTRY.get_sample_value("closedloop_tickets_received_total", {"channel": "wechat"}) or 0

    before, key = counted(), fresh_key()
    for _ in range(3):
        intake.client("hub").post("/tickets", json={"text": "漏水", "channel": "wechat"}, headers=key)
    assert counted() == before + 1


# Everything or nothing

PLACES_TO_FAIL = {
    "receipts": "receipts",
    "tickets": "tickets",
    "ticket_texts": "ticket_texts",
    "ticket_history": "ticket_history",
    "vault_keys": "vault_keys",
    "vault": "vault",
    "the first event": "outbox WHEN (NEW.topic = 'tickets')",
    "the last event": "outbox WHEN (NEW.topic = 'ticket-texts')",
}
REFUSE = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'planted'; END $$"


def _trigger(place: str) -> str:
    table, _, condition = PLACES_TO_FAIL[place].partition(" ")
    return f"CREATE TRIGGER planted BEFORE INSERT ON {table} FOR EACH ROW {condition} EXECUTE FUNCTION refuse()"


@pytest.mark.parametrize("place", PLACES_TO_FAIL)
def test_a_failure_anywhere_leaves_nothing_half_done(intake: Intake, place: str) -> None:
    intake.execute(REFUSE, _trigger(place))
    key = fresh_key()
    answer = intake.client("hub").post("/tickets", json=BODY, headers=key)
    body = problem(answer, 500)
    assert "planted" not in answer.text
    assert UUID(body["instance"].removeprefix("urn:uuid:"))
    assert nothing_but(intake.rows())

    intake.execute("DROP FUNCTION refuse CASCADE")
    again = intake.client("hub").post("/tickets", json=BODY, headers=key)
    assert (again.status_code, again.json()["repeated"]) == (202, False)
    assert nothing_but(intake.rows(), **ONE_TICKET)


def test_a_failing_commit_is_not_answered_with_202(intake: Intake) -> None:
    intake.execute(
        REFUSE,
        "CREATE CONSTRAINT TRIGGER planted AFTER INSERT ON outbox DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " EXECUTE FUNCTION refuse()",
    )
    before = REGISTRY.get_sample_value("closedloop_tickets_received_total", {"channel": "web"}) or 0
    problem(intake.client("hub").post("/tickets", json=BODY, headers=fresh_key()), 500)
    assert nothing_but(intake.rows())
    assert (REGISTRY.get_sample_value("closedloop_tickets_received_total", {"channel": "web"}) or 0) == before


def test_a_ticket_whose_event_would_not_fit_is_refused_before_the_202(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = {"text": "漏" * 20_000, "address": "路" * 300, "caller": {"name": "王" * 100}}
    assert intake.client("hub").post("/tickets", json=longest, headers=fresh_key()).status_code == 202
    rows = intake.rows()
    assert len(intake.published()[1].model_dump_json().encode()) < MAX_RECORD_BYTES / 2

    monkeypatch.setattr("services.chassis.messaging.outbox.OutboxRow.size", lambda row: row.limit + 1)
    problem(intake.client("hub").post("/tickets", json=BODY, headers=fresh_key()), 413, field="text", remedy="shorten")
    assert intake.rows() == rows


# Repeats


def test_the_same_key_and_body_are_the_same_ticket_once(intake: Intake) -> None:
    client, key = intake.client("hub"), fresh_key()
    first = client.post("/tickets", json=BODY, headers=key)
    intake.clock.advance(timedelta(days=3))
    again = client.post("/tickets", json=dict(reversed(BODY.items())), headers=key)
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json() == first.json() | {"repeated": True}
    assert again.headers["location"] == first.headers["location"]
    assert nothing_but(intake.rows(), **ONE_TICKET)


def test_the_same_key_with_another_body_is_refused(intake: Intake) -> None:
    client, key = intake.client("hub"), fresh_key()
    assert client.post("/tickets", json=BODY, headers=key).status_code == 202
    for other in ({"text": "another"}, BODY | {"caller": {"phone": "13812345679"}}, BODY | {"channel": "app"}):
        answer = client.post("/tickets", json=other, headers=key)
        body = problem(answer, 422, field="Idempotency-Key", remedy="fresh UUID")
        assert body["type"] == "urn:closedloop:problem:idempotency-key-reused"
    assert nothing_but(intake.rows(), **ONE_TICKET)


def test_another_client_may_use_the_same_key(intake: Intake) -> None:
    key = fresh_key()
    ids = {
        intake.client("hub", subject=subject).post("/tickets", json=BODY, headers=key).json()["ticket_id"]
        for subject in ("operator", "machine", "operator")
    }
    assert len(ids) == 2
    assert intake.rows()["tickets"] == 2


KEYS = {
    "missing": ({}, "add it"),
    "short": ({"Idempotency-Key": "1234567"}, "at least 8"),
    "long": ({"Idempotency-Key": "x" * 201}, "at most 200"),
    "blanks in it": ({"Idempotency-Key": "1234 5678 9012"}, "match pattern"),
    "not ASCII": ({"Idempotency-Key": "schlüssel-1".encode()}, "match pattern"),
}


@pytest.mark.parametrize("case", KEYS)
def test_a_wrong_key_is_refused_with_the_remedy(intake: Intake, case: str) -> None:
    headers, remedy = KEYS[case]
    answer = intake.client("hub").post("/tickets", json=BODY, headers=headers)
    problem(answer, 422, field="header.Idempotency-Key", remedy=remedy)
    assert nothing_but(intake.rows())


@pytest.mark.parametrize("commits", [True, False], ids=["which commits", "which rolls back"])
def test_a_repeat_waits_for_the_first_one(intake: Intake, commits: bool) -> None:
    key = str(uuid4())
    body = {"text": "漏水"}
    insert = "INSERT INTO receipts SELECT client, '{}', fingerprint, '{}' FROM receipts WHERE idempotency_key = '{}'"
    client = intake.client("hub")
    model = str(uuid4())
    first_id = client.post("/tickets", json=body, headers={"Idempotency-Key": model}).json()["ticket_id"]
    with intake.workshop.engine.connect() as holder, ThreadPoolExecutor(1) as pool:
        holder.exec_driver_sql(insert.format(key, first_id, model))
        waiting = pool.submit(client.post, "/tickets", json=body, headers={"Idempotency-Key": key})
        eventually(lambda: _waits(intake), within=10, what="the repeat's wait")
        holder.commit() if commits else holder.rollback()
        answer = waiting.result(timeout=60).json()
    assert (answer["ticket_id"] == first_id) == answer["repeated"] == commits


def test_a_receipt_of_before_is_found_though_its_key_is_kept_by_its_hash_now(intake: Intake) -> None:
    key = "13912345678-602"
    first = intake.client("hub").post("/tickets", json=BODY, headers={"Idempotency-Key": key}).json()
    intake.execute(f"UPDATE receipts SET idempotency_key = '{key}'")  # noqa: S608
    again = intake.client("hub").post("/tickets", json=BODY, headers={"Idempotency-Key": key}).json()
    assert (again["ticket_id"], again["repeated"]) == (first["ticket_id"], True)
    with intake.workshop.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT idempotency_key FROM receipts").scalar_one()
    assert key not in kept


def _waits(intake: Intake) -> bool:
    with intake.workshop.engine.connect() as connection:
        locks = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(connection.exec_driver_sql(locks).scalar_one())


def test_many_repeats_at_once_are_one_ticket(intake: Intake) -> None:
    key, start = fresh_key(), threading.Barrier(8)

    def post(_: int) -> dict[str, Any]:
        client = intake.client("hub")
        start.wait(60)
        return dict(client.post("/tickets", json=BODY, headers=key).json())

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert len({answer["ticket_id"] for answer in answers}) == 1
    assert sorted(answer["repeated"] for answer in answers) == [False] + [True] * 7
    assert nothing_but(intake.rows(), **ONE_TICKET)


def test_repeats_of_different_bodies_at_once_are_one_ticket_and_refusals(intake: Intake) -> None:
    key, start = fresh_key(), threading.Barrier(6)

    def post(number: int) -> int:
        client = intake.client("hub")
        start.wait(60)
        answer = client.post("/tickets", json={"text": f"漏水 {number}"}, headers=key)
        return int(answer.status_code)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(post, range(6))) == [202] + [422] * 5
    assert intake.rows()["tickets"] == 1


# The database away


@pytest.fixture
def stopped(postgres: EmbeddedPostgres, intake: Intake) -> Iterator[EmbeddedPostgres]:
    intake.file()
    postgres.stop()
    yield postgres
    if postgres.pid is None:
        postgres.start_and_wait()


def test_without_its_database_it_says_when_to_come_back_and_then_works(
    stopped: EmbeddedPostgres, intake: Intake
) -> None:
    client, key = intake.client("hub"), fresh_key()
    for answer in (
        client.post("/tickets", json=BODY, headers=key),
        client.get("/tickets"),
        client.get(f"/tickets/{uuid4()}"),
        client.get("/tickets/summary"),
    ):
        problem(answer, 503, remedy="repeat it with the same Idempotency-Key")
        assert int(answer.headers["retry-after"]) >= 1
    stopped.start_and_wait()
    answer = eventually(
        lambda: (one := client.post("/tickets", json=BODY, headers=key)).status_code == 202 and one, within=15
    )
    assert not answer.json()["repeated"]
    assert client.post("/tickets", json=BODY, headers=key).json()["repeated"]
    assert intake.rows()["tickets"] == 2
