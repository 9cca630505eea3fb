"""What all local brokers have in common: an address, a flavour, and readiness by a metadata call."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Mapping
from typing import Any

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from services.localstack.processes import ChildProcess


class Broker(ChildProcess):
    """`flavour` is the value of `CLOSEDLOOP_KAFKA_FLAVOUR`; `title` is for people.

    `admin_options` are what a kafka-python client that may do everything is made with, beside the address.
    """

    flavour: str
    title: str
    port: int
    admin_options: Mapping[str, Any] = {}

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answers(self) -> bool:
        return answers_metadata(self.bootstrap, **self.admin_options)


def answers_metadata(bootstrap: str, **options: Any) -> bool:
    """Whether a broker works. An open port is not enough: one that still loads its log accepts connections, too."""
    host, _, port = bootstrap.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        client = KafkaAdminClient(
            bootstrap_servers=bootstrap, bootstrap_timeout_ms=5000, request_timeout_ms=5000, **options
        )
    except (OSError, KafkaError):
        return False
    with contextlib.closing(client):
        try:
            client.list_topics()
        except KafkaError:
            return False
        return True
