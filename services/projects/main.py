"""Wiring of projects."""

from __future__ import annotations

from services.chassis.service import Service, run
from services.chassis.settings import Settings, load
from services.projects.adapters.consumer import SUBSCRIPTION
from services.projects.adapters.http import concentration_routes


def main() -> int:
    return run(
        Service(
            name="projects",
            settings=load(Settings),
            routes=lambda workshop: [concentration_routes(workshop)],
            subscriptions=[SUBSCRIPTION],
        )
    )
