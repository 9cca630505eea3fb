"""A batch of readings does what its readings would do one by one, with a few statements for all of them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from services.chassis.database.tables import timers
from services.chassis.database.work import Work
from services.chassis.messaging.errors import Reject
from services.contracts.event import Envelope
from services.contracts.ticket_events import Place, Urgency
from services.intake.store.city_tables import city_messages
from services.intake.store.name_tables import estate_names
from services.intake.store.tables import clocks, ticket_history, tickets
from tests.harness.waiting import eventually
from tests.integration.intake.conftest import NOW, Intake, classified, fresh_key
from tests.integration.intake.statements import counted

QUYANG = Place(sub_district="310109010", estate="quyang-1", estate_name="曲阳一村")
READINGS: Sequence[dict[str, Any]] = (
    *({} for _ in range(6)),
    {"type_code": "XQ01", "urgency": Urgency.URGENT},
    {"type_code": "XQ01", "place": QUYANG},
    {"place": QUYANG},
    {"place": Place(sub_district="310109010", estate="quyang-2", estate_name="曲阳一村")},
    {"type_code": "XQ01", "place": Place()},
    {"type_code": "OT"},
    {"confidence": 0.31},
    {"emergency": True},
    {"sensitive": "minor"},
    {"version": 2},
)


def filed(intake: Intake) -> list[str]:
    """Tickets of two callers and of nobody, some of the same hour, of the past, or of the city's; two are open."""
    hub, city = intake.client("hub"), intake.client("city", subject="city")
    ids = []
    for number in range(12):
        caller = {"phone": f"1381234567{number % 3}"} if number % 3 else None
        occurred = (NOW - timedelta(days=3 * (number // 2))).isoformat()
        body = {"text": "楼顶漏雨", "occurred_at": occurred} | ({"caller": caller} if caller else {})
        ids.append(intake.file(**body))
    history = {"source_id": "1", "text": "楼顶漏雨", "channel": "file", "caller": {"phone": "13812345671"}}
    answer = hub.post("/tickets/batch", json={"source": "2024", "mode": "history", "tickets": [history]})
    ids.append(answer.json()["results"][0]["ticket_id"])
    body = {"number": "260701083000000123", "text": "楼顶漏雨", "caller": {"phone": "13812345671"}}
    ids.append(city.post("/city/tickets", json=body, headers=fresh_key()).json()["ticket_id"])
    for ticket_id in ids[:2]:
        intake.classify(ticket_id)
    return ids


def outcome(intake: Intake, batches: Sequence[Sequence[Envelope]]) -> dict[str, Any]:
    """What the tables hold after these batches, and what is to be published; nothing of it stays."""

    with intake.workshop.engine.connect() as connection, connection.begin() as undone:
        work = Work(connection, intake.clock, intake.workshop.source)
        for batch in batches:
            intake.wiring.dispatch(batch, work)
        found: dict[str, Any] = {}
        for table in (tickets, ticket_history, clocks, estate_names):
            rows = select(*table.c.values()).order_by(*table.primary_key.columns)
            found[table.name] = [dict(row) for row in connection.execute(rows).mappings()]
        due = select(timers.c.kind, timers.c.subject, timers.c.due_at).order_by(timers.c.id)
        found["timers"] = connection.execute(due).all()
        bodies = connection.execute(select(city_messages.c.body).order_by(city_messages.c.seq)).scalars()
        found["city"] = [{name: value for name, value in body.items() if name != "message_id"} for body in bodies]
        found["published"] = [
            (one.topic, one.key, one.version, json.loads(one.value or b"{}")) for one in work.outgoing
        ]
        undone.rollback()
    return found


def cut(envelopes: Sequence[Envelope], chance: random.Random) -> list[Sequence[Envelope]]:
    places = sorted(chance.sample(range(1, len(envelopes)), 3))
    return [envelopes[begin:end] for begin, end in zip([0, *places], [*places, len(envelopes)], strict=True)]


def test_batches_in_any_order_and_of_any_size_do_what_their_readings_do_one_by_one(intake: Intake) -> None:
    ids, chance = filed(intake), random.Random(14)
    for _ in range(10):
        envelopes = [
            classified(ticket_id, **chance.choice(READINGS)) for ticket_id in ids for _ in range(chance.randint(1, 2))
        ]
        chance.shuffle(envelopes)
        singly = outcome(intake, [[one] for one in envelopes])
        assert outcome(intake, [envelopes]) == singly
        assert outcome(intake, cut(envelopes, chance)) == singly


def test_a_call_sees_the_earlier_calls_of_its_caller_in_the_same_batch(intake: Intake) -> None:
    days = (3, 2, 1)
    first, second, third = (
        intake.file(caller={"phone": "13812345678"}, occurred_at=(NOW - timedelta(days=ago)).isoformat())
        for ago in days
    )
    batch = [classified(one) for one in (first, second, third)]
    for batches in ([batch], [[envelope] for envelope in batch]):
        found = outcome(intake, batches)
        rows = {row["id"]: (row["repeat_of"], row["urgency"]) for row in found["tickets"]}
        assert rows == {first: (None, "normal"), second: (first, "normal"), third: (second, "urgent")}


def test_the_tickets_of_a_batch_are_locked_in_the_order_of_their_ids(intake: Intake) -> None:
    first, second = sorted(intake.file() for _ in range(2))
    batch = [classified(second), classified(first)]

    def dispatch() -> None:
        with intake.workshop.open() as work:
            intake.wiring.dispatch(batch, work)

    with ThreadPoolExecutor(1) as pool:
        with intake.workshop.open() as work:
            assert intake.wiring.dispatch.desk.tickets.lock(work, first)
            waiting = pool.submit(dispatch)
            eventually(lambda: _waits(intake), within=10, what="the batch's wait for the first ticket")
            with intake.workshop.engine.begin() as connection:
                free = text("SELECT id FROM tickets WHERE id = :id FOR UPDATE NOWAIT")
                assert connection.execute(free, {"id": second}).one()
        waiting.result(timeout=10)
    assert [intake.show(one)["state"] for one in (first, second)] == ["dispatched"] * 2


def _waits(intake: Intake) -> bool:
    with intake.workshop.engine.connect() as connection:
        locks = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(connection.exec_driver_sql(locks).scalar_one())


@pytest.mark.parametrize("poison", [{"ticket_id": str(uuid4())}, {"type_code": "MJ99"}])
def test_a_batch_with_an_impossible_reading_leaves_nothing_and_the_others_work_singly(
    intake: Intake, poison: dict[str, Any]
) -> None:
    good, bad = classified(intake.file()), classified(**({"ticket_id": intake.file()} | poison))
    rows = intake.rows()
    with pytest.raises(Reject), intake.workshop.open() as work:
        intake.wiring.dispatch([good, bad], work)
    assert intake.rows() == rows
    with intake.workshop.open() as work:
        intake.wiring.dispatch([good], work)
    assert intake.show(good.event.aggregate_id)["state"] == "dispatched"


def test_a_batch_takes_as_many_statements_however_many_tickets_it_holds(intake: Intake) -> None:
    counts = []
    for size in (2, 30):
        batch = [classified(intake.file(caller={"phone": "13812345678"})) for _ in range(size)]
        with counted(intake) as statements, intake.workshop.open() as work:
            intake.wiring.dispatch(batch, work)
        counts.append(len(statements))
    assert counts[0] >= counts[1]
