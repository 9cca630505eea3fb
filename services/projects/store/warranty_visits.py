"""Warranties that end soon, and the visits before they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from services.chassis.database.work import Work
from services.contracts.visit_events import VisitMade, WorksWarrantyVisited
from services.projects.app.share import DistrictShare
from services.projects.domain.works.repair_project import ProjectState
from services.projects.domain.works.visits import HomeVisit, RoundKey, VisitResult, VisitRound
from services.projects.store.shares import visible
from services.projects.store.tables import repair_projects
from services.projects.store.visit_tables import warranty_visits
from services.projects.store.works_tables import GROUNDS, warranties, works_items

_insert = insert(warranty_visits)
_SAVE = _insert.on_conflict_do_update(
    index_elements=["id"], set_={one.name: _insert.excluded[one.name] for one in warranty_visits.c}
)


class EndingWarranty(NamedTuple):
    """The items of one block whose warranties end on the same day, and the visits there. `block` empty: the grounds."""

    number: str
    estate: str
    estate_name: str | None
    items: int
    round: VisitRound


class SqlVisits:
    """Implements the port VisitBook."""

    def round(self, work: Work, key: RoundKey) -> VisitRound:
        found = select(warranty_visits).where(warranty_visits.c.id == key.id)
        return _round(key, work.connection.execute(found).one_or_none())

    def save(self, work: Work, event: WorksWarrantyVisited) -> None:
        work.connection.execute(_SAVE, visit_row(event))


def visit_row(event: WorksWarrantyVisited) -> dict[str, Any]:
    """As in its event."""
    return {
        "id": event.round_id,
        "project_id": event.project_id,
        "block": event.block or GROUNDS,
        "ends": event.ends,
        "version": event.version,
        "visits": [one.model_dump(mode="json") for one in event.visits],
        "overdue": event.overdue,
        "actor": event.actor,
        "at": event.at,
    }


def ending_warranties(
    connection: Connection, first: date, last: date, share: DistrictShare
) -> Sequence[EndingWarranty]:
    """Those that end on one of these days, the next end first."""
    return _ending(connection, warranties.c.ends.between(first, last), visible(repair_projects, share))


def rounds_of_project(connection: Connection, project_id: str) -> list[EndingWarranty]:
    return _ending(connection, warranties.c.project_id == project_id)


def all_rounds(connection: Connection) -> list[VisitRound]:
    return [one.round for one in _ending(connection)]


def _ending(connection: Connection, *where: Any) -> list[EndingWarranty]:
    project, item = repair_projects.c, works_items.c
    named = (project.id, project.number, project.estate, project.estate_name, item.block, warranties.c.ends)
    held = (
        select(*named, func.count().label("items"))
        .select_from(warranties)
        .join(works_items, item.id == warranties.c.item_id)
        .join(repair_projects, project.id == warranties.c.project_id)
        .where(project.state != ProjectState.CANCELLED, *where)
        .group_by(*named)
        .subquery()
    )
    kept, of = warranty_visits.c, held.c
    same = (kept.project_id == of.id) & (kept.block == of.block) & (kept.ends == of.ends)
    found = (
        select(held, kept.version, kept.visits, kept.overdue)
        .outerjoin(warranty_visits, same)
        .order_by(of.ends, of.number, of.block)
    )
    return [
        EndingWarranty(
            row.number,
            row.estate,
            row.estate_name,
            row.items,
            _round(RoundKey(row.id, row.block or None, row.ends), row if row.version else None),
        )
        for row in connection.execute(found)
    ]


def _round(key: RoundKey, row: Row[Any] | None) -> VisitRound:
    if row is None:
        return VisitRound(key)
    made = (VisitMade.model_validate(one) for one in row.visits)
    visits = tuple(
        HomeVisit(one.visit_id, one.on, VisitResult(one.result), one.by, one.again_on, one.defect_id, one.photographs)
        for one in made
    )
    return VisitRound(key, visits, row.overdue, row.version)
