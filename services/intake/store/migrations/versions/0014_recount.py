"""Finds the deadlines that count a year the calendar did not know, as long as their end may still matter."""

from alembic import op

revision = "intake0014"
down_revision = "intake0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE INDEX clocks_in_doubt ON clocks (ticket_id)
         WHERE NOT calendar_known AND (stopped_at IS NULL OR outcome = 'late')
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX clocks_in_doubt")
