"""What is said to an operator whose client is not let in, with the cause named (ADR 52)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.chassis.messaging import transport
from services.chassis.messaging.kafka import ConsumerGroup
from services.chassis.messaging.refusal import why_refused
from services.chassis.messaging.transport import BrokerRefuses, aiokafka_options
from services.chassis.settings import KafkaSecurity, KafkaSettings, Profile, Settings
from services.localstack.apache_kafka import ApacheKafka
from services.localstack.certificates import make_certificate
from services.localstack.closed_kafka import ClosedKafka
from tests.harness.commands import closedloop
from tests.harness.tls import serving


def why(brokers: KafkaSettings, **wrong: object) -> str:
    """The line, without the address."""
    line = why_refused(aiokafka_options(brokers.model_copy(update=wrong))) or "lets us in"
    return re.sub(r"^the broker at \S+ ", "", line)


def test_a_client_that_is_right_is_let_in(closed_kafka: ClosedKafka) -> None:
    assert why(closed_kafka.access) == "lets us in"


def test_each_mistake_has_its_own_line(closed_kafka: ClosedKafka, tmp_path: Path) -> None:
    right, other = closed_kafka.access, make_certificate(tmp_path, "kafka-1")
    properties = (closed_kafka.certificate.ca.parents[1] / "server.properties").read_text()
    inner = re.findall(r"(?:BROKERS|CONTROLLER)://(127\.0\.0\.1:\d+)", properties)
    assert why(right, kafka_password=SecretStr("wrong")).startswith("refuses admin's password, or knows no such user")
    assert why(right, kafka_user="nobody").startswith("refuses nobody's password, or knows no such user")
    assert why(right, kafka_ca=other.ca).startswith("has a certificate that is not signed by the authority in KAFKA_CA")
    assert why(right, kafka_security=KafkaSecurity.PLAINTEXT).startswith(
        "hangs up on who comes without TLS and password"
    )
    assert {why(right, kafka_bootstrap=address) for address in inner} == {
        "breaks off who begins with TLS: look at the port; so does an open broker, or a port between brokers"
    }
    assert why(right, kafka_bootstrap="127.0.0.1:1") == "cannot be reached (Connection refused)"
    assert (
        why(right, kafka_bootstrap=f"{right.kafka_bootstrap},127.0.0.1:1") == "cannot be reached (Connection refused)"
    )
    assert why(right, kafka_bootstrap="kafka.invalid:9092").startswith("cannot be reached (")


@pytest.mark.parametrize(
    ("names", "days", "says"),
    [(("localhost",), -0.01, "has expired"), (("kafka",), 30, "is for another name")],
    ids=["expired", "another name"],
)
def test_a_certificate_says_what_is_wrong_with_it(
    tmp_path: Path, names: tuple[str, ...], days: float, says: str
) -> None:
    certificate = make_certificate(tmp_path, "kafka-1", days=days, names=names)
    with serving(certificate) as address:
        brokers = KafkaSettings(
            profile=Profile.DEMO, kafka_bootstrap=address.replace("127.0.0.1", "localhost"), kafka_user="intake",
            kafka_security=KafkaSecurity.SASL_SSL, kafka_password=SecretStr("any"), kafka_ca=certificate.ca,
        )  # fmt: skip
        assert why(brokers).startswith(f"has a certificate that {says}")


def test_an_open_broker_breaks_off_who_begins_with_tls(kafka: ApacheKafka, closed_kafka: ClosedKafka) -> None:
    assert why(closed_kafka.access, kafka_bootstrap=kafka.bootstrap).startswith("breaks off who begins with TLS")


def test_a_consumer_says_it_and_not_that_it_could_not_bootstrap(
    closed_kafka: ClosedKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "BOOTSTRAP_MS", 500)
    credentials = closed_kafka.access.model_copy(update={"kafka_password": SecretStr("wrong")}).model_dump()
    group = ConsumerGroup(Settings(**credentials, http_port=0), "refused", ("tickets",), 10)
    with pytest.raises(BrokerRefuses, match="refuses admin's password"):
        group.join()


def test_a_command_says_it(closed_kafka: ClosedKafka, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BOOTSTRAP_MS", 500)
    asked = ("topics", "check", "--kafka", closed_kafka.bootstrap)
    refused = closedloop(*asked)
    assert refused.returncode == 1
    assert "hangs up on who comes without TLS and password: KAFKA_SECURITY=sasl_ssl" in refused.stderr
    monkeypatch.setenv("CLOSEDLOOP_KAFKA_SECURITY", "sasl_ssl")
    monkeypatch.setenv("CLOSEDLOOP_KAFKA_USER", "admin")
    monkeypatch.setenv("CLOSEDLOOP_KAFKA_CA", str(closed_kafka.certificate.ca))
    monkeypatch.setenv("CLOSEDLOOP_KAFKA_PASSWORD", "wrong")
    refused = closedloop(*asked)
    assert refused.returncode == 1
    assert "refuses admin's password" in refused.stderr
    password = closed_kafka.access.kafka_password
    assert password is not None
    monkeypatch.setenv("CLOSEDLOOP_KAFKA_PASSWORD", password.get_secret_value())
    assert "topics checked" in closedloop(*asked).stdout
