"""Follow-ups and the call list as they are shown. Who the caller is stands in the vault, by the ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select, tuple_

from services.intake.adapters.cursors import Position
from services.intake.adapters.tables import caller_messages, follow_up_answers, follow_ups, hot_issues, projects
from services.intake.domain.follow_up import Stage

_MATTER = (
    hot_issues.c.type_code,
    hot_issues.c.sub_district,
    hot_issues.c.estate,
    hot_issues.c.estate_name,
    hot_issues.c.project_id,
    projects.c.planned_start,
    projects.c.planned_end,
)
_WITH_MATTER = follow_ups.join(hot_issues, hot_issues.c.id == follow_ups.c.hot_issue_id).outerjoin(
    projects, projects.c.id == hot_issues.c.project_id
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which follow-ups; None means any."""

    stage: Stage | None = None
    hot_issue_id: str | None = None


def page_of_follow_ups(
    connection: Connection, asked: Asked, before: Position | None, limit: int
) -> list[dict[str, Any]]:
    """The newest first; `before` is the (joined_at, id) of the last one seen."""
    place = (follow_ups.c.joined_at, follow_ups.c.id)
    query = _follow_ups().order_by(*(column.desc() for column in place)).limit(limit)
    if asked.stage:
        query = query.where(follow_ups.c.stage == asked.stage)
    if asked.hot_issue_id:
        query = query.where(follow_ups.c.hot_issue_id == asked.hot_issue_id)
    if before:
        query = query.where(tuple_(*place) < tuple_(*before, types=[column.type for column in place]))
    return [_facts(row) for row in connection.execute(query)]


def follow_up_with_answers(connection: Connection, follow_up_id: str) -> dict[str, Any] | None:
    """One with what its caller was told and has answered, oldest first."""
    row = connection.execute(_follow_ups().where(follow_ups.c.id == follow_up_id)).one_or_none()
    if row is None:
        return None
    told = (
        select(caller_messages.c.round, caller_messages.c.stage, caller_messages.c.at)
        .where(caller_messages.c.follow_up_id == follow_up_id)
        .order_by(caller_messages.c.seq)
    )
    answers = (
        select(*(column for column in follow_up_answers.c if column.name != "follow_up_id"))
        .where(follow_up_answers.c.follow_up_id == follow_up_id)
        .order_by(follow_up_answers.c.round)
    )
    return {**_facts(row), "messages": _rows(connection, told), "answers": _rows(connection, answers)}


def messages_after(connection: Connection, after: int, limit: int) -> list[dict[str, Any]]:
    """The call list in the order of its making, beginning behind the number `after`."""
    query = (
        select(caller_messages, follow_ups.c.hot_issue_id, follow_ups.c.ticket_id, *_MATTER)
        .select_from(_WITH_MATTER.join(caller_messages, caller_messages.c.follow_up_id == follow_ups.c.id))
        .where(caller_messages.c.seq > after)
        .order_by(caller_messages.c.seq)
        .limit(limit)
    )
    return [
        {
            "message": row.seq,
            "follow_up_id": row.follow_up_id,
            "hot_issue_id": row.hot_issue_id,
            "ticket_id": row.ticket_id,
            "round": row.round,
            "stage": row.stage,
            "at": row.at,
            **_matter(row),
        }
        for row in connection.execute(query)
    ]


def _follow_ups() -> Select[Any]:
    return select(follow_ups, *_MATTER).select_from(_WITH_MATTER)


def _rows(connection: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _facts(row: Row[Any]) -> dict[str, Any]:
    return {
        "follow_up_id": row.id,
        "version": row.version,
        "hot_issue_id": row.hot_issue_id,
        "ticket_id": row.ticket_id,
        "stage": row.stage,
        "round": row.round,
        "called_at": row.called_at,
        "joined_at": row.joined_at,
        "ask_at": row.ask_at,
        "answered_at": row.answered_at,
        "continued_by": row.continued_by,
        **_matter(row),
    }


def _matter(row: Row[Any]) -> dict[str, Any]:
    """What the matter is and, as far as is known, when the works are."""
    return {
        "type_code": row.type_code,
        "place": {"sub_district": row.sub_district, "estate": row.estate, "estate_name": row.estate_name},
        "project_id": row.project_id,
        "planned_start": row.planned_start,
        "planned_end": row.planned_end,
    }
