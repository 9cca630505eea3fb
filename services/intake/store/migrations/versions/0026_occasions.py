"""What it takes to decide what callers are told: how each can be reached, who wants no messages, what issues say."""

from alembic import op

revision = "intake0026"
down_revision = "intake0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets ADD COLUMN reach text[] NOT NULL DEFAULT '{unknown}';
        COMMENT ON COLUMN tickets.reach IS 'what the caller left: no number';
        ALTER TABLE hot_issues ADD COLUMN callers integer NOT NULL DEFAULT 0, ADD COLUMN reason text;
        COMMENT ON COLUMN hot_issues.callers IS 'distinct ones';
        COMMENT ON COLUMN hot_issues.reason IS 'of the decision; redacted';
        CREATE TABLE telling_stops (person text PRIMARY KEY, at timestamptz NOT NULL);
        COMMENT ON TABLE telling_stops IS 'persons who want no messages';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE telling_stops;
        ALTER TABLE hot_issues DROP COLUMN callers, DROP COLUMN reason;
        ALTER TABLE tickets DROP COLUMN reach;
        """
    )
