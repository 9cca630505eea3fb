"""Of a typical case: the hot issues that joined it later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    later: sa.Column[list[str]] = sa.Column(
        "later_issues",
        sa.ARRAY(sa.Text),
        nullable=False,
        server_default=sa.text("'{}'"),
        comment="joined the open case",
    )
    op.add_column("typical_cases", later)


def downgrade() -> None:
    op.drop_column("typical_cases", "later_issues")
