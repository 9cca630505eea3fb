"""Workshops that stay while the database below them is made anew for each test."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from services.chassis.clock import FixedClock
from services.chassis.database.database import engine_for
from services.chassis.database.work import Workshop

Renew = Callable[[str, str, tuple[str, ...]], str]
"""Makes a database of a name anew, migrated for a service and filled by statements; returns its URL."""


class Workshops:
    """One workshop for a service and a purpose in a session: what was built on it once serves every test.

    Building intake's application takes half a second of processor time, more than most tests of its routes. Not for
    projects, which remembers of every engine how common words are in its database.
    """

    def __init__(self, renew: Renew) -> None:
        self._renew = renew
        self._made: dict[str, Workshop] = {}

    def fresh(self, service: str, now: datetime, purpose: str = "test", filled_by: tuple[str, ...] = ()) -> Workshop:
        """On a new database, its clock at `now`. Two that are used at the same time have each their purpose.

        The statements of `filled_by` run once a session; a test that gives the same ones gets a copy of what they left.
        """
        name = f"{service}_{purpose}"
        if name in self._made:
            self._made[name].engine.dispose()
        url = self._renew(name, service, filled_by)
        if name not in self._made:
            engine = engine_for(url, name=f"{service}-{purpose}", idle_in_transaction_s=30)
            self._made[name] = Workshop(engine, FixedClock(now), f"/310109/{service}")
        clock = self._made[name].clock
        assert isinstance(clock, FixedClock)
        clock.advance(now - clock.now())
        return self._made[name]

    def close(self) -> None:
        for workshop in self._made.values():
            workshop.engine.dispose()
