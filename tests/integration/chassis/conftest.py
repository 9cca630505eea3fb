from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, LiteralString

import pytest
from sqlalchemy import Engine, text

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from tests.harness.fixtures import NewDatabase
from tests.integration.chassis.counting import EFFECTS, Counting
from tests.integration.chassis.events import NOW

Query = Callable[[LiteralString], list[tuple[Any, ...]]]


@pytest.fixture
def chassis_url(new_database: NewDatabase) -> str:
    """A service's database: the chassis' tables, and `effects` for handlers to write in."""
    return new_database("projects", EFFECTS)


@pytest.fixture
def engine(chassis_url: str) -> Iterator[Engine]:
    engine = engine_for(chassis_url, name="chassis-test", idle_in_transaction_s=30)
    yield engine
    engine.dispose()


@pytest.fixture
def workshop(engine: Engine) -> Workshop:
    return Workshop(engine, FixedClock(NOW), "/310109/projects")


@pytest.fixture
def counting(workshop: Workshop) -> Counting:
    return Counting(workshop)


@pytest.fixture
def query(engine: Engine) -> Query:
    def run(statement: LiteralString) -> list[tuple[Any, ...]]:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    return run
