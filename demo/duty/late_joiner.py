"""A department that joins on the last day: it reads its state, and has what the others have who were always there."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from services.chassis.messaging.kafka import flavour
from services.chassis.messaging.transport import kafka_options
from services.chassis.settings import KafkaSettings
from services.contracts.department_state_events import OPEN_STATES
from services.contracts.topics import topic_table
from services.localstack.postgres import connect

UNIT = "housing"
_HELD = """
    SELECT id::text, version, state FROM tickets
     WHERE %s = ANY(co_handlers || lead) AND state = ANY(%s) AND about_unit IS DISTINCT FROM %s
       AND (lead = %s OR NOT restricted) AND merged_into IS NULL
"""


@dataclass(frozen=True, slots=True)
class LateJoiner:
    """`records` were read on the state topic, of which `open` tickets are open; `differing` from what intake holds.
    `go_on`: the place in the stream from which it reads on, of `stream` messages that were ever there."""

    unit: str
    records: int
    open: int
    differing: list[str]
    go_on: int
    stream: int
    seconds: float


def join(brokers: KafkaSettings, database_url: str, published: Mapping[str, int]) -> LateJoiner:
    """`published`: how many records each topic holds."""
    table = topic_table()
    name, stream = table.department_state_topic(UNIT), table.department_topic(UNIT)
    began, state = time.monotonic(), TopicPartition(name, 0)
    tickets, records, go_on = dict[str, dict[str, Any] | None](), 0, 0
    options = {**flavour(brokers).consumer, **kafka_options(brokers)}
    with closing(KafkaConsumer(enable_auto_commit=False, auto_offset_reset="earliest", **options)) as consumer:
        consumer.assign([state])
        while consumer.position(state) < published.get(name, 0):
            for record in consumer.poll(timeout_ms=200).get(state, ()):
                records += 1
                tickets[record.key.decode()] = json.loads(record.value) if record.value else None
                go_on = max([go_on, *(int(value) for header, value in record.headers if header == "stream_offset")])
    seconds = time.monotonic() - began
    read: dict[str, tuple[int, str]] = {
        ticket: (one["ticket_version"], one["state"])
        for ticket, one in tickets.items()
        if one and one["standing"] == "open"
    }
    with connect(database_url) as connection:
        asked = [UNIT, sorted(OPEN_STATES), UNIT, UNIT]
        held = {str(ticket): (version, of) for ticket, version, of in connection.execute(_HELD, asked).fetchall()}
    differing = sorted(one for one in read.keys() | held.keys() if read.get(one) != held.get(one))
    return LateJoiner(UNIT, records, len(read), differing, go_on, published.get(stream, 0), seconds)
