"""Finding tickets by where the matter is, and those of a period: by when they came, and by when they were settled."""

from alembic import op

revision = "intake0010"
down_revision = "intake0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX tickets_by_estate ON tickets (estate, state, received_at, id) WHERE estate IS NOT NULL;
        CREATE INDEX tickets_received ON tickets (received_at);
        CREATE INDEX tickets_settled ON tickets (settled_at) WHERE settled_at IS NOT NULL;
        CREATE INDEX tickets_late ON tickets (settle_by, settled_at) WHERE settled_at > settle_by;
        CREATE INDEX hot_issues_by_estate ON hot_issues (estate);
        CREATE TABLE estate_names (
            name text PRIMARY KEY,
            estate text NOT NULL,
            sub_district text
        );
        COMMENT ON TABLE estate_names IS 'the names under which estates were read in tickets';
        INSERT INTO estate_names
        SELECT DISTINCT ON (estate_name) estate_name, estate, sub_district FROM tickets
         WHERE estate IS NOT NULL AND estate_name IS NOT NULL
         ORDER BY estate_name, received_at DESC;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE estate_names;
        DROP INDEX hot_issues_by_estate, tickets_late, tickets_settled, tickets_received, tickets_by_estate;
        """
    )
