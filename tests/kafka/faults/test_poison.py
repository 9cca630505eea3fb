"""R8 of docs/faults.md: records that can never work, anywhere in a batch, are dead-lettered once, with their cause;
the rest goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from kafka import KafkaProducer

from services.contracts.classification_events import TicketClassified
from services.contracts.event import Envelope, Event
from services.contracts.text_events import TicketTextRecorded
from services.contracts.ticket_events import Channel, Place, TicketDispatched, Urgency
from tests.harness.fixtures import Report
from tests.harness.topics import read_topic
from tests.kafka.faults.poisons import POISONS, Raw
from tests.kafka.faults.system import TIMEOUT_S, WITH_DATABASE, System, soon
from tests.kafka.faults.trial import trial

READERS = {
    "tickets": ("projects", "notifier"),
    "ticket-texts": ("classifier", "projects", "notifier"),
    "classifications": ("intake", "projects"),
}
POSITIONS = {"first": 0, "middle": 2, "last": 4}
BATCH = 5
PARTITIONS = 12

Position = tuple[str, int, int]  # topic, partition, offset


@pytest.mark.timeout(TIMEOUT_S)
def test_r8_every_poison_is_dead_lettered_once_and_its_neighbours_are_handled(system: System, report: Report) -> None:
    processes = {process.name: process.pid for process in system.processes()}
    (ticket,) = system.load(10).run(1).ids
    system.wait_until_through([ticket])
    with trial("R8", system, report) as one:
        poisoned: dict[Position, str] = {}
        good: dict[str, set[str]] = {topic: set() for topic in READERS}
        for topic in READERS:
            for place, kind, event_id in _write(system, topic, ticket):
                if kind:
                    poisoned[place] = kind
                else:
                    good[topic].add(event_id)
        for topic, readers in READERS.items():
            for reader in readers:
                _wait_until_handled(system, reader, topic, good[topic])
                _wait_until_dead_lettered(system, reader, {place for place in poisoned if place[0] == topic})
        for reader in {name for readers in READERS.values() for name in readers}:
            letters = _letters(system, reader)
            assert {place: count for place, count in letters.items() if count != 1} == {}
            assert set(letters) == {place for place in poisoned if reader in READERS[place[0]]}
        one.heal()
        one.judge(kinds=len(POISONS), poisoned=len(poisoned))
    assert {process.name: process.pid for process in system.processes()} == processes, "a service was restarted"


def _write(system: System, topic: str, ticket: str) -> Iterator[tuple[Position, str | None, str]]:
    """Writes batches of one request each; yields where each record went, its kind of poison or None, and its id."""
    producer = KafkaProducer(
        bootstrap_servers=system.stack.bootstrap,
        linger_ms=10_000,
        batch_size=4_000_000,
        max_request_size=4_000_000,
        compression_type="gzip",
    )
    versions = iter(range(2, 10_000))
    for number, (kind, poison) in enumerate(POISONS.items()):
        for at in POSITIONS.values():
            sent = []
            for index in range(BATCH):
                envelope = _good(topic, ticket, next(versions))
                raw = Raw(envelope.key, envelope.headers(), envelope.value())
                raw = poison(raw) if index == at else raw
                future = producer.send(
                    topic, key=raw.key, value=raw.value, headers=raw.headers, partition=number % PARTITIONS
                )
                sent.append((future, kind if index == at else None, str(envelope.id)))
            producer.flush(timeout=20)
            for future, kind_or_none, event_id in sent:
                placed = future.get(timeout=1)
                yield (topic, placed.partition, placed.offset), kind_or_none, event_id
    producer.close(timeout=5)


def _good(topic: str, ticket: str, version: int) -> Envelope:
    """An event that every reader of the topic handles; on `tickets` it is of a ticket that nobody else knows."""
    now = datetime.now(UTC)
    event: Event
    if topic == "tickets":
        event = TicketDispatched(
            version=3,
            ticket_id=str(uuid4()),
            state="dispatched",
            channel=Channel.PHONE,
            occurred_at=now,
            received_at=now,
            type_code="XQ04",
            lead="housing",
        )
    elif topic == "ticket-texts":
        event = TicketTextRecorded(
            version=version, ticket_id=ticket, text="小区停车难", channel=Channel.PHONE, occurred_at=now
        )
    else:
        event = TicketClassified(
            version=version,
            ticket_id=ticket,
            type_code="XQ04",
            confidence=0.9,
            place=Place(sub_district="310109009"),
            urgency=Urgency.NORMAL,
            model_version="test",
        )
    return Envelope(uuid4(), "/310109/test", now, event)


def _consumer(reader: str, topic: str) -> str:
    """The name of the service's consumer; projects has two."""
    return "projects-erasures" if (reader, topic) == ("projects", "ticket-texts") else reader


def _wait_until_handled(system: System, reader: str, topic: str, event_ids: set[str]) -> None:
    def handled() -> bool:
        if reader == "classifier":
            read = system.metric(reader, "closedloop_events_consumed_total", topic=topic, outcome="handled")
            assert read > len(event_ids), read
        else:
            query = "SELECT event_id FROM inbox WHERE consumer = %s AND topic = %s AND status = 'done'"
            done = {str(event_id) for (event_id,) in system.ask(reader, query, _consumer(reader, topic), topic)}
            assert event_ids <= done, f"{len(event_ids - done)} of {len(event_ids)} not handled"
        return True

    soon(handled, what=f"{reader} handles the good events on {topic}")


def _wait_until_dead_lettered(system: System, reader: str, places: set[Position]) -> None:
    def there() -> bool:
        missing = places - _letters(system, reader).keys()
        assert not missing, missing
        return True

    soon(there, every=2, what=f"{len(places)} dead letters of {reader}")


def _letters(system: System, reader: str) -> Counter[Position]:
    """Where the records on the dead-letter topic came from. Each names its cause; a table of letters holds the same."""
    letters: Counter[Position] = Counter()
    for one in read_topic(system.stack.bootstrap, system.stack.flavour, f"{reader}.dlq"):
        about = one.headers
        assert about["dlq_cause"], about
        assert about["dlq_consumer"] == _consumer(reader, about["dlq_topic"])
        letters[about["dlq_topic"], int(about["dlq_partition"]), int(about["dlq_offset"])] += 1
    if reader in WITH_DATABASE:
        rows = system.ask(reader, 'SELECT topic, partition, "offset" FROM dead_letters')
        assert letters.keys() <= set(rows)
        assert len(rows) == len(set(rows))
    return letters
