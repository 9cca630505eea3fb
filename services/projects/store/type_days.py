"""Which days of a type are citywide events, and the calls of such days, in PostgreSQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import text

from services.chassis.database.work import Work
from services.contracts.ticket_events import Place, TypeCode
from services.projects.domain.citywide import Spread, TypeDay
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell

_GIVEN = "unnest(CAST(:types AS text[]), CAST(:days AS date[]))"
_MAKE = text(
    f"""
    INSERT INTO type_days (type_code, day)
    SELECT type_code, day FROM {_GIVEN} AS touched(type_code, day) ORDER BY type_code, day
    ON CONFLICT DO NOTHING
    """  # noqa: S608 - constants
)
_LOCK = text(
    f"""
    SELECT type_code, day, citywide FROM type_days
     WHERE (type_code, day) IN (SELECT * FROM {_GIVEN}) ORDER BY type_code, day FOR UPDATE
    """  # noqa: S608 - constants
)
_ASKED = """
    unnest(CAST(:types AS text[]), CAST(:days AS date[]), CAST(:begins AS timestamptz[]), CAST(:ends AS timestamptz[]))
        AS asked(type_code, day, begin_at, end_at)
"""
_WITHIN = """
    seen.type_code = asked.type_code AND seen.estate IS NOT NULL AND seen.evidence
    AND seen.occurred_at >= asked.begin_at AND seen.occurred_at < asked.end_at
"""
_SPREADS = text(
    f"""
    SELECT asked.type_code, asked.day, found.estates, found.sub_districts FROM {_ASKED}
     CROSS JOIN LATERAL (
           SELECT count(DISTINCT estate) AS estates, count(DISTINCT sub_district) AS sub_districts
             FROM ticket_sightings AS seen WHERE {_WITHIN}) AS found
    """  # noqa: S608 - constants
)
_CALLS = text(
    f"""
    SELECT asked.type_code, asked.day, seen.ticket_id, seen.estate, seen.caller_ref, seen.occurred_at, seen.history,
           seen.sub_district
      FROM {_ASKED} JOIN ticket_sightings AS seen ON {_WITHIN}
    """  # noqa: S608 - constants
)
_CITYWIDE = text("SELECT type_code, day FROM type_days WHERE type_code = ANY(:types) AND citywide")
_MARK = text(
    """
    UPDATE type_days SET citywide = given.citywide
      FROM unnest(CAST(:types AS text[]), CAST(:days AS date[]), CAST(:citywide AS boolean[]))
           AS given(type_code, day, citywide)
     WHERE (type_days.type_code, type_days.day) = (given.type_code, given.day)
    """
)


class SqlDays:
    """Implements the port Days."""

    def lock(self, work: Work, days: Collection[TypeDay]) -> dict[TypeDay, bool]:
        named = _named(days)
        work.connection.execute(_MAKE, named)
        return {TypeDay(row.type_code, row.day): row.citywide for row in work.connection.execute(_LOCK, named)}

    def spreads(self, work: Work, days: Collection[TypeDay]) -> dict[TypeDay, Spread]:
        rows = work.connection.execute(_SPREADS, _spans(dict.fromkeys(days, 1)))
        return {TypeDay(row.type_code, row.day): Spread(row.estates, row.sub_districts) for row in rows}

    def calls(self, work: Work, days: Mapping[TypeDay, int]) -> dict[TypeDay, list[Sighted]]:
        found: dict[TypeDay, list[Sighted]] = defaultdict(list)
        for row in work.connection.execute(_CALLS, _spans(days)):
            place = Place(sub_district=row.sub_district, estate=row.estate)
            call = Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history, place)
            found[TypeDay(row.type_code, row.day)].append(Sighted(Cell(row.estate, row.type_code), call))
        return found

    def citywide(self, work: Work, types: Collection[TypeCode]) -> set[TypeDay]:
        return {TypeDay(*row) for row in work.connection.execute(_CITYWIDE, {"types": list(types)})}

    def mark(self, work: Work, days: Mapping[TypeDay, bool]) -> None:
        work.connection.execute(_MARK, _named(days) | {"citywide": list(days.values())})


def _named(days: Collection[TypeDay]) -> dict[str, list[object]]:
    return {"types": [one.type_code for one in days], "days": [one.day for one in days]}


def _spans(days: Mapping[TypeDay, int]) -> dict[str, list[object]]:
    begins, ends = [one.begin for one in days], [one.end(lasts) for one, lasts in days.items()]
    return _named(days) | {"begins": [*begins], "ends": [*ends]}
