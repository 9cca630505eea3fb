"""Typical cases for display: their hot issues, tickets, and complaints of the type by sub-district."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, text, true

from services.projects.app.share import DistrictShare
from services.projects.domain.cases.typical_case import ENDED, TypicalCase
from services.projects.domain.hot_issue import NO_ISSUE
from services.projects.store.case_tables import typical_cases
from services.projects.store.cases import case_of
from services.projects.store.register_tables import estates
from services.projects.store.shares import visible
from services.projects.store.tables import hot_issue_members, hot_issues, repair_projects, ticket_sightings

MOST_TICKETS = 50
MOST_ISSUES = 200
_COMPLAINTS = text(
    """
    SELECT count(*) FROM ticket_sightings
     WHERE type_code = ANY(:types) AND sub_district = :sub_district AND evidence
       AND occurred_at >= :since AND occurred_at < :until
    """
)


@dataclass(frozen=True, slots=True)
class SpanOfComplaints:
    """The whole days of event time before and after a moment; `days` of each, at most a year."""

    before: int
    after: int
    days: int


def all_cases(connection: Connection) -> list[TypicalCase]:
    """The newest first; there are a few dozen a year."""
    table = typical_cases.c
    return [
        case_of(row) for row in connection.execute(select(typical_cases).order_by(table.proposed_at.desc(), table.id))
    ]


def case_by_id(connection: Connection, case_id: str) -> TypicalCase | None:
    row = connection.execute(select(typical_cases).where(typical_cases.c.id == case_id)).one_or_none()
    return case_of(row) if row else None


def issues_of_case(connection: Connection, case: TypicalCase, share: DistrictShare) -> list[dict[str, Any]]:
    """Those of its hot issues that may be seen, by sub-district and estate; `later`: it came after the proposal."""
    issue = hot_issues.c
    asked = select(
        issue.id,
        issue.number,
        issue.estate,
        issue.estate_name,
        issue.sub_district,
        issue.state,
        issue.callers,
        issue.lead,
        issue.id.in_(case.later_issues).label("later"),
    ).where(issue.id.in_(_evidence(case)), issue.state.not_in(NO_ISSUE), visible(hot_issues, share))
    ordered = asked.order_by("later", issue.sub_district, issue.estate)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def proposable_issues(connection: Connection, leads: Collection[str] | None) -> list[dict[str, Any]]:
    """The newest hot issues of types without an open case, by type; of those that these departments lead, None: all."""
    issue = hot_issues.c
    open_types = select(typical_cases.c.type_code).where(typical_cases.c.state.not_in(ENDED))
    asked = select(
        issue.id, issue.number, issue.type_code, issue.estate, issue.estate_name, issue.sub_district, issue.callers
    ).where(issue.state.not_in(NO_ISSUE), issue.type_code.not_in(open_types))
    if leads is not None:
        asked = asked.where(issue.lead.in_(leads))
    newest = asked.order_by(issue.confirmed_at.desc(), issue.id).limit(MOST_ISSUES).subquery()
    ordered = select(newest).order_by(newest.c.type_code, newest.c.sub_district, newest.c.estate, newest.c.id)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def _evidence(case: TypicalCase) -> tuple[str, ...]:
    """Its hot issues, those that came later, too."""
    return case.hot_issues + case.later_issues


def tickets_counted(connection: Connection, case: TypicalCase, share: DistrictShare) -> Mapping[bool, int]:
    """How many tickets its hot issues have that may be seen: of those it was proposed with (False), and of those that
    came later alone (True). A ticket counts once."""
    member = hot_issue_members.c
    first = func.bool_and(hot_issues.c.id.in_(case.later_issues)).label("later")
    each = (
        select(member.ticket_id, first)
        .join(hot_issues, hot_issues.c.id == member.hot_issue_id)
        .where(hot_issues.c.id.in_(_evidence(case)), hot_issues.c.state.not_in(NO_ISSUE), visible(hot_issues, share))
        .group_by(member.ticket_id)
        .subquery()
    )
    counted = connection.execute(select(each.c.later, func.count()).group_by(each.c.later))
    return {False: 0, True: 0} | {row[0]: row[1] for row in counted}


def tickets_of_case(connection: Connection, case: TypicalCase, share: DistrictShare) -> list[dict[str, Any]]:
    """The newest tickets of those of its hot issues that may be seen: id, number, when and where."""
    seen = ticket_sightings.c
    asked = select(seen.ticket_id, seen.number, seen.occurred_at, seen.estate, seen.estate_name, seen.sub_district)
    listed = asked.where(_of_issues(hot_issues.c.id.in_(_evidence(case)), share), _listed(share))
    newest = listed.order_by(seen.occurred_at.desc(), seen.ticket_id).limit(MOST_TICKETS)
    return [dict(row) for row in connection.execute(newest).mappings()]


def numbers_of_tickets(connection: Connection, ids: Collection[str], share: DistrictShare) -> Mapping[str, str | None]:
    """By id: the numbers of those of a type's tickets that belong to hot issues which may be seen."""
    seen = ticket_sightings.c
    asked = select(seen.ticket_id, seen.number).where(
        seen.ticket_id.in_(ids), _of_issues(true(), share), _listed(share)
    )
    return {row.ticket_id: row.number for row in connection.execute(asked)}


def _of_issues(which: ColumnElement[bool], share: DistrictShare) -> ColumnElement[bool]:
    member = hot_issue_members.c
    joined = select(member.ticket_id).join(hot_issues, hot_issues.c.id == member.hot_issue_id)
    return ticket_sightings.c.ticket_id.in_(joined.where(which, visible(hot_issues, share)))


def _listed(share: DistrictShare) -> ColumnElement[bool]:
    """What is for few is listed for the hub alone."""
    return true() if share.hub else ~ticket_sightings.c.for_few


def projects_of_type(connection: Connection, type_code: str, share: DistrictShare) -> list[dict[str, Any]]:
    """The works that cure a hot issue of the type, as far as they may be seen, the newest first."""
    project, issue = repair_projects.c, hot_issues.c
    cures = select(issue.id).where(issue.id == func.any(project.hot_issues), issue.type_code == type_code).exists()
    asked = select(project.id, project.number, project.estate_name, project.estate, project.state)
    found = asked.where(cures, visible(repair_projects, share)).order_by(project.opened_at.desc()).limit(MOST_TICKETS)
    return [dict(row) for row in connection.execute(found).mappings()]


def number_of_project(connection: Connection, project_id: str) -> str | None:
    found: str | None = connection.execute(
        select(repair_projects.c.number).where(repair_projects.c.id == project_id)
    ).scalar()
    return found


def floor_areas(connection: Connection) -> Mapping[str, int]:
    """By sub-district: the registered floor area, in 0.01 m²."""
    table = estates.c
    asked = select(table.sub_district, func.sum(table.floor_area)).where(table.floor_area.is_not(None))
    return {row[0]: int(row[1]) for row in connection.execute(asked.group_by(table.sub_district)) if row[0]}


def complaints_around(
    connection: Connection, types: Collection[str], sub_district: str, day: datetime, until: datetime
) -> SpanOfComplaints:
    """Valid complaints of the types in a sub-district, as long before a moment as there was time since."""
    days = min(365, max(0, (until - day).days))
    span = timedelta(days=days)

    def count(since: datetime, end: datetime) -> int:
        asked = {"types": list(types), "sub_district": sub_district, "since": since, "until": end}
        found: int = connection.execute(_COMPLAINTS, asked).scalar_one()
        return found

    return SpanOfComplaints(count(day - span, day), count(day, day + span), days)
