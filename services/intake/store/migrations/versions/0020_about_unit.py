"""Tickets say which department they are about."""

from alembic import op

revision = "intake0020"
down_revision = "intake0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE tickets ADD COLUMN about_unit text;
        COMMENT ON COLUMN tickets.about_unit IS 'the department that is reported; it never gets the ticket';
        """
    )


def downgrade() -> None:
    op.execute("ALTER TABLE tickets DROP COLUMN about_unit")
