"""Why a step was taken, and what a cure showed, as codes and values. What was written in words before stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

_DETAIL = "what the person said; why it was done too, as it was written before `cause` was"
_VERDICT = "in words, as it was written before `effect` was"


def upgrade() -> None:
    op.alter_column("hot_issues", "verdict", comment=_VERDICT)
    op.alter_column("hot_issue_history", "detail", comment=_DETAIL)
    op.add_column("hot_issues", sa.Column("effect", JSONB, comment="the months compared, and what they show"))
    op.add_column("hot_issue_history", sa.Column("cause", sa.Text, comment="the code of why it was done"))
    op.add_column("hot_issue_history", sa.Column("cause_values", JSONB))
    op.add_column("repair_project_history", sa.Column("joined", sa.Text, comment="a further hot issue to cure"))


def downgrade() -> None:
    op.drop_column("repair_project_history", "joined")
    op.drop_column("hot_issue_history", "cause_values")
    op.drop_column("hot_issue_history", "cause")
    op.drop_column("hot_issues", "effect")
    op.alter_column("hot_issue_history", "detail", comment=None)
    op.alter_column("hot_issues", "verdict", comment=None)
