"""Calls of the past: counted for comparison, and nothing else happens."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import LiteralString

from services.contracts.topics import topic_table
from services.localstack.postgres import connect
from services.localstack.stack import Stack
from tests.harness.exports import calls, export
from tests.harness.imports import import_into, tickets_of
from tests.harness.topics import read_topic
from tests.harness.waiting import eventually

ROWS = 1_000
WAITING: LiteralString = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
COUNTED: LiteralString = (
    "SELECT count(*) FROM ticket_sightings WHERE ticket_version IS NOT NULL AND type_code IS NOT NULL"
)


def number(stack: Stack, service: str, query: LiteralString) -> int:
    with connect(stack.database_urls[service]) as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(str(row[0]))


def test_a_thousand_old_calls_are_counted_and_cause_no_dispatch_no_clock_and_no_notification(
    stack: Stack, tmp_path: Path
) -> None:
    file = export(tmp_path / "2019.csv", calls(ROWS, seed=21, first=datetime(2019, 1, 1)))
    options = ("--mode", "history", "--source", "2019")
    assert import_into(stack, file, *options).counts() == (ROWS, 0, 0)
    assert import_into(stack, file, *options).counts() == (0, ROWS, 0)
    tickets = set(tickets_of(stack, "2019").values())
    assert len(tickets) == ROWS

    eventually(lambda: number(stack, "projects", COUNTED) == ROWS, within=90, every=0.5, what="all are counted")
    filed: LiteralString = "SELECT count(*) FROM tickets WHERE state = 'filed away' AND lead IS NULL"
    eventually(lambda: number(stack, "intake", filed) == ROWS, within=90, every=0.5, what="all are filed away")
    for service in stack.database_urls:
        eventually(lambda name=service: number(stack, name, WAITING) == 0, within=30)  # type: ignore[misc]

    facts = read_topic(stack.bootstrap, stack.flavour, "tickets")
    assert {record.headers["ce_type"] for record in facts} == {"ticket.received.v1", "ticket.filed_away.v1"}
    assert all(json.loads(record.value or b"{}")["history"] is True for record in facts)
    for service in stack.database_urls:
        assert number(stack, service, "SELECT count(*) FROM timers") == 0, service
    assert number(stack, "notifier", "SELECT count(*) FROM deliveries") == 0
    silent_topics = [name for name in topic_table().topics if name.startswith("departments.") or name == "hot-issues"]
    assert read_topic(stack.bootstrap, stack.flavour, *silent_topics) == []
    letters = [name for name in topic_table().topics if name.endswith(".dlq")]
    assert read_topic(stack.bootstrap, stack.flavour, *letters) == []
