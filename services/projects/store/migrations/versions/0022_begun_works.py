"""A plan's entry knows the works that were begun for it; a survey of needs may be withdrawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0022"
down_revision = "0019"


def upgrade() -> None:
    begun = "begun for what an earlier version of the year listed"
    projects: sa.Column[list[str]] = sa.Column("projects", ARRAY(sa.Text), nullable=False, comment=begun)
    projects.server_default = sa.DefaultClause("{}")
    op.add_column("plan_entries", projects)
    op.alter_column("plan_entries", "projects", server_default=None)
    op.add_column("needs_surveys", sa.Column("withdrawn_at", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("needs_surveys", "withdrawn_at")
    op.drop_column("plan_entries", "projects")
