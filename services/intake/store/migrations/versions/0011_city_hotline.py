"""Tickets that the city's hotline filed, and what it is told of them."""

from alembic import op

revision = "intake0011"
down_revision = "intake0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets ADD COLUMN city_number text, ADD COLUMN city_by timestamptz;
        COMMENT ON COLUMN tickets.city_by IS 'the deadline that the city set';
        CREATE UNIQUE INDEX tickets_of_city ON tickets (city_number) WHERE city_number IS NOT NULL;
        CREATE INDEX tickets_of_city_by_state ON tickets (state, city_number) WHERE city_number IS NOT NULL;

        CREATE TABLE city_messages (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            message_id uuid NOT NULL UNIQUE,
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            body json NOT NULL,
            attempts integer NOT NULL DEFAULT 0,
            due_at timestamptz DEFAULT now(),
            sent_at timestamptz,
            given_up_at timestamptz,
            error text
        );
        COMMENT ON TABLE city_messages IS 'what the city is told; no personal data; all times are real';
        COMMENT ON COLUMN city_messages.due_at IS 'null: nothing to be sent; later than now: waits, or is being sent';
        COMMENT ON COLUMN city_messages.error IS 'why it waits, or was given up';
        CREATE INDEX city_messages_due ON city_messages (due_at, seq) WHERE due_at IS NOT NULL;
        CREATE INDEX city_messages_waiting ON city_messages (ticket_id, seq) WHERE due_at IS NOT NULL;
        CREATE INDEX city_messages_given_up ON city_messages (seq) WHERE given_up_at IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE city_messages;
        ALTER TABLE tickets DROP COLUMN city_number, DROP COLUMN city_by;
        """
    )
