"""Who may hear of a ticket stands with its other facts; notices by time, for their retention and their pages."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.execute(
        """
        UPDATE held_tickets AS held
           SET facts = held.facts || jsonb_strip_nulls(jsonb_build_object(
               'restricted', nullif(guarded.restricted, false), 'lead', guarded.lead, 'about_unit', guarded.about_unit))
          FROM guarded_tickets AS guarded WHERE guarded.ticket_id = held.ticket_id;
        DROP TABLE guarded_tickets;
        COMMENT ON COLUMN held_tickets.facts IS
            'of the newest fact; once every department has a tombstone, who may hear of it alone';
        UPDATE officer_notices SET cause = 'read earlier' WHERE cause = 'read_earlier';
        UPDATE officer_messages SET cause = 'read earlier' WHERE cause = 'read_earlier';
        UPDATE officer_tries SET cause = 'read earlier' WHERE cause = 'read_earlier';
        CREATE INDEX officer_notices_by_time ON officer_notices (caused_at, notice_id);
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP INDEX officer_notices_by_time;
        UPDATE officer_notices SET cause = 'read_earlier' WHERE cause = 'read earlier';
        UPDATE officer_messages SET cause = 'read_earlier' WHERE cause = 'read earlier';
        UPDATE officer_tries SET cause = 'read_earlier' WHERE cause = 'read earlier';
        COMMENT ON COLUMN held_tickets.facts IS 'of the newest fact; empty once every department has a tombstone';
        CREATE TABLE guarded_tickets (
            ticket_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            restricted BOOLEAN NOT NULL,
            lead TEXT,
            about_unit TEXT,
            PRIMARY KEY (ticket_id)
        );
        COMMENT ON TABLE guarded_tickets IS
            'tickets of which not every department may hear, as last known: asked when a message leaves';
        INSERT INTO guarded_tickets
        SELECT ticket_id, version, coalesce((facts->>'restricted')::boolean, false),
               facts->>'lead', facts->>'about_unit'
          FROM held_tickets WHERE (facts->>'restricted')::boolean OR facts ? 'about_unit';
        """
    )
