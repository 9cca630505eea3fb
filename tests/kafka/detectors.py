"""Calls of many cells straight onto the topic of tickets, and how many a detector has settled."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from kafka import KafkaProducer

from services.contracts.event import Envelope
from services.contracts.ticket_events import Channel, Place, TicketDispatched
from services.localstack.service_process import ServiceProcess
from services.localstack.stack import Stack
from tests.harness.clients import progress

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
    return int(progress(process)["settled"]["projects"]["tickets"])
