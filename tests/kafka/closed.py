"""The closed Apache Kafka with all topics, all users and their rights, and clients of each user."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from click.testing import Result
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.errors import KafkaError
from typer.testing import CliRunner

from services.chassis.messaging.access.broker import read_access, set_passwords
from services.chassis.messaging.access.passwords import PasswordFolder, new_password, put_in_place, write_private
from services.cli.main import app
from services.cli.subscriber_files import AUTHORITY, LIBRDKAFKA, Login, department_files, read_credentials
from services.localstack.closed_kafka import ADMIN, ClosedKafka
from tests.harness.waiting import eventually


@contextmanager
def closed_broker(folder: Path) -> Iterator[ClosedKafka]:
    broker = ClosedKafka(folder / "data", folder / "kafka.log")
    broker.start_and_wait()
    yield broker
    broker.stop()


@dataclass(slots=True)
class Closed:
    """`passwords` holds those of `kafka apply`; a department's files are in the folder of its code."""

    kafka: ClosedKafka
    folder: Path
    passwords: PasswordFolder = field(init=False)

    def __post_init__(self) -> None:
        self.passwords = PasswordFolder(self.folder / "passwords")

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Result:
        """`closedloop …` as the administrator of this broker, unless `environment` says otherwise."""
        usual = {
            "COLUMNS": "200",
            "CLOSEDLOOP_KAFKA_BOOTSTRAP": self.kafka.bootstrap,
            "CLOSEDLOOP_KAFKA_USER": ADMIN,
            "CLOSEDLOOP_KAFKA_PASSWORD": self.kafka.admin_options["sasl_plain_password"],
            "CLOSEDLOOP_KAFKA_CA": str(self.kafka.certificate.ca),
        }
        return CliRunner().invoke(app, list(arguments), env=usual | dict(environment or {}))

    def done(self, *arguments: str) -> dict[str, Any]:
        """The same with --json, which has to succeed; what it prints."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        printed: dict[str, Any] = json.loads(result.output)
        return printed

    def make_users(self, services: Collection[str], departments: Collection[str]) -> None:
        """With passwords and files that are new, whatever other tests have made; `kafka apply` gives them rights."""
        passwords = {user: new_password() for user in (*services, *(f"department-{code}" for code in departments))}
        files = {self.passwords.file(user): passwords[user] for user in services}
        authority = self.kafka.certificate.ca.read_text()
        for code in departments:
            user = f"department-{code}"
            login = Login(self.kafka.bootstrap, user, passwords[user], Path(AUTHORITY))
            files |= department_files(self.department(code), code, login, authority)
        write_private(files)
        put_in_place(files)
        with closing(self.admin()) as admin:
            set_passwords(admin, passwords)
            eventually(lambda: passwords.keys() <= read_access(admin).users, 5)

    def department(self, code: str) -> Path:
        return self.folder / code

    def login(self, user: str) -> dict[str, Any]:
        """The options of a client of this user."""
        if user == ADMIN:
            return {"bootstrap_servers": self.kafka.bootstrap, **self.kafka.admin_options}
        code = user.removeprefix("department-")
        if code != user:
            return read_credentials(self.department(code) / LIBRDKAFKA).options()
        password = self.passwords.given(user)
        assert password is not None, user
        return {"bootstrap_servers": self.kafka.bootstrap, **self.kafka.options(user, password)}

    def consumer(self, user: str, **more: Any) -> KafkaConsumer:
        options: dict[str, Any] = {"auto_offset_reset": "earliest", "enable_auto_commit": False} | more
        return KafkaConsumer(**self.login(user), **options)

    def producer(self, user: str, **more: Any) -> KafkaProducer:
        return KafkaProducer(**self.login(user), **{"max_block_ms": 5000} | more)

    def admin(self, user: str = ADMIN) -> KafkaAdminClient:
        return KafkaAdminClient(**self.login(user))

    def write(self, user: str, topic: str, value: bytes) -> type[Exception] | None:
        """How the broker refuses it; None when it takes the record."""
        with closing(self.producer(user)) as producer:
            try:
                producer.send(topic, value, partition=0).get(timeout=10)
            except KafkaError as refused:
                return type(refused)
        return None
