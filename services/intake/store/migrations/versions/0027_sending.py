"""How messages to callers leave: the ways that failed, the calls, who wants none, and what comes back by links."""

from alembic import op

revision = "intake0027"
down_revision = "intake0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE telling_tries (
            telling_id uuid NOT NULL REFERENCES tellings (id),
            number integer NOT NULL,
            way text NOT NULL,
            at timestamptz NOT NULL,
            outcome text NOT NULL,
            cause text,
            actor text,
            PRIMARY KEY (telling_id, number)
        );
        COMMENT ON TABLE telling_tries IS 'the ways that failed, and the calls';
        COMMENT ON COLUMN telling_tries.at IS 'business time';
        COMMENT ON COLUMN telling_tries.outcome IS 'failed, or what came of a call';
        COMMENT ON COLUMN telling_tries.cause IS 'the code of why';
        COMMENT ON COLUMN telling_tries.actor IS 'who called; null: a gateway';
        CREATE INDEX tellings_unsure ON tellings (not_before) WHERE state = 'unsure';
        CREATE TABLE link_answers (
            token_hash text PRIMARY KEY REFERENCES links (token_hash),
            at timestamptz NOT NULL,
            said text NOT NULL,
            outcome text NOT NULL
        );
        COMMENT ON TABLE link_answers IS 'what came back by one-time links';
        COMMENT ON COLUMN link_answers.at IS 'business time';
        COMMENT ON COLUMN link_answers.said IS 'a grade, whether it is solved, or stop';
        COMMENT ON COLUMN link_answers.outcome IS 'whether it counted, or why it did not';
        """
    )


def downgrade() -> None:
    op.execute("DROP INDEX tellings_unsure")
    op.execute("DROP TABLE link_answers, telling_tries")
