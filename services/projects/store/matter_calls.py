"""The calls that count in a matter, for detection: what an estate's cell is to registered places, a matter is here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place
from services.projects.app.ports import Calls
from services.projects.domain.detection import Call
from services.projects.domain.evidence import Cell
from services.projects.domain.unplaced import IN_PLACE_OF_ESTATE
from services.projects.store.matter_tables import matters, traces

_TRACE = traces.c


@dataclass(frozen=True, slots=True)
class CallsAnywhere:
    """Implements the port Calls over both: matters here, registered estates by `registered`."""

    registered: Calls

    def between(self, work: Work, cell: Cell, after: datetime, until: datetime | None) -> list[Call]:
        if not _is_matter(cell):
            return self.registered.between(work, cell, after, until)
        found = (
            select(_TRACE.ticket_id, _TRACE.caller_ref, _TRACE.occurred_at, _TRACE.history, _TRACE.sub_district)
            .add_columns(matters.c.name)
            .join_from(traces, matters, matters.c.id == _TRACE.matter_id)
            .where(_TRACE.matter_id == cell.estate, _TRACE.occurred_at > after)
            .order_by(_TRACE.occurred_at, _TRACE.ticket_id)
        )
        if until:
            found = found.where(_TRACE.occurred_at <= until)
        return [
            Call(
                row.ticket_id,
                row.caller_ref,
                row.occurred_at,
                row.history,
                Place(sub_district=row.sub_district, estate=cell.estate, estate_name=row.name),
            )
            for row in work.connection.execute(found)
        ]

    def count(self, work: Work, cells: Collection[Cell], begin: datetime, end: datetime) -> int:
        ids = [cell.estate for cell in cells if _is_matter(cell)]
        others = [cell for cell in cells if not _is_matter(cell)]
        counted = self.registered.count(work, others, begin, end) if others else 0
        if ids:
            within = select(func.count()).where(
                _TRACE.matter_id.in_(ids), _TRACE.occurred_at >= begin, _TRACE.occurred_at < end
            )
            counted += work.connection.execute(within).scalar_one()
        return counted

    def latest(self, work: Work, cell: Cell) -> datetime | None:
        if not _is_matter(cell):
            return self.registered.latest(work, cell)
        newest = select(func.max(_TRACE.occurred_at)).where(_TRACE.matter_id == cell.estate)
        found: datetime | None = work.connection.execute(newest).scalar()
        return found

    def present(self, work: Work, cell: Cell, since: datetime, until: datetime) -> bool:
        if not _is_matter(cell):
            return self.registered.present(work, cell, since, until)
        now = select(_TRACE.ticket_id).where(
            _TRACE.matter_id == cell.estate,
            _TRACE.occurred_at >= since,
            _TRACE.occurred_at <= until,
            _TRACE.history.is_(False),
        )
        return bool(work.connection.execute(select(exists(now))).scalar_one())


def _is_matter(cell: Cell) -> bool:
    return cell.estate.startswith(IN_PLACE_OF_ESTATE)
