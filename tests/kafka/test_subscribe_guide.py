"""docs/subscribe.md, followed literally on Apache Kafka: by kcat, by Java's console consumer and by its Python."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.chassis.messaging.kafka import producer
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.settings import KafkaFlavour, KafkaSecurity, Profile, Settings
from services.contracts.department_events import TicketAssigned, TicketNotice
from services.contracts.department_state_events import DepartmentTicketState
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.contracts.reply_events import TicketSignReplied
from services.contracts.ticket_events import TicketDispatched, TicketSigned, TicketSupervised
from services.contracts.topics import topic_table
from services.localstack.apache_kafka import ApacheKafka, jars
from services.localstack.closed_kafka import ADMIN, ClosedKafka
from tests.harness.fixtures import NewDatabase, NewFolder, Report
from tests.harness.guide import Reader
from tests.harness.waiting import eventually
from tests.integration.chassis.relays import relay
from tests.integration.notifier.events import take, text_of, ticket_fact, ticket_id
from tests.integration.notifier.lives import UNIT, published
from tests.kafka.closed import Closed, closed_broker

TICKET = ticket_id(1)
MESSAGES = [TicketAssigned.type, TicketNotice.type]
CONSOLE = """\
#!/bin/sh
exec java -cp '{jars}/*' -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  org.apache.kafka.tools.consumer.ConsoleConsumer "$@"
"""

OLDEST = (2, 6, 1)
"""The librdkafka from which on kcat can log in (docs/pitfalls.md)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A broker with all topics, how notifier reaches it, and the folder that the operator gave the department."""

    notifier: Settings
    consumer: Mapping[str, Any]
    folder: Path


@pytest.fixture(scope="module")
def closed_kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClosedKafka]:
    """A broker of its own: the guide shows all that is on a department's topic, and other tests write there."""
    with closed_broker(tmp_path_factory.mktemp("closed-kafka")) as broker:
        yield broker


@pytest.fixture(params=["open", "closed"])
def place(request: pytest.FixtureRequest, new_folder: NewFolder) -> Place:
    if request.param == "open":
        return _open(request.getfixturevalue("kafka"), new_folder())
    return _closed(request.getfixturevalue("closed_kafka"), new_folder())


def _open(kafka: ApacheKafka, folder: Path) -> Place:
    """Whoever reaches the broker may do everything."""
    with closing(KafkaAdminClient(bootstrap_servers=kafka.bootstrap)) as admin:
        apply_topics(admin, list(topic_table().topics.values()))
    properties = f"bootstrap.servers={kafka.bootstrap}\nsecurity.protocol=PLAINTEXT\n"
    for name in ("librdkafka.properties", "java.properties"):
        (folder / name).write_text(properties, encoding="utf-8")
    settings = Settings(
        profile=Profile.DEMO, kafka_bootstrap=kafka.bootstrap, kafka_flavour=KafkaFlavour.APACHE, http_port=0
    )
    return Place(settings, {"bootstrap_servers": kafka.bootstrap}, folder)


def _closed(kafka: ClosedKafka, folder: Path) -> Place:
    """All by SASL_SSL: the folder is what `closedloop department add` writes."""
    closed = Closed(kafka, folder)
    with closing(closed.admin()) as admin:
        apply_topics(admin, list(topic_table().topics.values()))
    closed.done("kafka", "apply", "--passwords", str(closed.passwords.folder))
    closed.done("department", "add", UNIT, "--to", str(closed.department(UNIT)))
    password = closed.passwords.given("notifier")
    assert password
    access = kafka.access_of("notifier", password).model_dump()
    return Place(Settings(**access, http_port=0), closed.login(ADMIN), closed.department(UNIT))


