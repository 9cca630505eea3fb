"""Officers, the messages that go to them, and the notices that the messages hold."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE officers (
            officer_id UUID NOT NULL,
            unit TEXT NOT NULL,
            post TEXT NOT NULL,
            name TEXT NOT NULL,
            language TEXT DEFAULT 'zh' NOT NULL,
            active BOOLEAN DEFAULT true NOT NULL,
            changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
            changed_by TEXT NOT NULL,
            PRIMARY KEY (officer_id)
        );
        COMMENT ON TABLE officers IS
            'people at a unit who are told by name; personal data that leaves this database only as an address';
        COMMENT ON COLUMN officers.unit IS 'a department''s code, or a supervising party''s';
        COMMENT ON COLUMN officers.active IS 'false: no more told; the log stays';
        CREATE INDEX officers_by_unit ON officers (unit, post);
        CREATE UNIQUE INDEX one_officer_a_post ON officers (unit, post, name) WHERE active;
        CREATE TABLE officer_ways (
            officer_id UUID NOT NULL,
            rank INTEGER NOT NULL,
            channel TEXT NOT NULL,
            address TEXT NOT NULL,
            PRIMARY KEY (officer_id, rank),
            FOREIGN KEY(officer_id) REFERENCES officers (officer_id) ON DELETE CASCADE
        );
        COMMENT ON COLUMN officer_ways.rank IS 'tried in this order, from 0 on';
        CREATE TABLE officer_messages (
            message_id UUID NOT NULL,
            officer_id UUID NOT NULL,
            digest_key TEXT NOT NULL,
            window_start TIMESTAMP WITH TIME ZONE NOT NULL,
            closes_at TIMESTAMP WITH TIME ZONE NOT NULL,
            not_before TIMESTAMP WITH TIME ZONE,
            status TEXT NOT NULL,
            cause TEXT,
            channel TEXT,
            attempts INTEGER DEFAULT 0 NOT NULL,
            lease INTEGER DEFAULT 0 NOT NULL,
            leased_until TIMESTAMP WITH TIME ZONE,
            sent_at TIMESTAMP WITH TIME ZONE,
            PRIMARY KEY (message_id),
            CONSTRAINT one_message_a_window UNIQUE (officer_id, digest_key, window_start),
            FOREIGN KEY(officer_id) REFERENCES officers (officer_id)
        );
        COMMENT ON TABLE officer_messages IS
            'one sending to one officer: a digest of the notices of a window, closed once';
        COMMENT ON COLUMN officer_messages.window_start IS 'business time';
        COMMENT ON COLUMN officer_messages.closes_at IS 'business time; when it may be sent at first';
        COMMENT ON COLUMN officer_messages.not_before IS 'quiet hours or a limit put it off until then';
        COMMENT ON COLUMN officer_messages.status IS 'open, closed, sending, sent, failed, withheld';
        COMMENT ON COLUMN officer_messages.cause IS 'a code: why it was put off, withheld or failed';
        COMMENT ON COLUMN officer_messages.channel IS 'by which it left, or is tried';
        COMMENT ON COLUMN officer_messages.lease IS 'rises with each claim and fences older ones';
        COMMENT ON COLUMN officer_messages.leased_until IS 'real time';
        COMMENT ON COLUMN officer_messages.sent_at IS 'business time';
        CREATE INDEX officer_messages_due ON officer_messages (closes_at) WHERE sent_at IS NULL;
        CREATE TABLE officer_notices (
            notice_id UUID NOT NULL,
            officer_id UUID NOT NULL,
            event_id UUID NOT NULL,
            unit TEXT NOT NULL,
            subject_kind TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            number TEXT,
            template TEXT NOT NULL,
            values JSONB NOT NULL,
            pressure TEXT NOT NULL,
            digest_key TEXT NOT NULL,
            rule TEXT NOT NULL,
            rule_version INTEGER NOT NULL,
            caused_at TIMESTAMP WITH TIME ZONE NOT NULL,
            read_within INTERVAL,
            step INTEGER DEFAULT 0 NOT NULL,
            channels TEXT,
            status TEXT NOT NULL,
            cause TEXT,
            message_id UUID,
            read_at TIMESTAMP WITH TIME ZONE,
            read_by TEXT,
            PRIMARY KEY (notice_id),
            CONSTRAINT not_sent_says_why CHECK (status NOT IN ('failed', 'withheld') OR cause IS NOT NULL),
            FOREIGN KEY(officer_id) REFERENCES officers (officer_id),
            FOREIGN KEY(message_id) REFERENCES officer_messages (message_id)
        );
        COMMENT ON TABLE officer_notices IS 'what one officer is told of one event';
        COMMENT ON COLUMN officer_notices.values IS 'facts and codes; no caller''s data';
        COMMENT ON COLUMN officer_notices.read_within IS 'how long it may stay unread; null: nobody asks';
        COMMENT ON COLUMN officer_notices.step IS 'of an escalation';
        COMMENT ON COLUMN officer_notices.channels IS
            'the ways that it may use, with commas between; null: all of the officer''s';
        COMMENT ON COLUMN officer_notices.cause IS 'a code: why it was withheld or failed';
        COMMENT ON COLUMN officer_notices.read_by IS 'by which way: link, api, reply';
        CREATE INDEX officer_notices_by_officer ON officer_notices (officer_id, caused_at);
        CREATE INDEX officer_notices_by_event ON officer_notices (event_id);
        CREATE INDEX officer_notices_by_subject ON officer_notices (subject_id, caused_at);
        CREATE INDEX officer_notices_of_message ON officer_notices (message_id);
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE officer_notices, officer_messages, officer_ways, officers")
