"""What judging effects counts by: distinct callers by estate and month, the register, and what was done where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, text

from services.chassis.database.work import Work
from services.projects.domain.effect.controls import RegisteredKind, Treated
from services.projects.domain.effect.panel import Callers
from services.projects.domain.months import Month

_COUNTED = """
    SELECT place, month, count(*) AS callers
      FROM (SELECT DISTINCT {place} AS place, caller_ref,
                   date_trunc('month', occurred_at AT TIME ZONE 'Asia/Shanghai')::date AS month
              FROM {table}
             WHERE {which} AND caller_ref IS NOT NULL AND occurred_at >= :begin AND occurred_at < :end) AS one
     GROUP BY place, month
"""
_OF_TYPES = "type_code = ANY(:types) AND estate IS NOT NULL AND evidence"
_CALLERS = text(_COUNTED.format(place="estate", table="ticket_sightings", which=_OF_TYPES))
_CALLERS_AMONG = text(
    _COUNTED.format(place="estate", table="ticket_sightings", which=f"{_OF_TYPES} AND estate = ANY(:among)")
)
_OF_MATTERS = text(_COUNTED.format(place="matter_id", table="traces", which="matter_id = ANY(:matters)"))
_REGISTER = text("SELECT id, property_kind, built, floor_area, east, north FROM estates WHERE NOT removed")
_TREATED = text(
    """
    SELECT coalesce(one.value ->> 'estate', project.estate) AS estate, project.started_at, project.accepted_at
      FROM repair_projects AS project
      LEFT JOIN LATERAL jsonb_array_elements(project.estates) AS one ON true
     WHERE project.started_at IS NOT NULL
     UNION ALL
    SELECT estate, cure_started_at, accepted_at FROM hot_issues
     WHERE cure_started_at IS NOT NULL AND type_code = ANY(:types)
    """
)


class SqlCallerBook:
    """Implements the port CallerBook."""

    def callers(
        self, work: Work, types: Collection[str], begin: Month, end: Month, among: Collection[str] | None = None
    ) -> Mapping[str, Callers]:
        asked = {"types": sorted(types), "begin": begin.begin(), "end": end.plus(1).begin()}
        if among is None:
            return _by_place(work.connection, _CALLERS, asked)
        return _by_place(work.connection, _CALLERS_AMONG, {**asked, "among": sorted(among)})

    def of_matters(self, work: Work, matters: Collection[str], begin: Month, end: Month) -> Mapping[str, Callers]:
        asked = {"matters": sorted(matters), "begin": begin.begin(), "end": end.plus(1).begin()}
        return _by_place(work.connection, _OF_MATTERS, asked)

    def register(self, work: Work) -> Mapping[str, RegisteredKind]:
        return {
            row.id: RegisteredKind(
                row.property_kind, row.built, row.floor_area / 100 if row.floor_area else None, row.east, row.north
            )
            for row in work.connection.execute(_REGISTER)
        }

    def treated(self, work: Work, types: Collection[str]) -> list[Treated]:
        return [
            Treated(row.estate, Month.of(row.started_at), Month.of(row.accepted_at) if row.accepted_at else None)
            for row in work.connection.execute(_TREATED, {"types": sorted(types)})
        ]


def _by_place(connection: Connection, asked: TextClause, values: Mapping[str, Any]) -> Mapping[str, Callers]:
    found: dict[str, dict[Month, int]] = defaultdict(dict)
    for row in connection.execute(asked, values):
        found[row.place][Month.on(row.month)] = row.callers
    return found
