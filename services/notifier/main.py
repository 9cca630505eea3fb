"""Wiring of notifier."""

from __future__ import annotations

from services.chassis.service import Service, run
from services.chassis.settings import Port, Settings, load
from services.notifier.adapters.consumer import SUBSCRIPTION
from services.notifier.adapters.deliveries import gauge_awaiting_text
from services.notifier.adapters.routes import delivery_routes


class NotifierSettings(Settings):
    http_port: Port = 8104


def main() -> int:
    return run(
        Service(
            name="notifier",
            settings=load(NotifierSettings),
            routes=lambda workshop: [delivery_routes(workshop)],
            subscriptions=[SUBSCRIPTION],
            gauges=[gauge_awaiting_text],
        )
    )
