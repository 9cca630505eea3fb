"""The calls that count in a cell, read from the sightings by the index of the cell and event time.

What belongs to a citywide event is left out: so few days are citywide that they are looked up apart.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, exists, func, select, tuple_

from services.chassis.work import Work
from services.contracts.ticket_events import Place
from services.projects.adapters.citywide import citywide_days
from services.projects.adapters.tables import ticket_sightings
from services.projects.domain.citywide import TypeDay, covered_by, type_day
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell
from services.projects.domain.rules import RuleBook

_SEEN = ticket_sightings.c
_IN_CELL = (
    (_SEEN.estate == bindparam("in_estate"))
    & (_SEEN.type_code == bindparam("of_type"))
    & _SEEN.estate.is_not(None)
    & _SEEN.evidence
)

_LATER = (
    select(
        _SEEN.ticket_id, _SEEN.caller_ref, _SEEN.occurred_at, _SEEN.history, _SEEN.sub_district, _SEEN.estate_name
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


@dataclass(frozen=True, slots=True)
class SqlCalls:
    """Implements the port Calls."""

    book: RuleBook

    def between(self, work: Work, cell: Cell, after: datetime, until: datetime | None) -> list[Call]:
        values = {**_named(cell), "after": after}
        found = work.connection.execute(*((_BETWEEN, {**values, "until": until}) if until else (_LATER, values)))
        calls = [
            Call(
                row.ticket_id,
                row.caller_ref,
                row.occurred_at,
                row.history,
                Place(sub_district=row.sub_district, estate=cell.estate, estate_name=row.estate_name),
            )
            for row in found
        ]
        return self._without_events(work, cell, calls)

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

    def _without_events(self, work: Work, cell: Cell, calls: list[Call]) -> list[Call]:
        longest = self.book.event_days
        if not longest or not calls:
            return calls
        first = type_day(cell.type_code, calls[0].occurred_at).day - timedelta(days=longest)
        last = type_day(cell.type_code, calls[-1].occurred_at).day
        events = citywide_days(work.connection, cell.type_code, first, last)
        if not events:
            return calls
        return [call for call in calls if not self._covered(type_day(cell.type_code, call.occurred_at), call, events)]

    def _covered(self, day: TypeDay, call: Call, events: set[date]) -> bool:
        rule = self.book.at(call.occurred_at).detection.citywide
        return rule is not None and any(one.day in events for one in covered_by(day, rule.lasts_days))


def _named(cell: Cell) -> dict[str, str]:
    return {"in_estate": cell.estate, "of_type": cell.type_code}
