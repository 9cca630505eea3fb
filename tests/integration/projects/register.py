"""Estates in the register of a test's district, and callers of theirs month by month."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import timedelta

from services.chassis.database.work import Workshop
from services.projects.domain.estates import Facts
from services.projects.domain.months import Month
from tests.integration.projects.events import START, dispatched, take
from tests.integration.projects.wired import wired

CONTROLS = tuple(f"control-{n}" for n in range(12))
_numbers: Iterator[int] = itertools.count(100_000)


def registered(
    workshop: Workshop,
    *estates: str,
    kind: str | None = "sold-public",
    built: int | None = 1985,
    place: tuple[float, float] | None = None,
) -> None:
    """Puts estates into the register, or changes what it says of them. `place`: degrees east and north."""
    east, north = place or (None, None)
    listed = [Facts(one, one, None, kind, built, 2_000_000, east, north) for one in estates]
    with workshop.open() as work:
        wired(workshop).register.estates(work, listed)


def callers_a_month(
    workshop: Workshop, estate: str, first: str, months: int, count: int, type_code: str = "MJ01"
) -> None:
    """Each month so many callers, never twice the same, on days apart."""
    month = Month(*map(int, first.split("-")))
    events = []
    for later in range(months):
        begin = month.plus(later).begin()
        for one in range(count):
            number = next(_numbers)
            day = (begin - START + timedelta(days=1 + 25 * one / max(1, count))) / timedelta(days=1)
            events.append(dispatched(number, type_code, estate, by=number, day=day))
    take(workshop, *events)
