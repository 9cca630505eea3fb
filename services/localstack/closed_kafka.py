"""An Apache Kafka that lets nobody in without a password, for the tests of rights and of the encrypted transport.

Clients come by SASL_SSL with SCRAM-SHA-512. Broker and controller know each other by the one certificate that the
throw-away authority has signed (mutual TLS): nobody is ANONYMOUS, and no SCRAM user is needed to start, whose
credentials lie in the very log that the controller serves. Without a right that an administrator gave, nothing is
allowed (StandardAuthorizer).
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
_NODE: Final = "kafka-1"

_CLOSED = """\
listeners=CLIENTS://127.0.0.1:{port},PROXIED://127.0.0.1:{proxied_port},BROKERS://127.0.0.1:{broker_port},\
CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=CLIENTS://127.0.0.1:{port},PROXIED://127.0.0.1:{proxy_port},BROKERS://127.0.0.1:{broker_port},\
CONTROLLER://127.0.0.1:{controller_port}
listener.security.protocol.map=CLIENTS:SASL_SSL,PROXIED:SASL_SSL,BROKERS:SSL,CONTROLLER:SSL
inter.broker.listener.name=BROKERS
sasl.enabled.mechanisms={mechanism}
listener.name.clients.{prefix}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.proxied.{prefix}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={keystore}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
listener.name.brokers.ssl.client.auth=required
listener.name.controller.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=false
super.users=User:CN={node};User:{admin}
"""


class ClosedKafka(ApacheKafka):
    """`certificate.ca` is what its clients trust. The user ADMIN may do everything; all others are made by it."""

    certificate: ServerCertificate

    def __init__(self, directory: Path, log: Path, *, certificate_days: float = 30) -> None:
        directory = directory.resolve()
        self.certificate = make_certificate(directory / "certificate", _NODE, days=certificate_days)
        self._admin_password = secrets.token_urlsafe(24)
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
        return _CLOSED.format(
            **ports,
            broker_port=free_port(),
            mechanism=MECHANISM,
            prefix=MECHANISM.lower(),
            keystore=self.certificate.keystore,
            ca=self.certificate.ca,
            node=_NODE,
            admin=ADMIN,
        )

    def _first_users(self) -> list[str]:
        return ["--add-scram", f"{MECHANISM}=[name={ADMIN},password={self._admin_password}]"]
