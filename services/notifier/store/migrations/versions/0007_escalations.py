"""What follows when a notice is not read, and the links by which it is."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE escalations (
            escalation_id UUID NOT NULL,
            event_id UUID NOT NULL,
            rule TEXT NOT NULL,
            rule_version INTEGER NOT NULL,
            subject_kind TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            number TEXT,
            telling JSONB NOT NULL,
            chain JSONB NOT NULL,
            done_by TEXT NOT NULL,
            state TEXT NOT NULL,
            step INTEGER DEFAULT 0 NOT NULL,
            started_at TIMESTAMP WITH TIME ZONE NOT NULL,
            due_at TIMESTAMP WITH TIME ZONE,
            ended_at TIMESTAMP WITH TIME ZONE,
            PRIMARY KEY (escalation_id),
            CONSTRAINT one_escalation_a_rule UNIQUE (event_id, rule),
            CONSTRAINT running_says_until_when CHECK ((state = 'running') = (due_at IS NOT NULL))
        );
        COMMENT ON TABLE escalations IS 'one fact that must be read: who is told next, each step once';
        COMMENT ON COLUMN escalations.rule_version IS 'the set by which it runs to its end';
        COMMENT ON COLUMN escalations.telling IS 'what each step says, and how: as its first notices';
        COMMENT ON COLUMN escalations.chain IS
            'the steps as they were when it began: posts at units, and seconds';
        COMMENT ON COLUMN escalations.state IS 'running, read, done, exhausted';
        COMMENT ON COLUMN escalations.done_by IS
            'the events of the subject that end it, with commas between';
        COMMENT ON COLUMN escalations.step IS 'the last that was told';
        COMMENT ON COLUMN escalations.started_at IS 'business time';
        COMMENT ON COLUMN escalations.due_at IS 'business time; null: nothing follows';
        COMMENT ON COLUMN escalations.ended_at IS 'business time';
        CREATE INDEX escalations_by_start ON escalations (started_at, escalation_id);
        CREATE INDEX escalations_running ON escalations (subject_id) WHERE state = 'running';
        CREATE TABLE escalation_steps (
            escalation_id UUID NOT NULL,
            step INTEGER NOT NULL,
            told_at TIMESTAMP WITH TIME ZONE NOT NULL,
            officers INTEGER NOT NULL,
            PRIMARY KEY (escalation_id, step),
            FOREIGN KEY(escalation_id) REFERENCES escalations (escalation_id)
        );
        COMMENT ON TABLE escalation_steps IS 'the steps that were taken';
        COMMENT ON COLUMN escalation_steps.told_at IS 'business time';
        COMMENT ON COLUMN escalation_steps.officers IS
            'how many a way leads to; 0: the next step follows at once';
        CREATE TABLE officer_links (
            message_id UUID NOT NULL,
            code TEXT NOT NULL,
            PRIMARY KEY (message_id),
            FOREIGN KEY(message_id) REFERENCES officer_messages (message_id),
            UNIQUE (code)
        );
        COMMENT ON TABLE officer_links IS
            'the link in a message: whoever opens it may say that the message was read';
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE officer_links, escalation_steps, escalations")
