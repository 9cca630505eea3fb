"""The calls that count in a cell, read from the sightings by the index of the cell and event time.

Calls of citywide events are left out: such days are so few that they are looked up separately.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import bindparam, exists, func, select, tuple_

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.app.ports import CurrentRules
from services.projects.domain.citywide import covered_by, type_day
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell
from services.projects.store.tables import ticket_sightings, type_days

_SEEN = ticket_sightings.c
_IN_CELL = (
    (_SEEN.estate == bindparam("in_estate"))
    & (_SEEN.type_code == bindparam("of_type"))
    & _SEEN.estate.is_not(None)
    & _SEEN.evidence
)

# Once a query, not once a row: there are few such days, and most types have none.
_CITYWIDE = select(func.array_agg(type_days.c.day)).where(
    type_days.c.type_code == bindparam("of_type"), type_days.c.citywide, type_days.c.day >= bindparam("since_day")
)
_LATER = (
    select(
        *(_SEEN.ticket_id, _SEEN.caller_ref, _SEEN.occurred_at, _SEEN.history, _SEEN.sub_district, _SEEN.estate_name),
        _CITYWIDE.scalar_subquery().label("citywide"),
    )
    .where(_IN_CELL, _SEEN.occurred_at > bindparam("after"))
    .order_by(_SEEN.occurred_at, _SEEN.ticket_id)
)
_BETWEEN = _LATER.where(_SEEN.occurred_at <= bindparam("until"))
_PRESENT = select(
    exists(
        select(_SEEN.ticket_id).where(
            _IN_CELL,
            _SEEN.occurred_at >= bindparam("since"),
            _SEEN.occurred_at <= bindparam("until"),
            _SEEN.history.is_(False),
        )
    )
)
_LATEST = select(func.max(_SEEN.occurred_at)).where(_IN_CELL)


_EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SqlCalls:
    """Implements the port Calls."""

    rules: CurrentRules

    def between(self, work: Work, cell: Cell, after: datetime, until: datetime | None) -> list[Call]:
        since_day = max(after, _EARLIEST).date() - timedelta(days=self.rules.book().event_days + 1)
        values = {**_named(cell), "after": after, "since_day": since_day}
        found = work.connection.execute(*((_BETWEEN, {**values, "until": until}) if until else (_LATER, values)))
        return [
            Call(
                row.ticket_id,
                row.caller_ref,
                row.occurred_at,
                row.history,
                Place(sub_district=row.sub_district, estate=cell.estate, estate_name=row.estate_name),
            )
            for row in found
            if not (row.citywide and self._in_event(cell, row.occurred_at, row.citywide))
        ]

    def count(self, work: Work, cells: Collection[Cell], begin: datetime, end: datetime) -> int:
        within = select(func.count()).where(
            tuple_(_SEEN.estate, _SEEN.type_code).in_(cells),
            _SEEN.evidence,
            _SEEN.occurred_at >= begin,
            _SEEN.occurred_at < end,
        )
        return int(work.connection.execute(within).scalar_one())

    def latest(self, work: Work, cell: Cell) -> datetime | None:
        found: datetime | None = work.connection.execute(_LATEST, _named(cell)).scalar()
        return found

    def present(self, work: Work, cell: Cell, since: datetime, until: datetime) -> bool:
        values = {**_named(cell), "since": since, "until": until}
        return bool(work.connection.execute(_PRESENT, values).scalar_one())

    def _in_event(self, cell: Cell, occurred_at: datetime, citywide: Collection[date]) -> bool:
        rule = self.rules.book().at(occurred_at).detection.citywide
        days = covered_by(type_day(cell.type_code, occurred_at), rule.lasts_days) if rule else ()
        return any(one.day in citywide for one in days)


def _named(cell: Cell) -> dict[str, str]:
    return {"in_estate": cell.estate, "of_type": cell.type_code}
