"""Callers are erased, and a list of whom is kept for restored backups."""

from alembic import op

revision = "intake0023"
down_revision = "intake0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE erasures (
            id uuid PRIMARY KEY,
            holder text NOT NULL,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            reason text NOT NULL,
            tickets text[] NOT NULL,
            keys text[] NOT NULL,
            contents text[] NOT NULL
        );
        COMMENT ON TABLE erasures IS 'who was erased; applied again to every restored backup, before anything else';
        COMMENT ON COLUMN erasures.holder IS 'the keyed hash of the caller, or the id of an anonymous ticket';
        COMMENT ON COLUMN erasures.actor IS 'the subject of a token, or the class of a retention';
        COMMENT ON COLUMN erasures.reason IS 'redacted';
        COMMENT ON COLUMN erasures.keys IS 'the ids of the keys that were deleted';
        COMMENT ON COLUMN erasures.contents IS 'hashes of attachments that are to be removed still';
        CREATE INDEX erasures_by_time ON erasures (at, id);
        CREATE INDEX erasures_unfinished ON erasures (id) WHERE contents <> '{}';
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE erasures")
