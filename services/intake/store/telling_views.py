"""Messages to callers, for display: never with number or address."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Text, bindparam, cast, func, select
from sqlalchemy.sql.selectable import LateralFromClause

from services.chassis.database.rows import rows_by_name
from services.intake.store.follow_up_tables import caller_messages, follow_ups
from services.intake.store.telling_tables import tellings

_OF_TICKET = (
    select(
        tellings.c.occasion,
        tellings.c.way,
        tellings.c.state,
        tellings.c.cause,
        tellings.c.facts,
        tellings.c.planned_at,
        tellings.c.not_before,
        tellings.c.sent_at,
        tellings.c.answer,
    )
    .where(tellings.c.ticket_id == bindparam("ticket_id"))
    .order_by(tellings.c.planned_at, tellings.c.id)
)


def tellings_of(connection: Connection, ticket_id: str) -> list[dict[str, Any]]:
    """What the ticket's caller was sent of it and of its hot issue, is to be sent, or is not sent and why; the oldest
    first."""
    return rows_by_name(connection.execute(_OF_TICKET, {"ticket_id": ticket_id}))


def of_message() -> LateralFromClause:
    """The telling behind a row of `caller_messages` and its follow-up; its columns begin with `telling_`."""
    occurrence = func.concat_ws(
        "|", cast(follow_ups.c.hot_issue_id, Text), caller_messages.c.round, caller_messages.c.stage
    )
    return (
        select(
            *(tellings.c[name].label(f"telling_{name}") for name in ("way", "state", "cause", "not_before", "sent_at"))
        )
        .where(tellings.c.person == follow_ups.c.caller_ref, tellings.c.occurrence == occurrence)
        .order_by(tellings.c.planned_at.desc())
        .limit(1)
        .lateral("telling")
    )
