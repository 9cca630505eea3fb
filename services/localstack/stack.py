"""The whole system on one machine: broker, database, topics, demo issuer, services. For `closedloop up` and tests."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from services.chassis.database.migrate import migrate
from services.chassis.messaging.topic_admin import TopicsRefused, apply_topics
from services.chassis.messaging.transport import kafka_options, reaching
from services.chassis.settings import DEMO_ISSUER, KafkaSettings, Profile, load
from services.chassis.web.demo_issuer import DemoIssuer
from services.contracts.services import CALLERS_KEYS, SERVICES
from services.contracts.topics import Topic, topic_table
from services.localstack import databases
from services.localstack.apache_kafka import ApacheKafka
from services.localstack.brokers import Broker
from services.localstack.closed_kafka import ClosedKafka
from services.localstack.embedded_broker import EmbeddedBroker
from services.localstack.postgres import EmbeddedPostgres
from services.localstack.processes import ChildProcess, StartFailed, free_port, port_is_free
from services.localstack.run_directory import RunDirectory
from services.localstack.service_process import ServiceProcess

FIRST_PORT = 8101
SESSION_TIMEOUT_S = 6
"""Joining a group takes half of it on the embedded broker; with less, a busy laptop loses its sessions."""

MOST_PARTITIONS = 3


def topics_on(flavour: str, most: int = MOST_PARTITIONS) -> list[Topic]:
    """The table's topics as a stack makes them on a broker of this flavour; on the embedded one with few partitions."""
    table = topic_table().topics.values()
    if flavour != EmbeddedBroker.flavour:
        return list(table)
    return [one.model_copy(update={"partitions": min(one.partitions, most)}) for one in table]


