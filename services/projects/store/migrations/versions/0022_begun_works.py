"""A plan's entry knows the works that were begun for it; surveys may be withdrawn, estates removed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    begun = "begun for what an earlier version of the year listed"
    projects: sa.Column[list[str]] = sa.Column("projects", ARRAY(sa.Text), nullable=False, comment=begun)
    projects.server_default = sa.DefaultClause("{}")
    op.add_column("plan_entries", projects)
    op.alter_column("plan_entries", "projects", server_default=None)
    removed: sa.Column[bool] = sa.Column("removed", sa.Boolean, nullable=False)
    removed.comment = "no longer registered: kept so that its versions go on"
    removed.server_default = sa.DefaultClause(sa.false())
    op.add_column("estates", removed)
    op.alter_column("estates", "removed", server_default=None)
    op.add_column("needs_surveys", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("estates", "removed")
    op.drop_column("needs_surveys", "withdrawn_at")
    op.drop_column("plan_entries", "projects")
