"""What is known before a ticket is filed: open tickets, hot issues and works of an estate, or of another place.

Works are known though no hot issue led to them: they began from needs, or from the yearly plan.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, literal_column, select, union_all

from services.intake.domain.steps import WITH_PEOPLE
from services.intake.store.follow_up_tables import follow_ups, hot_issues, projects
from services.intake.store.place_names import tickets_naming
from services.intake.store.tables import tickets

MOST = 20
_OVER = ("withdrawn", "merged")
"""States of hot issues that are over, or continued by another."""
_CLOSED = ("verified", "cancelled")
"""States of projects that are over."""


@dataclass(frozen=True, slots=True)
class KnownMatters:
    """`estate`: its id, None if the words name none; `places`: other places in the words that are known."""

    estate: str | None
    places: list[str]
    tickets: list[dict[str, Any]]
    hot_issues: list[dict[str, Any]]
    projects: list[dict[str, Any]]


def known_matters(connection: Connection, estate: str | None, words: str, types: Collection[str]) -> KnownMatters:
    """What is known of the estate, and of matters at places that the words name and the register does not know."""
    naming = tickets_naming(connection, words)
    ids = sorted(set().union(*naming.values()))
    tickets_there = open_tickets(connection, estate, types) if estate else []
    issues_there = known_issues(connection, hot_issues.c.estate == estate, types) if estate else []
    if ids:
        members = select(follow_ups.c.hot_issue_id).where(follow_ups.c.ticket_id.in_(ids))
        tickets_there += _unplaced_tickets(connection, ids, types)
        shown = {one["hot_issue_id"] for one in issues_there}
        others = known_issues(connection, hot_issues.c.id.in_(members), types)
        issues_there += [one for one in others if one["hot_issue_id"] not in shown]
    shown = {one["project_id"] for one in issues_there}
    works = [one for one in _projects_of(connection, estate) if one["project_id"] not in shown] if estate else []
    places = sorted(naming, key=lambda name: (-len(name), name))
    return KnownMatters(estate, places, tickets_there, issues_there, works)


def _projects_of(connection: Connection, estate: str) -> list[dict[str, Any]]:
    """Those whose works or warranties are not over, the first to start first."""
    p = projects.c
    query = (
        select(p.id.label("project_id"), p.number, p.state, p.planned_start, p.planned_end)
        .where(p.estates.contains([estate]), p.state.not_in(_CLOSED))
        .order_by(p.planned_start.nulls_last(), p.id)
        .limit(MOST)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


_T = tickets.c
_SHOWN = (
    *(_T.id.label("ticket_id"), _T.number, _T.version, _T.state, _T.type_code),
    *(_T.building, _T.lead, _T.received_at, _T.settle_by),
)


def _unplaced_tickets(connection: Connection, ids: Sequence[str], types: Collection[str]) -> list[dict[str, Any]]:
    query = select(*_SHOWN).where(_T.id.in_(ids), _T.estate.is_(None), _T.state.in_(WITH_PEOPLE))
    query = query.where(_T.type_code.in_(types)) if types else query
    return [
        dict(row)
        for row in connection.execute(query.order_by(_T.received_at.desc(), _T.id.desc()).limit(MOST)).mappings()
    ]


def open_tickets(connection: Connection, estate: str, types: Collection[str]) -> list[dict[str, Any]]:
    """The newest first; of these types, or of all types if none are given."""
    # Each state is one run of the estate's index, read from its newest end.
    runs = []
    for state in WITH_PEOPLE:
        run = select(*_SHOWN).where(_T.estate == estate, _T.state == state)
        run = run.where(_T.type_code.in_(types)) if types else run
        runs.append(run.order_by(_T.received_at.desc(), _T.id.desc()).limit(MOST).subquery().select())
    newest = union_all(*runs).order_by(literal_column("received_at").desc(), literal_column("ticket_id")).limit(MOST)
    return [dict(row) for row in connection.execute(newest).mappings()]


def known_issues(connection: Connection, which: ColumnElement[bool], types: Collection[str]) -> list[dict[str, Any]]:
    """Hot issues with their stage, and the planned dates of their works."""
    h, p = hot_issues.c, projects.c
    query = (
        select(
            h.id.label("hot_issue_id"),
            h.number,
            h.state,
            h.stage,
            h.decision,
            h.type_code,
            h.project_id,
            p.number.label("project_number"),
            p.state.label("project_state"),
            p.planned_start,
            p.planned_end,
            h.accepted_at,
        )
        .select_from(hot_issues.outerjoin(projects, p.id == h.project_id))
        .where(which, h.state.not_in(_OVER))
        .order_by(h.type_code, h.id)
        .limit(MOST)
    )
    if types:
        query = query.where(h.type_code.in_(types))
    return [dict(row) for row in connection.execute(query).mappings()]
