"""Outbox, inbox, attempts and dead letters of a service."""

from alembic import op

revision = "chassis0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE outbox (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            event_id uuid NOT NULL UNIQUE,
            topic text NOT NULL,
            key bytea NOT NULL,
            version integer,
            headers bytea NOT NULL,
            value bytea,
            recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            published_at timestamptz,
            set_aside_at timestamptz,
            set_aside_cause text
        );
        COMMENT ON COLUMN outbox.version IS 'the aggregate''s version; absent for a dead letter';
        CREATE UNIQUE INDEX outbox_version ON outbox (topic, key, version) WHERE version IS NOT NULL;
        CREATE INDEX outbox_unpublished ON outbox (seq) WHERE published_at IS NULL;
        CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
        CREATE INDEX outbox_set_aside ON outbox (seq) WHERE set_aside_at IS NOT NULL AND published_at IS NULL;
        -- Every row is updated once: its old entries in outbox_unpublished must go before a relay has to walk them.
        ALTER TABLE outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

        CREATE TABLE inbox (
            consumer text NOT NULL,
            topic text NOT NULL,
            event_id uuid NOT NULL,
            status text NOT NULL,
            at timestamptz NOT NULL DEFAULT clock_timestamp(),
            PRIMARY KEY (consumer, topic, event_id)
        );
        CREATE INDEX inbox_at ON inbox (at);

        CREATE TABLE attempts (
            consumer text NOT NULL,
            scope text NOT NULL,
            topic text NOT NULL,
            partition integer NOT NULL,
            "offset" bigint NOT NULL,
            count integer NOT NULL,
            PRIMARY KEY (consumer, scope, topic, partition)
        );
        COMMENT ON COLUMN attempts.scope IS 'batch: the batch that begins here; event: this event alone';

        CREATE TABLE dead_letters (
            id uuid PRIMARY KEY,
            event_id uuid NOT NULL,
            consumer text NOT NULL,
            topic text NOT NULL,
            partition integer NOT NULL,
            "offset" bigint NOT NULL,
            key bytea,
            headers bytea NOT NULL,
            value bytea,
            cause text NOT NULL,
            rejected_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            replayed_at timestamptz,
            replayed_by text,
            UNIQUE (consumer, topic, event_id)
        );
        CREATE INDEX dead_letters_open ON dead_letters (rejected_at) WHERE replayed_at IS NULL;
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE outbox, inbox, attempts, dead_letters")
