"""A ticket that no unit has any more has no limit, so that it is never open and overdue."""

from alembic import op

revision = "intake0018"
down_revision = "intake0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        UPDATE tickets SET settle_by = NULL
        WHERE state IN ('transferred', 'rejected', 'in review') AND settle_by IS NOT NULL AND settled_at IS NULL
            AND NOT EXISTS (
                SELECT FROM clocks WHERE ticket_id = tickets.id AND kind = 'settle' AND stopped_at IS NULL
            )
        """
    )


def downgrade() -> None:
    """The limits that were taken back stay forgotten."""
