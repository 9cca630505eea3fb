"""From when the days to decide count, as long as not all holidays up to their end are announced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_COMMENT = "the days to decide count from then; null once all holidays up to `decide_by` are announced"


def upgrade() -> None:
    op.add_column("hot_issues", sa.Column("decide_from", sa.DateTime(timezone=True), comment=_COMMENT))
    op.create_index("hot_issues_in_doubt", "hot_issues", ["id"], postgresql_where="decide_from IS NOT NULL")


def downgrade() -> None:
    op.drop_index("hot_issues_in_doubt")
    op.drop_column("hot_issues", "decide_from")
