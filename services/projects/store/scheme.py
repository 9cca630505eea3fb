"""What a project is there for."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from services.projects.store.tables import hot_issues


def types_of(connection: Connection, hot_issue_ids: Collection[str]) -> list[str]:
    """The types of hot issues and of those merged into them, each once, in their order."""
    asked = select(hot_issues.c.type_code).where(
        hot_issues.c.id.in_(hot_issue_ids) | hot_issues.c.merged_into.in_(hot_issue_ids)
    )
    return sorted(set(connection.execute(asked).scalars()))
