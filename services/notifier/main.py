"""Wiring of notifier."""

from __future__ import annotations

from services.chassis.service import Service, run
from services.chassis.settings import Port, Profile, Settings, load
from services.notifier.adapters.consumer import SUBSCRIPTION
from services.notifier.adapters.deliveries import gauge_awaiting_text
from services.notifier.adapters.http_post import poster
from services.notifier.adapters.routes import delivery_routes
from services.notifier.adapters.sender import SENDER, Sender
from services.notifier.adapters.sendings import gauge_webhooks
from services.notifier.adapters.webhook_routes import webhook_routes


class NotifierSettings(Settings):
    http_port: Port = 8104


def main() -> int:
    settings = load(NotifierSettings)
    demo = settings.profile is Profile.DEMO
    return run(
        Service(
            name="notifier",
            settings=settings,
            routes=lambda workshop: [delivery_routes(workshop), webhook_routes(workshop, demo=demo)],
            subscriptions=[SUBSCRIPTION],
            gauges=[gauge_awaiting_text, gauge_webhooks],
            workers={SENDER: Sender(poster(demo=demo)).run},
        )
    )
