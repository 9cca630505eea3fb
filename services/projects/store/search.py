"""Hot issues and projects by their numbers, and by a part of their estate's name; those of the reader's share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from services.contracts.numbers import ShortKind
from services.projects.app.share import DistrictShare
from services.projects.domain.hot_issue import HotIssue
from services.projects.domain.works.repair_project import RepairProject
from services.projects.store.hot_issues import issue_of
from services.projects.store.repair_projects import project_of
from services.projects.store.shares import visible
from services.projects.store.tables import hot_issues, repair_projects

Short = tuple[ShortKind, str]


def issues_found(
    connection: Connection, short: Short | None, name: str, share: DistrictShare, most: int
) -> list[HotIssue]:
    """The newest first. `name` counts where there is no number."""
    fits = _fits(hot_issues, ShortKind.HOT_ISSUE, short, name)
    newest = select(hot_issues).where(fits, visible(hot_issues, share)).order_by(hot_issues.c.confirmed_at.desc())
    return [issue_of(row) for row in connection.execute(newest.order_by(hot_issues.c.id).limit(most))]


def projects_found(
    connection: Connection, short: Short | None, name: str, share: DistrictShare, most: int
) -> list[RepairProject]:
    """The newest first. `name` counts where there is no number."""
    fits, table = _fits(repair_projects, ShortKind.PROJECT, short, name), repair_projects.c
    newest = select(repair_projects).where(fits, visible(repair_projects, share)).order_by(table.opened_at.desc())
    return [project_of(row) for row in connection.execute(newest.order_by(table.id).limit(most))]


def numbers_there(connection: Connection, numbers: Sequence[str], share: DistrictShare) -> list[str]:
    """Those of the numbers that are an issue's or a project's of the reader's share."""
    both = (
        select(table.c.number).where(table.c.number.in_(numbers), visible(table, share))
        for table in (hot_issues, repair_projects)
    )
    return sorted(number for one in both for number in connection.execute(one).scalars())


def numbers_of(connection: Connection, ids: Sequence[str], share: DistrictShare) -> dict[str, str]:
    """By id, of issues and projects of the reader's share."""
    found: dict[str, str] = {}
    for table in (hot_issues, repair_projects):
        numbered = select(table.c.id, table.c.number).where(table.c.id.in_(ids), visible(table, share))
        found |= dict(connection.execute(numbered).all())
    return found


def _fits(table: Table, kind: ShortKind, short: Short | None, name: str) -> ColumnElement[Any]:
    if short:
        return table.c.number == (short[1] if short[0] is kind else "")
    return table.c.estate_name.icontains(name, autoescape=True)
