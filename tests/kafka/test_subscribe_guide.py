"""docs/subscribe.md, followed literally on Apache Kafka: by kcat, by Java's console consumer and by its Python."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from kafka import KafkaAdminClient

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from services.chassis.messaging.kafka import producer
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.settings import KafkaFlavour, Profile, Settings
from services.contracts.department_events import TicketAssigned, TicketNotice
from services.contracts.department_state_events import DepartmentTicketState
from services.contracts.event import Envelope
from services.contracts.registry import EVENTS
from services.contracts.reply_events import TicketSignReplied
from services.contracts.ticket_events import TicketDispatched, TicketSigned, TicketSupervised
from services.contracts.topics import topic_table
from services.localstack.apache_kafka import ApacheKafka, jars
from tests.harness.fixtures import NewDatabase, NewFolder
from tests.harness.guide import Reader
from tests.harness.topics import read_topic
from tests.integration.chassis.relays import relay
from tests.integration.notifier.events import take, text_of, ticket_fact, ticket_id
from tests.integration.notifier.lives import UNIT, published

TICKET = ticket_id(1)
TOLD = [TicketAssigned.type, TicketNotice.type]
CONSOLE = """\
#!/bin/sh
exec java -cp '{jars}/*' -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
  org.apache.kafka.tools.consumer.ConsoleConsumer "$@"
"""

needs_kcat = pytest.mark.skipif(shutil.which("kcat") is None, reason="kcat is not installed (apt-get install kcat)")


@pytest.fixture
def workshop(kafka: ApacheKafka, new_database: NewDatabase) -> Iterator[Workshop]:
    """Notifier's, from which a ticket was assigned and told of; it has signed since."""
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    apply_topics(admin, list(topic_table().topics.values()))
    admin.close()
    engine = engine_for(new_database("notifier"), name="notifier-test", idle_in_transaction_s=30)
    workshop = Workshop(engine, FixedClock(datetime(2026, 7, 1, tzinfo=UTC)), "/310109/notifier")
    settings = Settings(
        profile=Profile.DEMO, kafka_bootstrap=kafka.bootstrap, kafka_flavour=KafkaFlavour.APACHE, http_port=0
    )
    given = partial(ticket_fact, ticket_id=TICKET, lead=UNIT)
    with relay(
        engine.url.render_as_string(hide_password=False), lambda: producer(settings, "test-outbox"), transactions=True
    ):
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
def reader(workshop: Workshop, kafka: ApacheKafka, new_folder: NewFolder) -> Reader:
    folder = new_folder()
    properties = f"bootstrap.servers={kafka.bootstrap}\nsecurity.protocol=PLAINTEXT\n"
    for name in ("librdkafka.properties", "java.properties"):
        (folder / name).write_text(properties, encoding="utf-8")
    return Reader(folder, UNIT, path=str(_console(folder / "bin")))


def _console(folder: Path) -> Path:
    """Kafka's command by its usual name; Maven brings the jars alone."""
    folder.mkdir()
    command = folder / "kafka-console-consumer.sh"
    command.write_text(CONSOLE.format(jars=jars()), encoding="utf-8")
    command.chmod(0o755)
    return folder


@needs_kcat
@pytest.mark.timeout(180)
def test_the_guide_works_from_its_top_to_its_bottom(reader: Reader, workshop: Workshop, kafka: ApacheKafka) -> None:
    for step, types in (("kcat-stream", TOLD), ("kcat-state", [DepartmentTicketState.type] * 3)):
        rows = [line.split("\t") for line in reader.shell(step).splitlines()]
        assert {key for _, key, _ in rows} == {TICKET}
        assert [dict(one.split("=", 1) for one in headers.split(","))["ce_type"] for headers, _, _ in rows] == types
    newest = json.loads(rows[-1][2])
    assert (newest["state"], newest["ticket_version"], newest["text"]) == ("signed", 4, "屋顶漏水 1.1")

    bodies = [json.loads(line) for line in reader.shell("java-stream").splitlines()]
    assert [(body["ticket_id"], body["version"]) for body in bodies] == [(TICKET, 2), (TICKET, 3)]

    with reader.script("python") as lines:
        assert next(lines).startswith("open 1 go on at ")
        (document,) = json.loads((reader.folder / "tickets.json").read_text(encoding="utf-8"))
        assert (document["state"], document["ticket_version"]) == ("signed", 4)
        take(workshop, ticket_fact(TicketSupervised, 5, ticket_id=TICKET, lead=UNIT, state="signed", supervised=True))
        assert next(lines) == f"{TicketNotice.type} {TICKET}"

    reader.shell("kcat-answer", TICKET=TICKET, VERSION="5")
    (reply,) = read_topic(kafka.bootstrap, "apache", f"departments.{UNIT}.replies")
    answer = Envelope.parse([(name, value.encode()) for name, value in reply.headers.items()], reply.value, EVENTS)
    assert isinstance(answer.event, TicketSignReplied)
    assert (answer.event.ticket_id, answer.event.version, answer.event.actor) == (TICKET, 5, "E1024")
