"""Deliveries that tell of another matter than a ticket, a hot issue or a project: of a topic of supervision."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE deliveries
            ADD COLUMN matter_id text,
            DROP CONSTRAINT tells_of_one_matter,
            ADD CONSTRAINT tells_of_one_matter CHECK (num_nonnulls(ticket_id, hot_issue_id, project_id, matter_id) = 1);
        COMMENT ON COLUMN deliveries.matter_id IS 'whatever else it is about, such as a topic of supervision';
        CREATE INDEX deliveries_by_matter_id ON deliveries (matter_id, caused_at, delivery_id)
            WHERE matter_id IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DELETE FROM webhook_sendings
            WHERE delivery_id IN (SELECT delivery_id FROM deliveries WHERE matter_id IS NOT NULL);
        DELETE FROM deliveries WHERE matter_id IS NOT NULL;
        ALTER TABLE deliveries
            DROP CONSTRAINT tells_of_one_matter,
            DROP COLUMN matter_id,
            ADD CONSTRAINT tells_of_one_matter CHECK (num_nonnulls(ticket_id, hot_issue_id, project_id) = 1);
        """
    )
