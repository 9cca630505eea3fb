"""The whole system on a closed Apache Kafka: each service comes in as its own user, with a password in a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from kafka.admin import KafkaAdminClient, ScramMechanism, UserScramCredentialUpsertion

from services.chassis.messaging.access.apply import apply_access
from services.chassis.messaging.access.passwords import PasswordFolder
from services.chassis.messaging.transport import kafka_options
from services.chassis.settings import KAFKA_PASSWORD_FILE
from services.contracts.principals import load_principals
from services.contracts.services import SERVICES
from services.contracts.topics import topic_table
from services.localstack.closed_kafka import ClosedKafka
from services.localstack.stack import Stack
from tests.harness.proxies import Proxies, proxied

JURISDICTION = "310109"


@dataclass(frozen=True, slots=True)
class ClosedStack:
    """Services reach the broker by `proxies.kafka` alone; tests go past it."""

    stack: Stack
    proxies: Proxies
    secrets: Path

    @property
    def broker(self) -> ClosedKafka:
        broker = self.stack.broker
        assert isinstance(broker, ClosedKafka)
        return broker

    def set_at_broker(self, user: str, password: str) -> None:
        """From now on new connections need this one; those that stand stay."""
        with closing(KafkaAdminClient(**kafka_options(self.broker.access))) as admin:
            admin.alter_user_scram_credentials(
                [UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, password)]
            )

    def set_in_file(self, user: str, password: str) -> None:
        (self.secrets / user / KAFKA_PASSWORD_FILE).write_text(password)


@contextmanager
def closed_stack(folder: Path) -> Iterator[ClosedStack]:
    """Everything runs; each service may do what the tables say, and nothing else."""
    stack = Stack(folder / "stack", kafka="closed")
    stack.start_servers()
    try:
        with proxied(stack, *SERVICES) as proxies:
            made = ClosedStack(stack, proxies, folder / "secrets")
            with closing(KafkaAdminClient(**kafka_options(made.broker.access))) as admin:
                apply_access(admin, load_principals(JURISDICTION, topic_table()), PasswordFolder(made.secrets))
            for user in SERVICES:
                stack.environment[user] |= {
                    "KAFKA_USER": user,
                    "KAFKA_CA": str(made.broker.certificate.ca),
                    "SECRETS_DIR": str(made.secrets / user),
                }
            stack.start_services()
            yield made
            for process in stack.services:
                process.stop()
    finally:
        stack.stop()
