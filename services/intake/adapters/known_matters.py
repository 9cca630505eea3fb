"""What is known of a place and a matter before a ticket is filed: open tickets, hot issues, works with their dates."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, literal_column, select, union_all

from services.intake.adapters.tables import hot_issues, projects, tickets
from services.intake.domain.follow_up import STAGE_OF
from services.intake.domain.steps import WITH_PEOPLE

MOST = 20
_OVER = ("withdrawn", "merged")
"""Hot issues that another goes on with, or none."""


def open_tickets(connection: Connection, estate: str, types: Collection[str]) -> list[dict[str, Any]]:
    """The newest first; of these types, of any without."""
    t = tickets.c
    shown = (t.id.label("ticket_id"), t.version, t.state, t.type_code, t.building, t.lead, t.received_at, t.settle_by)
    # Each state is one run of the estate's index, read from its newest end.
    runs = []
    for state in WITH_PEOPLE:
        run = select(*shown).where(t.estate == estate, t.state == state)
        run = run.where(t.type_code.in_(types)) if types else run
        runs.append(run.order_by(t.received_at.desc(), t.id.desc()).limit(MOST).subquery().select())
    newest = union_all(*runs).order_by(literal_column("received_at").desc(), literal_column("ticket_id")).limit(MOST)
    return [dict(row) for row in connection.execute(newest).mappings()]


def known_issues(connection: Connection, estate: str, types: Collection[str]) -> list[dict[str, Any]]:
    """With their stage, and the works' planned dates where there are works."""
    h, p = hot_issues.c, projects.c
    query = (
        select(
            h.id.label("hot_issue_id"),
            h.state,
            h.type_code,
            h.project_id,
            p.state.label("project_state"),
            p.planned_start,
            p.planned_end,
            h.accepted_at,
        )
        .select_from(hot_issues.outerjoin(projects, p.id == h.project_id))
        .where(h.estate == estate, h.state.not_in(_OVER))
        .order_by(h.type_code, h.id)
        .limit(MOST)
    )
    if types:
        query = query.where(h.type_code.in_(types))
    return [dict(row) | {"stage": STAGE_OF[row["state"]]} for row in connection.execute(query).mappings()]