class Stack:
    """Everything runs between `start` and `stop`, or inside `with`. A failed start leaves nothing running.

    `kafka` is `embedded`, `apache`, `closed` (`environment` then says as whom each service comes in) or HOST:PORT of a
    running Apache Kafka; `database` is `embedded`
    or the URL of a PostgreSQL server. `instances` says how many processes a service has (default one each).
    `environment` adds to or overrides the settings of one service, without the prefix; it may be filled between
    `start_servers` and `start_services`, for example with the address of a proxy. On the embedded broker no topic has
    more than `partitions`: every fetch names each of them, which costs more than the records do. A `passing` stack is
    for data that nobody keeps: the embedded database does not wait for the disk.
    """

    def __init__(
        self,
        run_dir: Path,
        *,
        kafka: str = "embedded",
        database: str = "embedded",
        issuer_directory: Path | None = None,
        instances: Mapping[str, int] | None = None,
        usual_ports: bool = False,
        partitions: int = MOST_PARTITIONS,
        passing: bool = False,
    ) -> None:
        self.run_dir = run_dir
        self.broker: Broker | None = None
        self.postgres: EmbeddedPostgres | None = None
        self.database_urls: dict[str, str] = {}
        self.keys_url = ""
        self.services: list[ServiceProcess] = []
        self.environment: dict[str, dict[str, str]] = {service: {} for service in SERVICES}
        self._kafka = kafka
        self._database = database
        self._issuer_directory = issuer_directory or run_dir / "issuer"
        self._instances = dict.fromkeys(SERVICES, 1) | dict(instances or {})
        self._usual_ports = usual_ports
        self._partitions = partitions
        self._passing = passing
        self._directory: RunDirectory | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when every service is ready. Raises StartFailed with the remedy."""
        self.start_servers()
        self.start_services()

    def start_servers(self) -> None:
        """Starts the broker with its topics, the databases with their tables, and the issuer."""
        self._directory = RunDirectory(self.run_dir)
        try:
            self._make_servers(self._directory)
            for server in self.servers:
                server.start()
            self.issuer = DemoIssuer.ensure(self._issuer_directory)
            if self.postgres is not None:
                self.postgres.wait_until_it_answers()
            self.database_urls = databases.prepare(self.server_url)
            for database, url in self.database_urls.items():
                migrate(database, url)
            self.keys_url = self.database_urls.pop(CALLERS_KEYS)
            if self.broker is not None:
                self.broker.wait_until_it_answers()
            _apply_topics(self.brokers, self._topics())
        except BaseException:
            self.stop()
            raise

    def start_services(self) -> None:
        try:
            for service in SERVICES:
                for instance in range(1, self._instances[service] + 1):
                    self.services.append(self._service(service, instance))
            for process in self.services:
                process.start()
            for process in self.services:
                process.wait_until_it_answers()
            self._run_directory.write_state(self.state())
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stops the services first, all at once, so that they can finish their work; then broker and database."""
        for process in self.services:
            process.request_stop()
        for child in (*self.services, *self.servers):
            child.stop()
        self.services.clear()
        if self._directory is not None:
            self._directory.release()
            self._directory = None

    @property
    def servers(self) -> list[ChildProcess]:
        return [server for server in (self.postgres, self.broker) if server is not None]

    @property
    def bootstrap(self) -> str:
        return self.broker.bootstrap if self.broker is not None else self._kafka

    @property
    def brokers(self) -> KafkaSettings:
        """How the stack itself reaches the broker. The environment says how one is reached that was there before."""
        if self.broker is not None:
            return self.broker.access
        return load(KafkaSettings, profile=Profile.DEMO, kafka_bootstrap=self._kafka)

    @property
    def flavour(self) -> str:
        return self.broker.flavour if self.broker is not None else ApacheKafka.flavour

    @property
    def server_url(self) -> str:
        return self.postgres.url("postgres") if self.postgres is not None else self._database

    def service(self, name: str, instance: int = 1) -> ServiceProcess:
        return next(one for one in self.services if (one.service, one.instance) == (name, instance))

    def state(self) -> dict[str, Any]:
        """Where everything is, for other commands."""
        return {
            "pid": os.getpid(),
            "kafka": {
                "bootstrap": self.bootstrap,
                "settings": _given(self.brokers),
                "flavour": self.flavour,
                "title": self.broker.title if self.broker is not None else f"Apache Kafka at {self.bootstrap}",
            },
            "databases": {**self.database_urls, CALLERS_KEYS: self.keys_url},
            "issuer": str(self._issuer_directory.resolve()),
            "services": [
                {"name": one.service, "instance": one.instance, "url": one.url, "log": str(one.log)}
                for one in self.services
            ],
        }

    @property
    def _run_directory(self) -> RunDirectory:
        if self._directory is None:
            raise RuntimeError("start_servers comes first")
        return self._directory

    def _make_servers(self, directory: RunDirectory) -> None:
        if self._kafka == "embedded":
            self.broker = EmbeddedBroker(directory.logs / "broker.log", directory.path / "doorbell")
        elif self._kafka == "apache":
            self.broker = ApacheKafka(directory.path / "kafka", directory.logs / "broker.log")
        elif self._kafka == "closed":
            self.broker = ClosedKafka(directory.path / "kafka", directory.logs / "broker.log")
        if self._database == "embedded":
            log = directory.logs / "postgres.log"
            self.postgres = EmbeddedPostgres(directory.path / "postgres", log, passing=self._passing)

    def _topics(self) -> list[Topic]:
        return topics_on(self.flavour, self._partitions)

    def _service(self, service: str, instance: int) -> ServiceProcess:
        directory = self._run_directory
        settings = {
            "PROFILE": "demo",
            "KAFKA_BOOTSTRAP": self.bootstrap,
            "KAFKA_FLAVOUR": self.flavour,
            "KAFKA_SECURITY": self.brokers.kafka_security,
            "KAFKA_SESSION_TIMEOUT_S": str(SESSION_TIMEOUT_S),
            "OIDC_ISSUER": DEMO_ISSUER,
            "OIDC_JWKS": str(self.issuer.jwks.resolve()),
            "CALLER_KEY": directory.key("caller"),
            "KEYS_DATABASE_URL": self.keys_url,
            "VAULT_KEY": directory.key("vault"),
            "FINGERPRINT_KEY": directory.key("fingerprint"),
            "ATTACHMENTS_DIR": str(directory.path / "attachments"),
        }
        if self.brokers.kafka_doorbell:
            settings["KAFKA_DOORBELL"] = str(self.brokers.kafka_doorbell.resolve())
        if service in self.database_urls:
            settings["DATABASE_URL"] = self.database_urls[service]
        if intake := [one.url for one in self.services if one.service == "intake"]:
            settings["INTAKE_URL"] = intake[0]
        usual = FIRST_PORT + SERVICES.index(service)
        port = usual if self._usual_ports and instance == 1 and port_is_free(usual) else free_port()
        log = directory.logs / f"{service}-{instance}.log"
        return ServiceProcess(service, instance, port, log, settings | self.environment[service])


def _given(brokers: KafkaSettings) -> dict[str, Any]:
    """As JSON, the password included: the run directory is its owner's alone."""
    given = brokers.model_dump(mode="json", exclude={"profile"}, exclude_none=True)
    if brokers.kafka_password is not None:
        given["kafka_password"] = brokers.kafka_password.get_secret_value()
    return given


def _apply_topics(brokers: KafkaSettings, topics: list[Topic]) -> None:
    try:
        admin = reaching(brokers, lambda: KafkaAdminClient(**kafka_options(brokers)))
        with contextlib.closing(admin):
            apply_topics(admin, topics)
    except (KafkaError, TopicsRefused) as error:
        raise StartFailed(f"the topics could not be applied: {error or type(error).__name__}") from error
