"""What callers said at each visit: a redo no longer overwrites the first word in the indicators."""

from alembic import op

revision = "intake0015"
down_revision = "intake0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of earlier visits only the solved flag is known; one that an older release noted without it led to a redo.
    op.execute(
        """
        CREATE TABLE visits (
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            round integer NOT NULL,
            at timestamptz NOT NULL,
            solved boolean NOT NULL,
            satisfaction text,
            PRIMARY KEY (ticket_id, round)
        );
        COMMENT ON COLUMN visits.round IS 'how often the unit had done it again by then';

        INSERT INTO visits
        SELECT ticket_id, round, at,
            CASE WHEN latest THEN coalesce(caller_solved, false) ELSE coalesce((facts->>'solved')::boolean, false) END,
            CASE WHEN latest THEN satisfaction END
        FROM (
            SELECT h.ticket_id, h.at, h.facts, t.caller_solved, t.satisfaction,
                row_number() OVER (PARTITION BY h.ticket_id ORDER BY h.version) - 1 AS round,
                row_number() OVER (PARTITION BY h.ticket_id ORDER BY h.version DESC) = 1 AS latest
            FROM ticket_history AS h JOIN tickets AS t ON t.id = h.ticket_id
            WHERE h.step = 'visit'
        ) AS said;

        CREATE INDEX visits_at ON visits (at);
        DROP INDEX tickets_visited;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        CREATE INDEX tickets_visited ON tickets (visited_at) INCLUDE (lead, caller_solved)
            WHERE visited_at IS NOT NULL;
        DROP TABLE visits;
        """
    )
