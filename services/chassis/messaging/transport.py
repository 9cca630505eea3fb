"""How every client of Kafka reaches the brokers: address, TLS, user and password, from the settings alone (ADR 52).

A password that stands in a file of CLOSEDLOOP_SECRETS_DIR is read at each connection: who changes it there changes it
for the next one, without a restart. Connections that stand keep what they were made with; the broker asks once only.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

from kafka.errors import KafkaError

from services.chassis.messaging.refusal import why_refused
from services.chassis.settings import KAFKA_PASSWORD_FILE, PREFIX, KafkaSecurity, KafkaSettings

MECHANISM: Final = "SCRAM-SHA-512"
BOOTSTRAP_MS: Final = 10_000
"""The libraries try a refused password again and again for so long, and then do not say why."""

Client = TypeVar("Client")


class BrokerRefuses(KafkaError):  # type: ignore[misc]
    """No client could be made. The message says what is wrong at which broker, and what to do."""

    def __str__(self) -> str:
        return str(self.args[0])


class LivingPassword(str):
    """Both libraries ask a password for its bytes at each connection, and then get what its file holds.

    While the file is away or empty, the password is what it was.
    """

    _file: Path

    @classmethod
    def of(cls, known: str, file: Path) -> LivingPassword:
        made = cls(known)
        made._file = file
        return made

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:
        try:
            now = self._file.read_text(encoding).strip()
        except OSError:
            now = ""
        return (now or str(self)).encode(encoding, errors)


def kafka_options(settings: KafkaSettings) -> dict[str, Any]:
    """What every client of kafka-python is made with; they are made inside `reaching`."""
    servers = {"bootstrap_servers": settings.kafka_bootstrap.split(","), "bootstrap_timeout_ms": BOOTSTRAP_MS}
    if settings.kafka_security is KafkaSecurity.PLAINTEXT:
        return servers
    return {**servers, **_login(settings), "ssl_cafile": str(settings.kafka_ca)}


def aiokafka_options(settings: KafkaSettings) -> dict[str, Any]:
    """What every client of aiokafka is made with. The authority's file is read once, unlike kafka-python's."""
    servers = {"bootstrap_servers": settings.kafka_bootstrap}
    if settings.kafka_security is KafkaSecurity.PLAINTEXT:
        return servers
    return {**servers, **_login(settings), "ssl_context": ssl.create_default_context(cafile=settings.kafka_ca)}


def reaching(settings: KafkaSettings, make: Callable[[], Client]) -> Client:
    """The client that `make` makes. Raises BrokerRefuses with the cause, which the library's error does not tell."""
    try:
        return make()
    except KafkaError as error:
        raise BrokerRefuses(why_refused(aiokafka_options(settings)) or str(error) or type(error).__name__) from error


def _login(settings: KafkaSettings) -> dict[str, Any]:
    assert settings.kafka_password is not None  # the settings are checked
    known, file = settings.kafka_password.get_secret_value(), _password_file()
    return {
        "security_protocol": "SASL_SSL",
        "sasl_mechanism": MECHANISM,
        "sasl_plain_username": settings.kafka_user,
        "sasl_plain_password": known if file is None else LivingPassword.of(known, file),
    }


def _password_file() -> Path | None:
    """Where the password came from, unless the environment gave it, which stands above the files."""
    folder, variable = os.environ.get(f"{PREFIX}SECRETS_DIR"), KAFKA_PASSWORD_FILE
    if folder is None or any(value and name.lower() == variable for name, value in os.environ.items()):
        return None
    return next((file for file in Path(folder).iterdir() if file.name.lower() == variable), None)
