"""Two processes of projects share the tickets; one comes, one dies and comes again while the calls of a cell arrive."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
from kafka import KafkaProducer

from services.cli.local.service_process import ServiceProcess
from services.cli.local.stack import Stack
from services.contracts.event import Envelope
from services.contracts.ticket_events import Channel, Place, TicketDispatched
from tests.harness.clients import client
from tests.harness.fixtures import NewStack
from tests.harness.waiting import eventually

ESTATES, CALLERS, PARTS = 30, 6, 12
BEGIN = datetime(2026, 6, 1, tzinfo=UTC)


def calls() -> list[TicketDispatched]:
    """Six callers in each cell, no two tickets of a cell on one key, in no order."""
    dispatched = [
        TicketDispatched(
            ticket_id=str(UUID(int=1 + estate * CALLERS + caller)),
            version=2,
            state="dispatched",
            channel=Channel.PHONE,
            caller_ref=f"{caller:032x}",
            occurred_at=BEGIN + timedelta(days=caller),
            received_at=BEGIN + timedelta(days=caller),
            type_code="MJ01",
            place=Place(sub_district="310109010", estate=f"estate-{estate}", estate_name=f"{estate}号"),
            lead="housing",
        )
        for estate in range(ESTATES)
        for caller in range(CALLERS)
    ]
    random.Random(7).shuffle(dispatched)
    return dispatched


def publish(stack: Stack, events: Sequence[TicketDispatched]) -> None:
    producer = KafkaProducer(bootstrap_servers=stack.bootstrap)
    for event in events:
        one = Envelope(uuid4(), "/310109/intake", BEGIN, event)
        producer.send("tickets", key=one.key, value=one.value(), headers=one.headers())
    producer.flush()
    producer.close()


def settled(process: ServiceProcess) -> int:
    told = httpx.get(f"{process.url}/progress", timeout=10).json()["settled"]["projects"]
    return int(told["tickets"])


def test_a_rebalance_in_the_middle_of_a_concentration_opens_each_issue_once_with_every_caller(
    new_stack: NewStack,
) -> None:
    stack = new_stack(kafka="apache", instances={"projects": 2})
    stack.start()
    first, second = stack.service("projects", 1), stack.service("projects", 2)
    second.stop()
    every = calls()
    size = len(every) // PARTS
    for part in range(PARTS):
        publish(stack, every[part * size : (part + 1) * size])
        if part == 0:
            eventually(lambda: settled(first) > 0, within=30, what="the first process reads")
        elif part == 3:  # takes partitions over while the first goes on
            second.start()
        elif part == 6:
            second.wait_until_it_answers()
            first.kill()
        elif part == 9:
            first.start()
    first.wait_until_it_answers()

    def found() -> dict[str, tuple[str, int, int]] | None:
        with client(stack, "projects", "hub") as hub:
            answer = hub.get("/hot-issues", params={"limit": 200}).json()["items"]
        issues = {one["place"]["estate"]: (one["state"], one["callers"], one["calls"]) for one in answer}
        assert len(issues) == len(answer), "one cell has two issues"
        return issues if sum(calls for _, _, calls in issues.values()) >= len(every) else None

    assert settled(second) > 0
    issues = eventually(found, within=60, what="every call is a member")
    assert issues == {f"estate-{number}": ("confirmed", CALLERS, CALLERS) for number in range(ESTATES)}
