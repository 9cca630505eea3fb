"""How messages to officers leave: windows that grow, ways that are tried, ways at rest; tickets not all may hear of."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute(
        """
        DROP INDEX officer_messages_due;
        ALTER TABLE officer_messages
            ADD COLUMN number INTEGER NOT NULL,
            ADD COLUMN urgent BOOLEAN NOT NULL,
            ADD COLUMN channels TEXT,
            ADD COLUMN rules_version INTEGER NOT NULL,
            ADD COLUMN rank INTEGER DEFAULT 0 NOT NULL,
            ADD COLUMN due_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
            ALTER COLUMN not_before SET NOT NULL,
            DROP COLUMN leased_until,
            ADD CONSTRAINT unsent_says_why CHECK (status NOT IN ('failed', 'withheld') OR cause IS NOT NULL),
            ADD CONSTRAINT sent_says_when CHECK ((status = 'sent') = (sent_at IS NOT NULL));
        COMMENT ON COLUMN officer_messages.digest_key IS 'of an urgent message: the id of its only notice';
        COMMENT ON COLUMN officer_messages.number IS 'in its series, from 0; its window grows with it';
        COMMENT ON COLUMN officer_messages.channels IS
            'the ways that it may use, with commas between; null: all of the officer''s';
        COMMENT ON COLUMN officer_messages.rules_version IS 'of sending.yaml, which made its window';
        COMMENT ON COLUMN officer_messages.not_before IS 'business time; the end of what put it off';
        COMMENT ON COLUMN officer_messages.rank IS 'of the way by which it leaves, or is tried';
        COMMENT ON COLUMN officer_messages.channel IS 'of that way; null: a way is still to be chosen';
        COMMENT ON COLUMN officer_messages.attempts IS 'by this way';
        COMMENT ON COLUMN officer_messages.due_at IS 'real time';
        CREATE INDEX officer_messages_unended ON officer_messages (not_before)
            WHERE status IN ('open', 'closed', 'sending');
        CREATE INDEX officer_messages_unsent ON officer_messages (closes_at) WHERE status IN ('failed', 'withheld');
        CREATE INDEX officer_messages_to_send ON officer_messages (channel, due_at)
            WHERE status IN ('closed', 'sending') AND channel IS NOT NULL;
        CREATE INDEX officer_notices_waiting ON officer_notices (caused_at, notice_id) WHERE status = 'waiting';
        CREATE TABLE officer_tries (
            message_id UUID NOT NULL,
            rank INTEGER NOT NULL,
            officer_id UUID NOT NULL,
            channel TEXT NOT NULL,
            urgent BOOLEAN NOT NULL,
            at TIMESTAMP WITH TIME ZONE NOT NULL,
            outcome TEXT,
            cause TEXT,
            PRIMARY KEY (message_id, rank),
            FOREIGN KEY(message_id) REFERENCES officer_messages (message_id),
            FOREIGN KEY(officer_id) REFERENCES officers (officer_id)
        );
        COMMENT ON TABLE officer_tries IS 'each way by which a message was to leave';
        COMMENT ON COLUMN officer_tries.rank IS 'of the officer''s way';
        COMMENT ON COLUMN officer_tries.at IS 'business time; counts for the channel''s limits';
        COMMENT ON COLUMN officer_tries.outcome IS 'sent, failed, withheld; null: not known yet';
        CREATE INDEX officer_tries_of_officer ON officer_tries (officer_id, at);
        CREATE INDEX officer_tries_by_time ON officer_tries (at);
        CREATE TABLE resting_ways (
            officer_id UUID NOT NULL,
            channel TEXT NOT NULL,
            address TEXT NOT NULL,
            cause TEXT NOT NULL,
            since TIMESTAMP WITH TIME ZONE NOT NULL,
            until TIMESTAMP WITH TIME ZONE NOT NULL,
            PRIMARY KEY (officer_id, channel),
            FOREIGN KEY(officer_id) REFERENCES officers (officer_id) ON DELETE CASCADE
        );
        COMMENT ON TABLE resting_ways IS 'ways to officers that failed and are not tried for a time';
        COMMENT ON COLUMN resting_ways.address IS 'another address is tried at once';
        COMMENT ON COLUMN resting_ways.since IS 'business time';
        COMMENT ON COLUMN resting_ways.until IS 'business time';
        CREATE INDEX resting_ways_by_end ON resting_ways (until);
        CREATE TABLE guarded_tickets (
            ticket_id TEXT NOT NULL,
            version INTEGER NOT NULL,
            restricted BOOLEAN NOT NULL,
            lead TEXT,
            about_unit TEXT,
            PRIMARY KEY (ticket_id)
        );
        COMMENT ON TABLE guarded_tickets IS
            'tickets of which not every department may hear, as last known: asked when a message leaves';
        """
    )


def downgrade() -> None:
    op.execute(
        """
        DROP TABLE guarded_tickets, resting_ways, officer_tries;
        DROP INDEX officer_notices_waiting, officer_messages_to_send, officer_messages_unsent, officer_messages_unended;
        ALTER TABLE officer_messages
            DROP CONSTRAINT sent_says_when, DROP CONSTRAINT unsent_says_why,
            DROP COLUMN number, DROP COLUMN urgent, DROP COLUMN channels, DROP COLUMN rules_version,
            DROP COLUMN rank, DROP COLUMN due_at,
            ALTER COLUMN not_before DROP NOT NULL,
            ADD COLUMN leased_until TIMESTAMP WITH TIME ZONE;
        CREATE INDEX officer_messages_due ON officer_messages (closes_at) WHERE sent_at IS NULL;
        """
    )
