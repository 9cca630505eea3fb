"""Starts notifier."""

from __future__ import annotations

from services.chassis.service import Service, clock_of, run
from services.chassis.settings import Profile, load
from services.notifier.settings import NotifierSettings
from services.notifier.wiring import NotifierWiring


def main() -> int:
    settings = load(NotifierSettings)
    notifier = NotifierWiring.of(demo=settings.profile is Profile.DEMO, outward=settings.outward)
    return run(
        Service(
            name="notifier",
            settings=settings,
            routes=notifier.routes,
            subscriptions=notifier.subscriptions,
            timers=notifier.timers,
            gauges=notifier.gauges(clock_of(settings)),
            workers=notifier.workers,
        )
    )
