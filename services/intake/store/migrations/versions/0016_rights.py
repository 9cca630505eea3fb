"""A right that is not used lapses: it was stored as a breach at its start, and as late when it was stopped after it."""

from alembic import op

revision = "intake0016"
down_revision = "intake0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What stopped a clock is not stored: a return was asked for if the history has it at that moment.
    op.execute(
        """
        ALTER TABLE clocks ADD COLUMN lapses boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN clocks.lapses IS 'a right, not a duty: its end is no breach';
        UPDATE clocks SET lapses = true, warned_at = NULL, breached_at = NULL,
            outcome = CASE
                WHEN outcome IS NULL OR outcome = 'taken back' THEN outcome
                WHEN EXISTS (
                    SELECT FROM ticket_history AS h
                    WHERE h.ticket_id = clocks.ticket_id AND h.step = 'request return' AND h.at = clocks.stopped_at
                ) THEN 'met'
                ELSE 'lapsed'
            END
        WHERE kind = 'return';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        UPDATE clocks SET warned_at = started_at, breached_at = started_at,
            outcome = CASE WHEN outcome = 'lapsed' THEN CASE WHEN stopped_at <= due_at THEN 'met' ELSE 'late' END
                      ELSE outcome END
        WHERE lapses;
        ALTER TABLE clocks DROP COLUMN lapses;
        """
    )
