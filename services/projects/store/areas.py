"""Where and about what people call: the three key areas, ranked by sub-district, estate or type, month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Text, and_, distinct, func, literal, select, tuple_
from sqlalchemy.sql import ColumnElement

from services.contracts.taxonomy import Area, taxonomy
from services.projects.app.share import DistrictShare
from services.projects.domain.cases.typical_case import CaseState
from services.projects.domain.hot_issue import NO_ISSUE
from services.projects.domain.months import ZONE, Month
from services.projects.domain.rules import EstateYear
from services.projects.domain.windows import Window
from services.projects.store.case_tables import typical_cases
from services.projects.store.shares import visible, visible_by_place
from services.projects.store.tables import hot_issues, ticket_sightings, type_days

RANKED = 20
_SEEN = ticket_sightings.c
_CASE = ("type_code", "id", "lead", "version", "state", "proposed_at", "hot_issues", "estates", "sub_districts",
         "rules_version")  # fmt: skip


class RankedBy(StrEnum):
    SUB_DISTRICT = "sub_district"
    ESTATE = "estate"
    TYPE = "type_code"


@dataclass(frozen=True, slots=True)
class AreaAsked:
    """The whole months of event time from `begin` to `end`; None elsewhere restricts nothing."""

    begin: Month
    end: Month
    by: RankedBy = RankedBy.ESTATE
    area: Area | None = None
    sub_district: str | None = None
    estate: str | None = None
    type_code: str | None = None


def ranked(connection: Connection, asked: AreaAsked, share: DistrictShare) -> list[dict[str, Any]]:
    """The RANKED keys with the most distinct callers, with calls, hot issues and calls by month."""
    key = _SEEN[asked.by]
    callers = func.count(distinct(_SEEN.caller_ref))
    calls = (
        select(key.label("key"), callers.label("callers"), func.count().label("calls"))
        .where(_asked(asked, share), key.is_not(None))
        .group_by(key)
        .order_by(callers.desc(), func.count().desc(), key)
        .limit(RANKED)
    )
    rows = [dict(row) for row in connection.execute(calls).mappings()]
    keys = [row["key"] for row in rows]
    months, issues = _by_month(connection, asked, share, keys), _issues(connection, asked, share, keys)
    names = _names(connection, asked, keys)
    return [
        {**row, "name": names.get(row["key"]), "hot_issues": issues.get(row["key"], 0), "months": months[row["key"]]}
        for row in rows
    ]


def totals(connection: Connection, asked: AreaAsked, share: DistrictShare) -> dict[str, list[int]]:
    """The calls of each key area by month."""
    area = func.substr(_SEEN.type_code, 1, 2)
    found = _months_of(connection, area, asked, share)
    return {one.value: found.get(one.value, [0] * len(months_of(asked))) for one in Area}


def estates_of_the_year(
    connection: Connection, asked: AreaAsked, share: DistrictShare, rule: EstateYear
) -> list[dict[str, Any]]:
    """Level L2y at the end of the period: a caller counts once for each type, so that one alone lists no estate."""
    end = asked.end.plus(1).begin()
    complaints = func.count(distinct(tuple_(_SEEN.caller_ref, _SEEN.type_code)))
    listed = (
        select(_SEEN.estate, func.max(_SEEN.estate_name).label("name"), complaints.label("complaints"))
        .where(
            _SEEN.occurred_at > Window(rule.window_days).start(end),
            _SEEN.occurred_at <= end,
            _SEEN.evidence,
            _SEEN.estate.is_not(None),
            _SEEN.caller_ref.is_not(None),
            visible_by_place(ticket_sightings, share),
        )
        .group_by(_SEEN.estate)
        .having(complaints >= rule.complaints)
        .order_by(complaints.desc(), _SEEN.estate)
    )
    return [dict(row) for row in connection.execute(listed).mappings()]


def proposals(connection: Connection, area: Area | None) -> list[dict[str, Any]]:
    """Typical cases that are proposed or worked on, and withdrawn proposals, the newest first."""
    columns = [typical_cases.c[name] for name in _CASE]
    asked = select(*columns).where(typical_cases.c.state != CaseState.CLOSED)
    asked = asked.order_by(typical_cases.c.proposed_at.desc())
    if area is not None:
        asked = asked.where(typical_cases.c.type_code.startswith(area))
    return [dict(row) for row in connection.execute(asked).mappings()]


def citywide_events(connection: Connection, asked: AreaAsked) -> list[dict[str, Any]]:
    """Days on which a type was a storm or an outage, and so no concentrated problem."""
    days = type_days.c
    within = (days.day >= _day(asked.begin), days.day < _day(asked.end.plus(1)), days.citywide)
    listed = select(days.type_code, days.day).where(*within).order_by(days.day.desc(), days.type_code)
    return [dict(row) for row in connection.execute(listed).mappings()]


def months_of(asked: AreaAsked) -> list[Month]:
    count = (asked.end.year - asked.begin.year) * 12 + asked.end.month - asked.begin.month + 1
    return [asked.begin.plus(n) for n in range(count)]


def _asked(asked: AreaAsked, share: DistrictShare) -> ColumnElement[bool]:
    wanted = [
        _SEEN.occurred_at >= asked.begin.begin(),
        _SEEN.occurred_at < asked.end.plus(1).begin(),
        _SEEN.evidence,
        visible_by_place(ticket_sightings, share),
    ]
    if asked.area is not None:
        wanted.append(_SEEN.type_code.startswith(asked.area))
    for column, value in (
        (_SEEN.sub_district, asked.sub_district),
        (_SEEN.estate, asked.estate),
        (_SEEN.type_code, asked.type_code),
    ):
        if value is not None:
            wanted.append(column == value)
    return and_(*wanted)


def _by_month(
    connection: Connection, asked: AreaAsked, share: DistrictShare, keys: Sequence[str]
) -> dict[str, list[int]]:
    found = _months_of(connection, _SEEN[asked.by], asked, share, keys)
    return {key: found.get(key, [0] * len(months_of(asked))) for key in keys}


def _months_of(
    connection: Connection,
    key: ColumnElement[Any],
    asked: AreaAsked,
    share: DistrictShare,
    keys: Sequence[str] | None = None,
) -> dict[str, list[int]]:
    local = func.timezone(literal(ZONE.key, Text, literal_execute=True), _SEEN.occurred_at)
    month = func.to_char(local, literal("YYYY-MM", Text, literal_execute=True))
    counted = select(key.label("key"), month.label("month"), func.count().label("calls")).where(_asked(asked, share))
    if keys is not None:
        counted = counted.where(key.in_(keys))
    place = {str(one): number for number, one in enumerate(months_of(asked))}
    found: dict[str, list[int]] = {}
    for row in connection.execute(counted.group_by(key, month)):
        found.setdefault(row.key, [0] * len(place))[place[row.month]] = row.calls
    return found


def _issues(connection: Connection, asked: AreaAsked, share: DistrictShare, keys: Sequence[str]) -> dict[str, int]:
    issue = hot_issues.c
    counted = select(issue[asked.by], func.count()).where(
        issue[asked.by].in_(keys),
        issue.confirmed_at >= asked.begin.begin(),
        issue.confirmed_at < asked.end.plus(1).begin(),
        issue.state.not_in(NO_ISSUE),
        visible(hot_issues, share),
    )
    if asked.area is not None:
        counted = counted.where(issue.type_code.startswith(asked.area))
    for name in ("sub_district", "estate", "type_code"):
        if getattr(asked, name) is not None:
            counted = counted.where(issue[name] == getattr(asked, name))
    return {row[0]: row[1] for row in connection.execute(counted.group_by(issue[asked.by]))}


def _names(connection: Connection, asked: AreaAsked, keys: Sequence[str]) -> dict[str, str | None]:
    """An estate's name; what types and sub-districts are called is the page's to say."""
    if asked.by is RankedBy.TYPE:
        return {key: kind.name_cn for key in keys if (kind := taxonomy().types.get(key))}
    if asked.by is not RankedBy.ESTATE:
        return {}
    named = select(_SEEN.estate, func.max(_SEEN.estate_name)).where(
        _SEEN.estate.in_(keys), _SEEN.occurred_at >= asked.begin.begin()
    )
    return {row[0]: row[1] for row in connection.execute(named.group_by(_SEEN.estate))}


def _day(month: Month) -> date:
    return date(month.year, month.month, 1)
