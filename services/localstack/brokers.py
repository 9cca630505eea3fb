"""What all local brokers have in common: an address, a flavour, and readiness by a metadata call."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from services.chassis.messaging.transport import kafka_options
from services.chassis.settings import KafkaFlavour, KafkaSecurity, KafkaSettings, Profile
from services.localstack.processes import ChildProcess


class Broker(ChildProcess):
    """`title` is for people."""

    flavour: KafkaFlavour
    title: str
    port: int
    doorbell: Path | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def access(self) -> KafkaSettings:
        """How somebody comes in who may do everything."""
        return KafkaSettings(
            profile=Profile.DEMO,
            kafka_bootstrap=self.bootstrap,
            kafka_flavour=self.flavour,
            kafka_doorbell=self.doorbell,
            kafka_security=KafkaSecurity.PLAINTEXT,
        )

    def answers(self) -> bool:
        return answers_metadata(**kafka_options(self.access))


def answers_metadata(bootstrap_servers: str | Sequence[str], **options: Any) -> bool:
    """Whether a broker works. An open port is not enough: one that still loads its log accepts connections, too."""
    first = bootstrap_servers if isinstance(bootstrap_servers, str) else bootstrap_servers[0]
    host, _, port = first.rpartition(":")
    limits = {"bootstrap_timeout_ms": 5000, "request_timeout_ms": 5000}
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        client = KafkaAdminClient(bootstrap_servers=first, **options | limits)
    except (OSError, KafkaError):
        return False
    with contextlib.closing(client):
        try:
            client.list_topics()
        except KafkaError:
            return False
        return True
