"""Hot issues as they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, tuple_

from services.chassis.work import Work
from services.contracts.taxonomy import taxonomy
from services.projects.adapters.cursors import Position
from services.projects.adapters.hot_issues import issue_of
from services.projects.adapters.loop import loop
from services.projects.adapters.rights import Share
from services.projects.adapters.tables import hot_issue_history, hot_issue_members, hot_issues
from services.projects.app.telling import issue_facts
from services.projects.domain.hot_issue import EARLY, HotIssue

MEMBERS_SHOWN = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which issues are asked for; what is None is not restricted, but that early warnings are shown on demand alone."""

    area: str | None = None
    state: str | None = None
    estate: str | None = None
    sub_district: str | None = None


def page_of_issues(
    connection: Connection, asked: Asked, share: Share, before: Position | None, limit: int
) -> list[dict[str, Any]]:
    """The newest first, by the event time at which the rule was fulfilled."""
    page = (
        select(hot_issues)
        .where(share.of(hot_issues))
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
    return [issue_shown(issue_of(row)) for row in connection.execute(page)]


def issue_with_members(work: Work, issue_id: str) -> dict[str, Any] | None:
    """An issue with its heat and the parts of it, its members (the latest MEMBERS_SHOWN of them) and its history."""
    connection = work.connection
    row = connection.execute(select(hot_issues).where(hot_issues.c.id == issue_id)).one_or_none()
    if row is None:
        return None
    members = (
        select(
            hot_issue_members.c.ticket_id,
            hot_issue_members.c.occurred_at,
            hot_issue_members.c.joined_at,
            hot_issue_members.c.reason,
        )
        .where(hot_issue_members.c.hot_issue_id == issue_id)
        .order_by(hot_issue_members.c.occurred_at.desc(), hot_issue_members.c.ticket_id)
        .limit(MEMBERS_SHOWN)
    )
    history = (
        select(*(column for column in hot_issue_history.c if column.name != "hot_issue_id"))
        .where(hot_issue_history.c.hot_issue_id == issue_id)
        .order_by(hot_issue_history.c.version)
    )
    issue, opening = issue_of(row), loop().opening
    tally = opening.issues.tally(work, issue)
    return {
        **issue_shown(issue),
        "heat": opening.heat(work, issue, tally).model_dump() if tally else None,
        "members": [dict(member) for member in connection.execute(members).mappings()],
        "history": [dict(step) for step in connection.execute(history).mappings()],
    }


def issue_shown(issue: HotIssue) -> dict[str, Any]:
    """What the issue's events carry, and what helps a person to judge it."""
    kind = taxonomy().types.get(issue.cell.type_code)
    return {
        **issue_facts(issue),
        "place": issue.place.model_dump(exclude={"building"}),
        "area": issue.cell.type_code[:2],
        "type_cn": kind and kind.name_cn,
        "type_en": kind and kind.name_en,
    }



