"""Follow-ups of the callers of hot issues, and what each caller is to be told."""

from alembic import op

revision = "intake0004"
down_revision = "intake0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE hot_issues (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            state text NOT NULL,
            type_code text NOT NULL,
            sub_district text,
            estate text,
            estate_name text,
            project_id uuid,
            accepted_at timestamptz
        );
        COMMENT ON TABLE hot_issues IS 'the newest version that projects told';
        CREATE TABLE projects (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            state text NOT NULL,
            planned_start date,
            planned_end date
        );
        COMMENT ON TABLE projects IS 'the newest version that projects told';

        CREATE TABLE follow_ups (
            id uuid PRIMARY KEY,
            version integer NOT NULL,
            hot_issue_id uuid NOT NULL REFERENCES hot_issues (id),
            caller_ref text NOT NULL,
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            called_at timestamptz NOT NULL,
            joined_at timestamptz NOT NULL,
            stage text NOT NULL,
            round integer NOT NULL,
            ask_at timestamptz,
            answered_at timestamptz,
            continued_by uuid REFERENCES tickets (id),
            called_again boolean NOT NULL,
            UNIQUE (hot_issue_id, caller_ref)
        );
        CREATE INDEX follow_ups_latest ON follow_ups (joined_at, id);
        CREATE INDEX follow_ups_by_stage ON follow_ups (stage, joined_at, id);
        CREATE INDEX follow_ups_by_issue ON follow_ups (hot_issue_id, joined_at, id);

        CREATE TABLE follow_up_answers (
            follow_up_id uuid NOT NULL REFERENCES follow_ups (id),
            round integer NOT NULL,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            solved boolean NOT NULL,
            note text,
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            continued_by uuid REFERENCES tickets (id),
            PRIMARY KEY (follow_up_id, round)
        );
        COMMENT ON COLUMN follow_up_answers.note IS 'redacted';
        CREATE INDEX follow_up_answers_at ON follow_up_answers (at);

        CREATE TABLE caller_messages (
            seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            follow_up_id uuid NOT NULL REFERENCES follow_ups (id),
            round integer NOT NULL,
            stage text NOT NULL,
            at timestamptz NOT NULL,
            UNIQUE (follow_up_id, round, stage)
        );
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE caller_messages, follow_up_answers, follow_ups, projects, hot_issues")
