"""Tickets that are settled, visited back and archived; a breach keeps the ticket's version."""

from alembic import op

revision = "intake0003"
down_revision = "intake0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets
            ADD COLUMN continues uuid REFERENCES tickets (id),
            ADD COLUMN settle_by timestamptz,
            ADD COLUMN settled_at timestamptz,
            ADD COLUMN settled_by text,
            ADD COLUMN unit_solved boolean,
            ADD COLUMN visited_at timestamptz,
            ADD COLUMN caller_solved boolean,
            ADD COLUMN satisfaction text;

        ALTER TABLE ticket_history DROP CONSTRAINT ticket_history_pkey, ADD PRIMARY KEY (ticket_id, version, step);

        CREATE TABLE settlements (
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            version integer NOT NULL,
            public_answer text NOT NULL,
            reason text,
            PRIMARY KEY (ticket_id, version)
        );
        COMMENT ON COLUMN settlements.version IS 'the ticket''s after the step';
        COMMENT ON COLUMN settlements.public_answer IS 'redacted';
        COMMENT ON COLUMN settlements.reason IS 'why the unit says it is not solved; redacted';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE settlements;
        DELETE FROM ticket_history WHERE step = 'breach';
        ALTER TABLE ticket_history DROP CONSTRAINT ticket_history_pkey, ADD PRIMARY KEY (ticket_id, version);
        ALTER TABLE tickets
            DROP COLUMN continues, DROP COLUMN settle_by, DROP COLUMN settled_at, DROP COLUMN settled_by,
            DROP COLUMN unit_solved, DROP COLUMN visited_at, DROP COLUMN caller_solved, DROP COLUMN satisfaction;
        """
    )
