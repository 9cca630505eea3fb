"""An Apache Kafka that lets nobody in without a password, for the tests of rights and of the encrypted transport.

Who may come in how is taken from the properties of the deployed broker (deploy/kafka/server.properties), so that the
tests are about these. Its DEPARTMENTS port is the one that a proxy can stand in front of.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import SecretStr

from services.chassis.messaging.transport import MECHANISM, kafka_options
from services.chassis.settings import KafkaSecurity, KafkaSettings, Profile
from services.localstack.apache_kafka import ApacheKafka
from services.localstack.certificates import ServerCertificate, make_certificate
from services.localstack.processes import free_port

ADMIN: Final = "admin"
NODE: Final = "kafka-1"
DEPLOYED: Final = Path(__file__).parents[2] / "deploy" / "kafka" / "server.properties"
_SECURITY: Final = ("listener.", "inter.broker.", "ssl.", "sasl.", "authorizer.", "allow.", "super.")

_HERE = """\
listeners=CLIENTS://127.0.0.1:{port},DEPARTMENTS://127.0.0.1:{proxied_port},BROKERS://127.0.0.1:{broker_port},\
CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=CLIENTS://127.0.0.1:{port},DEPARTMENTS://127.0.0.1:{proxy_port},BROKERS://127.0.0.1:{broker_port}
ssl.keystore.location={keystore}
ssl.truststore.location={ca}
"""


class ClosedKafka(ApacheKafka):
    """`certificate.ca` is what its clients trust. The user ADMIN may do everything; all others are made by it."""

    certificate: ServerCertificate

    def __init__(self, directory: Path, log: Path, certificate: ServerCertificate | None = None) -> None:
        directory = directory.resolve()
        self.certificate = certificate or make_certificate(directory / "certificate", NODE)
        self._admin_password = _kept(directory / "admin.password")
        super().__init__(directory, log)
        self.title += ", closed"

    @property
    def access(self) -> KafkaSettings:
        return self.access_of(ADMIN, self._admin_password)

    def access_of(self, user: str, password: str) -> KafkaSettings:
        return KafkaSettings(
            profile=Profile.DEMO,
            kafka_bootstrap=self.bootstrap,
            kafka_flavour=self.flavour,
            kafka_security=KafkaSecurity.SASL_SSL,
            kafka_user=user,
            kafka_password=SecretStr(password),
            kafka_ca=self.certificate.ca,
        )

    @property
    def admin_options(self) -> dict[str, Any]:
        return self.options(ADMIN, self._admin_password)

    def options(self, user: str, password: str) -> dict[str, Any]:
        """What a kafka-python client of this user is made with, beside the address."""
        options = kafka_options(self.access_of(user, password))
        return {name: value for name, value in options.items() if not name.startswith("bootstrap_")}

    def _listeners(self, directory: Path, ports: Mapping[str, int]) -> str:
        here = _HERE.format(
            **ports, broker_port=free_port(), keystore=self.certificate.keystore, ca=self.certificate.ca
        )
        return f"{_security()}\n{here}"

    def _first_users(self) -> list[str]:
        return ["--add-scram", f"{MECHANISM}=[name={ADMIN},password={self._admin_password}]"]


def _kept(file: Path) -> str:
    """The password that the storage was formatted with, if it was."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(24))
    return file.read_text()


def _security() -> str:
    lines = DEPLOYED.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if line.startswith(_SECURITY))
