"""The rebuild from end to end: fold, catch up with the live service, compare."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Engine, text
from sqlalchemy.dialects.postgresql import insert

from services.chassis import timers
from services.chassis.clock import SystemClock
from services.chassis.work import Work
from services.contracts.event import Envelope
from services.projects.adapters.rebuild import matters, sighted
from services.projects.adapters.rebuild.proof import Checksums, checksums, differences
from services.projects.adapters.rebuild.reading import Topics
from services.projects.adapters.rebuild.told import Told
from services.projects.adapters.tables import type_days
from services.projects.app.cure import OBSERVE
from services.projects.app.opening import DECIDE, LAPSE
from services.projects.domain.citywide import Spread, type_day
from services.projects.domain.hot_issue import UNDECIDED, State
from services.projects.domain.rules import RuleBook

TOPICS = ("tickets", "classifications", "hot-issues", "projects")
COMPARE_AGAIN_S = 1.0
FEW = 2000


class NotEmpty(Exception):
    """The database holds tickets already: what is rebuilt must not mix with what was there."""


@dataclass(slots=True)
class Outcome:
    """`different` were equal at no moment at which both were looked at; `aggregates` were compared."""

    events: int = 0
    malformed: int = 0
    seconds: float = 0.0
    aggregates: int = 0
    different: set[tuple[str, str]] = field(default_factory=set)

    @property
    def events_per_s(self) -> float:
        return self.events / self.seconds if self.seconds else 0.0


def rebuild(topics: Topics, into: Engine, book: RuleBook, advance: Callable[[int], None]) -> tuple[Told, Outcome]:
    """Folds the topics into an empty database. Nothing is told, no timer fires, no channel is used. Raises NotEmpty."""
    with into.connect() as connection:
        if connection.execute(text("SELECT EXISTS (SELECT FROM ticket_sightings)")).scalar_one():
            raise NotEmpty
    told, outcome = Told(), Outcome()
    started = time.perf_counter()
    _take(topics, into, book, told, outcome, advance)
    outcome.seconds = time.perf_counter() - started
    return told, outcome


def prove(
    topics: Topics, told: Told, outcome: Outcome, live: Engine, into: Engine, book: RuleBook, *, patience_s: float
) -> None:
    """Compares with the live database, which goes on: an aggregate is proved when both are equal at one look.

    What differs at first may be on its way through the topics; it is looked at again until `patience_s` have brought
    nothing new.
    """
    outcome.different = differences(_sums(live), _sums(into))
    outcome.aggregates = len(_sums(live))
    until = time.monotonic() + patience_s
    while outcome.different and time.monotonic() < until:
        time.sleep(COMPARE_AGAIN_S)
        _take(topics, into, book, told, outcome, lambda _events: None)
        left = outcome.different & differences(_sums(live), _sums(into))
        if left != outcome.different:
            until = time.monotonic() + patience_s
        outcome.different = left


def _take(
    topics: Topics, into: Engine, book: RuleBook, told: Told, outcome: Outcome, advance: Callable[[int], None]
) -> None:
    waiting: list[Envelope] = []
    for batch in topics.to_the_end():
        waiting += batch
        outcome.events += len(batch)
        if len(waiting) >= FEW:
            _fold(into, told, waiting)
            waiting = []
        advance(outcome.events)
    _fold(into, told, waiting)
    outcome.malformed = topics.malformed
    with into.begin() as connection:
        told.write(connection)
        matters.restore(connection, told.choices, book)
        _mark_citywide(connection, book)
        _start_timers(connection)


def _fold(into: Engine, told: Told, envelopes: Iterable[Envelope]) -> None:
    envelopes = list(envelopes)
    told.fold(envelopes)
    with into.begin() as connection:
        sighted.fold(connection, envelopes)
        matters.fold(connection, envelopes)


def _mark_citywide(connection: Connection, book: RuleBook) -> None:
    connection.execute(text("DELETE FROM type_days"))
    found = [
        {"type_code": row.type_code, "day": row.day, "citywide": True}
        for row in connection.execute(_SPREADS)
        if Spread(row.estates, row.sub_districts).is_citywide(
            book.at(type_day(row.type_code, row.first_at).begin).detection.citywide
        )
    ]
    if found:
        connection.execute(insert(type_days), found)


def _start_timers(connection: Connection) -> None:
    """Those that wait in the live database: should the rebuilt one take its place, nobody's deadline is lost."""
    connection.execute(text("DELETE FROM timers"))
    work = Work(connection, SystemClock(), "rebuild")
    waiting = text("SELECT id, state, decide_by, observe_until, overdue FROM hot_issues")
    for row in connection.execute(waiting).all():
        if row.state in UNDECIDED and not row.overdue:
            timers.start(work, DECIDE, row.id, row.decide_by)
        elif row.state == State.SUSPECTED:
            timers.start(work, LAPSE, row.id, row.decide_by)
        elif row.state == State.OBSERVING and row.observe_until:
            timers.start(work, OBSERVE, row.id, row.observe_until)


def _sums(engine: Engine) -> Checksums:
    with engine.begin() as connection:
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
        return checksums(connection)


_SPREADS = text(
    """
    SELECT type_code, (occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS day, min(occurred_at) AS first_at,
           count(DISTINCT estate) AS estates, count(DISTINCT sub_district) AS sub_districts
      FROM ticket_sightings WHERE estate IS NOT NULL AND evidence AND occurred_at IS NOT NULL
     GROUP BY 1, 2 HAVING count(DISTINCT estate) >= 3
    """
)
