"""A service as a process (projects stands for all): how it ends, and what it says while it cannot work."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from kafka import KafkaAdminClient

from services.chassis.messaging.outbox import OutboxRow
from services.chassis.messaging.topic_admin import apply_topics
from services.chassis.settings import DEMO_ISSUER, EX_CONFIG
from services.chassis.web.demo_issuer import DemoIssuer
from services.contracts.topics import topic_table
from services.localstack.embedded_broker import EmbeddedBroker
from services.localstack.postgres import EmbeddedPostgres, connect
from services.localstack.processes import free_port
from tests.harness.clients import HTTP
from tests.harness.fixtures import NewDatabase
from tests.harness.waiting import Stopwatch, eventually
from tests.integration.chassis.events import envelope, received
from tests.integration.chassis.relays import real_producer

pytestmark = pytest.mark.long


class Projects:
    """The process, its output in `log`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = int(environment["CLOSEDLOOP_HTTP_PORT"])
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.cli.main", "run", "projects"],
                env=os.environ | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def get(self, path: str) -> httpx.Response:
        return HTTP.get(f"http://127.0.0.1:{self.port}{path}")

    def answers(self, path: str = "/readyz") -> bool:
        if self._process.poll() is not None:
            raise RuntimeError(f"ended with {self._process.returncode}:\n{self.log.read_text()}")
        try:
            return self.get(path).status_code == 200
        except httpx.TransportError:
            return False

    def send_signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def code(self, within: float) -> int:
        """How it ends, which it must do in so many seconds of a machine at rest."""
        watch = Stopwatch()
        eventually(lambda: self._process.poll() is not None, within, every=0.01)
        assert watch.seconds() < within, self.log.read_text()
        return self._process.wait()

    def end(self) -> None:
        self._process.kill()
        self._process.wait()


Start = Callable[..., Projects]


@pytest.fixture
def broker(embedded_broker: EmbeddedBroker) -> EmbeddedBroker:
    """Anew for each test: its topics empty."""
    embedded_broker.restart()
    with closing(KafkaAdminClient(bootstrap_servers=embedded_broker.bootstrap)) as admin:
        apply_topics(admin, list(topic_table().topics.values()))
    return embedded_broker


@pytest.fixture
def url(new_database: NewDatabase) -> str:
    return new_database("projects")


@pytest.fixture
def start(broker: EmbeddedBroker, url: str, tmp_path: Path) -> Iterator[Start]:
    started: list[Projects] = []
    environment = {
        "PROFILE": "demo",
        "KAFKA_BOOTSTRAP": broker.bootstrap,
        "KAFKA_FLAVOUR": broker.flavour,
        "KAFKA_SESSION_TIMEOUT_S": "6",
        "DATABASE_URL": url,
        "HTTP_PORT": str(free_port()),
        "OIDC_ISSUER": DEMO_ISSUER,
        "FINGERPRINT_KEY": "f1" * 31 + "02",
        "OIDC_JWKS": str(DemoIssuer.ensure(tmp_path / "issuer").jwks),
    }

    def new(**variables: str) -> Projects:
        named = {f"CLOSEDLOOP_{name}": value for name, value in (environment | variables).items()}
        started.append(Projects(named, tmp_path / f"projects-{len(started)}.log"))
        return started[-1]

    yield new
    for process in started:
        process.end()


@pytest.fixture
def projects(start: Start) -> Projects:
    process = start()
    eventually(process.answers, within=30)
    return process


def send(broker: EmbeddedBroker, *rows: OutboxRow) -> None:
    with closing(real_producer(broker.bootstrap)()) as producer:
        for row in rows:
            producer.send(row.topic, key=row.key, value=row.value, headers=row.headers)
        producer.flush()


def test_a_signal_ends_it_in_order_within_five_seconds(projects: Projects) -> None:
    projects.send_signal(signal.SIGTERM)
    assert projects.code(within=5) == 0


def test_a_signal_ends_it_within_five_seconds_though_the_broker_stands_still(
    projects: Projects, broker: EmbeddedBroker
) -> None:
    broker.freeze()
    try:
        projects.send_signal(signal.SIGTERM)
        assert projects.code(within=5) == 0
    finally:
        broker.thaw()


def test_a_signal_ends_it_within_five_seconds_though_the_database_stands_still_under_a_request(
    projects: Projects, postgres: EmbeddedPostgres
) -> None:
    postgres.freeze()
    try:
        with socket.create_connection(("127.0.0.1", projects.port)) as request:
            request.sendall(b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
            time.sleep(1.5)  # the request has reached the database by then, and the relay has asked it again
            projects.send_signal(signal.SIGTERM)
            assert projects.code(within=5) == 0
    finally:
        postgres.thaw()


def test_a_signal_ends_it_though_it_has_not_joined_its_group_yet(start: Start) -> None:
    process = start()
    eventually(lambda: process.answers("/livez"), within=30, every=0.01)
    process.send_signal(signal.SIGINT)
    assert process.code(within=5) == 0


def test_a_halted_consumer_leaves_the_process_alive_and_not_ready(projects: Projects, broker: EmbeddedBroker) -> None:
    poison = envelope(received(1))
    send(broker, *[OutboxRow(poison.id, "tickets", b"k", None, [], b"{") for _ in range(25)])
    eventually(lambda: "halted" in projects.get("/readyz").text, within=60)
    reasons = projects.get("/readyz").json()["reasons"]
    assert list(reasons) == ["projects"]
    assert reasons["projects"].startswith("halted: reject limit passed; the last cause was: MalformedEvent: ce_type")
    assert projects.get("/livez").status_code == 200
    assert 'closedloop_consumer_halted{consumer="projects"} 1.0' in projects.get("/metrics").text


def test_a_bug_ends_the_process_with_one_and_the_event_waits(
    projects: Projects, broker: EmbeddedBroker, start: Start, url: str
) -> None:
    with connect(url) as connection:
        connection.execute("ALTER TABLE ticket_sightings RENAME TO gone")
    send(broker, OutboxRow.of("tickets", envelope(received(1))))
    assert projects.code(within=60) == 1
    assert "UndefinedTable" in projects.log.read_text()
    with connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM inbox").fetchone() == (0,)
        connection.execute("ALTER TABLE gone RENAME TO ticket_sightings")
    start()
    with connect(url) as connection:
        eventually(lambda: connection.execute("SELECT 1 FROM ticket_sightings").fetchall() == [(1,)], within=30)


def test_a_port_that_is_taken_ends_it_and_is_named(start: Start) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        process = start(HTTP_PORT=str(other.getsockname()[1]))
        assert process.code(within=60) != 0
    assert "address already in use" in process.log.read_text().lower()


def test_a_service_without_its_database_is_a_wrong_configuration(start: Start) -> None:
    process = start(DATABASE_URL="")
    assert process.code(within=60) == EX_CONFIG
    assert "CLOSEDLOOP_DATABASE_URL: is missing; give postgresql+psycopg://" in process.log.read_text()
