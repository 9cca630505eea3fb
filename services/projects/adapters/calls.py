"""The calls of a cell, read from the sightings by the index of the cell and event time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, exists, func, select, tuple_

from services.chassis.work import Work
from services.contracts.ticket_events import Place
from services.projects.adapters.tables import ticket_sightings
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell

_SEEN = ticket_sightings.c
_IN_CELL = (_SEEN.estate == bindparam("in_estate")) & (_SEEN.type_code == bindparam("of_type"))

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


class SqlCalls:
    """Implements the port Calls."""

    def between(self, work: Work, cell: Cell, after: datetime, until: datetime | None) -> list[Call]:
        values = {**_named(cell), "after": after}
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
        ]

    def count(self, work: Work, cells: Collection[Cell], begin: datetime, end: datetime) -> int:
        within = select(func.count()).where(
            tuple_(_SEEN.estate, _SEEN.type_code).in_(cells), _SEEN.occurred_at >= begin, _SEEN.occurred_at < end
        )
        return int(work.connection.execute(within).scalar_one())

    def present(self, work: Work, cell: Cell, since: datetime, until: datetime) -> bool:
        values = {**_named(cell), "since": since, "until": until}
        return bool(work.connection.execute(_PRESENT, values).scalar_one())


def _named(cell: Cell) -> dict[str, str]:
    return {"in_estate": cell.estate, "of_type": cell.type_code}
