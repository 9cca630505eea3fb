"""The whole life cycle of a ticket: who has it, what it is linked to, its clocks, what its unit handed in."""

from alembic import op

revision = "intake0006"
down_revision = "intake0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets
            ADD COLUMN acted_version integer,
            ADD COLUMN came_from text,
            ADD COLUMN kind text,
            ADD COLUMN building text,
            ADD COLUMN emergency boolean NOT NULL DEFAULT false,
            ADD COLUMN restricted boolean NOT NULL DEFAULT false,
            ADD COLUMN repeat_of uuid REFERENCES tickets (id),
            ADD COLUMN merged_into uuid REFERENCES tickets (id),
            ADD COLUMN assignee text,
            ADD COLUMN dispatched_at timestamptz,
            ADD COLUMN signed_at timestamptz,
            ADD COLUMN contacted_at timestamptz,
            ADD COLUMN extension text,
            ADD COLUMN paused_at timestamptz,
            ADD COLUMN supervised boolean NOT NULL DEFAULT false,
            ADD COLUMN returns integer NOT NULL DEFAULT 0,
            ADD COLUMN redos integer NOT NULL DEFAULT 0,
            ADD COLUMN unreached integer NOT NULL DEFAULT 0;
        UPDATE tickets SET acted_version = version,
            dispatched_at = (SELECT min(at) FROM ticket_history AS h
                              WHERE h.ticket_id = tickets.id AND h.step = 'dispatch');
        ALTER TABLE tickets ALTER COLUMN acted_version SET NOT NULL;
        CREATE INDEX tickets_merged ON tickets (merged_into) WHERE merged_into IS NOT NULL;
        CREATE INDEX tickets_of_caller ON tickets (caller_ref, occurred_at) WHERE caller_ref IS NOT NULL;

        ALTER TABLE settlements
            ADD COLUMN handling text,
            ADD COLUMN matter_true boolean,
            ADD COLUMN beyond_duty boolean;
        COMMENT ON COLUMN settlements.handling IS 'what was done; redacted';

        CREATE TABLE clocks (
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            kind text NOT NULL,
            since integer NOT NULL,
            rule text NOT NULL,
            rules_version integer NOT NULL,
            calendar_known boolean NOT NULL,
            started_at timestamptz NOT NULL,
            warn_at timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            paused_at timestamptz,
            paused interval NOT NULL,
            warned_at timestamptz,
            breached_at timestamptz,
            stopped_at timestamptz,
            outcome text,
            PRIMARY KEY (ticket_id, kind, since)
        );
        COMMENT ON COLUMN clocks.since IS 'the version of the ticket that started it';
        CREATE INDEX clocks_running ON clocks (ticket_id) WHERE stopped_at IS NULL;
        CREATE INDEX clocks_due ON clocks (due_at, kind);

        INSERT INTO clocks (ticket_id, kind, since, rule, rules_version, calendar_known, started_at, warn_at, due_at,
                            paused, warned_at, breached_at, stopped_at, outcome)
        SELECT id, 'settle', version, 'settle', 1, true, coalesce(dispatched_at, received_at), settle_by, settle_by,
               interval '0', settle_by, b.at, settled_at,
               CASE WHEN settled_at <= settle_by THEN 'met' WHEN settled_at IS NOT NULL THEN 'late' END
          FROM tickets
          LEFT JOIN LATERAL (SELECT min(at) AS at FROM ticket_history AS h
                              WHERE h.ticket_id = tickets.id AND h.step = 'breach') AS b ON true
         WHERE settle_by IS NOT NULL;
        UPDATE timers SET kind = 'clock' WHERE kind = 'settle' AND fired_at IS NULL AND cancelled_at IS NULL;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        UPDATE timers SET kind = 'settle' WHERE kind = 'clock' AND fired_at IS NULL AND cancelled_at IS NULL;
        DROP TABLE clocks;
        ALTER TABLE settlements DROP COLUMN handling, DROP COLUMN matter_true, DROP COLUMN beyond_duty;
        ALTER TABLE tickets
            DROP COLUMN acted_version, DROP COLUMN came_from, DROP COLUMN kind, DROP COLUMN building,
            DROP COLUMN emergency, DROP COLUMN restricted, DROP COLUMN repeat_of, DROP COLUMN merged_into,
            DROP COLUMN assignee, DROP COLUMN dispatched_at, DROP COLUMN signed_at, DROP COLUMN contacted_at,
            DROP COLUMN extension, DROP COLUMN paused_at, DROP COLUMN supervised, DROP COLUMN returns,
            DROP COLUMN redos, DROP COLUMN unreached;
        """
    )
