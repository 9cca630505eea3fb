"""Names of places in the texts of tickets without a registered estate, to find their matters by."""

from alembic import op

revision = "intake0017"
down_revision = "intake0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE place_names (
            name text NOT NULL,
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            PRIMARY KEY (name, ticket_id)
        );
        COMMENT ON TABLE place_names IS 'places named in the texts of tickets without a registered estate';
        CREATE INDEX follow_ups_by_ticket ON follow_ups (ticket_id);
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX follow_ups_by_ticket; DROP TABLE place_names;")
