from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from fastapi import FastAPI

from services.chassis.database.work import Workshop
from services.chassis.web.health import Health
from services.chassis.web.rate_limit import Guesses
from services.notifier.domain.retry_policy import RetryPolicy
from services.notifier.outbound.http_post import poster
from services.notifier.outbound.webhook_sender import SENDER, WebhookSender
from services.notifier.store.deliveries import SqlDeliveryLog
from services.notifier.wiring import NotifierWiring
from tests.harness.workshops import Workshops
from tests.integration.applications import As, application, clients_of
from tests.integration.notifier.receivers import Receiver, receiving

NOW = datetime(2026, 7, 1, tzinfo=UTC)
IMPATIENT = RetryPolicy(waits_s=(0.05, 0.05, 0.05, 0.05), breaker_after=100)


@pytest.fixture
def workshop(workshops: Workshops) -> Workshop:
    """On a database of the test's own."""
    return workshops.fresh("notifier", NOW)


@pytest.fixture(scope="session")
def built() -> Callable[[Workshop], FastAPI]:
    """Notifier's application in the demo profile, built once a session for each workshop; nobody has guessed in it."""
    guesses = Guesses()

    @cache
    def build(workshop: Workshop) -> FastAPI:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("services.notifier.pages.site.Guesses", lambda: guesses)
            return application(NotifierWiring.of(demo=True).routes(workshop))

    def fresh(workshop: Workshop) -> FastAPI:
        Guesses.__init__(guesses)
        return build(workshop)

    return fresh


@pytest.fixture
def as_(workshop: Workshop, built: Callable[[Workshop], FastAPI]) -> As:
    """Clients of notifier in the demo profile."""
    return clients_of(built(workshop))


NewReceiver = Callable[..., Receiver]
StartSender = Callable[..., Health]


@pytest.fixture
def new_receiver() -> Iterator[NewReceiver]:
    """Starts receivers that end with the test."""
    with ExitStack() as running:
        yield lambda **options: running.enter_context(receiving(Receiver(**options)))


@pytest.fixture
def start_sender(workshop: Workshop) -> Iterator[StartSender]:
    """Starts senders in threads that end with the test; an error that ended one fails the test."""
    stop, threads, errors = threading.Event(), [], []

    def start(deadline_s: float = 2.0, **options: Any) -> Health:
        health = Health()
        health.expect(SENDER, 5)
        settings = {"policy": IMPATIENT, **options}
        sender = WebhookSender(
            poster(demo=True, deadline_s=deadline_s), SqlDeliveryLog(), timedelta(days=30), **settings
        )

        def run() -> None:
            try:
                sender.run(workshop, stop, health)
            except BaseException as error:
                errors.append(error)
                raise

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()
        return health

    yield start
    stop.set()
    for thread in threads:
        thread.join(60)
    assert errors == []
