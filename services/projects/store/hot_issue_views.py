"""Hot issues for display."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select, true, tuple_

from services.chassis.web.cursors import Position
from services.projects.app.share import DistrictShare
from services.projects.domain.causes import Cause, Why
from services.projects.domain.hot_issue import EARLY, HotIssue, HotIssueEntry, IssueState
from services.projects.store.hot_issues import issue_of
from services.projects.store.shares import visible
from services.projects.store.tables import hot_issue_history, hot_issue_members, hot_issues, ticket_sightings

MEMBERS_SHOWN = 1000
_MEMBER, _LINE = hot_issue_members.c, hot_issue_history.c


@dataclass(frozen=True, slots=True)
class IssuesAsked:
    """Which issues are asked for; None restricts nothing, except that early warnings are shown on demand alone."""

    area: str | None = None
    state: str | None = None
    estate: str | None = None
    sub_district: str | None = None


@dataclass(frozen=True, slots=True)
class IssueInFull:
    """`members`: the latest MEMBERS_SHOWN of those that the reader may see."""

    issue: HotIssue
    members: Sequence[RowMapping]
    history: Sequence[HotIssueEntry]


def page_of_issues(
    connection: Connection, asked: IssuesAsked, share: DistrictShare, before: Position | None, limit: int
) -> list[HotIssue]:
    """The newest first, by the event time at which the rule was fulfilled."""
    page = (
        select(hot_issues)
        .where(visible(hot_issues, share))
        .order_by(hot_issues.c.confirmed_at.desc(), hot_issues.c.id.desc())
        .limit(limit)
    )
    if asked.area is not None:
        page = page.where(hot_issues.c.type_code.startswith(asked.area))
    if asked.state is None:
        page = page.where(hot_issues.c.state.not_in(EARLY))
    for column, value in (
        (hot_issues.c.state, asked.state),
        (hot_issues.c.estate, asked.estate),
        (hot_issues.c.sub_district, asked.sub_district),
    ):
        if value is not None:
            page = page.where(column == value)
    if before is not None:
        page = page.where(tuple_(hot_issues.c.confirmed_at, hot_issues.c.id) < tuple_(*before))
    return [issue_of(row) for row in connection.execute(page)]


def issue_in_full(connection: Connection, issue_id: str, share: DistrictShare) -> IssueInFull | None:
    """None if there is no such issue, or it is not of the reader's share."""
    row = connection.execute(select(hot_issues).where(hot_issues.c.id == issue_id)).one_or_none()
    if row is None or not share.holds(row.lead, row.sub_district):
        return None
    members = (
        select(_MEMBER.ticket_id, ticket_sightings.c.number, _MEMBER.occurred_at, _MEMBER.joined_at, _MEMBER.reason)
        .outerjoin(ticket_sightings, ticket_sightings.c.ticket_id == _MEMBER.ticket_id)
        .where(_MEMBER.hot_issue_id == issue_id, true() if share.hub else ticket_sightings.c.for_few.is_not(True))
        .order_by(_MEMBER.occurred_at.desc(), _MEMBER.ticket_id)
        .limit(MEMBERS_SHOWN)
    )
    lines = select(hot_issue_history).where(_LINE.hot_issue_id == issue_id).order_by(_LINE.version)
    history = [
        HotIssueEntry(
            line.version,
            line.at,
            IssueState(line.state),
            line.actor,
            Cause(Why(line.cause), line.cause_values) if line.cause else None,
            line.detail,
        )
        for line in connection.execute(lines)
    ]
    return IssueInFull(issue_of(row), connection.execute(members).mappings().all(), history)
