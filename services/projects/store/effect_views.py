"""What the pages on effects list."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, func, select

from services.projects.app.share import DistrictShare
from services.projects.domain.hot_issue import IssueState
from services.projects.store.shares import visible
from services.projects.store.tables import hot_issues

_ISSUE = hot_issues.c
CURED = (IssueState.OBSERVING, IssueState.VERIFIED, IssueState.NOT_SHOWN)
"""What was done is in place; a reopened issue has been given up."""


def cured_types(connection: Connection, share: DistrictShare) -> list[dict[str, Any]]:
    """By type, how many hot issues are in which state since something was done; the most first."""
    counted = (
        select(
            _ISSUE.type_code,
            *(func.count().filter(_ISSUE.state == one).label(one.name.lower()) for one in CURED),
            func.count().filter(_ISSUE.state == IssueState.REOPENED).label("reopened"),
        )
        .where(_ISSUE.state.in_((*CURED, IssueState.REOPENED)), visible(hot_issues, share))
        .group_by(_ISSUE.type_code)
        .order_by(func.count().desc(), _ISSUE.type_code)
    )
    return [dict(row) for row in connection.execute(counted).mappings()]
