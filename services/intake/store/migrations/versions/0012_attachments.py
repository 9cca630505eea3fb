"""What is attached to tickets."""

from alembic import op

revision = "intake0012"
down_revision = "intake0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE attachments (
            id uuid PRIMARY KEY,
            ticket_id uuid NOT NULL REFERENCES tickets (id),
            purpose text NOT NULL,
            at timestamptz NOT NULL,
            actor text NOT NULL,
            media_type text,
            size integer,
            sha256 text,
            recording text,
            CONSTRAINT content_or_recording CHECK ((sha256 IS NULL) <> (recording IS NULL)),
            UNIQUE NULLS NOT DISTINCT (ticket_id, purpose, sha256, recording)
        );
        COMMENT ON COLUMN attachments.sha256 IS 'of the content as it is kept: its name in the store';
        COMMENT ON COLUMN attachments.recording IS 'where it lies, if it is a recording';
        """
    )


def downgrade() -> None:
    op.execute("DROP TABLE attachments")
