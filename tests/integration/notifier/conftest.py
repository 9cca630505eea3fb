from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from services.chassis.clock import FixedClock
from services.chassis.database import engine_for
from services.chassis.work import Workshop
from tests.harness.fixtures import NewDatabase

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def workshop(new_database: NewDatabase) -> Iterator[Workshop]:
    engine = engine_for(new_database("notifier"), name="notifier-test", idle_in_transaction_s=30)
    yield Workshop(engine, FixedClock(NOW), "/310109/notifier")
    engine.dispose()