@pytest.fixture
def workshop(place: Place, new_database: NewDatabase) -> Iterator[Workshop]:
    """Notifier's, from which a ticket was assigned and reported; it has signed since."""
    engine = engine_for(new_database("notifier"), name="notifier-test", idle_in_transaction_s=30)
    workshop = Workshop(engine, FixedClock(datetime(2026, 7, 1, tzinfo=UTC)), "/310109/notifier")
    given = partial(ticket_fact, ticket_id=TICKET, lead=UNIT)
    url = engine.url.render_as_string(hide_password=False)
    with relay(url, lambda: producer(place.notifier, "310109-notifier-outbox"), transactions=True):
        for batch in (
            [text_of(1), given(TicketDispatched, 2)],
            [given(TicketSupervised, 3, supervised=True)],
            [given(TicketSigned, 4, state="signed")],
        ):
            take(workshop, *batch)
            published(workshop)
        yield workshop
    engine.dispose()


@pytest.fixture
def reader(place: Place, new_folder: NewFolder) -> Reader:
    return Reader(place.folder, UNIT, path=str(_console(new_folder())))


def _console(folder: Path) -> Path:
    """Kafka's command by its usual name; Maven brings the jars alone."""
    command = folder / "kafka-console-consumer.sh"
    command.write_text(CONSOLE.format(jars=jars()), encoding="utf-8")
    command.chmod(0o755)
    return folder


def _why_no_kcat(place: Place) -> str | None:
    if shutil.which("kcat") is None:
        return "kcat is not installed (apt-get install kcat)"
    said = subprocess.run(["kcat", "-V"], capture_output=True, text=True, check=True).stdout
    version = re.search(r"librdkafka (\d+)\.(\d+)\.(\d+)", said)
    assert version, said
    if place.notifier.kafka_security is KafkaSecurity.SASL_SSL and tuple(map(int, version.groups())) < OLDEST:
        return f"kcat has {version[0]}, which cannot log in by SCRAM"
    return None


@pytest.mark.timeout(240)
def test_the_guide_works_from_its_top_to_its_bottom(
    reader: Reader, workshop: Workshop, place: Place, report: Report
) -> None:
    without_kcat = _why_no_kcat(place)
    if without_kcat:
        report(f"steps 2 and 5 of docs/subscribe.md were not followed: {without_kcat}")
    else:
        _read_by_kcat(reader)
    bodies = [json.loads(line) for line in reader.shell("java-stream").splitlines()]
    assert [(body["ticket_id"], body["version"]) for body in bodies] == [(TICKET, 2), (TICKET, 3)]
    with reader.script("python") as lines:
        assert next(lines).startswith("open 1 go on at ")
        (document,) = json.loads((reader.folder / "tickets.json").read_text(encoding="utf-8"))
        assert (document["state"], document["ticket_version"]) == ("signed", 4)
        take(workshop, ticket_fact(TicketSupervised, 5, ticket_id=TICKET, lead=UNIT, state="signed", supervised=True))
        assert next(lines) == f"{TicketNotice.type} {TICKET}"
    if not without_kcat:
        _answer_by_kcat(reader, place)


def _read_by_kcat(reader: Reader) -> None:
    for step, types in (("kcat-stream", MESSAGES), ("kcat-state", [DepartmentTicketState.type] * 3)):
        rows = [line.split("\t") for line in reader.shell(step).splitlines()]
        assert {key for _, key, _ in rows} == {TICKET}
        assert [dict(one.split("=", 1) for one in headers.split(","))["ce_type"] for headers, _, _ in rows] == types
    newest = json.loads(rows[-1][2])
    assert (newest["state"], newest["ticket_version"], newest["text"]) == ("signed", 4, "屋顶漏水 1.1")


def _answer_by_kcat(reader: Reader, place: Place) -> None:
    reader.shell("kcat-answer", TICKET=TICKET, VERSION="5")
    replies = TopicPartition(f"departments.{UNIT}.replies", 0)
    with closing(KafkaConsumer(**place.consumer, auto_offset_reset="earliest")) as consumer:
        consumer.assign([replies])
        (reply,) = eventually(lambda: consumer.poll(500).get(replies), within=30)
    answer = Envelope.parse(list(reply.headers), reply.value, EVENTS)
    assert isinstance(answer.event, TicketSignReplied)
    assert (answer.event.ticket_id, answer.event.version, answer.event.actor) == (TICKET, 5, "E1024")
