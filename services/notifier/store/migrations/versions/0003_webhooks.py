"""Webhooks, and what is sent to them."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE deliveries
            DROP CONSTRAINT published_says_when,
            DROP CONSTRAINT deliveries_event_id_recipient_channel_key,
            ADD COLUMN webhook_id uuid,
            ADD CONSTRAINT told_says_when CHECK (status NOT IN ('published', 'sent') OR told_at IS NOT NULL),
            ADD CONSTRAINT webhook_says_which CHECK ((channel = 'webhook') = (webhook_id IS NOT NULL)),
            ADD UNIQUE NULLS NOT DISTINCT (event_id, recipient, channel, webhook_id);
        COMMENT ON COLUMN deliveries.webhook_id IS 'of the channel webhook; stays when the webhook is removed';
        CREATE INDEX deliveries_by_webhook_id ON deliveries (webhook_id, caused_at, delivery_id)
            WHERE webhook_id IS NOT NULL;

        CREATE TABLE webhooks (
            webhook_id uuid PRIMARY KEY,
            department text NOT NULL,
            url text NOT NULL,
            events text[],
            secret text NOT NULL,
            status text NOT NULL,
            created_at timestamptz NOT NULL,
            created_by text NOT NULL,
            lease integer NOT NULL DEFAULT 0,
            leased_until timestamptz NOT NULL DEFAULT now(),
            resume_at timestamptz DEFAULT now(),
            failures integer NOT NULL DEFAULT 0,
            error text,
            UNIQUE (department, url)
        );
        COMMENT ON TABLE webhooks IS 'subscriptions; lease, leased_until and resume_at are real time';
        COMMENT ON COLUMN webhooks.events IS 'the types of messages wanted; null: all';
        COMMENT ON COLUMN webhooks.created_at IS 'business time';
        COMMENT ON COLUMN webhooks.lease IS 'rises with each claim and fences older ones';
        COMMENT ON COLUMN webhooks.resume_at IS 'null: the handshake was given up';
        COMMENT ON COLUMN webhooks.failures IS 'in a row';
        COMMENT ON COLUMN webhooks.error IS 'of the last failure in that row';

        CREATE TABLE webhook_sendings (
            delivery_id uuid PRIMARY KEY REFERENCES deliveries (delivery_id),
            seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
            webhook_id uuid NOT NULL REFERENCES webhooks (webhook_id) ON DELETE CASCADE,
            headers bytea NOT NULL,
            body bytea NOT NULL,
            attempts integer NOT NULL DEFAULT 0,
            due_at timestamptz DEFAULT now(),
            queued_at timestamptz NOT NULL DEFAULT now(),
            failed_at timestamptz,
            error text
        );
        COMMENT ON TABLE webhook_sendings IS
            'what goes to webhooks, kept no longer than the topic keeps it; all times are real';
        COMMENT ON COLUMN webhook_sendings.due_at IS 'null: nothing is to be sent';
        COMMENT ON COLUMN webhook_sendings.error IS 'of the last failed attempt';
        CREATE INDEX webhook_sendings_due ON webhook_sendings (webhook_id, seq) WHERE due_at IS NOT NULL;
        CREATE INDEX webhook_sendings_failed ON webhook_sendings (failed_at) WHERE failed_at IS NOT NULL;
        CREATE INDEX webhook_sendings_by_age ON webhook_sendings (queued_at);
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE webhook_sendings, webhooks;
        DELETE FROM deliveries WHERE channel = 'webhook';
        ALTER TABLE deliveries
            DROP COLUMN webhook_id,
            DROP CONSTRAINT told_says_when,
            ADD CONSTRAINT published_says_when CHECK ((status = 'published') = (told_at IS NOT NULL)),
            ADD UNIQUE (event_id, recipient, channel);
        """
    )
