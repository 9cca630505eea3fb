"""Workshops that stay while the database below them is as new for each test."""

from __future__ import annotations

from datetime import datetime

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop
from tests.harness.databases import Database, Databases, Filling


class Workshops:
    """One workshop for a service and a purpose in a session: what was built on it once serves every test.

    Building intake's application takes half a second of processor time, more than most tests of its routes. Whoever
    remembers something of the database in a process has to be made to forget it (projects: how common words are).
    """

    def __init__(self, databases: Databases) -> None:
        self._databases = databases
        self._made: dict[str, tuple[Database, Workshop]] = {}

    def fresh(self, service: str, now: datetime, purpose: str = "test", filled_by: Filling = ()) -> Workshop:
        """On a database as new, its clock at `now`. Two that are used at the same time have each their purpose."""
        name = f"{service}_{purpose}"
        if name not in self._made:
            database = self._databases.new(name)
            engine = engine_for(database.url, name=f"{service}-{purpose}", idle_in_transaction_s=30)
            self._made[name] = database, Workshop(engine, FixedClock(now), f"/310109/{service}")
        database, workshop = self._made[name]
        if database.renew(self._databases.template(service, filled_by)):
            workshop.engine.dispose()
        clock = workshop.clock
        assert isinstance(clock, FixedClock)
        clock.advance(now - clock.now())
        return workshop

    def close(self) -> None:
        for _, workshop in self._made.values():
            workshop.engine.dispose()
