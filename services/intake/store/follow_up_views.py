"""Follow-ups and the call list for display. The caller's identity is in the vault, by the ticket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, true, tuple_

from services.intake.domain.follow_up import Stage
from services.intake.domain.scope import TicketScope
from services.intake.store.follow_up_tables import (
    caller_messages,
    follow_up_answers,
    follow_up_calls,
    follow_ups,
    hot_issues,
    projects,
)
from services.intake.store.tables import tickets
from services.intake.store.telling_views import of_message
from services.intake.store.ticket_scope import open_to

_MATTER = (
    tickets.c.number,
    hot_issues.c.number.label("hot_issue_number"),
    projects.c.number.label("project_number"),
    hot_issues.c.type_code,
    hot_issues.c.sub_district,
    hot_issues.c.estate,
    hot_issues.c.estate_name,
    hot_issues.c.project_id,
    hot_issues.c.decision,
    projects.c.planned_start,
    projects.c.planned_end,
)
_WITH_MATTER = (
    follow_ups.join(tickets, tickets.c.id == follow_ups.c.ticket_id)
    .join(hot_issues, hot_issues.c.id == follow_ups.c.hot_issue_id)
    .outerjoin(projects, projects.c.id == hot_issues.c.project_id)
)
_TELLING = of_message()
_MESSAGES = follow_ups.join(caller_messages, caller_messages.c.follow_up_id == follow_ups.c.id).outerjoin(
    _TELLING, true()
)


@dataclass(frozen=True, slots=True)
class FollowUpFilter:
    """Which follow-ups; None means any."""

    stage: Stage | None = None
    hot_issue_id: str | None = None


def page_of_follow_ups(
    connection: Connection,
    wanted: FollowUpFilter,
    scope: TicketScope | None,
    before: tuple[datetime, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Those of tickets that the reader may see, the newest first; `before` is the (joined_at, id) of the last one."""
    place = (follow_ups.c.joined_at, follow_ups.c.id)
    query = _follow_ups(scope).order_by(*(column.desc() for column in place)).limit(limit)
    if wanted.stage:
        query = query.where(follow_ups.c.stage == wanted.stage)
    if wanted.hot_issue_id:
        query = query.where(follow_ups.c.hot_issue_id == wanted.hot_issue_id)
    if before:
        query = query.where(tuple_(*place) < tuple_(*before, types=[column.type for column in place]))
    return [_facts(row) for row in connection.execute(query)]


def follow_up_with_answers(
    connection: Connection, follow_up_id: str, scope: TicketScope | None = None
) -> dict[str, Any] | None:
    """A follow-up with its messages, calls in vain and answers, the oldest first; None if it is not within `scope`."""
    row = connection.execute(_follow_ups(scope).where(follow_ups.c.id == follow_up_id)).one_or_none()
    if row is None:
        return None
    messages = (
        select(caller_messages.c.round, caller_messages.c.stage, caller_messages.c.at, *_TELLING.c)
        .select_from(_MESSAGES)
        .where(caller_messages.c.follow_up_id == follow_up_id)
        .order_by(caller_messages.c.seq)
    )
    answers = (
        select(*(column for column in follow_up_answers.c if column.name != "follow_up_id"))
        .where(follow_up_answers.c.follow_up_id == follow_up_id)
        .order_by(follow_up_answers.c.round)
    )
    lines = [
        {"round": one.round, "stage": one.stage, "at": one.at, "told": _telling(one)}
        for one in connection.execute(messages)
    ]
    calls = (
        select(*(column for column in follow_up_calls.c if column.name != "follow_up_id"))
        .where(follow_up_calls.c.follow_up_id == follow_up_id)
        .order_by(follow_up_calls.c.version)
    )
    found = {"messages": lines, "calls": _rows(connection, calls), "answers": _rows(connection, answers)}
    return {**_facts(row), **found}


def messages_after(connection: Connection, scope: TicketScope | None, after: int, limit: int) -> list[dict[str, Any]]:
    """The call list after the message number `after`, in order; of tickets that the reader may see.

    `told` is what became of it: the way, or why it is not sent; null for one that is older than tellings.
    """
    query = (
        select(caller_messages, follow_ups.c.hot_issue_id, follow_ups.c.ticket_id, *_MATTER, *_TELLING.c)
        .select_from(
            _WITH_MATTER.join(caller_messages, caller_messages.c.follow_up_id == follow_ups.c.id).outerjoin(
                _TELLING, true()
            )
        )
        .where(caller_messages.c.seq > after, open_to(scope))
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
            "told": _telling(row),
            **_matter(row),
        }
        for row in connection.execute(query)
    ]


def _follow_ups(scope: TicketScope | None) -> Select[Any]:
    return select(follow_ups, *_MATTER).select_from(_WITH_MATTER).where(open_to(scope))


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
        "missed": row.missed,
        "call_after": row.call_after,
        "answered_at": row.answered_at,
        "continued_by": row.continued_by,
        **_matter(row),
    }


def _telling(row: Row[Any]) -> dict[str, Any] | None:
    if row.telling_state is None:
        return None
    return {
        "way": row.telling_way,
        "state": row.telling_state,
        "cause": row.telling_cause,
        "not_before": row.telling_not_before,
        "sent_at": row.telling_sent_at,
    }


def _matter(row: Row[Any]) -> dict[str, Any]:
    """The hot issue's type, place and decision and, where known, the dates of the works."""
    return {
        "number": row.number,
        "hot_issue_number": row.hot_issue_number,
        "project_number": row.project_number,
        "type_code": row.type_code,
        "place": {"sub_district": row.sub_district, "estate": row.estate, "estate_name": row.estate_name},
        "project_id": row.project_id,
        "decision": row.decision,
        "planned_start": row.planned_start,
        "planned_end": row.planned_end,
    }
