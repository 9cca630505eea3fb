"""Lost and duplicated tickets: compares what was sent with the databases and topics of every service."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import LiteralString

from kafka import KafkaConsumer, TopicPartition

from services.chassis.messaging.kafka import flavour
from services.chassis.messaging.topic_ends import ends_of
from services.chassis.messaging.transport import kafka_options
from services.contracts.department_events import TicketAssigned
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.contracts.topics import topic_table
from services.localstack.postgres import connect
from services.localstack.stack import Stack

_TICKETS = "SELECT id::text, continues::text, lead FROM tickets"
_SIGHTINGS = "SELECT ticket_id::text FROM ticket_sightings WHERE ticket_version IS NOT NULL AND type_code IS NOT NULL"


@dataclass(slots=True)
class Evidence:
    """Findings as `place: key`. A record that occurs twice under one event id is a redelivery, not a finding."""

    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)


def gather(stack: Stack, sent: int, acknowledged: Collection[str]) -> Evidence:
    """Call it when all is quiet. `acknowledged` are the tickets that intake's answers named, one for each call sent."""
    found = Evidence()
    found.lost += ["sent: a call without a ticket of its own"] * (sent - len(acknowledged))
    tickets = _rows(stack, "intake", _TICKETS)
    expected = {ticket for ticket, _, _ in tickets}
    found.lost += _missing("intake.tickets", acknowledged, expected)
    found.duplicated += [
        f"intake.tickets: {ticket}" for ticket, continues, _ in tickets if not continues and ticket not in acknowledged
    ]
    found.lost += _missing("projects", expected, {ticket for (ticket,) in _rows(stack, "projects", _SIGHTINGS)})
    for topic in ("tickets", "ticket-texts", "classifications"):
        _examine(found, topic, expected, list(_records(stack, [topic])))
    topics = {name: one for name, one in topic_table().topics.items() if name.startswith("departments.")}
    departments = [name for name, one in topics.items() if one.events and not one.state_of]
    assigned = [one for one in _records(stack, departments) if isinstance(one.event, TicketAssigned)]
    _examine(found, "departments.*", {ticket for ticket, _, lead in tickets if lead}, assigned)
    return found


def _examine(found: Evidence, place: str, expected: Collection[str | None], records: list[Envelope]) -> None:
    """Each expected ticket must be present, and each of its versions under one event id only."""
    found.lost += _missing(place, expected, {one.event.aggregate_id for one in records})
    ids: dict[tuple[str, int], set[str]] = defaultdict(set)
    for one in records:
        ids[one.event.aggregate_id, one.event.version].add(str(one.id))
    found.duplicated += [f"{place}: {ticket} version {version}" for (ticket, version), of in ids.items() if len(of) > 1]


def _missing(place: str, expected: Collection[str | None], seen: Collection[str | None]) -> list[str]:
    return [f"{place}: {ticket}" for ticket in expected if ticket not in seen]


def _rows(stack: Stack, service: str, query: LiteralString) -> list[tuple[str | None, ...]]:
    with connect(stack.database_urls[service]) as connection:
        rows = connection.execute(query).fetchall()
    return [tuple(None if cell is None else str(cell) for cell in row) for row in rows]


def _records(stack: Stack, topics: Collection[str]) -> Iterator[Envelope]:
    """All events on the topics, from beginning to end."""
    consumer = KafkaConsumer(
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        allow_auto_create_topics=False,
        **flavour(stack.brokers).consumer,
        **kafka_options(stack.brokers),
    )
    numbers = {name: sorted(consumer.partitions_for_topic(name) or ()) for name in topics}
    partitions = [TopicPartition(name, number) for name in topics for number in numbers[name]]
    consumer.assign(partitions)
    ends = ends_of(consumer, partitions)
    consumer.seek_to_beginning(*partitions)
    try:
        while any(consumer.position(one) < ends[one] for one in partitions):
            for batch in consumer.poll(timeout_ms=200).values():
                for record in batch:
                    yield Envelope.parse(list(record.headers), record.value, EVENTS)
    finally:
        consumer.close()
