"""What an item of works adds to, counted before and after."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("works_items", sa.Column("before", sa.Integer, comment="capacity, as the menu item counts it"))
    op.add_column("works_items", sa.Column("after", sa.Integer))


def downgrade() -> None:
    op.drop_column("works_items", "after")
    op.drop_column("works_items", "before")
