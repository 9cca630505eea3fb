"""Timers that survive restarts and fire once."""

from alembic import op

revision = "chassis0002"
down_revision = "chassis0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE timers (
            id uuid PRIMARY KEY,
            kind text NOT NULL,
            subject text NOT NULL,
            due_at timestamptz NOT NULL,
            fired_at timestamptz,
            cancelled_at timestamptz
        );
        COMMENT ON COLUMN timers.fired_at IS 'business time';
        COMMENT ON COLUMN timers.cancelled_at IS 'business time';
        CREATE INDEX timers_waiting ON timers (due_at, id) WHERE fired_at IS NULL AND cancelled_at IS NULL;
        CREATE INDEX timers_by_subject ON timers (subject, kind);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE timers")
