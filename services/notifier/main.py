"""Wiring of notifier."""

from __future__ import annotations

from services.chassis.service import Service, run
from services.chassis.settings import Settings, load
from services.notifier.adapters.consumer import SUBSCRIPTION
from services.notifier.adapters.http import delivery_routes


def main() -> int:
    return run(
        Service(
            name="notifier",
            settings=load(Settings),
            routes=lambda workshop: [delivery_routes(workshop)],
            subscriptions=[SUBSCRIPTION],
        )
    )
