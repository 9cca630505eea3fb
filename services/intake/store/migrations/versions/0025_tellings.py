"""What callers are told, and the one-time links in it."""

from alembic import op

revision = "intake0025"
down_revision = "intake0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE tellings (
            id uuid PRIMARY KEY,
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            hot_issue_id uuid,
            person text NOT NULL,
            occasion text NOT NULL,
            occurrence text NOT NULL,
            facts jsonb NOT NULL,
            way text,
            state text NOT NULL,
            cause text,
            planned_at timestamptz NOT NULL,
            not_before timestamptz NOT NULL,
            due_at timestamptz NOT NULL DEFAULT now(),
            attempts integer NOT NULL DEFAULT 0,
            sent_at timestamptz,
            answer text,
            UNIQUE (person, occasion, occurrence)
        );
        CREATE INDEX tellings_of_ticket ON tellings (ticket_id, planned_at);
        CREATE INDEX tellings_of_issue ON tellings (hot_issue_id) WHERE hot_issue_id IS NOT NULL;
        CREATE INDEX tellings_due ON tellings (way, not_before, planned_at) WHERE state IN ('waiting', 'sending');
        COMMENT ON COLUMN tellings.person IS 'the caller_ref, or the ticket''s id for an anonymous call';
        COMMENT ON COLUMN tellings.occurrence IS 'which time of the occasion: what it is about, and its round';
        COMMENT ON COLUMN tellings.facts IS 'codes and values that the template puts into words';
        COMMENT ON COLUMN tellings.way IS 'null: withheld';
        COMMENT ON COLUMN tellings.cause IS 'the code of why it is withheld, failed or waits';
        COMMENT ON COLUMN tellings.planned_at IS 'business time';
        COMMENT ON COLUMN tellings.not_before IS 'business time: quiet hours are over';
        COMMENT ON COLUMN tellings.due_at IS 'real time of the next attempt';
        COMMENT ON COLUMN tellings.sent_at IS 'real time';
        COMMENT ON COLUMN tellings.answer IS
            'what the gateway or the person who called said of it; no personal data';
        CREATE TABLE links (
            token_hash text PRIMARY KEY,
            purpose text NOT NULL,
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            subject text NOT NULL,
            expires_at timestamptz NOT NULL,
            used_at timestamptz
        );
        CREATE INDEX links_of_ticket ON links (ticket_id);
        COMMENT ON TABLE links IS 'one-time links in messages to callers';
        COMMENT ON COLUMN links.token_hash IS 'SHA-256 of the token; the token itself is in the message';
        COMMENT ON COLUMN links.subject IS 'what the answer is for: a ticket''s round or a follow-up''s';
        COMMENT ON COLUMN links.expires_at IS 'business time';
        COMMENT ON COLUMN links.used_at IS 'business time';
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE links, tellings")
