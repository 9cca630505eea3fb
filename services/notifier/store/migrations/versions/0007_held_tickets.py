"""What departments have to work on, as their state topics say it; and the schema changes they were told of."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE held_tickets (
            ticket_id text PRIMARY KEY,
            version integer NOT NULL,
            facts jsonb NOT NULL,
            breached jsonb NOT NULL
        );
        COMMENT ON TABLE held_tickets IS 'one row a ticket, and the lock under which its state topics are written';
        COMMENT ON COLUMN held_tickets.version IS 'of the newest fact; 0: none yet';
        COMMENT ON COLUMN held_tickets.facts IS
            'of the newest fact; empty once every department has a tombstone';
        COMMENT ON COLUMN held_tickets.breached IS 'the end of each clock that was breached, by clock';

        CREATE TABLE holdings (
            ticket_id text REFERENCES held_tickets (ticket_id),
            department text,
            revision integer NOT NULL,
            role text,
            withdrawn text,
            withdrawn_at timestamptz,
            shown bytea,
            PRIMARY KEY (ticket_id, department)
        );
        COMMENT ON TABLE holdings IS
            'one row a ticket and department that has it or had it; kept, so that no revision comes twice';
        COMMENT ON COLUMN holdings.revision IS 'of the newest record on the department''s state topic';
        COMMENT ON COLUMN holdings.role IS 'lead or co-handler; null: withdrawn';
        COMMENT ON COLUMN holdings.withdrawn IS 'why';
        COMMENT ON COLUMN holdings.withdrawn_at IS 'business time';
        COMMENT ON COLUMN holdings.shown IS 'a hash of the newest record; null: a tombstone, or none yet';

        CREATE TABLE schema_changes (
            old text,
            new text,
            new_alone_from date NOT NULL,
            announced_at timestamptz NOT NULL,
            announced_by text NOT NULL,
            PRIMARY KEY (old, new)
        );
        COMMENT ON COLUMN schema_changes.old IS 'the type of a message';
        COMMENT ON COLUMN schema_changes.new IS 'the type that takes its place';
        COMMENT ON COLUMN schema_changes.new_alone_from IS 'until then both are sent';
        COMMENT ON COLUMN schema_changes.announced_at IS 'business time';
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE schema_changes, holdings, held_tickets")
