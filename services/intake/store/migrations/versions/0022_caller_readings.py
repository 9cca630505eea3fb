"""Callers may wish to stay unnamed; every reading of who a caller is is kept."""

from alembic import op

revision = "intake0022"
down_revision = "intake0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets ADD COLUMN confidential boolean NOT NULL DEFAULT false;
        COMMENT ON COLUMN tickets.confidential IS 'the caller stays unnamed to all but the hub';

        CREATE TABLE caller_readings (
            id uuid PRIMARY KEY,
            at timestamptz NOT NULL,
            reader text NOT NULL,
            role text,
            unit text,
            purpose text NOT NULL,
            outcome text NOT NULL,
            ticket_id uuid REFERENCES tickets (id),
            caller_ref text
        );
        COMMENT ON TABLE caller_readings IS
            'who asked who a caller is, why, and what came of it; written before anything is shown, and never changed';
        COMMENT ON COLUMN caller_readings.reader IS 'the subject of their token';
        COMMENT ON COLUMN caller_readings.role IS 'as what they asked; null: as nobody who may';
        COMMENT ON COLUMN caller_readings.unit IS 'the department for which they asked, if they did for one';
        COMMENT ON COLUMN caller_readings.ticket_id IS 'null: it was not about one ticket';
        COMMENT ON COLUMN caller_readings.caller_ref IS 'whose tickets were looked for, where a telephone was given';
        CREATE INDEX caller_readings_by_time ON caller_readings (at, id);
        CREATE INDEX caller_readings_by_reader ON caller_readings (reader, at);
        CREATE INDEX caller_readings_by_ticket ON caller_readings (ticket_id, at) WHERE ticket_id IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE caller_readings; ALTER TABLE tickets DROP COLUMN confidential")
