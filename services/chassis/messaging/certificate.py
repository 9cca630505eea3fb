"""Until when the brokers' certificates are valid: the metric behind the alert 30 days before they end."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path
from typing import Final

from services.chassis import metrics
from services.chassis.settings import KafkaSettings
from services.chassis.web.health import Health

WORKER: Final = "certificate"
LOOK_EVERY_S: Final = 60.0
LIMIT_S: Final = 5.0


def valid_until(address: str, ca: Path) -> float | None:
    """Unix time at which the certificate at HOST:PORT ends; None if it cannot be had or is not accepted (any more)."""
    host, _, port = address.rpartition(":")
    context = ssl.create_default_context(cafile=ca)
    try:
        with (
            socket.create_connection((host, int(port)), timeout=LIMIT_S) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except OSError:
        return None
    return float(ssl.cert_time_to_seconds(str(certificate["notAfter"])))


def watch_until(stop: threading.Event, settings: KafkaSettings, health: Health) -> None:
    """Runs until `stop` is set. While a broker cannot be asked, its metric keeps its last value."""
    assert settings.kafka_ca is not None  # the settings are checked
    while not stop.is_set():
        for address in settings.kafka_bootstrap.split(","):
            until = valid_until(address, settings.kafka_ca)
            if until is not None:
                metrics.BROKER_CERTIFICATE_UNTIL.labels(address).set(until)
            health.beat(WORKER)
        stop.wait(LOOK_EVERY_S)
