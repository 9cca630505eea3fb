"""The figures that must move apart: newly started floor area up, repair complaints down (docs/domain.md §1, §3.4)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Text, and_, func, literal, select
from sqlalchemy.sql import ColumnElement

from services.contracts.taxonomy import Area
from services.projects.app.share import DistrictShare
from services.projects.domain.months import ZONE, Month
from services.projects.domain.repair_project import ProjectState
from services.projects.store.shares import visible_by_place
from services.projects.store.tables import repair_projects, ticket_sightings


def tickets_by_month(
    connection: Connection, begin: Month, end: Month, share: DistrictShare, apart: Collection[str]
) -> list[dict[str, Any]]:
    """For each month from `begin` to `end`, by event time. What has no known type or place counts among all tickets.

    `apart`: types that speak of works: they rise with the works, say nothing against them, and are counted beside.
    As everywhere, what was rejected counts nowhere, and an enquiry or praise is no complaint.
    """
    seen = ticket_sightings.c
    complaint = and_(seen.evidence, seen.type_code.startswith(Area.REPAIR), seen.type_code.not_in(apart))
    period = _period(seen.occurred_at, "YYYY-MM")
    counted = (
        select(
            period.label("month"),
            func.count().label("tickets"),
            func.count().filter(complaint).label("repair_complaints"),
            func.count().filter(seen.evidence, seen.type_code.in_(apart)).label("nuisance"),
        )
        .where(
            seen.rejected.is_(False), _within(seen.occurred_at, begin, end), visible_by_place(ticket_sightings, share)
        )
        .group_by(period)
    )
    found = {row["month"]: dict(row) for row in connection.execute(counted).mappings()}
    none = {"tickets": 0, "repair_complaints": 0, "nuisance": 0}
    return [{"month": str(month), **none, **found.get(str(month), {})} for month in _months(begin, end)]


def starts_by_quarter(connection: Connection, begin: Month, end: Month, share: DistrictShare) -> list[dict[str, Any]]:
    """For each quarter that a month from `begin` to `end` lies in: works begun then and not cancelled."""
    project = repair_projects.c
    period = _period(project.started_at, 'YYYY"Q"Q')
    counted = (
        select(
            period.label("quarter"),
            func.count().label("projects"),
            func.sum(project.floor_area_m2).label("started_floor_area_m2"),
        )
        .where(
            _within(project.started_at, begin, end),
            project.state != ProjectState.CANCELLED,
            visible_by_place(repair_projects, share),
        )
        .group_by(period)
    )
    found = {row["quarter"]: dict(row) for row in connection.execute(counted).mappings()}
    none = {"projects": 0, "started_floor_area_m2": 0.0}
    quarters = dict.fromkeys(f"{month.year}Q{(month.month + 2) // 3}" for month in _months(begin, end))
    return [{"quarter": quarter, **none, **found.get(quarter, {})} for quarter in quarters]


def _months(begin: Month, end: Month) -> list[Month]:
    return [begin.plus(n) for n in range((end.year - begin.year) * 12 + end.month - begin.month + 1)]


def _within(moment: ColumnElement[datetime | None], begin: Month, end: Month) -> ColumnElement[bool]:
    return and_(moment >= begin.begin(), moment < end.plus(1).begin())


def _period(moment: ColumnElement[datetime | None], form: str) -> ColumnElement[str]:
    local = func.timezone(literal(ZONE.key, Text, literal_execute=True), moment)
    return func.to_char(local, literal(form, Text, literal_execute=True))
