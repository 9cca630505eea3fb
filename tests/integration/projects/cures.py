"""A cured estate in a district with estates to compare it with, for tests of effects."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from services.chassis.database.work import Workshop
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from tests.integration.projects.events import START, dispatched, take
from tests.integration.projects.loop_of import District
from tests.integration.projects.register import CONTROLS, callers_a_month, registered
from tests.integration.projects.wired import REACHED

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)
ACCEPTED = datetime(2027, 3, 10, tzinfo=UTC)
"""Decided on 2026-07-01, so that August to February lie before."""
FIRST_LOOK = datetime(2028, 4, 1, tzinfo=UTC)
SECOND_LOOK = datetime(2029, 4, 1, tzinfo=UTC)
_numbers: Iterator[int] = itertools.count(1)


def calls(
    district: District,
    first: datetime,
    count: int,
    *,
    apart: float = 1,
    type_code: str = "MJ01",
    estate: str = "quyang-1",
) -> None:
    """Calls of as many callers, each so many days after the one before."""
    day = (first - START) / timedelta(days=1)
    numbers = list(itertools.islice(_numbers, count))
    events = [dispatched(n, type_code, estate, by=n, day=day + i * apart) for i, n in enumerate(numbers)]
    take(district.workshop, *events)


def cured(
    workshop: Workshop,
    *estates: str,
    before: int = 3,
    controls: int = 12,
    kind: str = "service",
) -> District:
    """Bursts, decisions, so many callers a month until the cures are in place; one a month in each control."""
    cured_of = estates or ("quyang-1",)
    district = District(workshop)
    step = ("cured", cured_of, before, controls, kind)
    REACHED.reach(workshop, step, lambda: _cure(district, cured_of, before, controls, kind))
    return district


def _cure(district: District, estates: Sequence[str], before: int, controls: int, kind: str) -> None:
    workshop = district.workshop
    registered(workshop, *estates, *CONTROLS[:controls])
    for estate in CONTROLS[:controls]:
        callers_a_month(workshop, estate, "2026-08", 32, 1)
    for estate in estates:
        calls(district, datetime(2026, 3, 1, tzinfo=UTC), 12, estate=estate)
        district.decide(hot_issue_id(Cell(estate, "MJ01"), 0), kind=kind)
        callers_a_month(workshop, estate, "2026-08", 7, before)
    district.until(ACCEPTED)
    for estate in estates:
        district.cure_done(hot_issue_id(Cell(estate, "MJ01"), 0))
