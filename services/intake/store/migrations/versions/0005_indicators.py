"""Finding the tickets of a period: by the end of their clock, by their visit."""

from alembic import op

revision = "intake0005"
down_revision = "intake0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX tickets_due ON tickets (settle_by) INCLUDE (lead, settled_at)
            WHERE settle_by IS NOT NULL AND continues IS NULL;
        CREATE INDEX tickets_visited ON tickets (visited_at) INCLUDE (lead, caller_solved)
            WHERE visited_at IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX tickets_due, tickets_visited")
