"""docs/subscribe.md, followed literally: a department that joins late has its open work, and misses no message."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import pytest
from kafka import KafkaAdminClient, KafkaProducer

from services.chassis.database.work import Workshop
from services.chassis.messaging.topic_admin import apply_topics
from services.contracts.department_events import HotIssueNotice
from services.contracts.hot_issue_events import HotIssueConfirmed
from services.contracts.topics import topic_table
from services.localstack.embedded_broker import EmbeddedBroker
from tests.harness.fixtures import NewFolder
from tests.harness.guide import Reader
from tests.harness.topics import Record, read_topic
from tests.harness.waiting import eventually
from tests.integration.chassis.relays import relay
from tests.integration.notifier.events import hot_issue, take, ticket_id
from tests.integration.notifier.lives import UNIT, batches, lives, open_in, published


@pytest.fixture
def broker(embedded_broker: EmbeddedBroker) -> EmbeddedBroker:
    admin = KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)
    apply_topics(admin, list(topic_table().topics.values()))
    admin.close()
    return embedded_broker


@pytest.fixture
def reader(broker: EmbeddedBroker, new_folder: NewFolder) -> Reader:
    """Has the files of a broker that is open."""
    folder = new_folder()
    properties = f"bootstrap.servers={broker.bootstrap}\nsecurity.protocol=PLAINTEXT\n"
    for name in ("librdkafka.properties", "java.properties"):
        (folder / name).write_text(properties, encoding="utf-8")
    return Reader(folder, UNIT)


def one_by_one(bootstrap: str) -> Callable[[], KafkaProducer]:
    """The guide is for Apache Kafka: where a batch ends, the embedded broker names another end than it (ADR 57)."""
    return lambda: KafkaProducer(
        bootstrap_servers=bootstrap, acks="all", batch_size=0, max_in_flight_requests_per_connection=1
    )


@pytest.fixture
def publishing(workshop: Workshop, broker: EmbeddedBroker) -> Iterator[None]:
    """What notifier decides goes to the broker."""
    url = workshop.engine.url.render_as_string(hide_password=False)
    with relay(url, one_by_one(broker.bootstrap)):
        yield


@pytest.mark.usefixtures("publishing")
@pytest.mark.timeout(180)
def test_who_joins_late_has_its_open_work_and_misses_no_message(
    workshop: Workshop, broker: EmbeddedBroker, reader: Reader
) -> None:
    numbers = range(5000, 5300)
    log = lives(numbers, seed=19)
    half = len(log) // 2
    for batch in batches(log[:half]):
        take(workshop, *batch)
    published(workshop)
    with reader.script("python") as lines:
        words = next(lines).split()
        for batch in batches(log[half:]):
            take(workshop, *batch)
        published(workshop)
        ours = {ticket_id(number).encode() for number in numbers}
        stream = [one for one in read_topic(broker.bootstrap, "embedded", f"departments.{UNIT}") if one.key in ours]
        snapshot = {one["ticket_id"]: one for one in json.loads((reader.folder / "tickets.json").read_text("utf-8"))}
        held = {
            ticket: (one["ticket_version"], one["state"], one["text"])
            for ticket, one in snapshot.items()
            if one["standing"] == "open" and ticket.encode() in ours
        }
        assert held == open_in(log[:half])
        new = [one for one in stream if json.loads(one.value or b"")["version"] > version_in(snapshot, one)]
        assert len(new) > 50
        printed = of_ours(lines, ours, len(new))
    assert printed == [said(one) for one in new]
    assert int(words[-1]) == 0


@pytest.mark.usefixtures("publishing")
def test_after_a_restart_no_message_is_skipped_though_the_state_holds_it(
    workshop: Workshop, broker: EmbeddedBroker, reader: Reader
) -> None:
    numbers = range(5400, 5440)
    log = lives(numbers, seed=21)
    ours = {ticket_id(number).encode() for number in numbers} | {ticket_id(7).encode()}
    take(workshop, hot_issue(HotIssueConfirmed, lead=UNIT))
    for batch in batches(log[: len(log) // 2]):
        take(workshop, *batch)
    published(workshop)
    with reader.script("python") as lines:
        next(lines)
        assert of_ours(lines, ours, 1) == [f"{HotIssueNotice.type} {ticket_id(7)}"], "it stands in no state"
        end = end_of(broker)
        eventually(lambda: kept(reader) == end, within=30)
    for batch in batches(log[len(log) // 2 :]):
        take(workshop, *batch)
    published(workshop)
    missed = [one for one in read_topic(broker.bootstrap, "embedded", f"departments.{UNIT}") if one.offset >= end]
    assert len(missed) > 5
    with reader.script("python") as lines:
        assert next(lines).split()[-1] == str(end)
        assert [next(lines) for _ in missed] == [said(one) for one in missed]


def said(one: Record) -> str:
    """As the program of the guide prints it."""
    return f"{one.headers['ce_type']} {(one.key or b'').decode()}"


def of_ours(lines: Iterator[str], ours: set[bytes], count: int) -> list[str]:
    """The first lines of these; others use the topic, too."""
    return list(islice((line for line in lines if line.split()[1].encode() in ours), count))


def kept(reader: Reader) -> int:
    file = reader.folder / "stream.offset"
    return int(file.read_text(encoding="utf-8")) if file.exists() else 0


def end_of(broker: EmbeddedBroker) -> int:
    return 1 + max(one.offset for one in read_topic(broker.bootstrap, "embedded", f"departments.{UNIT}"))


def version_in(snapshot: Mapping[str, Mapping[str, int]], message: Record) -> int:
    """Of the ticket that the message is about."""
    return snapshot.get((message.key or b"").decode(), {"ticket_version": 0})["ticket_version"]


def test_the_state_at_the_end_is_what_is_open(workshop: Workshop, broker: EmbeddedBroker, reader: Reader) -> None:
    log = lives(range(5300, 5400), seed=20)
    url = workshop.engine.url.render_as_string(hide_password=False)
    with relay(url, one_by_one(broker.bootstrap)):
        for batch in batches(log):
            take(workshop, *batch)
        published(workshop)
    wanted = open_in(log)
    newest = {one.key: one.value for one in read_topic(broker.bootstrap, "embedded", f"departments.{UNIT}.state")}
    documents = [json.loads(value) for value in newest.values() if value]
    held = {
        one["ticket_id"]: (one["ticket_version"], one["state"], one["text"])
        for one in documents
        if one["standing"] == "open" and int(one["ticket_id"][-12:], 16) in range(5300, 5400)
    }
    assert held == wanted
