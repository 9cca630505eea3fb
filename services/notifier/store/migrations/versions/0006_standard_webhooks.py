"""Webhooks with two secrets while they change, disabled when their receiver is gone; the log knows numbers."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE deliveries ADD COLUMN number text;
        COMMENT ON COLUMN deliveries.number IS 'what people call the matter by; null: from before the log had it';
        UPDATE deliveries SET number = dispatch ->> 'number' WHERE dispatch ->> 'number' IS NOT NULL;
        CREATE INDEX deliveries_by_number ON deliveries (number, caused_at, delivery_id) WHERE number IS NOT NULL;

        ALTER TABLE webhooks
            ADD COLUMN failing_since timestamptz,
            ADD COLUMN warned_at timestamptz,
            ADD COLUMN old_secret text,
            ADD COLUMN old_secret_until timestamptz,
            ADD COLUMN disabled_because text,
            ADD CONSTRAINT old_secret_has_an_end CHECK ((old_secret IS NULL) = (old_secret_until IS NULL)),
            ADD CONSTRAINT disabled_says_why CHECK ((status = 'disabled') = (disabled_because IS NOT NULL));
        UPDATE webhooks SET failing_since = now() WHERE failures > 0;
        COMMENT ON TABLE webhooks IS 'subscriptions; all times but created_at are real';
        COMMENT ON COLUMN webhooks.failing_since IS 'the first failure in that row';
        COMMENT ON COLUMN webhooks.warned_at IS 'its department was told of that row';
        COMMENT ON COLUMN webhooks.old_secret IS 'signs too, until old_secret_until';
        COMMENT ON COLUMN webhooks.resume_at IS 'null: disabled, or its handshake was given up';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        ALTER TABLE deliveries DROP COLUMN number;
        ALTER TABLE webhooks DROP CONSTRAINT disabled_says_why;
        UPDATE webhooks SET status = 'active', resume_at = now() WHERE status = 'disabled';
        ALTER TABLE webhooks
            DROP COLUMN failing_since,
            DROP COLUMN warned_at,
            DROP COLUMN old_secret,
            DROP COLUMN old_secret_until,
            DROP COLUMN disabled_because;
        COMMENT ON TABLE webhooks IS 'subscriptions; lease, leased_until and resume_at are real time';
        COMMENT ON COLUMN webhooks.resume_at IS 'null: the handshake was given up';
        """
    )
