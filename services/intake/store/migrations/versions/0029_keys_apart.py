"""Callers' keys leave for a database of their own. Intake moves them when it starts (store/keys_moved.py)."""

from alembic import op

revision = "intake0029"
down_revision = "intake0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A new table, not fewer columns: a dropped column's bytes would stay in the old one's pages.
    op.execute(
        """
        ALTER TABLE vault_keys RENAME TO keys_to_move;
        ALTER TABLE keys_to_move RENAME CONSTRAINT vault_keys_pkey TO keys_to_move_pkey;
        ALTER TABLE keys_to_move DROP CONSTRAINT vault_keys_holder_key;
        COMMENT ON TABLE keys_to_move IS 'empty but while callers'' keys go to a database of their own';
        CREATE TABLE vault_keys (
            id uuid PRIMARY KEY,
            holder text NOT NULL
        );
        INSERT INTO vault_keys SELECT id, holder FROM keys_to_move;
        ALTER TABLE vault_keys ADD UNIQUE (holder);
        COMMENT ON TABLE vault_keys IS 'whose the keys of the keys'' database are; calls and erasures lock these rows';
        COMMENT ON COLUMN vault_keys.holder IS 'the caller_ref, or the ticket''s id for an anonymous call';
        CREATE TABLE keys_to_delete (
            key_id uuid PRIMARY KEY,
            since timestamptz NOT NULL
        );
        COMMENT ON TABLE keys_to_delete IS 'of whoever was erased, until they are gone from the keys'' database';
        COMMENT ON COLUMN keys_to_delete.since IS 'business time';
        """
    )


def downgrade() -> None:
    raise NotImplementedError("callers' keys are in another database: restore the backups from before")
