"""Which days of a type are citywide events, and whose calls they take out of the count."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Connection, and_, text, update

from services.projects.adapters.tables import type_days
from services.projects.domain.citywide import Spread, TypeDay, covered_by, type_day
from services.projects.domain.detection import Call, Sighted
from services.projects.domain.evidence import Cell
from services.projects.domain.rules import RuleBook


def event_driven(connection: Connection, sighted: Sighted | None, book: RuleBook) -> bool:
    """Whether the call belongs to a citywide event and so counts for no level."""
    if sighted is None:
        return False
    rule = book.at(sighted.call.occurred_at).detection.citywide
    if rule is None:
        return False
    day = type_day(sighted.cell.type_code, sighted.call.occurred_at)
    named = {"type_code": day.type_code, "days": [one.day for one in covered_by(day, rule.lasts_days)]}
    return bool(connection.execute(_ANY_CITYWIDE, named).scalar_one())


def spreads(connection: Connection, days: Mapping[TypeDay, bool]) -> dict[TypeDay, tuple[Spread, bool]]:
    """How far each day's calls spread; the bool is handed through."""
    return {day: (_spread(connection, day), known) for day, known in days.items()}


def calls_of(connection: Connection, day: TypeDay, lasts_days: int) -> list[Sighted]:
    """All that counts, or would but for the event, from this day on for so many days."""
    named = {"type_code": day.type_code, "begin": day.begin, "end": day.end(lasts_days)}
    return [
        Sighted(Cell(row.estate, day.type_code), Call(row.ticket_id, row.caller_ref, row.occurred_at, row.history))
        for row in connection.execute(_CALLS, named)
    ]


def settle(connection: Connection, day: TypeDay, book: RuleBook) -> tuple[list[Sighted], bool] | None:
    """Looks whether the day is a citywide event now. None if nothing changed; else the calls that are touched.

    The bool: they are event-driven now. Calls that another day makes event-driven anyway are left out.
    """
    rule = book.at(day.begin).detection.citywide
    row = connection.execute(_LOOK, {"type_code": day.type_code, "begin": day.begin, "end": day.end(), "day": day.day})
    was, *spread = row.one()
    is_citywide = Spread(*spread).is_citywide(rule)
    if is_citywide == was:
        return None
    lasts = rule.lasts_days if rule else 1
    connection.execute(_MARK.values(citywide=False).where(_is(day)))
    touched = [call for call in calls_of(connection, day, lasts) if not event_driven(connection, call, book)]
    connection.execute(_MARK.values(citywide=is_citywide).where(_is(day)))
    return touched, is_citywide


def _spread(connection: Connection, day: TypeDay) -> Spread:
    named = {"type_code": day.type_code, "begin": day.begin, "end": day.end()}
    return Spread(*connection.execute(_SPREAD, named).one())


def _is(day: TypeDay) -> ColumnElement[bool]:
    return and_(type_days.c.type_code == day.type_code, type_days.c.day == day.day)


_MARK = update(type_days)
_IN_DAYS = "type_code = :type_code AND estate IS NOT NULL AND evidence AND occurred_at >= :begin AND occurred_at < :end"
_SPREAD = text(
    f"SELECT count(DISTINCT estate), count(DISTINCT sub_district) FROM ticket_sightings WHERE {_IN_DAYS}"  # noqa: S608
)
_CALLS = text(
    "SELECT ticket_id, estate, caller_ref, occurred_at, history FROM ticket_sightings"  # noqa: S608
    f" WHERE {_IN_DAYS} ORDER BY occurred_at, ticket_id"
)
_ANY_CITYWIDE = text(
    "SELECT EXISTS (SELECT FROM type_days WHERE type_code = :type_code AND day = ANY(:days) AND citywide)"
)
_LOOK = text(
    "SELECT coalesce((SELECT citywide FROM type_days WHERE type_code = :type_code AND day = :day), false),"  # noqa: S608
    f" count(DISTINCT estate), count(DISTINCT sub_district) FROM ticket_sightings WHERE {_IN_DAYS}"
)

