"""The closed Apache Kafka of the tests of rights is closed on every port."""

from __future__ import annotations

import re
import socket
import ssl
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic, ScramMechanism, UserScramCredentialUpsertion
from kafka.errors import KafkaError, TopicAuthorizationFailedError

from services.localstack.brokers import answers_metadata
from services.localstack.certificates import ServerCertificate
from services.localstack.closed_kafka import ADMIN, ClosedKafka
from tests.harness.fixtures import NewFolder
from tests.unit.deploy.files import ROOT

TOPIC = "closed.secrets"
STRANGER = "closed-stranger", "a-stranger's-password"


@pytest.fixture(scope="module")
def admin(closed_kafka: ClosedKafka) -> Iterator[KafkaAdminClient]:
    with closing(KafkaAdminClient(bootstrap_servers=closed_kafka.bootstrap, **closed_kafka.admin_options)) as client:
        client.create_topics([NewTopic(TOPIC, num_partitions=1, replication_factor=1)])
        client.wait_for_topics([TOPIC])
        client.alter_user_scram_credentials(
            [UserScramCredentialUpsertion(STRANGER[0], ScramMechanism.SCRAM_SHA_512, STRANGER[1])]
        )
        yield client


WITHOUT = {
    "plaintext": {"security_protocol": "PLAINTEXT"},
    "no password": {"security_protocol": "SSL"},
    "wrong password": {"sasl_plain_password": "wrong"},
    "unknown user": {"sasl_plain_username": "nobody"},
    "unknown authority": {"ssl_cafile": None},
}


def test_who_lacks_one_thing_is_not_answered(closed_kafka: ClosedKafka) -> None:
    def answered(wrong: dict[str, str]) -> bool:
        return answers_metadata(closed_kafka.bootstrap, **closed_kafka.admin_options | wrong)

    with ThreadPoolExecutor(len(WITHOUT)) as together:  # the library gives up after seconds
        assert dict(zip(WITHOUT, together.map(answered, WITHOUT.values()), strict=True)) == dict.fromkeys(
            WITHOUT, False
        )


def test_the_ports_of_broker_and_controller_want_a_certificate_that_nobody_else_has(closed_kafka: ClosedKafka) -> None:
    properties = (closed_kafka.certificate.ca.parents[1] / "server.properties").read_text()
    context = ssl.create_default_context(cafile=closed_kafka.certificate.ca)
    context.maximum_version = ssl.TLSVersion.TLSv1_2  # its handshake ends only when the certificate was accepted
    for name in ("BROKERS", "CONTROLLER"):
        port = re.search(rf"^listeners=.*{name}://127\.0\.0\.1:(\d+)", properties, re.MULTILINE)
        assert port is not None
        with (
            socket.create_connection(("127.0.0.1", int(port[1])), timeout=5) as plain,
            pytest.raises((ssl.SSLError, ConnectionError)),
        ):
            context.wrap_socket(plain, server_hostname="127.0.0.1")


def test_a_user_without_a_right_reads_nothing_and_writes_nothing(
    closed_kafka: ClosedKafka, admin: KafkaAdminClient
) -> None:
    address, options = closed_kafka.bootstrap, closed_kafka.options(*STRANGER)
    with (
        closing(KafkaConsumer(bootstrap_servers=address, **options)) as consumer,
        pytest.raises(TopicAuthorizationFailedError),
    ):
        consumer.end_offsets([TopicPartition(TOPIC, 0)])
    with (
        closing(KafkaProducer(bootstrap_servers=address, max_block_ms=5000, **options)) as producer,
        pytest.raises(KafkaError),
    ):
        producer.send(TOPIC, b"forged").get(timeout=10)


def test_the_first_user_may_write(closed_kafka: ClosedKafka, admin: KafkaAdminClient) -> None:
    assert closed_kafka.admin_options["sasl_plain_username"] == ADMIN
    with closing(KafkaProducer(bootstrap_servers=closed_kafka.bootstrap, **closed_kafka.admin_options)) as producer:
        assert producer.send(TOPIC, b"true").get(timeout=10).topic == TOPIC


def test_it_starts_with_what_the_script_has_made(new_folder: NewFolder) -> None:
    folder = new_folder()
    made = folder / "secrets"
    subprocess.run(["bash", ROOT / "deploy" / "kafka" / "make-secrets.sh", made], check=True)
    broker = ClosedKafka(folder / "kafka", folder / "log", ServerCertificate(made / "ca.pem", made / "broker.pem"))
    broker.start_and_wait()
    broker.stop()
