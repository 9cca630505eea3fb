from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.chassis.clock import FixedClock
from services.chassis.database import engine_for
from services.chassis.health import Health
from services.chassis.work import Workshop
from services.notifier.adapters.http_post import poster
from services.notifier.adapters.routes import delivery_routes
from services.notifier.adapters.sender import SENDER, Sender
from services.notifier.adapters.webhook_routes import webhook_routes
from services.notifier.domain.patience import Patience
from tests.harness.fixtures import NewDatabase
from tests.integration.notifier.receivers import Receiver, receiving
from tests.integration.role_clients import As, clients_of

NOW = datetime(2026, 7, 1, tzinfo=UTC)
IMPATIENT = Patience(waits_s=(0.05, 0.05, 0.05, 0.05), breaker_after=100)


@pytest.fixture
def workshop(new_database: NewDatabase) -> Iterator[Workshop]:
    engine = engine_for(new_database("notifier"), name="notifier-test", idle_in_transaction_s=30)
    yield Workshop(engine, FixedClock(NOW), "/310109/notifier")
    engine.dispose()


@pytest.fixture
def as_(workshop: Workshop, tmp_path: Path) -> As:
    """Clients of notifier in the demo profile."""
    return clients_of([delivery_routes(workshop), webhook_routes(workshop, demo=True)], tmp_path)


NewReceiver = Callable[..., Receiver]
StartSender = Callable[..., Health]


@pytest.fixture
def new_receiver() -> Iterator[NewReceiver]:
    """Starts receivers that end with the test."""
    with ExitStack() as running:
        yield lambda **told: running.enter_context(receiving(Receiver(**told)))


@pytest.fixture
def start_sender(workshop: Workshop) -> Iterator[StartSender]:
    """Starts senders in threads that end with the test; an error that ended one fails the test."""
    stop, threads, errors = threading.Event(), [], []

    def start(deadline_s: float = 2.0, **told: Any) -> Health:
        health = Health()
        health.expect(SENDER, 5)
        sender = Sender(poster(demo=True, deadline_s=deadline_s), **{"patience": IMPATIENT, **told})

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
        thread.join(10)
    assert errors == []
