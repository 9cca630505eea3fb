"""Hot issues in a projects database: what stands there and what was told of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from services.chassis.tables import outbox
from services.chassis.wire import unpack_headers
from services.chassis.work import Workshop
from services.contracts.event import Envelope, Event
from services.contracts.registry import EVENTS
from services.projects.adapters.tables import hot_issue_members, hot_issues

TABLES = "hot_issue_history, hot_issue_members, hot_issues, ticket_sightings, cells, outbox, timers"


def empty(workshop: Workshop) -> None:
    with workshop.open() as work:
        work.connection.execute(text(f"TRUNCATE {TABLES} CASCADE"))


def told(workshop: Workshop, topic: str = "hot-issues") -> list[Event]:
    """The events of a topic as they were recorded."""
    with workshop.engine.connect() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.topic == topic).order_by(outbox.c.seq)).all()
    return [Envelope.parse(unpack_headers(row.headers), row.value, EVENTS).event for row in rows]


def issues(workshop: Workshop) -> list[Any]:
    with workshop.engine.connect() as connection:
        return list(connection.execute(select(hot_issues).order_by(hot_issues.c.estate, hot_issues.c.ordinal)))


def members(workshop: Workshop, issue_id: str) -> dict[str, str]:
    """The reason of each member, by ticket."""
    rows = select(hot_issue_members.c.ticket_id, hot_issue_members.c.reason)
    with workshop.engine.connect() as connection:
        found = connection.execute(rows.where(hot_issue_members.c.hot_issue_id == issue_id))
        return {row.ticket_id: row.reason for row in found}
