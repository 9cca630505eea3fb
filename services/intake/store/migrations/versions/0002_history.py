"""Tickets of the past."""

from alembic import op

revision = "intake0002"
down_revision = "intake0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE tickets ADD COLUMN history boolean NOT NULL DEFAULT false")


def downgrade() -> None:
    op.execute("ALTER TABLE tickets DROP COLUMN history")
