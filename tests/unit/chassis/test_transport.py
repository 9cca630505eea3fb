"""What clients of Kafka are made with; tests/kafka/test_secure_system.py shows that it opens a closed broker."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import pytest

from services.chassis.messaging.transport import aiokafka_options, kafka_options
from services.chassis.settings import KafkaSettings, Profile, load
from tests.harness.closed_settings import CLOSED

OPEN = KafkaSettings(profile=Profile.DEMO, kafka_bootstrap="a:9092,b:9092")


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.startswith("CLOSEDLOOP_"):
            monkeypatch.delenv(name)


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder of secrets that holds the password `old`."""
    (tmp_path / "closedloop_kafka_password").write_text("old\n")
    monkeypatch.setenv("CLOSEDLOOP_SECRETS_DIR", str(tmp_path))
    return tmp_path


def password(settings: KafkaSettings) -> bytes:
    """As both libraries ask for it when they connect."""
    of_kafka = kafka_options(settings)["sasl_plain_password"]
    of_aiokafka = aiokafka_options(settings)["sasl_plain_password"]
    assert of_kafka.encode("utf-8") == of_aiokafka.encode("utf-8")
    return bytes(of_kafka.encode("utf-8"))


def closed() -> KafkaSettings:
    given = {"kafka_user": CLOSED["kafka_user"], "kafka_ca": CLOSED["kafka_ca"]}
    return load(KafkaSettings, kafka_bootstrap="a:9092", **given)


def test_an_open_broker_needs_an_address_alone() -> None:
    assert kafka_options(OPEN) == {"bootstrap_servers": ["a:9092", "b:9092"], "bootstrap_timeout_ms": 10_000}
    assert aiokafka_options(OPEN) == {"bootstrap_servers": "a:9092,b:9092"}


def test_a_closed_one_is_asked_for_its_certificate_and_given_a_password(secrets: Path) -> None:
    options = kafka_options(closed())
    assert (options["security_protocol"], options["sasl_mechanism"]) == ("SASL_SSL", "SCRAM-SHA-512")
    assert (options["sasl_plain_username"], options["ssl_cafile"]) == (CLOSED["kafka_user"], CLOSED["kafka_ca"])
    assert "ssl_check_hostname" not in options, "the library's default is to check"
    context = aiokafka_options(closed())["ssl_context"]
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


def test_a_password_that_changes_in_its_file_is_taken_at_the_next_connection(secrets: Path) -> None:
    options = kafka_options(closed())
    file = secrets / "closedloop_kafka_password"
    file.write_text("new\n")
    assert options["sasl_plain_password"].encode("utf-8") == b"new"
    file.write_text("")  # half written
    assert options["sasl_plain_password"].encode("utf-8") == b"old"
    file.unlink()
    assert options["sasl_plain_password"].encode("utf-8") == b"old"


def test_a_password_of_the_environment_stands_above_the_file(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert password(closed()) == b"old"
    monkeypatch.setenv("CLOSEDLOOP_KAFKA_PASSWORD", "from the environment")
    assert password(closed()) == b"from the environment"


def test_a_password_with_letters_of_any_script_is_sent_as_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLOSEDLOOP_KAFKA_PASSWORD", "密码")
    assert password(closed()) == "密码".encode()


def test_a_password_that_was_given_by_hand_is_no_files(secrets: Path) -> None:
    given = {"kafka_user": CLOSED["kafka_user"], "kafka_ca": CLOSED["kafka_ca"], "kafka_bootstrap": "a:9092"}
    assert password(load(KafkaSettings, kafka_password="by hand", **given)) == b"by hand"
    assert password(KafkaSettings.model_validate(given | {"kafka_password": "by hand"})) == b"by hand"
