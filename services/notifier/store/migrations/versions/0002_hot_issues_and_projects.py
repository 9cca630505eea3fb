"""Deliveries tell of hot issues and repair projects too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "known_matters",
        sa.Column("matter_id", sa.Text, primary_key=True, comment="the hot issue's id or the project's"),
        sa.Column("version", sa.Integer, nullable=False, comment="of the newest fact; 0: none yet"),
        comment="one row a hot issue or project: a fact older than one already told is told to nobody",
    )
    op.execute(
        """
        ALTER TABLE deliveries DROP CONSTRAINT published_says_when;
        ALTER TABLE deliveries RENAME COLUMN ticket_version TO version;
        ALTER TABLE deliveries RENAME COLUMN dispatched_at TO caused_at;
        ALTER TABLE deliveries RENAME COLUMN published_at TO told_at;
        ALTER TABLE deliveries
            ALTER COLUMN ticket_id DROP NOT NULL,
            ALTER COLUMN text_version DROP NOT NULL,
            ALTER COLUMN dispatch DROP NOT NULL,
            ADD COLUMN message text NOT NULL DEFAULT 'department.ticket_assigned.v1',
            ADD COLUMN hot_issue_id text,
            ADD COLUMN project_id text,
            ADD CONSTRAINT published_says_when CHECK ((status = 'published') = (told_at IS NOT NULL)),
            ADD CONSTRAINT tells_of_one_matter CHECK (num_nonnulls(ticket_id, hot_issue_id, project_id) = 1);
        ALTER TABLE deliveries ALTER COLUMN message DROP DEFAULT;

        COMMENT ON COLUMN deliveries.text_version IS
            'the text that the ticket was dispatched by; a newer one does as well';
        COMMENT ON COLUMN deliveries.dispatch IS 'the body of a ticket''s dispatch';
        COMMENT ON COLUMN deliveries.caused_at IS 'when the event was recorded';
        COMMENT ON COLUMN deliveries.message IS 'the type of what is told';
        COMMENT ON COLUMN deliveries.version IS 'of the ticket, hot issue or project';

        DROP INDEX deliveries_by_ticket;
        CREATE INDEX deliveries_by_ticket_id ON deliveries (ticket_id, caused_at, delivery_id)
            WHERE ticket_id IS NOT NULL;
        CREATE INDEX deliveries_by_hot_issue_id ON deliveries (hot_issue_id, caused_at, delivery_id)
            WHERE hot_issue_id IS NOT NULL;
        CREATE INDEX deliveries_by_project_id ON deliveries (project_id, caused_at, delivery_id)
            WHERE project_id IS NOT NULL;
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DELETE FROM deliveries WHERE ticket_id IS NULL;
        DROP INDEX deliveries_by_ticket_id, deliveries_by_hot_issue_id, deliveries_by_project_id;
        ALTER TABLE deliveries
            DROP CONSTRAINT tells_of_one_matter,
            DROP COLUMN message, DROP COLUMN hot_issue_id, DROP COLUMN project_id,
            ALTER COLUMN ticket_id SET NOT NULL,
            ALTER COLUMN text_version SET NOT NULL,
            ALTER COLUMN dispatch SET NOT NULL;
        ALTER TABLE deliveries RENAME COLUMN version TO ticket_version;
        ALTER TABLE deliveries RENAME COLUMN caused_at TO dispatched_at;
        ALTER TABLE deliveries RENAME COLUMN told_at TO published_at;
        CREATE INDEX deliveries_by_ticket ON deliveries (ticket_id, dispatched_at, delivery_id);
        DROP TABLE known_matters;
        """
    )
