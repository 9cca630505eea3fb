"""Hot issues in a projects database: what is stored and what was published of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text

from services.chassis.database.tables import outbox
from services.chassis.database.work import Workshop
from services.chassis.messaging.wire import unpack_headers
from services.contracts.event import Envelope, Event
from services.contracts.project_events import ProjectEvent
from services.contracts.registry import EVENTS
from services.projects.domain.detection import hot_issue_id
from services.projects.domain.evidence import Cell
from services.projects.domain.hot_issue import EARLY
from services.projects.store.tables import hot_issue_members, hot_issues

ROOF = hot_issue_id(Cell("quyang-1", "MJ01"), 0)
WALL = hot_issue_id(Cell("quyang-1", "MJ02"), 0)

TABLES = (
    "hot_issue_history, hot_issue_members, hot_issues, typical_cases, ticket_sightings, cells, type_days, "
    "matter_choices, matter_keys, trace_keys, traces, matters, outbox, timers"
)


def of_projects(workshop: Workshop) -> list[ProjectEvent]:
    """What was published of projects themselves: not of their works, nor of needs."""
    return [event for event in published(workshop, "projects") if isinstance(event, ProjectEvent)]


def empty(workshop: Workshop) -> None:
    with workshop.open() as work:
        work.connection.execute(text(f"TRUNCATE {TABLES} CASCADE"))
        work.connection.execute(text("ALTER SEQUENCE hot_issue_numbers RESTART"))


def published(workshop: Workshop, topic: str = "hot-issues", *, warnings: bool = False) -> list[Event]:
    """The events of a topic as they were recorded; of early warnings only if they are asked for."""
    with workshop.engine.connect() as connection:
        rows = connection.execute(select(outbox).where(outbox.c.topic == topic).order_by(outbox.c.seq)).all()
    found = [Envelope.parse(unpack_headers(row.headers), row.value, EVENTS).event for row in rows]
    return [event for event in found if warnings or getattr(event, "state", None) not in EARLY]


def issues(workshop: Workshop, *, warnings: bool = False) -> list[Any]:
    """Of early warnings only what became of them, unless they are asked for too."""
    asked = select(hot_issues) if warnings else select(hot_issues).where(hot_issues.c.state.not_in(EARLY))
    with workshop.engine.connect() as connection:
        return list(connection.execute(asked.order_by(hot_issues.c.estate, hot_issues.c.ordinal)))


def members(workshop: Workshop, issue_id: str) -> dict[str, str]:
    """The reason of each member, by ticket."""
    rows = select(hot_issue_members.c.ticket_id, hot_issue_members.c.reason)
    with workshop.engine.connect() as connection:
        found = connection.execute(rows.where(hot_issue_members.c.hot_issue_id == issue_id))
        return {row.ticket_id: row.reason for row in found}
