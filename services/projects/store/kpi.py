"""The figures that must move apart: newly started floor area up, repair complaints down (docs/domain.md §1, §3.4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Label, Text, and_, exists, func, literal, or_, select
from sqlalchemy.sql import ColumnElement

from services.contracts.taxonomy import Area
from services.projects.app.share import DistrictShare
from services.projects.domain.months import ZONE, Month
from services.projects.domain.works.repair_project import ProjectState
from services.projects.store.shares import visible_by_place
from services.projects.store.tables import hot_issues, repair_projects, ticket_sightings


@dataclass(frozen=True, slots=True)
class KpiAsked:
    """Whole months from `begin` to `end`; of all of the district where nothing narrows it. None restricts nothing."""

    begin: Month
    end: Month
    share: DistrictShare
    sub_district: str | None = None
    estate: str | None = None
    type_code: str | None = None


def tickets_by_month(connection: Connection, asked: KpiAsked, apart: Collection[str]) -> list[dict[str, Any]]:
    """For each month, by event time. What has no known type or place counts among all tickets.

    `apart`: types that speak of works: they rise with the works, say nothing against them, and are counted beside.
    As everywhere, what was rejected counts nowhere, and an enquiry or praise is no complaint. Of one type: its own
    complaints, and those about works wherever they are asked for.
    """
    seen = ticket_sightings.c
    period = _period(seen.occurred_at, "YYYY-MM")
    counted = (
        select(
            period.label("month"),
            func.count().label("tickets"),
            *complaints_apart(apart, asked.type_code),
        )
        .where(
            seen.rejected.is_(False),
            _within(seen.occurred_at, asked),
            visible_by_place(ticket_sightings, asked.share),
            *_narrowed(ticket_sightings, asked),
        )
        .group_by(period)
    )
    found = {row["month"]: dict(row) for row in connection.execute(counted).mappings()}
    none = {"tickets": 0, "repair_complaints": 0, "nuisance": 0}
    return [{"month": str(month), **none, **found.get(str(month), {})} for month in _months(asked)]


def complaints_apart(apart: Collection[str], type_code: str | None = None) -> tuple[Label[int], Label[int]]:
    """Columns: valid complaints about housing, or of one type; and beside them those of types in `apart`."""
    seen = ticket_sightings.c
    of_type = seen.type_code == type_code if type_code else seen.type_code.startswith(Area.REPAIR)
    return (
        func.count().filter(seen.evidence, of_type, seen.type_code.not_in(apart)).label("repair_complaints"),
        func.count().filter(seen.evidence, seen.type_code.in_(apart)).label("nuisance"),
    )


def starts_by_quarter(connection: Connection, asked: KpiAsked) -> list[dict[str, Any]]:
    """For each quarter that a month lies in: works begun then, by a step that stands, and not cancelled.

    Of one type: works that are to cure a hot issue of it. A project of several estates counts whole in each.
    """
    project = repair_projects.c
    period = _period(project.started_at, 'YYYY"Q"Q')
    where = [
        _within(project.started_at, asked),
        project.state != ProjectState.CANCELLED,
        visible_by_place(repair_projects, asked.share),
    ]
    if asked.sub_district is not None:
        where.append(project.sub_district == asked.sub_district)
    if asked.estate is not None:
        among = project.estates.contains([{"estate": asked.estate}])
        where.append(or_(project.estate == asked.estate, among))
    if asked.type_code is not None:
        issue = hot_issues.c
        where.append(exists().where(issue.id == func.any(project.hot_issues), issue.type_code == asked.type_code))
    counted = (
        select(
            period.label("quarter"),
            func.count().label("projects"),
            func.coalesce(func.sum(project.floor_area_m2), 0).label("started_floor_area_m2"),
        )
        .where(*where)
        .group_by(period)
    )
    found = {row["quarter"]: dict(row) for row in connection.execute(counted).mappings()}
    none = {"projects": 0, "started_floor_area_m2": 0.0}
    quarters = dict.fromkeys(f"{month.year}Q{(month.month + 2) // 3}" for month in _months(asked))
    return [{"quarter": quarter, **none, **found.get(quarter, {})} for quarter in quarters]


def _narrowed(table: Any, asked: KpiAsked) -> list[ColumnElement[bool]]:
    chosen = {"sub_district": asked.sub_district, "estate": asked.estate}
    return [table.c[name] == value for name, value in chosen.items() if value is not None]


def _months(asked: KpiAsked) -> list[Month]:
    count = (asked.end.year - asked.begin.year) * 12 + asked.end.month - asked.begin.month + 1
    return [asked.begin.plus(n) for n in range(count)]


def _within(moment: ColumnElement[datetime | None], asked: KpiAsked) -> ColumnElement[bool]:
    return and_(moment >= asked.begin.begin(), moment < asked.end.plus(1).begin())


def _period(moment: ColumnElement[datetime | None], form: str) -> ColumnElement[str]:
    local = func.timezone(literal(ZONE.key, Text, literal_execute=True), moment)
    return func.to_char(local, literal(form, Text, literal_execute=True))
