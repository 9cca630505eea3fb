"""Duty desks are told by their robots that calls wait."""

from alembic import op

revision = "intake0031"
down_revision = "intake0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE duty_notices (
            desk text NOT NULL,
            slot timestamptz NOT NULL,
            number integer NOT NULL,
            state text NOT NULL,
            PRIMARY KEY (desk, slot)
        );
        COMMENT ON TABLE duty_notices IS 'what the group robots of duty desks were told; nothing of any caller';
        COMMENT ON COLUMN duty_notices.desk IS 'hub, or a department''s code';
        COMMENT ON COLUMN duty_notices.slot IS 'business time; a desk is told once in it';
        COMMENT ON COLUMN duty_notices.number IS 'of calls that were due';
        COMMENT ON COLUMN duty_notices.state IS 'sending for ever: the process ended meanwhile';
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE duty_notices")
