"""The whole system on a closed Apache Kafka: each service comes in as its own user, with a password in a file."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kafka.admin import KafkaAdminClient, ScramMechanism, UserScramCredentialUpsertion

from services.chassis.messaging.access.apply import apply_access
from services.chassis.messaging.access.passwords import PasswordFolder
from services.chassis.messaging.transport import kafka_options
from services.chassis.settings import KAFKA_PASSWORD_FILE, KafkaSettings
from services.contracts.principals import load_principals
from services.contracts.services import SERVICES
from services.contracts.topics import topic_table
from services.localstack.closed_kafka import ClosedKafka
from services.localstack.stack import Stack

JURISDICTION = "310109"


@dataclass(frozen=True, slots=True)
class Passwords:
    """What the broker of a closed stack knows, and what the files of its services hold."""

    broker: ClosedKafka
    folder: Path

    def set_at_broker(self, user: str, password: str) -> None:
        """From now on new connections need this one; those that stand stay."""
        with closing(KafkaAdminClient(**kafka_options(self.broker.access))) as admin:
            admin.alter_user_scram_credentials(
                [UserScramCredentialUpsertion(user, ScramMechanism.SCRAM_SHA_512, password)]
            )

    def access_of(self, user: str) -> KafkaSettings:
        return self.broker.access_of(user, (self.folder / user / KAFKA_PASSWORD_FILE).read_text().strip())

    def set_in_file(self, user: str, password: str) -> None:
        (self.folder / user / KAFKA_PASSWORD_FILE).write_text(password)


def let_in(stack: Stack, folder: Path) -> Passwords:
    """Between `start_servers` and `start_services`: each service may do what the tables say, and nothing else."""
    broker = stack.broker
    assert isinstance(broker, ClosedKafka)
    with closing(KafkaAdminClient(**kafka_options(broker.access))) as admin:
        apply_access(admin, load_principals(JURISDICTION, topic_table()), PasswordFolder(folder))
    for user in SERVICES:
        stack.environment[user] |= {
            "KAFKA_USER": user,
            "KAFKA_CA": str(broker.certificate.ca),
            "SECRETS_DIR": str(folder / user),
        }
    return Passwords(broker, folder)
