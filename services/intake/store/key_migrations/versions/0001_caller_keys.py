"""Callers' keys, in a database of their own."""

from alembic import op

revision = "intake_keys0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Half of each page stays free, so that wrapping a key anew writes its row beside the old one and no index.
    op.execute(
        """
        CREATE TABLE caller_keys (
            id uuid PRIMARY KEY,
            wrapped_key bytea NOT NULL,
            master text NOT NULL,
            made_at timestamptz NOT NULL DEFAULT now()
        ) WITH (fillfactor = 50);
        COMMENT ON TABLE caller_keys IS 'whose they are is in intake.vault_keys; a deleted one erases its caller';
        COMMENT ON COLUMN caller_keys.wrapped_key IS 'sealed by a master key, bound to the id';
        COMMENT ON COLUMN caller_keys.master IS 'the id of the master key that wrapped it';
        COMMENT ON COLUMN caller_keys.made_at IS 'by this database''s clock';
        CREATE INDEX caller_keys_by_age ON caller_keys (made_at, id);
        CREATE TABLE orphans_sought (
            made_at timestamptz NOT NULL,
            id uuid NOT NULL
        );
        COMMENT ON TABLE orphans_sought IS 'one row: the last key of which intake was asked whether it is anybody''s';
        INSERT INTO orphans_sought VALUES ('2000-01-01', '00000000-0000-0000-0000-000000000000');
        """
    )


def downgrade() -> None:
    raise NotImplementedError("callers' keys are nowhere else: restore the backups from before")
