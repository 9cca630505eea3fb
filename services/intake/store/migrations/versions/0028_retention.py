"""What has been kept for its time goes by itself."""

from alembic import op

revision = "intake0028"
down_revision = "intake0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE retention_runs (
            kept text PRIMARY KEY,
            at timestamptz NOT NULL,
            finished_at timestamptz,
            removed bigint NOT NULL,
            removed_at timestamptz
        );
        COMMENT ON TABLE retention_runs IS 'what was deleted because its time was over';
        COMMENT ON COLUMN retention_runs.kept IS 'the class';
        COMMENT ON COLUMN retention_runs.at IS 'of the last batch; all times are business time';
        COMMENT ON COLUMN retention_runs.finished_at IS 'when nothing that was due was left; null: never yet';
        COMMENT ON COLUMN retention_runs.removed IS 'how many so far';
        COMMENT ON COLUMN retention_runs.removed_at IS 'when some were last removed';
        ALTER TABLE erasures ALTER COLUMN holder DROP NOT NULL;
        COMMENT ON COLUMN erasures.holder IS
            'the keyed hash of the caller, or the id of an anonymous ticket; null: several, whose time was over';
        CREATE INDEX receipts_of_ticket ON receipts (ticket_id);
        CREATE INDEX vault_by_key ON vault (key_id);
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX vault_by_key, receipts_of_ticket")
    op.execute("DELETE FROM erasures WHERE holder IS NULL")
    op.execute("ALTER TABLE erasures ALTER COLUMN holder SET NOT NULL")
    op.execute("COMMENT ON COLUMN erasures.holder IS 'the keyed hash of the caller, or the id of an anonymous ticket'")
    op.execute("DROP TABLE retention_runs")
