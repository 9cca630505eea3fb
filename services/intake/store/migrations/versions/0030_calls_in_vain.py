"""Whoever is not reached to be asked after the works is called again, and not for ever."""

from alembic import op

revision = "intake0030"
down_revision = "intake0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE follow_ups ADD COLUMN missed integer NOT NULL DEFAULT 0, ADD COLUMN call_after timestamptz;
        COMMENT ON COLUMN follow_ups.missed IS 'calls to ask them that reached nobody';
        COMMENT ON COLUMN follow_ups.call_after IS 'not called again before; business time';
        CREATE TABLE follow_up_calls (
            follow_up_id uuid NOT NULL REFERENCES follow_ups (id),
            version integer NOT NULL,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            result text NOT NULL,
            PRIMARY KEY (follow_up_id, version)
        );
        COMMENT ON TABLE follow_up_calls IS 'calls to ask somebody that brought no answer';
        COMMENT ON COLUMN follow_up_calls.version IS 'the follow-up''s, after the call';
        COMMENT ON COLUMN follow_up_calls.at IS 'business time';
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE follow_up_calls")
    op.execute("UPDATE follow_ups SET stage = 'asked' WHERE stage = 'not reached'")
    op.execute("ALTER TABLE follow_ups DROP COLUMN missed, DROP COLUMN call_after")
