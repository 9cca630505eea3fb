"""Of an opinion on a standard: the text that it was given on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.add_column(
        "standard_opinions", sa.Column("on_text", sa.Text, comment="digest of the content that it was given on")
    )


def downgrade() -> None:
    op.drop_column("standard_opinions", "on_text")
