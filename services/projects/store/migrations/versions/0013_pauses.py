"""Stopped works name who must act and when they are looked at again; a wrong step is taken back by another line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column(
        "repair_projects", sa.Column("responsible", sa.Text, comment="who must remove what stopped the works")
    )
    op.add_column("repair_projects", sa.Column("review_on", sa.Date, comment="when stopped works are looked at again"))
    op.add_column(
        "repair_project_history",
        sa.Column("reverses", sa.Integer, comment="the version of the wrong step that this one takes back"),
    )


def downgrade() -> None:
    op.drop_column("repair_project_history", "reverses")
    op.drop_column("repair_projects", "review_on")
    op.drop_column("repair_projects", "responsible")
